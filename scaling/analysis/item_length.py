"""How long the items of a study are beside METG, the least that each backend needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scaling.analysis.granularity import Bound, GrainResult
from scaling.analysis.statistics import median
from scaling.model import Case
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class ItemLength:
    """How long the items of a study are beside the METG of one of its cases."""

    size: int
    backend: str
    nodes: int
    workers: int
    item_s: float
    """Mean time of an item in the baseline."""
    metg_s: float
    bound: Bound
    times: float
    """Item time over METG: under 1 an item is shorter than the backend needs."""


def item_lengths(
    results: Iterable[GrainResult], cases: Iterable[Case], item_s: Mapping[int, float]
) -> tuple[ItemLength, ...]:
    """Return how the items of each case compare with its METG, where that was measured.

    ``item_s`` holds the mean time of an item for each size. Only a METG of just the case's backend,
    nodes and workers tells something of it.
    """
    known = {
        (one.backend, one.nodes, one.workers): (one.metg_s, one.bound)
        for one in results
        if one.metg_s is not None
    }
    found = []
    for case in cases:
        place = (case.backend, case.nodes, case.workers)
        if place in known and case.size in item_s:
            metg_s, bound = known[place]
            length = item_s[case.size]
            times = length / metg_s
            found.append(ItemLength(case.size, *place, length, metg_s, bound, times))
    return tuple(found)


def mean_item_seconds(data: StudyData) -> dict[int, float]:
    """Return, for each size, the mean time of an item in the baseline: in the kernel alone."""
    plan = data.header.plan
    means: dict[int, list[float]] = {}
    for sample in data.samples:
        if sample.case in plan.baseline and sample.items:
            busy_s = sum(worker.busy_s for worker in sample.workers)
            means.setdefault(plan.case(sample.case).size, []).append(busy_s / sample.items)
    return {size: median(values) for size, values in means.items()}
