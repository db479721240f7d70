"""Series of cases against workers: their line, their intervals, their points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, Transform

from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count
from scaling.reports.figures import ceilings, scales, style
from scaling.reports.figures.measures import Measure
from scaling.reports.figures.series import Panel, Series

_APART = 2.5
"""Points that series are moved aside, so that equal values do not hide each other."""
_INCH = 72.0


def put(axes: Axes, panel: Panel, measure: Measure) -> None:
    """Draw the series of a panel beside each other; what is drawn has the exact values."""
    for one, where in zip(panel.series, beside(axes, len(panel.series)), strict=True):
        _series(axes, one, measure, where)


def beside(axes: Axes, number: int) -> Iterator[Transform]:
    """Yield where to draw each of so many series: their data, moved a little aside."""
    scale = axes.figure.dpi_scale_trans
    for place in range(number):
        points = (place - (number - 1) / 2) * _APART
        yield axes.transData + ScaledTranslation(points / _INCH, 0.0, scale)


def _series(axes: Axes, one: Series, measure: Measure, where: Transform) -> None:
    look = style.look(one.backend)
    for run in one.runs:
        axes.plot(
            [result.workers for result in run],
            [measure.value(result) or 0.0 for result in run],
            color=look.colour,
            linestyle=look.line,
            label=one.backend,
            transform=where,
        )
    bars = [
        (result.workers, low, high)
        for result in one.results
        if (low := measure.low(result)) is not None and (high := measure.high(result)) is not None
    ]
    if bars:
        axes.vlines(*zip(*bars, strict=True), color=look.colour, linewidth=1.2, transform=where)
    _points(axes, one, measure, where)


def _points(axes: Axes, one: Series, measure: Measure, where: Transform) -> None:
    """Mark the cases; hollow where nodes share cores."""
    look = style.look(one.backend)
    for hollow, face in ((False, look.colour), (True, "white")):
        found = [result for result in one.results if is_hollow(result) is hollow]
        if found:
            axes.plot(
                [result.workers for result in found],
                [measure.value(result) or 0.0 for result in found],
                color=look.colour,
                linestyle="none",
                marker=look.marker,
                markerfacecolor=face,
                transform=where,
                zorder=3,
            )


def is_hollow(result: CaseResult) -> bool:
    """Tell whether the nodes of a case share the cores of one machine."""
    return Caution.OVERSUBSCRIBED in result.cautions


def put_ceilings(axes: Axes, panel: Panel, *, of_efficiency: bool = False) -> list[Artist]:
    """Draw the most that the CPUs allow, and return what the legend shows of it."""
    found = ceilings.ceilings(panel)
    handles: list[Artist] = []
    for number, one in enumerate(found):
        across, up = one.efficiency() if of_efficiency else one.speedup()
        whom = "" if len(found) == 1 else f" ({', '.join(one.backends)})"
        line = (0, (5, 2)) if number == 0 else (0, (1, 1.5))
        label = f"most that the CPUs allow{whom}"
        handles += axes.plot(
            across, up, color=style.GREY, linestyle=line, linewidth=1.0, label=label, zorder=1
        )
    return handles


def title(axes: Axes, panel: Panel, number: int) -> None:
    """Name the size of a panel where there are several."""
    if number > 1 and panel.size is not None:
        axes.set_title(count(panel.size, "item"), loc="left")


def axis_of_workers(axes: Iterable[Axes], panels: Sequence[Panel]) -> bool:
    """Lay out the axis of workers alike in all panels; tell whether it is logarithmic."""
    counts = [result.workers for panel in panels for result in panel.results]
    logarithmic = scales.spans_much(counts)
    for one in axes:
        scales.workers_across(one, counts, logarithmic=logarithmic)
    return logarithmic


def legend(panels: Iterable[Panel], *more: Artist) -> list[Artist]:
    """Return an entry for each backend, and then others, each label once."""
    backends = dict.fromkeys(one.backend for panel in panels for one in panel.series)
    handles: list[Artist] = [_entry(backend) for backend in backends]
    labels = {str(handle.get_label()): handle for handle in reversed(more)}
    return [*handles, *reversed(labels.values())]


def _entry(backend: str) -> Line2D:
    look = style.look(backend)
    return Line2D([], [], color=look.colour, linestyle=look.line, marker=look.marker, label=backend)
