"""A comparison of two studies in a terminal: 80 columns, no colour needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from textwrap import fill
from typing import TYPE_CHECKING

from scaling.analysis.comparison.verdicts import Comparison, Verdict
from scaling.analysis.units import count, printable, seconds
from scaling.gate import Gate, Side
from scaling.reports import diff_words as words

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 80
HEADINGS = ("backend", "nodes", "workers", "BASE", "NEW", "ratio", "95 %", "delta", "verdict")
_LEFT = {"backend", "verdict"}


def text(gate: Gate) -> str:
    """Return the comparison as plain text."""
    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None)
    for part in _parts(gate):  # user text is never read as markup
        console.print(Text(printable(part)) if isinstance(part, str) else part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _parts(gate: Gate) -> Iterator[str | Table]:
    yield f"{_title(gate)}\n"
    for size in dict.fromkeys(one.case.size for one in gate.cases):
        alike = [one for one in gate.cases if one.case.size == size]
        if gate.sized:
            yield f"{count(size, 'item')}:"
        yield _grid(alike)
        yield ""
    for section in (_explained(gate), _remarks(gate), _causes(gate), _others(gate)):
        if lines := "\n".join(section):
            yield f"{lines}\n"
    yield _wrapped(words.verdict(gate))


def _title(gate: Gate) -> str:
    sizes = {one.case.size for one in gate.cases}
    items = f", {count(sizes.pop(), 'item')}" if len(sizes) == 1 else ""
    title = f"{gate.workload}{items}; {gate.new.machine}"
    lines = (title, _side("BASE", gate.base), _side("NEW", gate.new))
    return "\n".join(_wrapped(line) for line in lines)


def _side(which: str, side: Side) -> str:
    return f"{which:<4}  {words.side(side)}"


def _grid(cases: Sequence[Comparison]) -> Table:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for heading in HEADINGS:
        left = heading in _LEFT
        grid.add_column(heading, justify="left" if left else "right", no_wrap=heading != "backend")
    for one in cases:
        grid.add_row(*(Text(cell) for cell in row(one)))
    return grid


def row(one: Comparison) -> tuple[str, ...]:
    """Return the cells of a case, one for each heading; what is not defined is empty."""
    case, interval = one.case, one.interval
    return (
        f"{case.backend}{case.twin}",
        str(case.nodes),
        str(case.workers),
        "" if one.base is None else seconds(one.base),
        "" if one.new is None else seconds(one.new),
        "" if one.ratio is None else words.ratio(one.ratio),
        "" if interval is None else f"{words.ratio(interval.low)}-{words.ratio(interval.high)}",
        "" if one.delta is None else words.delta(one.delta),
        str(one.verdict),
    )


def _explained(gate: Gate) -> Iterator[str]:
    if gate.cases:
        what = "METG" if gate.quantity == "METG" else "median time"
        yield _wrapped(
            f"ratio: {what} of NEW over that of BASE, above 1 is slower; delta: Cliff's, 1 where "
            "all of NEW takes longer, -1 where all takes less long, 0 where neither"
        )
    if gate.verdict is not Verdict.CANNOT_TELL:
        yield from (_wrapped(f"Cannot tell: {one}") for one in words.open_questions(gate))


def _remarks(gate: Gate) -> Iterator[str]:
    for one in gate.remarks:
        yield _wrapped(words.remark(one))
    for sentence in gate.not_compared:
        yield _wrapped(sentence)


def _causes(gate: Gate) -> Iterator[str]:
    if gate.causes:
        yield "What changed, in worker-seconds (workers times time):"
    for one in gate.causes:
        yield _wrapped(words.cause(gate, one), indent=2)
    for part, meaning in words.meanings(gate).items():
        yield _wrapped(f"  {part}: {meaning}", indent=4)


def _others(gate: Gate) -> Iterator[str]:
    for change in gate.laws:
        yield _wrapped(words.law(change))
    for aside in gate.asides:
        yield _wrapped(words.aside(gate, aside))


def _wrapped(sentence: str, indent: int = 0) -> str:
    """Return a sentence in lines; a user's line breaks are no breaks here."""
    line = printable(sentence).replace("\n", " ")
    return fill(line, WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)
