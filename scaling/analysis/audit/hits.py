"""What one rule saw in several cases is one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaling.analysis.audit.finding import Finding, Severity, by_share
from scaling.analysis.audit.view import Measured


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule holds for a case."""

    one: Measured
    share: float
    """Of the case's time, that it costs: says which case is the worst, and how much it matters."""
    evidence: str


def merged(
    rule: str, hits: Iterable[Hit], remedy: str, severity: Severity | None = None
) -> Iterator[Finding]:
    """Yield one finding with the numbers of the worst case, or none without hits.

    Without a severity it follows from the worst share.
    """
    ordered = sorted(hits, key=lambda hit: -hit.share)
    if ordered:
        worst = ordered[0]
        cases = tuple(dict.fromkeys(hit.one.case.key for hit in ordered))
        how_much = by_share(worst.share) if severity is None else severity
        yield Finding(rule, how_much, cases, worst.evidence, remedy)
