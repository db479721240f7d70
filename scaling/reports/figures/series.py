"""Which cases belong together in a figure: panels by size, series by backend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaling.analysis.speedup import CaseResult
from scaling.reports.figures.measures import Measure
from scaling.results import Study


@dataclass(frozen=True, slots=True)
class Series:
    """The cases of one backend and size: what lies between two of them can be interpolated."""

    backend: str
    results: tuple[CaseResult, ...]
    """By rising number of workers, at least one."""


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
        if measure.drawn(result):
            size = None if study.header.plan.weak else result.size
            groups[size][result.backend].append(result)
    return tuple(
        Panel(size, tuple(Series(name, _rising(found)) for name, found in own.items()))
        for size, own in sorted(groups.items(), key=lambda pair: pair[0] or 0)
    )


def _rising(found: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    return tuple(sorted(found, key=lambda result: (result.workers, result.nodes)))
