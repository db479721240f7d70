"""Time against workers, both logarithmic: perfect scaling is a straight line."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from scaling.analysis import units
from scaling.analysis.speedup import CaseResult
from scaling.analysis.verdict import label
from scaling.model import UNCAPPED
from scaling.reports.figures import alts, captions, curves, scales, sheet, style
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.reports.figures.measures import SECONDS
from scaling.reports.figures.series import Panel, Series, panels
from scaling.results import Study

_GUIDE = (0, (1, 2))
_DOTTED = "Dotted: as from the backend's own fewest workers."


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw one panel for each size; where items grow with the workers, one for all."""
    found, weak = panels(study, SECONDS), study.header.plan.weak
    results = [result for panel in found for result in panel.results]
    page = sheet.of_panels(len(found), half=half)
    more: list[Artist] = [_guide_entry(weak=weak)] * any(_grows(p) for p in found)
    for axes, panel in zip(page.panels, found, strict=True):
        curves.title(axes, panel, len(found))
        for one in panel.series:
            _guide(axes, one, weak=weak)
        curves.put(axes, panel, SECONDS)
        more += _uncapped(axes, study, panel)
    _lay_out(page.panels, found, [*results, *_without_cap(study)])
    sheet.labels(page, "workers", SECONDS.axis)
    notes = [_DOTTED, captions.intervals(results)] if more else [captions.intervals(results)]
    page.finish(kind.title, curves.legend(found, *more), captions.below(study, *notes))
    pick = alts.most_workers if weak else alts.least(SECONDS)
    begin = f"Time of {captions.workload(study)} against workers."
    alt = alts.one_of_each(begin, found, SECONDS, units.seconds, pick)
    return Drawing(kind.name, kind.title, alt, page.figure, half)


def _lay_out(axes: Sequence[Axes], found: Sequence[Panel], drawn: Sequence[CaseResult]) -> None:
    counts = [result.workers for panel in found for result in panel.results]
    reached = [value for result in drawn for value in SECONDS.reach(result) if value > 0]
    for one in axes:
        scales.workers_across(one, counts, logarithmic=True)
        scales.seconds_up(one, min(reached), max(reached))


def _grows(panel: Panel) -> bool:
    return any(len(one.results) > 1 for one in panel.series)


def _guide(axes: Axes, one: Series, *, weak: bool) -> None:
    """Draw what perfect scaling makes of the backend's own smallest case."""
    first, last = one.results[0], one.results[-1]
    if first is last:
        return
    start = SECONDS.value(first) or 0.0
    end = start if weak else start * first.workers / last.workers
    colour = style.look(one.backend).colour
    ends = [first.workers, last.workers]
    axes.plot(ends, [start, end], color=colour, linestyle=_GUIDE, linewidth=0.9, zorder=1)


def _guide_entry(*, weak: bool) -> Artist:
    text = "the same time" if weak else "perfect scaling"
    return Line2D([], [], color=style.GREY, linestyle=_GUIDE, linewidth=0.9, label=text)


def _without_cap(study: Study, size: int | None = None) -> list[CaseResult]:
    """Return the cases whose inner threads are not capped: they have no number of workers."""
    return [
        result
        for result in study.results
        if result.twin == UNCAPPED
        and result.status == "ok"
        and result.median_s
        and size in {None, result.size}
    ]


def _uncapped(axes: Axes, study: Study, panel: Panel) -> list[Artist]:
    colour = style.look("serial").colour
    return [
        axes.axhline(
            result.median_s or 0.0, color=colour, linestyle="--", linewidth=0.9, label=label(result)
        )
        for result in _without_cap(study, panel.size)
    ]
