"""The gate: two studies, or two grain results, to one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from scaling import grain_store, store
from scaling.analysis.comparison import remarks
from scaling.analysis.comparison.asides import Aside, asides
from scaling.analysis.comparison.cases import (
    Matching,
    Values,
    label,
    match,
    of_grain,
    of_study,
    some,
)
from scaling.analysis.comparison.laws import LawChange, law_changes
from scaling.analysis.comparison.parts import Cause, causes
from scaling.analysis.comparison.remark import Level, Remark, gravest_first
from scaling.analysis.comparison.steadiness import of_times
from scaling.analysis.comparison.uniform import of_changes
from scaling.analysis.comparison.verdicts import Comparison, Pair, Verdict, compare, overall
from scaling.analysis.units import count
from scaling.errors import UsageError
from scaling.grain_model import GrainData, GrainHeader
from scaling.model import StudyHeader
from scaling.studydata import StudyData

THRESHOLD = 0.05


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    name: str
    """How it was named: its path."""
    id: str
    created: str
    """UTC, ISO 8601."""
    machine: str
    """Processor, usable CPUs and Python."""
    blocks: int
    """Of the case that has most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What was found."""

    quantity: Literal["time", "METG"]
    """What the values of a case are: seconds of a pass, or METG in seconds."""
    workload: str
    base: Side
    new: Side
    threshold: float
    """Smallest change worth reporting."""
    cases: tuple[Comparison, ...]
    """In the order of BASE's plan."""
    not_compared: tuple[str, ...]
    """Cases that are not compared, and why, one sentence each."""
    remarks: tuple[Remark, ...]
    causes: tuple[Cause, ...] = ()
    laws: tuple[LawChange, ...] = ()
    asides: tuple[Aside, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict over all cases."""
        return overall(one.verdict for one in self.cases)

    @property
    def sized(self) -> bool:
        """True when its cases differ in size too."""
        return len({one.case.size for one in self.cases}) > 1


def read(base: Path, new: Path, threshold: float = THRESHOLD) -> Gate:
    """Compare what two paths name: studies, or results of ``scale grain``. Raises UsageError."""
    names = str(base), str(new)
    grains = [grain_store.is_there(path) for path in (base, new)]
    if all(grains):
        return of_grains(grain_store.read(base), grain_store.read(new), threshold, names)
    if any(grains):
        grain, other = names if grains[0] else names[::-1]
        raise UsageError(f"{grain} is a grain result, {other} is not: give two of a kind")
    return of_studies(store.read(base), store.read(new), threshold, names)


def of_studies(
    base: StudyData,
    new: StudyData,
    threshold: float = THRESHOLD,
    names: tuple[str, str] = ("BASE", "NEW"),
) -> Gate:
    """Compare two studies. Raises UsageError where they have nothing in common."""
    found = remarks.of_studies(base, new)
    _refuse(found)
    ours, theirs = of_study(base), of_study(new)
    matching = _match(ours, theirs)
    cases = compare(_limited(matching.pairs, found), threshold)
    doubts = (
        *of_changes(cases, threshold),
        *of_times(base, new, [one.case for one in cases]),
    )
    apart = any(one.level is Level.LIMIT and not one.backend for one in found)
    return Gate(
        quantity="time",
        workload=_workload(base.header),
        base=_side(base.header, names[0], ours),
        new=_side(new.header, names[1], theirs),
        threshold=threshold,
        cases=cases,
        not_compared=matching.apart,
        remarks=gravest_first(*found, *doubts),
        causes=causes(base, new, cases),
        laws=() if apart else law_changes(base, new),
        asides=() if apart else asides(base, new),
    )


def of_grains(
    base: GrainData,
    new: GrainData,
    threshold: float = THRESHOLD,
    names: tuple[str, str] = ("BASE", "NEW"),
) -> Gate:
    """Compare two grain results. Raises UsageError where they have nothing in common."""
    found = remarks.of_grains(base, new)
    _refuse(found)
    ours, theirs = of_grain(base), of_grain(new)
    matching = _match(ours, theirs)
    return Gate(
        quantity="METG",
        workload=f"METG({base.header.threshold:.0%})",
        base=_side(base.header, names[0], ours),
        new=_side(new.header, names[1], theirs),
        threshold=threshold,
        cases=compare(_limited(matching.pairs, found), threshold),
        not_compared=matching.apart,
        remarks=found,
    )


def _refuse(found: Iterable[Remark]) -> None:
    for one in found:
        if one.level is Level.REFUSAL:
            raise UsageError(one.text)


def _match(base: Sequence[Values], new: Sequence[Values]) -> Matching:
    found = match(base, new)
    if found is None:
        raise UsageError(
            f"no case is in both: BASE has {_named(base)}; NEW has {_named(new)}; "
            "measure some alike"
        )
    return found


def _named(values: Sequence[Values]) -> str:
    return some([label(one.case, sized=True) for one in values], of=0) or "no case"


def _limited(pairs: Iterable[Pair], found: Sequence[Remark]) -> list[Pair]:
    """Keep cases from being judged whose times cannot be compared."""
    limits = [one for one in found if one.level is Level.LIMIT]
    return [replace(pair, lacking=_limit(pair, limits) or pair.lacking) for pair in pairs]


def _limit(pair: Pair, limits: Iterable[Remark]) -> str:
    """Return the reason, which ends at the colon: the remark has the rest."""
    about = (one.text for one in limits if one.backend in {"", pair.case.backend})
    return next(about, "").partition(":")[0]


def _workload(header: StudyHeader) -> str:
    return header.facts[0].name if header.facts else header.plan.spec.target


def _side(header: StudyHeader | GrainHeader, name: str, cases: Sequence[Values]) -> Side:
    environment = header.environment
    machine = (
        f"{environment.processor}, {count(environment.usable_cpus, 'usable CPU')}, "
        f"{environment.implementation} {environment.python}"
    )
    blocks = max((len(one.values) for one in cases), default=0)
    return Side(name, header.id, header.created, machine, blocks)
