"""Where the worker-seconds of each case went."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, percent
from scaling.reports import item_length, losses, table
from scaling.reports.page.blocks import (
    Block,
    Bullets,
    Column,
    Fact,
    Facts,
    Grid,
    Heading,
    Picture,
    Pictures,
    Prose,
    Section,
)
from scaling.results import Study


def section(study: Study, picture: Picture | None) -> Section | None:
    """Return the shares of each case; None where nothing is known."""
    blocks = (*_shares(study, picture), *_items(study))
    return Section("time", "Where the time went", blocks) if blocks else None


def _shares(study: Study, picture: Picture | None) -> Iterator[Block]:
    told = losses.known(study)
    if not told:
        return
    if picture is not None:
        yield Pictures((picture,))
    kinds = [kind for kind in losses.KINDS if any(kind.of(result) for result in told)]
    yield Grid(
        "Shares of the worker-seconds (workers times time)",
        (Column("case", "text"), *(Column(kind.name) for kind in kinds)),
        tuple(
            (_name(study, result), *(_share(kind.of(result)) for kind in kinds)) for result in told
        ),
    )
    yield Facts(tuple(Fact(kind.name, kind.meaning) for kind in kinds))
    yield Bullets(tuple(losses.sentences(study)))


def _name(study: Study, result: CaseResult) -> str:
    several = len({other.size for other in study.results}) > 1
    return table.case_name(result) + f", {count(result.size, 'item')}" * several


def _share(value: float | None) -> str:
    # Adding 0 leaves no minus before what is rounded to nothing.
    return "" if value is None else percent(round(value, 3) + 0.0)


def _items(study: Study) -> Iterator[Block]:
    first, *others = (*item_length.lines(study), "")
    if first:
        yield Heading("Length of the items")
        yield Prose(first)
        yield Bullets(tuple(line.strip() for line in others if line))
