"""What failed or was left out, and what the user's code said."""

from __future__ import annotations

from scaling.reports import failure_texts, table
from scaling.reports.page.blocks import Block, Bullets, Code, Section
from scaling.results import Study

_TAB = 4


def section(study: Study) -> Section | None:
    """Return the cases without a value with their reasons; None where all have one."""
    lines = tuple(table.failures(study.results))
    if not lines:
        return None
    said: list[Block] = [
        Code(text.expandtabs(_TAB), who) for who, text in failure_texts.told(study)
    ]
    return Section("failures", "What failed or was left out", (Bullets(lines), *said))
