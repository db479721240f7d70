"""Looks at what was drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from scaling.reports.figures import Drawing

Pair = tuple[float, float]


def lines(axes: Axes, label: str) -> Iterator[Line2D]:
    """Yield the lines of this label."""
    return (line for line in axes.get_lines() if line.get_label() == label)


def points(axes: Axes, label: str) -> list[Pair]:
    """Return what the one line of this label runs through."""
    (line,) = lines(axes, label)
    return pairs(line)


def pairs(line: Line2D) -> list[Pair]:
    """Return what a line runs through."""
    across, up = (list(map(float, values)) for values in line.get_data(orig=True))
    return list(zip(across, up, strict=True))


def bars(axes: Axes) -> set[tuple[float, float, float]]:
    """Return the upright intervals: where, lower end, upper end."""
    found = set()
    for one in axes.collections:
        if isinstance(one, LineCollection):
            for (across, low), (same, high) in one.get_segments():
                assert across == same
                found.add((float(across), float(low), float(high)))
    return found


def markers(axes: Axes, *, hollow: bool) -> set[Pair]:
    """Return the points that are marked, filled or hollow."""
    return {
        pair
        for line in axes.get_lines()
        if line.get_linestyle() == "None" and (line.get_markerfacecolor() == "white") is hollow
        for pair in pairs(line)
    }


def texts(drawing: Drawing) -> str:
    """Return all text outside of the panels, the legend's too, on one line."""
    return " ".join(_texts(drawing))


def _texts(drawing: Drawing) -> Iterable[str]:
    yield from (text.get_text() for text in drawing.figure.texts)
    for legend in drawing.figure.legends:
        yield from (text.get_text() for text in legend.get_texts())


def every_text(drawing: Drawing) -> list[Text]:
    """Return every text that is drawn, those of ticks too."""
    found = list(drawing.figure.texts)
    for legend in drawing.figure.legends:
        found += legend.get_texts()
    for axes in drawing.figure.axes:
        found += [axes.xaxis.label, axes.yaxis.label, *_titles(axes), *_ticks(axes)]
    return [text for text in found if text.get_text() and text.get_visible()]


def _titles(axes: Axes) -> Iterator[Text]:
    return (one for one in axes.get_children() if isinstance(one, Text))


def _ticks(axes: Axes) -> Iterator[Text]:
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        yield from (tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high)
