"""Two equal cases, block by block: what differs is noise."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter
from matplotlib.typing import LineStyleType

from scaling.analysis import null
from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.statistics import median, median_interval
from scaling.analysis.units import seconds, unit_of
from scaling.reports.figures import captions, scales, sheet
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.results import Study

_COLOURS = ("#0072B2", "#D55E00")
_MARKERS = ("o", "^")
_LINES: tuple[LineStyleType, ...] = ("-", "--")
_PAIR = "#999999"


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw the time of each block, and of each twin its median with its interval."""
    found = [one for one in gather(study.data) if one.case.twin and not one.case.uncapped]
    page = sheet.blank([2.2 if half else 3.0], half=half)
    (axes,) = page.panels
    handles = [_twin(axes, one, place) for place, one in enumerate(found)]
    _pairs(axes, found)
    blocks = sorted({block for one in found for block in one.values})
    scales.workers_across(axes, blocks, logarithmic=False)
    sheet.labels(page, "block", f"time ({_unit(found)[1]})")
    _times_up(axes, found)
    told = null.said(study.null) if study.null else ""
    note = "Lines across: medians over the blocks; shaded: their 95 % intervals, from 6 blocks on."
    page.finish(kind.title, handles, captions.below(study, told, note))
    alt = f"Time of {captions.workload(study)}, one case under two names. {told}"
    return Drawing(kind.name, kind.title, alt, page.figure, half)


def _twin(axes: Axes, one: Evidence, place: int) -> Artist:
    colour, marker, line = _COLOURS[place], _MARKERS[place], _LINES[place]
    values = list(one.values.values())
    middle, interval = median(values), median_interval(values)
    axes.axhline(middle, color=colour, linestyle=line, linewidth=1.0, zorder=1)
    if interval is not None:
        axes.axhspan(interval.low, interval.high, color=colour, alpha=0.12, linewidth=0)
    name = f"{one.case.backend}{one.case.twin}"
    axes.plot(
        list(one.values),
        values,
        color=colour,
        marker=marker,
        linestyle="none",
        label=name,
        zorder=3,
    )
    label = f"{name}: median {seconds(middle)}"
    return Line2D([], [], color=colour, marker=marker, linestyle=line, label=label)


def _pairs(axes: Axes, found: Sequence[Evidence]) -> None:
    """Join what was measured in the same block."""
    first, second = (one.values for one in found)
    for block in first.keys() & second.keys():
        ends = [first[block], second[block]]
        axes.plot([block, block], ends, color=_PAIR, linewidth=0.7, zorder=2)


def _unit(found: Sequence[Evidence]) -> tuple[float, str]:
    return unit_of(max(value for one in found for value in one.values.values()))


def _times_up(axes: Axes, found: Sequence[Evidence]) -> None:
    length, _ = _unit(found)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / length:g}"))
