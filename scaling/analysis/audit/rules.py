"""All rules of the audit, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scaling.analysis.audit.finding import Finding
from scaling.studydata import StudyData

Rule = Callable[[StudyData], Iterable[Finding]]

RULES: tuple[Rule, ...] = ()


def findings(data: StudyData) -> tuple[Finding, ...]:
    """Return what the rules find, the worst first."""
    order = ["high", "medium", "low"]
    return tuple(sorted(_all(data), key=lambda finding: order.index(finding.severity)))


def _all(data: StudyData) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(data)
