"""Speedup against workers, below the ideal and below what the CPUs allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from scaling.analysis.units import ratio
from scaling.reports.figures import alts, captions, curves, scales, sheet, style
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.reports.figures.measures import SPEEDUP
from scaling.reports.figures.series import Panel, panels
from scaling.results import Study


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw one panel for each size."""
    found = panels(study, SPEEDUP)
    results = [result for panel in found for result in panel.results]
    page = sheet.of_panels(len(found), half=half)
    more: list[Artist] = []
    for axes, panel in zip(page.panels, found, strict=True):
        curves.title(axes, panel, len(found))
        more += [*_ideal(axes, found), *curves.put_ceilings(axes, panel)]
        curves.put(axes, panel, SPEEDUP)
    logarithmic = curves.axis_of_workers(page.panels, found)
    _limits(page.panels, found, logarithmic=logarithmic)
    sheet.labels(page, "workers", SPEEDUP.axis)
    note = captions.intervals(results)
    page.finish(kind.title, curves.legend(found, *more), captions.below(study, note))
    return Drawing(kind.name, kind.title, _alt(study, found), page.figure, half)


def _ideal(axes: Axes, found: Sequence[Panel]) -> Iterator[Artist]:
    counts = [result.workers for panel in found for result in panel.results]
    ends = [min(counts), max(counts)]
    yield from axes.plot(
        ends, ends, color=style.GREY, linestyle="-", linewidth=0.7, label="ideal", zorder=1
    )


def _limits(axes: Sequence[Axes], found: Sequence[Panel], *, logarithmic: bool) -> None:
    """Leave the ideal line out of sight where it runs far above all values."""
    results = [result for panel in found for result in panel.results]
    reached = [value for result in results for value in SPEEDUP.reach(result)]
    bounds = [float(result.bound) for result in results]
    high = max(*reached, *bounds)
    for one in axes:
        if logarithmic:
            scales.doubling_up(one, min(reached), high)
        else:
            one.set_ylim(0, 1.1 * high)


def _alt(study: Study, found: Sequence[Panel]) -> str:
    begin = f"Speedup of {captions.workload(study)} against workers."
    return alts.one_of_each(begin, found, SPEEDUP, ratio, alts.best(SPEEDUP))
