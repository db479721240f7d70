"""What a study shows, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.verdict import relative_to
from scaling.reports.page.blocks import Block, Bullets, Prose, Section
from scaling.results import Study


def section(study: Study) -> Section:
    """Return the verdict, the advice, and what kind of study it is."""
    return Section("verdict", "Verdict", tuple(_blocks(study)))


def _blocks(study: Study) -> Iterator[Block]:
    yield Prose(study.verdict(), lead=True)
    if study.advice:
        yield Bullets(study.advice)
    if kind := _kind(study):
        yield Prose(kind)


def _kind(study: Study) -> str | None:
    """Say what the numbers are when they are not what they mostly are."""
    plan = study.header.plan
    if plan.weak:
        return "Weak scaling: the items grow with the workers; efficiency is T(1) / T(N)."
    if plan.null:
        return "One case under two names: what the machine shows where nothing differs."
    name = relative_to(plan)
    return f"Speedup is relative to {name}, not absolute." if name else None
