"""Everything beside their times in which two studies, or two grain files, differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from scaling.analysis.bounds import SIMULATED
from scaling.analysis.comparison.company import of_company
from scaling.analysis.comparison.machine import of_clusters, of_machines, of_software
from scaling.analysis.comparison.remark import Level, Remark, gravest_first
from scaling.analysis.comparison.work import of_answers, of_workloads
from scaling.analysis.units import count
from scaling.grain_model import GrainData
from scaling.model import Plan
from scaling.studydata import StudyData

LONG_S = 24 * 3600.0
"""Machines change from day to day: other updates, other neighbours."""


def of_studies(base: StudyData, new: StudyData) -> tuple[Remark, ...]:
    """Return what was not the same in two studies, the gravest first."""
    ours, theirs = base.header, new.header
    return gravest_first(
        *of_workloads(ours, theirs),
        *_of_plans(ours.plan, theirs.plan),
        *of_machines(ours.environment, theirs.environment),
        *of_software(ours.environment, theirs.environment),
        *of_clusters(base.clusters, new.clusters),
        *of_company(base, new),
        *of_answers(base, new),
        *_of_runs((ours.id, ours.created), (theirs.id, theirs.created)),
        *_of_records(base.notes, new.notes),
    )


def of_grains(base: GrainData, new: GrainData) -> tuple[Remark, ...]:
    """Return what was not the same in two grain files, the gravest first."""
    ours, theirs = base.header, new.header
    if ours.threshold != theirs.threshold:
        text = f"METG is at {ours.threshold:.0%} in BASE and at {theirs.threshold:.0%} in NEW"
        return (Remark(Level.REFUSAL, f"{text}: measure both with one --threshold"),)
    return gravest_first(
        *_of_plans(ours.plan, theirs.plan),
        *of_machines(ours.environment, theirs.environment),
        *of_software(ours.environment, theirs.environment),
        *of_clusters(base.clusters, new.clusters),
        *_of_runs((ours.id, ours.created), (theirs.id, theirs.created)),
        *_of_records(base.notes, new.notes),
    )


def _of_plans(base: Plan, new: Plan) -> Iterator[Remark]:
    if base.threads_per_worker != new.threads_per_worker:
        text = (
            f"--threads-per-worker was {base.threads_per_worker} in BASE, "
            f"{new.threads_per_worker} in NEW: a worker is not the same; measure both alike"
        )
        yield Remark(Level.REFUSAL, text)
    if base.batch != new.batch:
        text = f"--batch was {base.batch or 'auto'} in BASE, {new.batch or 'auto'} in NEW"
        yield Remark(Level.CAUTION, text)
    if base.simulate != new.simulate:
        text = f"the law was {base.simulate or 'none'} in BASE, {new.simulate or 'none'} in NEW"
        yield Remark(Level.NOTE, text, SIMULATED)
    if any(case.backend == SIMULATED for case in base.cases):
        yield Remark(Level.CAUTION, "times were computed from a law, not measured", SIMULATED)
    if base.tolerance != new.tolerance:
        yield Remark(Level.NOTE, "answers were compared with another --tolerance")
    for what, one, other in (
        ("a quick look (--quick)", base.quick, new.quick),
        ("weak scaling (--weak)", base.weak, new.weak),
        ("a null study (--null)", base.null, new.null),
        ("a study that kept the whole record (--trace)", base.trace, new.trace),
    ):
        if one != other:
            yield Remark(Level.CAUTION, f"{'BASE' if one else 'NEW'} alone is {what}")


def _of_runs(base: tuple[str, str], new: tuple[str, str]) -> Iterator[Remark]:
    (our_id, ours), (their_id, theirs) = base, new
    if our_id == their_id:
        yield Remark(Level.CAUTION, "BASE and NEW are the same study")
        return
    try:
        apart = (datetime.fromisoformat(theirs) - datetime.fromisoformat(ours)).total_seconds()
    except (ValueError, TypeError):
        return
    if abs(apart) > LONG_S:
        days = count(round(abs(apart) / LONG_S), "day")
        text = f"measured {days} apart: what changed on the machine since is in the difference"
        yield Remark(Level.CAUTION, text)


def _of_records(base: Sequence[str], new: Sequence[str]) -> Iterator[Remark]:
    """Tell what was left out of either file."""
    for name, notes in (("BASE", base), ("NEW", new)):
        for note in notes:
            yield Remark(Level.CAUTION, f"in the file of {name} {note}")
