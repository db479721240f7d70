"""What a study shows, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.verdict import unusual
from scaling.reports.page.blocks import Block, Bullets, Prose, Section
from scaling.results import Study


def section(study: Study) -> Section:
    """Return the verdict, the advice, and what kind of study it is."""
    return Section("verdict", "Verdict", tuple(_blocks(study)))


def _blocks(study: Study) -> Iterator[Block]:
    yield Prose(study.verdict(), lead=True)
    if study.advice:
        yield Bullets(study.advice)
    if kind := unusual(study.header.plan):
        yield Prose(f"{kind}.")
