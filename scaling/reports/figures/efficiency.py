"""Efficiency against workers: how well each of them is used."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from scaling.analysis.units import percent
from scaling.reports.figures import alts, captions, curves, sheet, style
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.reports.figures.measures import EFFICIENCY
from scaling.reports.figures.series import panels
from scaling.results import Study

_STRONG = "Efficiency is speedup over workers."
_WEAK = "Efficiency is the time of the fewest workers over the time of so many, on as much more."


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw one panel for each size; where items grow with the workers, one for all."""
    found = panels(study, EFFICIENCY)
    results = [result for panel in found for result in panel.results]
    high = 1.08 * max(1.0, *(value for r in results for value in EFFICIENCY.reach(r)))
    page = sheet.of_panels(len(found), half=half)
    more: list[Artist] = []
    for axes, panel in zip(page.panels, found, strict=True):
        curves.title(axes, panel, len(found))
        more += [*_ideal(axes), *curves.put_ceilings(axes, panel, of_efficiency=True)]
        curves.put(axes, panel, EFFICIENCY)
        axes.set_ylim(0, high)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    curves.axis_of_workers(page.panels, found)
    sheet.labels(page, "workers", EFFICIENCY.axis)
    notes = (_WEAK if study.header.plan.weak else _STRONG, captions.intervals(results))
    page.finish(kind.title, curves.legend(found, *more), captions.below(study, *notes))
    begin = f"Efficiency of {captions.workload(study)} against workers."
    alt = alts.one_of_each(begin, found, EFFICIENCY, percent, alts.most_workers)
    return Drawing(kind.name, kind.title, alt, page.figure, half)


def _ideal(axes: Axes) -> Iterator[Artist]:
    yield axes.axhline(1.0, color=style.GREY, linewidth=0.7, label="ideal", zorder=1)
