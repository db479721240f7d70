"""The sheet of a figure: title and legend above its panels, caption and notes below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from scaling.reports.figures.lettering import drawable, wrapped
from scaling.reports.figures.style import letters, small_letters

WIDTH_IN = 7.0
HALF_WIDTH_IN = 3.5
_INCH = 72.0
_MARGIN = 5.0
"""In points, as all that is not in inches."""
_LINE = 1.35
"""Height of a line over the size of its letters."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A figure whose panels can be drawn on."""

    figure: Figure
    panels: tuple[Axes, ...]
    columns: int
    half: bool

    def finish(self, title: str, legend: Sequence[Artist], below: Sequence[str]) -> None:
        """Put what stands around the panels, and fix where everything is."""
        width, height = (float(side) * _INCH for side in self.figure.get_size_inches())
        size = small_letters(half=self.half)
        lines = [line for text in below for line in wrapped(text, size, width - 2 * _MARGIN)]
        heading = letters(half=self.half) * 1.1
        box = _widest(self.figure, legend, width - 2 * _MARGIN) if legend else None
        top = 2 * _MARGIN + heading + (_height(self.figure, box) + _MARGIN if box else 0.0)
        bottom = _MARGIN + size * _LINE * len(lines)
        whole = top + height + bottom
        self.figure.set_size_inches(width / _INCH, whole / _INCH)
        left = _MARGIN / width
        self.figure.text(
            left, 1 - _MARGIN / whole, title, va="top", fontsize=heading, fontweight="bold"
        )
        if box:
            box.set_bbox_to_anchor((left, 1 - (2 * _MARGIN + heading) / whole))
        for number, line in enumerate(lines):
            base = bottom - size * (_LINE * number + 1)
            # the label keeps what was written, for formats whose viewer has fonts of its own
            self.figure.text(
                left, base / whole, drawable(line), va="baseline", fontsize=size, label=line
            )
        self._arrange((0.0, bottom / whole, 1.0, height / whole))

    def _arrange(self, room: tuple[float, float, float, float]) -> None:
        """Give the panels their room, once: each further time would move them a little."""
        self.figure.set_layout_engine("constrained", rect=room)
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")


def blank(
    heights: Sequence[float], *, half: bool, columns: int = 1, count: int | None = None
) -> Sheet:
    """Return a sheet with rows of these heights, in inches, for so many panels."""
    figure = Figure((HALF_WIDTH_IN if half else WIDTH_IN, sum(heights)))
    FigureCanvasAgg(figure)  # knows how large text is
    grid = figure.subplots(len(heights), columns, squeeze=False, height_ratios=list(heights))
    cells: list[Axes] = list(grid.flat)
    number = len(cells) if count is None else count
    for spare in cells[number:]:
        spare.remove()
    return Sheet(figure, tuple(cells[:number]), columns, half)


def of_panels(count: int, *, half: bool) -> Sheet:
    """Return a sheet with equal panels, side by side where the width allows it."""
    columns = min(2 if half else 3, count)
    alone, several = (2.3, 1.8) if half else (3.1, 2.5)
    heights = [alone if count == 1 else several] * ceil(count / columns)
    return blank(heights, half=half, columns=columns, count=count)


def labels(sheet: Sheet, across: str, up: str) -> None:
    """Name the axes, below the last panel of each column and beside the first of each row."""
    for number, axes in enumerate(sheet.panels):
        if number + sheet.columns >= len(sheet.panels):
            axes.set_xlabel(across)
        if number % sheet.columns == 0:
            axes.set_ylabel(up)


def _widest(figure: Figure, handles: Sequence[Artist], room: float) -> Legend:
    """Return the legend with the most columns that fit into the room."""
    for columns in range(len(handles), 1, -1):
        legend = figure.legend(handles=handles, loc="upper left", ncols=columns)
        if _extent(figure, legend)[0] <= room:
            return legend
        legend.remove()
    return figure.legend(handles=handles, loc="upper left", ncols=1)


def _height(figure: Figure, legend: Legend) -> float:
    return _extent(figure, legend)[1]


def _extent(figure: Figure, legend: Legend) -> tuple[float, float]:
    """Return width and height in points."""
    box = legend.get_window_extent()
    return box.width * _INCH / figure.dpi, box.height * _INCH / figure.dpi
