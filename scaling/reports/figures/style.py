"""How figures look: colours, markers, hatches, letters and lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib.style
from matplotlib.typing import LineStyleType

FAMILY = "DejaVu Sans"
"""Comes with matplotlib, so that every machine lays a figure out alike."""
GREY = "#666666"
PALE = "#DDDDDD"


@dataclass(frozen=True, slots=True)
class Look:
    """How a backend is told apart: by colour, by marker and by line."""

    colour: str
    marker: str
    line: LineStyleType


# The colours are those of Okabe & Ito (Color Universal Design, 2008).
_LOOKS = {
    "serial": Look("#000000", "X", "-"),
    "threads": Look("#0072B2", "s", "-"),
    "processes": Look("#D55E00", "^", "--"),
    "asyncio": Look("#CC79A7", "D", ":"),
    "joblib": Look("#E69F00", "v", (0, (6, 1.5, 1, 1.5))),
    "dask": Look("#56B4E9", "P", (0, (3, 1.2))),
    "ray": Look("#009E73", "o", "-."),
    "simulated": Look("#999999", "h", "-"),
}
_OTHER = Look("#666666", "*", "-")


def look(backend: str) -> Look:
    """Return the look of a backend, the same in every figure."""
    return _LOOKS.get(backend, _OTHER)


def letters(*, half: bool) -> float:
    """Return the size of most text, in points."""
    return 7.5 if half else 9.0


def small_letters(*, half: bool) -> float:
    """Return the size of the caption and the notes, in points."""
    return 7.0 if half else 8.0


@contextmanager
def applied(*, half: bool, salt: str = "") -> Iterator[None]:
    """Draw in this style within ``with``, whatever the user's own settings of matplotlib."""
    size = letters(half=half)
    changes = {
        "font.family": ["sans-serif"],
        # The others are for viewers of an SVG: none of them is wider than the first.
        "font.sans-serif": [FAMILY, "Verdana", "Arial", "Helvetica"],
        "font.size": size,
        "text.parse_math": False,
        "axes.titlesize": size,
        "axes.labelsize": size,
        "xtick.labelsize": small_letters(half=half),
        "ytick.labelsize": small_letters(half=half),
        "legend.fontsize": small_letters(half=half),
        "legend.frameon": False,
        "legend.borderaxespad": 0.0,
        "legend.borderpad": 0.0,
        "legend.columnspacing": 1.5,
        "legend.handlelength": 2.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": PALE,
        "grid.linewidth": 0.6,
        "lines.linewidth": 1.0 if half else 1.3,
        "lines.markersize": 4.0 if half else 5.5,
        "hatch.linewidth": 0.4,
        "figure.facecolor": "white",
        "axes.facecolor": "white",
        "svg.fonttype": "none",
        "svg.hashsalt": f"rayscale {salt}",
        "pdf.fonttype": 42,
    }
    with matplotlib.style.context(["default", changes]):
        yield
