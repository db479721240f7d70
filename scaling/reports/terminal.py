"""The report in a terminal: 80 columns, no colour needed, ASCII but for the user's own text."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from re import match
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from scaling.analysis import protocol
from scaling.analysis.choice import TARGET_EFFICIENCY
from scaling.analysis.units import count, printable
from scaling.analysis.verdict import unusual
from scaling.reports import answer, audit, bars, failure_texts, item_length, losses, table
from scaling.results import Study

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


WIDTH = 80
"""Narrower, the table would lose columns; a terminal wraps it instead."""
_BAD = ("failed", "wrong", "timeout")


def text(
    study: Study,
    width: int = WIDTH,
    *,
    colour: bool = False,
    target_efficiency: float = TARGET_EFFICIENCY,
    price_per_node_hour: float | None = None,
) -> str:
    """Return the report as plain text, or with the codes that ANSI terminals show as colours."""
    from rich.console import Console
    from rich.text import Text

    width, out = max(width, WIDTH), StringIO()
    system: Literal["standard"] | None = "standard" if colour else None
    console = Console(
        file=out, width=width, color_system=system, force_terminal=colour, legacy_windows=False
    )
    for part in _parts(study, target_efficiency, price_per_node_hour, width):
        # User text is never read as markup. Bars and tables are longer where there is room.
        if isinstance(part, str):
            console.print(Text(_hung(printable(part))), width=WIDTH)
        else:
            console.print(part, width=width)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _hung(text: str) -> str:
    """Wrap what is longer than a line; what follows stands under the text of its first line."""
    return "\n".join(
        "\n".join(wrap(line, WIDTH, subsequent_indent=_indent(line), break_on_hyphens=False))
        if len(line) > WIDTH
        else line
        for line in text.split("\n")
    )


def _indent(line: str) -> str:
    """Return the indentation of what follows: after the letter of a caution, or two more."""
    found = match(r"[a-z]  (?=\S)|\s+", line)
    if found is None:
        return ""
    return " " * (len(found[0]) + 2 * found[0].isspace())


def _parts(
    study: Study, target: float, price: float | None, width: int
) -> Iterator[str | Text | Table]:
    for one in table.tables(study.results, weak=study.header.plan.weak):
        yield f"{title(study, one)}\n"
        yield _grid(one, width)
        yield ""
    if drawn := bars.lines(study, width):
        yield _drawn(drawn)
    below = [*table.failures(study.results), *_explanations(study), *study.notes]
    if below:
        yield "\n".join(below) + "\n"
    yield f"{protocol.said(study.protocol)}\n"
    for section in (losses.lines(study), item_length.lines(study), audit.lines(study)):
        if text := "\n".join(section):
            yield f"{text}\n"
    for part in (answer.efficient(study.choices(target)), answer.front(study.front(price))):
        if text := "\n".join(part):
            yield f"{text}\n"
    yield from _details(study)
    yield " ".join((study.verdict(), *study.advice))


def _details(study: Study) -> Iterator[str]:
    for who, what in failure_texts.told(study):
        indented = "\n".join(f"    {line}" for line in what.split("\n"))
        yield f"{who}:\n{indented}\n"


def title(study: Study, one: table.Table) -> str:
    """Return what was measured where, and in a second line what is unusual about it."""
    plan, environment = study.header.plan, study.header.environment
    kind = unusual(plan)
    names = [case.workload for case in plan.cases] or [plan.spec.target]
    items = f"{count(one.size, 'item')} and more" if plan.weak else count(one.size, "item")
    return (
        f"{names[0]}, {items}; {environment.processor}, "
        f"{count(environment.usable_cpus, 'usable CPU')}, "
        f"{environment.implementation} {environment.python}" + (f"\n{kind}" if kind else "")
    )


def _grid(one: table.Table, width: int) -> Table:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for heading in one.headings:
        left = heading in {"backend", "notes"}
        side: Literal["left", "right"] = "left" if left else "right"
        grid.add_column(heading, justify=side, no_wrap=not left, overflow="fold")
    for row in one.rows:
        name, *others = row if _fits(one, width) else (row[0].replace("-", "\n-"), *row[1:])
        grid.add_row(name, *(Text(text, "red" if text in _BAD else "") for text in others))
    return grid


def _fits(one: table.Table, width: int) -> bool:
    """Tell whether each row is one line; else names are broken where they have a second part."""
    longest = [max(map(len, column)) for column in zip(one.headings, *one.rows, strict=True)]
    return sum(longest) + len(longest) - 1 <= width


def _explanations(study: Study) -> Iterator[str]:
    if bound := table.shared_cores(study.results):
        yield bound
    for caution, mark in table.caution_marks(study.results).items():
        yield f"{mark}  {caution}: {caution.explanation}"


def _drawn(lines: list[str]) -> Text:
    """Give bars their colour where there is one."""
    from rich.text import Text

    text = Text("\n".join([*lines, ""]))
    text.highlight_regex(r"(?<=  )[=|>:-][=|>: -]*(?= )", "cyan")
    text.highlight_regex(rf"(?m)  ({'|'.join(_BAD)})$", "red")
    return text
