"""The serial fraction against workers: level where work is serial, rising where overhead grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import Transform

from scaling.analysis import laws, serial_fraction
from scaling.analysis.law_family import Law
from scaling.analysis.serial_fraction import Curve, SerialFraction
from scaling.analysis.units import count, digits
from scaling.reports.figures import captions, curves, scales, sheet, style
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.results import Study

_STEPS = 40
_MEANING = (
    "The share of the work that Amdahl's law would call serial, from the speedup over the "
    "backend's fewest workers (Karp & Flatt): level where work is serial, rising where overhead "
    "grows with the workers."
)


@dataclass(frozen=True, slots=True)
class _Series:
    """The fractions of one backend, and the law that fits its throughput best."""

    backend: str
    size: int
    found: tuple[SerialFraction, ...]
    """By rising number of workers."""
    law: Curve | None
    per_count: float
    """Workers for each N of the law."""
    hollow: frozenset[int]
    """Numbers of workers whose nodes share cores."""


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw one panel for each size."""
    groups = _by_size(study)
    page = sheet.of_panels(len(groups), half=half)
    for axes, (size, found) in zip(page.panels, groups.items(), strict=True):
        for one, where in zip(found, curves.beside(axes, len(found)), strict=True):
            _law(axes, one, where)
            _points(axes, one, where)
        axes.axhline(0.0, color=style.GREY, linewidth=0.7, zorder=1)
        if len(groups) > 1:
            axes.set_title(count(size, "item"), loc="left")
    every = [one for found in groups.values() for one in found]
    _lay_out(page.panels, every)
    sheet.labels(page, "workers", "serial fraction")
    notes = captions.below(study, _MEANING, *_notes(every))
    page.finish(kind.title, list(_legend(every)), notes)
    return Drawing(kind.name, kind.title, _alt(study, every), page.figure, half)


def _by_size(study: Study) -> dict[int, list[_Series]]:
    groups: dict[int, dict[str, list[SerialFraction]]] = {}
    for one in serial_fraction.measured(study.data):
        groups.setdefault(one.case.size, {}).setdefault(one.case.backend, []).append(one)
    return {
        size: [_series(study, size, backend, found) for backend, found in own.items()]
        for size, own in sorted(groups.items())
    }


def _series(study: Study, size: int, backend: str, found: Iterable[SerialFraction]) -> _Series:
    ordered = tuple(sorted(found, key=lambda one: one.case.workers))
    hollow = frozenset(
        r.workers
        for r in study.results
        if curves.is_hollow(r) and (r.backend, r.size) == (backend, size)
    )
    fit = next(
        (
            fit
            for fit in study.data.once(laws.fit_study)
            if fit.points.name.split(",")[0] == backend and fit.points.work == size
        ),
        None,
    )
    if fit is None or fit.chosen is None or len(fit.points.fitted) < 2:
        return _Series(backend, size, ordered, None, 1.0, hollow)
    last = ordered[-1].case
    start, end = fit.points.fitted[1].count, fit.points.largest
    counts = [start + (end - start) * step / _STEPS for step in range(_STEPS + 1)]
    law = serial_fraction.of_law(fit.points, fit.chosen, counts)
    per_count = last.workers / last.nodes if fit.points.counted == "nodes" else 1.0
    return _Series(backend, size, ordered, law, per_count, hollow)


def _law(axes: Axes, one: _Series, where: Transform) -> None:
    if one.law is None:
        return
    look = style.look(one.backend)
    across = [number * one.per_count for number in one.law.counts]
    axes.plot(across, one.law.values, color=look.colour, linestyle=look.line, transform=where)
    if one.law.band is not None:
        low, high = zip(*((end.low, end.high) for end in one.law.band), strict=True)
        axes.fill_between(
            across, low, high, color=look.colour, alpha=0.15, linewidth=0, transform=where
        )


def _points(axes: Axes, one: _Series, where: Transform) -> None:
    look = style.look(one.backend)
    for hollow, face in ((False, look.colour), (True, "white")):
        points = [found for found in one.found if (found.case.workers in one.hollow) is hollow]
        axes.plot(
            [found.case.workers for found in points],
            [found.value for found in points],
            color=look.colour,
            linestyle="none",
            marker=look.marker,
            markerfacecolor=face,
            label=one.backend,
            transform=where,
            zorder=3,
        )
    bars = [(f.case.workers, f.interval.low, f.interval.high) for f in one.found if f.interval]
    if bars:
        axes.vlines(*zip(*bars, strict=True), color=look.colour, linewidth=1.2, transform=where)


def _lay_out(axes: Sequence[Axes], every: Sequence[_Series]) -> None:
    counts = [found.case.workers for one in every for found in one.found]
    reached = [0.0, *_reached(every)]
    low, high = min(reached), max(reached)
    room = 0.08 * (high - low) or 0.05
    for one in axes:
        scales.workers_across(one, counts, logarithmic=scales.spans_much(counts))
        one.set_ylim(low - room, high + room)


def _reached(every: Iterable[_Series]) -> Iterator[float]:
    for one in every:
        for found in one.found:
            yield found.value
            if found.interval is not None:
                yield from (found.interval.low, found.interval.high)
        if one.law is not None:
            yield from one.law.values


def _legend(every: Sequence[_Series]) -> Iterator[Artist]:
    laws: dict[str, list[Law]] = {one.backend: [] for one in every}
    for one in every:
        if one.law is not None and one.law.law not in laws[one.backend]:
            laws[one.backend].append(one.law.law)
    for backend, found in laws.items():
        look = style.look(backend)
        yield Line2D(
            [],
            [],
            color=look.colour,
            linestyle=look.line if found else "none",
            marker=look.marker,
            label=f"{backend}, line: {', then '.join(found)}" if found else backend,
        )
    if any(one.law is not None and one.law.band is not None for one in every):
        yield Patch(color=style.GREY, alpha=0.2, linewidth=0, label="95 % of the law")


def _notes(every: Sequence[_Series]) -> Iterator[str]:
    several = len({one.size for one in every}) > 1
    without = [
        one.backend + f" at {count(one.size, 'item')}" * several for one in every if one.law is None
    ]
    if without:
        yield f"No law for {', '.join(without)}: that takes 4 numbers of workers within the CPUs."
    if any(one.law is not None and one.law.band is None for one in every):
        yield "No band: fewer than 6 blocks to resample."
    if any(found.interval is None for one in every for found in one.found):
        yield "No intervals: fewer than 6 blocks."
    else:
        yield "Bars: 95 % intervals."


def _alt(study: Study, every: Sequence[_Series]) -> str:
    size = every[-1].size
    said = [
        f"{one.backend} {digits(last.value, 2)} with {count(last.case.workers, 'worker')}"
        for one in every
        for last in one.found[-1:]
        if one.size == size
    ]
    return f"Serial fraction of {captions.workload(study)} against workers. {'; '.join(said)}."
