"""Which cases belong together in a figure: panels by size, series by backend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from scaling.analysis.speedup import CaseResult
from scaling.model import UNCAPPED
from scaling.reports.figures.measures import Measure
from scaling.results import Study


@dataclass(frozen=True, slots=True)
class Series:
    """The cases of one backend and size: what lies between two of them can be interpolated."""

    backend: str
    results: tuple[CaseResult, ...]
    """By rising number of workers, at least one."""
    gaps: tuple[CaseResult, ...] = ()
    """Cases without a value: nothing is interpolated across them."""

    @property
    def runs(self) -> Iterator[tuple[CaseResult, ...]]:
        """The results with no gap between them, from one gap to the next."""
        ends = [_place(gap) for gap in self.gaps]
        for _, run in groupby(self.results, lambda one: sum(end < _place(one) for end in ends)):
            yield tuple(run)


@dataclass(frozen=True, slots=True)
class Panel:
    """The series that are compared with each other."""

    size: int | None
    """None where items grow with the workers."""
    series: tuple[Series, ...]

    @property
    def results(self) -> Iterator[CaseResult]:
        """All cases, series by series."""
        return (result for one in self.series for result in one.results)


def panels(study: Study, measure: Measure) -> tuple[Panel, ...]:
    """Return one panel for each size, rising, or one for all where items grow with the workers."""
    groups: dict[int | None, dict[str, list[CaseResult]]] = defaultdict(lambda: defaultdict(list))
    for result in study.results:
        if result.twin != UNCAPPED:
            size = None if study.header.plan.weak else result.size
            groups[size][result.backend].append(result)
    sizes = sorted(groups, key=lambda size: size or 0)
    found = (Panel(size, tuple(_series(groups[size], measure))) for size in sizes)
    return tuple(panel for panel in found if panel.series)


def _series(own: Mapping[str, Sequence[CaseResult]], measure: Measure) -> Iterator[Series]:
    for name, found in own.items():
        rising = sorted(found, key=_place)
        drawn = tuple(one for one in rising if measure.drawn(one))
        if drawn:
            yield Series(name, drawn, tuple(one for one in rising if not measure.drawn(one)))


def _place(result: CaseResult) -> tuple[int, int]:
    return result.workers, result.nodes
