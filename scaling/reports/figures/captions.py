"""What stands below a figure: what was measured where, against what, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult
from scaling.analysis.statistics import LEAST_BLOCKS
from scaling.analysis.units import count, listed, seconds
from scaling.analysis.verdict import relative_to
from scaling.model import Environment
from scaling.records import ClusterRecord
from scaling.reports import machine_text
from scaling.reports.figures.lettering import shown
from scaling.reports.table import case_name, shared_cores
from scaling.results import Study

MOST_NAMED = 3
"""Cases that are named where some are left out."""
_MOST_OF_HOSTS = 200
"""Characters of what is said of a cluster."""


def below(study: Study, *notes: str, hollow: bool = True) -> list[str]:
    """Return the caption, and what else a figure of this study must say.

    ``hollow`` is False where shared cores are not marked by hollow points.
    """
    doubts = _doubts(study.results, "Hollow: " * hollow)
    said = (*notes, *nodes(machine_text.cluster(study)), *doubts, *_left_out(study))
    return [f"{caption(study)}.", " ".join(said)]


def caption(study: Study) -> str:
    """Name the workload, the machine and the base case."""
    return f"{workload(study)}; {machine(study.header.environment)}; {_base(study)}"


def workload(study: Study) -> str:
    """Name the workload with its number of items."""
    plan = study.header.plan
    names = [case.workload for case in plan.cases] or [plan.spec.target]
    sizes = sorted({case.size for case in plan.cases})
    if not sizes:
        return shown(names[0])
    if plan.weak:
        return f"{shown(names[0])}, {count(sizes[0], 'item')} and more"
    one = count(sizes[0], "item")
    return f"{shown(names[0])}, {one if len(sizes) == 1 else f'{listed(sizes)} items'}"


def machine(environment: Environment) -> str:
    """Name the processor, and how many CPUs could be used."""
    return f"{shown(environment.processor)}, {count(environment.usable_cpus, 'usable CPU')}"


def _base(study: Study) -> str:
    plan = study.header.plan
    if plan.weak:
        return "base case: the fewest workers of each backend"
    if plan.null:
        return "one case under two names"
    keys = {(c.backend, c.nodes, c.workers, c.size) for c in plan.cases if c.key in plan.baseline}
    found = [
        result
        for result in study.results
        if (result.backend, result.nodes, result.workers, result.size) in keys
        and result.status == "ok"
        and result.median_s is not None
        and not result.twin
    ]
    if not found:
        return "the base case has no value"
    times = listed([seconds(result.median_s or 0.0) for result in found])
    relative = "; speedup relative to it, not absolute" if relative_to(plan) else ""
    return f"base case: {case_name(found[0])}, {times}{relative}"


def intervals(results: Sequence[CaseResult]) -> str:
    """Say what the points are, and what their bars."""
    blocks = sorted({result.blocks for result in results})
    over = f"{blocks[0]}" if len(blocks) == 1 else f"{blocks[0]} to {blocks[-1]}"
    medians = f"Medians over {over} block{'s' * (blocks[-1] != 1)}"
    if blocks[-1] < LEAST_BLOCKS:
        return f"{medians}; fewer than {LEAST_BLOCKS} give no interval."
    some = "" if blocks[0] >= LEAST_BLOCKS else f", where there are {LEAST_BLOCKS} or more"
    return f"{medians}; bars: 95 % intervals{some}."


def nodes(cluster: ClusterRecord | None = None) -> Iterator[str]:
    """Say where Ray's nodes were, unless it was one on this machine."""
    if cluster is not None and (len(cluster.nodes) > 1 or not cluster.embedded):
        yield shown(machine_text.nodes(cluster), _MOST_OF_HOSTS)


def _doubts(results: Sequence[CaseResult], mark: str) -> Iterator[str]:
    shared = shared_cores(results)
    if shared is not None:
        yield f"{mark}{shared}."
    if any(Caution.SIMULATED in result.cautions for result in results):
        yield "Simulated cases are computed from a law, not measured."


def _left_out(study: Study) -> Iterator[str]:
    gone = [result for result in study.results if result.status != "ok"]
    several = len({result.size for result in study.results}) > 1
    named = [
        shown(case_name(result) + f", {count(result.size, 'item')}" * several)
        + f": {result.status}"
        for result in gone[:MOST_NAMED]
    ]
    if len(gone) > MOST_NAMED:
        named.append(f"{len(gone) - MOST_NAMED} more")
    if named:
        yield f"Left out: {'; '.join(named)}."
