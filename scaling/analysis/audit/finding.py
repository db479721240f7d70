"""What a rule of the audit finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LARGE = 0.25
"""Share of the time from which on a loss is the first thing to mend: a fourth of all workers."""
NOTABLE = 0.1
"""Share from which on a loss can change a decision: noise of 10 % is a caution of its own."""


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
    """Keys of the cases that it was seen in, the worst first; empty for the whole study."""
    evidence: str
    """What was measured, with its numbers: one sentence without a full stop. With cases, the
    numbers are those of the first."""
    remedy: str
    """What to do: one sentence that begins with a verb, without a full stop."""


def by_share(share: float) -> Severity:
    """Return how much a loss of this share of the time matters."""
    if share >= LARGE:
        return Severity.HIGH
    return Severity.MEDIUM if share >= NOTABLE else Severity.LOW
