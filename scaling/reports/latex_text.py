"""Plain text as LaTeX that any pdflatex sets: ASCII alone, with T1 or the default font encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from unicodedata import normalize

from scaling.analysis.units import printable

LONGEST_LINE = 100
LONGEST_WORD = 30
_PIECE = 6
_BREAK = r"\allowbreak{}"
_SPECIAL = {
    "\\": r"\textbackslash{}",
    **{char: f"\\{char}" for char in "{}$&%#_"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # babel makes the character itself a command in some languages
    '"': r"\char34{}",
    "`": r"{}\char96{}",
    # after the end of a row it would be the row's distance
    "[": "{[}",
    "]": "{]}",
}
_SIGNS = {
    "\u00df": r"{\ss}", "\u00e6": r"{\ae}", "\u00c6": r"{\AE}", "\u0153": r"{\oe}",
    "\u0152": r"{\OE}", "\u00f8": r"{\o}", "\u00d8": r"{\O}", "\u0142": r"{\l}",
    "\u0141": r"{\L}", "\u0131": r"{\i}", "\u00b5": r"$\mu$", "\u03bc": r"$\mu$",
    "\u00d7": r"$\times$", "\u00b1": r"$\pm$", "\u00b7": r"$\cdot$", "\u00b0": r"$^\circ$",
    "\u00b2": "$^2$", "\u00b3": "$^3$", "\u00ae": "(R)", "\u2122": "(TM)", "\u2013": "--",
    "\u2014": "---", "\u2018": r"{}\char96{}", "\u2019": "'", "\u2026": r"\ldots{}",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip
"""Combining marks and their commands; all fonts of pdflatex have them."""
_QUANTITY = re.compile(r"(?<=\d) (?=(?:ns|us|ms|s|min|h|MiB)\b|\\%)")
_DOUBLED = re.compile(r"([-',])(?=\1)")
"""What a font would join to one sign."""


def escaped(text: str) -> str:
    """Return the text so that it shows as it is, in one line.

    What pdflatex cannot set is shown by its number, like ``[U+5DE5]``. Lines may end within words
    that no hyphenation knows, such as paths.
    """
    flat = normalize("NFC", printable(" ".join(text.split())))
    return " ".join(map(_word, flat.split(" ")))


def sentences(text: str) -> str:
    """Return text of ours as ``escaped`` does, its numbers kept together with their units."""
    return re.sub(r"~us\b", r"~$\\mu$s", _QUANTITY.sub("~", escaped(text)))


def code(text: str) -> str:
    """Return the text as typewriter text that may be broken after its separators."""
    parts = re.split(r"(?<=[/_.:\-])(?=.)", " ".join(text.split()))
    told = _BREAK.join(escaped(part) for part in parts)
    return rf"\texttt{{{told}}}"


def comment(text: str) -> str:
    """Return a line that LaTeX passes over."""
    flat = printable(" ".join(text.split()))
    return f"% {flat.encode('ascii', 'backslashreplace').decode('ascii')}"


def lines(source: str, indent: str = "") -> str:
    """Return the source in lines that an editor shows, broken at spaces only."""
    return "\n".join(
        wrap(
            source,
            LONGEST_LINE,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def aligned(cells: Sequence[str]) -> Iterator[str]:
    """Yield the cells, numbers filled up on the right so that their points stand in one line."""
    longest = max((len(_decimals(cell)) for cell in cells if _is_number(cell)), default=0)
    for cell in cells:
        filling = longest - len(_decimals(cell)) if _is_number(cell) else 0
        if not filling:
            yield cell
            continue
        point = "" if "." in cell else "."
        digits = "0" * (filling - len(point))
        yield rf"{cell}\phantom{{{point}{digits}}}"


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdigit()


def _decimals(cell: str) -> str:
    """Return the decimals of a number with its point."""
    _, point, decimals = cell.partition(".")
    return point + decimals


def _word(word: str) -> str:
    length = len(word) if len(word) <= LONGEST_WORD else _PIECE
    pieces = (word[start : start + length] for start in range(0, len(word), max(1, length)))
    return _BREAK.join("".join(map(_set, _DOUBLED.sub("\\1\x00", piece))) for piece in pieces)


def _set(char: str) -> str:
    if char == "\x00":
        return "{}"
    if char.isascii():
        return _SPECIAL.get(char, char)
    if char in _SIGNS:
        return _SIGNS[char]
    parts = normalize("NFD", char)
    letter, marks = parts[:1], parts[1:]
    if letter.isascii() and letter.isalpha() and marks in _ACCENTS:
        return rf"\{_ACCENTS[marks]}{{{letter}}}"
    return f"{{[}}U+{ord(char):04X}{{]}}"
