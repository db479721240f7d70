"""What was measured of each case, and what follows from it for the number of workers."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis import protocol
from scaling.analysis.units import count
from scaling.reports import answer, methods, table
from scaling.reports.page.blocks import Block, Bullets, Column, Fact, Facts, Grid, Prose, Section
from scaling.results import Study

_NAMES = {
    "95 %": "95 % interval",
    "rel.": "relative speedup",
    "eff.": "efficiency",
    "serial": "serial share",
    "notes": "cautions",
}
_MEANINGS = (
    "Times are medians over the blocks, each with its 95 % interval in the same unit. Speedup is "
    "relative to the baseline, relative speedup to the smallest case of the same backend, and "
    "efficiency is speedup over workers."
)
_WEAK_MEANINGS = (
    "Times are medians over the blocks, each with its 95 % interval in the same unit. Efficiency "
    "is the time of the smallest case of the same backend over this time, and the serial share "
    "is Gustafson's."
)


def sections(study: Study) -> Iterator[Section]:
    """Yield the cases, and how many workers are used well where that is known."""
    yield Section("cases", "Cases", tuple(_cases(study)))
    told = tuple(_workers(study))
    if told:
        yield Section("workers", "How many workers", told)


def _cases(study: Study) -> Iterator[Block]:
    found = table.tables(study.results, weak=study.header.plan.weak)
    marks = table.caution_marks(study.results)
    doubts = tuple(Fact(c, c.explanation, mark) for c, mark in marks.items())
    for one in found:
        yield _grid(study, one, doubts)
    if not found:
        yield Prose("The study has no cases.")
        return
    yield Prose(protocol.said(study.protocol))
    yield Prose(_WEAK_MEANINGS if study.header.plan.weak else _MEANINGS)
    if bound := table.shared_cores(study.results):
        yield Prose(f"{bound}.")
    if doubts:
        yield Facts(doubts)
    if study.notes:
        yield Bullets(study.notes)


def _grid(study: Study, one: table.Table, doubts: tuple[Fact, ...]) -> Grid:
    items = f"{count(one.size, 'item')}{' and more' * study.header.plan.weak}"
    bad = tuple({result.status for result in study.results} - {"ok", "skipped"})
    columns = (_column(name, doubts, bad) for name in one.headings)
    return Grid(f"{methods.name(study)}, {items}", tuple(columns), one.rows)


def _column(heading: str, doubts: tuple[Fact, ...], bad: tuple[str, ...]) -> Column:
    name = _NAMES.get(heading, heading)
    if heading == "notes":
        return Column(name, "marks", doubts)
    if heading == "median":
        return Column(name, alarms=bad)
    return Column(name, "text" if heading == "backend" else "number")


def _workers(study: Study) -> Iterator[Block]:
    for lines in (answer.efficient(study.choices()), answer.front(study.front())):
        first, *others = (*lines, "")
        if first:
            yield Prose(first)
            yield Bullets(tuple(line.strip() for line in others if line))
