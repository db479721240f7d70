"""Text in figures: what the font can show, how wide it is, where its lines end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path

from scaling.analysis.units import printable
from scaling.reports.figures.style import FAMILY

MOST = 60
STAND_IN = "\N{REPLACEMENT CHARACTER}"
_UNBROKEN = "\N{NO-BREAK SPACE}%"


def shown(text: str, most: int = MOST) -> str:
    """Return a user's text on one line, cut."""
    line = " ".join(printable(text).split())
    return line if len(line) <= most else f"{line[: most - 3]}..."


def drawable(text: str) -> str:
    """Return the text with a stand-in, about as wide, for each character that the font lacks."""
    return "".join(c if ord(c) in _characters() else STAND_IN for c in text)


@cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=FAMILY))).get_charmap())


def width(text: str, size: float) -> float:
    """Return how wide a line is as it is drawn, in points."""
    font, line = FontProperties(family=FAMILY, size=size), drawable(text)
    return float(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0])


def wrapped(text: str, size: float, room: float) -> list[str]:
    """Return the lines that the text has where each may be so many points wide.

    A percent sign stays with its number.
    """
    lines = [""]
    for word in _words(text, size, room):
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.replace(_UNBROKEN, " %") for line in lines]


def _words(text: str, size: float, room: float) -> Iterator[str]:
    """Yield the words, and of one that is too wide the pieces."""
    for word in text.replace(" %", _UNBROKEN).split(" "):
        rest = word
        while width(rest, size) > room:
            fits = next(n for n in range(len(rest) - 1, 0, -1) if width(rest[:n], size) <= room)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
