"""A difference between how BASE and NEW were measured, and what it means for a verdict.

note      what a comparison is for, or what narrows it
caution   may be the reason for a difference; the verdict stands
limit     times of the two cannot be compared: the verdict is ``cannot tell``
refusal   the two are not the same work: nothing is compared
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a remark is."""

    NOTE = "note"
    CAUTION = "caution"
    LIMIT = "limit"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Remark:
    """One difference between two studies, beside their times."""

    level: Level
    text: str
    """Without a full stop. A limit has its reason before a colon, and what was found after it."""
    backend: str = ""
    """The only backend that it is about; empty for all."""


def gravest_first(*found: Remark) -> tuple[Remark, ...]:
    """Return the remarks in the order of their levels, else as they are."""
    order = list(reversed(Level))
    return tuple(sorted(found, key=lambda one: order.index(one.level)))
