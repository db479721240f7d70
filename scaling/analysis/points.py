"""What a scaling law is fitted to: throughput by number of workers or nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scaling.analysis.bounds import RAY, too_many_workers
from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.statistics import median
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured at one N."""

    count: float
    """N: workers or nodes."""
    values: tuple[float, ...]
    """Throughput of each repeat: of each block, where a study was measured."""
    throughput: float
    """Their median."""


@dataclass(frozen=True, slots=True)
class Points:
    """Measurements of one backend, or of one file."""

    name: str
    """The backend or the file."""
    counted: str
    """What N counts: ``workers``, ``nodes`` or a column's name."""
    unit: str
    """What throughput is given in."""
    fitted: tuple[Point, ...]
    """One for each N, rising."""
    left_out: tuple[Point, ...] = ()
    """Shown and never fitted: more workers than CPUs."""
    blocks: tuple[tuple[float, ...], ...] | None = None
    """Throughput by block and point, for the blocks that all fitted points share; None where
    repeats do not belong together."""
    work: float | None = None
    """Items of one pass, so that throughput gives seconds; None where it is not fixed."""
    grows: bool = False
    """True when the work grows with N (weak scaling)."""

    @property
    def largest(self) -> float:
        """The largest N that is fitted. Raises IndexError without points."""
        return self.fitted[-1].count

    def without_largest(self) -> Points:
        """Return the points without the largest N."""
        blocks = self.blocks and tuple(row[:-1] for row in self.blocks)
        return replace(self, fitted=self.fitted[:-1], blocks=blocks)


def of_values(
    values: Mapping[float, Sequence[float]],
    *,
    name: str,
    counted: str,
    unit: str,
    work: float | None,
) -> Points:
    """Return points from throughput by N, whose repeats do not belong together."""
    return Points(
        name, counted, unit, tuple(_point(n, values[n]) for n in sorted(values)), work=work
    )


def from_study(data: StudyData) -> tuple[Points, ...]:
    """Return the points of each backend (and size) that was measured at two numbers or more."""
    series: dict[tuple[str, str, int | None], list[Evidence]] = defaultdict(list)
    for one in gather(data):
        if one.counts and not one.case.uncapped and min(one.values.values()) > 0:
            size = None if data.header.plan.weak else one.case.size
            series[one.case.backend, one.case.twin, size].append(one)
    several = len({size for *_, size in series}) > 1
    found = (
        _of_backend(data, f"{backend}{twin}" + f", {size} items" * several, size, cases)
        for (backend, twin, size), cases in series.items()
    )
    return tuple(points for points in found if len(points.fitted) + len(points.left_out) > 1)


def _of_backend(data: StudyData, name: str, size: int | None, found: Iterable[Evidence]) -> Points:
    ordered = sorted(found, key=_count)
    fitted = [one for one in ordered if not too_many_workers(data, one.case)]
    shared = sorted(set.intersection(*(set(one.values) for one in fitted))) if fitted else []
    return Points(
        name=name,
        counted="nodes" if ordered[0].case.backend == RAY else "workers",
        unit="items/s",
        fitted=tuple(_point(_count(one), _rates(one).values()) for one in fitted),
        left_out=tuple(
            _point(_count(one), _rates(one).values()) for one in ordered if one not in fitted
        ),
        blocks=tuple(tuple(_rates(one)[block] for one in fitted) for block in shared),
        work=size,
        grows=size is None,
    )


def _rates(one: Evidence) -> dict[int, float]:
    return {block: one.case.size / seconds for block, seconds in one.values.items()}


def _count(one: Evidence) -> int:
    return one.case.nodes if one.case.backend == RAY else one.case.workers


def _point(count: float, values: Iterable[float]) -> Point:
    ordered = tuple(values)
    return Point(float(count), ordered, median(ordered))
