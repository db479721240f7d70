"""What a rule of the audit finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters, the worst first."""

    HIGH = "high"
    """It takes a large share of the time, or makes the numbers mean something else."""
    MEDIUM = "medium"
    LOW = "low"
    """Good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was detected, never guessed."""

    rule: str
    """Name of the rule: lower case, words joined by ``-``."""
    severity: Severity
    cases: tuple[str, ...]
    """Keys of the cases that it was seen in; empty for the whole study."""
    evidence: str
    """What was measured, with its numbers: one sentence without a full stop."""
    remedy: str
    """What to do: one sentence that begins with a verb, without a full stop."""
