"""What a start costs: opening a pool, and the first calls in it."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.audit.finding import LARGE, Finding, Severity
from scaling.analysis.audit.hits import Hit, merged
from scaling.analysis.audit.view import Timed, View
from scaling.analysis.statistics import median
from scaling.analysis.units import count, ratio, seconds

LEAST_OPENING_S = 0.1
"""Nobody waits for less."""
GAIN = 1.1
"""Serial time over its own, from which on it is a gain: less is what blocks differ by (10 %)."""
TIMES_SLOWER = 3.0
"""First calls over later ones: caches and branch predictors alone do not explain more."""
NEVER_AGAIN = 1.5
"""First call over the longest of all later items: then it is not the item that is long."""
LEAST_EXTRA_S = 0.01


def costly_opening(view: View) -> Iterator[Finding]:
    """Find pools that take longer to open than the work takes on them."""
    hits = []
    turned = False
    for one in view.parallel:
        opening = one.typical(lambda t: t.record.opening_s)
        if opening is None or opening < max(LEAST_OPENING_S, one.seconds):
            continue
        alone = view.serial(one)
        gained = alone is not None and alone.seconds >= GAIN * one.seconds
        lost = alone is not None and gained and alone.seconds < opening + one.seconds
        turned = turned or lost
        against = f"; serial needs {seconds(alone.seconds)}" if alone and lost else ""
        evidence = f"opening takes {seconds(opening)}, the work {seconds(one.seconds)}{against}"
        hits.append(Hit(one, opening / (opening + one.seconds), evidence))
    yield from merged(
        "opening-costs-more",
        hits,
        "keep the pool or cluster open for many runs, or stay serial for a single one",
        Severity.MEDIUM if turned else Severity.LOW,
    )


def slow_first_calls(view: View) -> Iterator[Finding]:
    """Find workers whose first call takes longer than any later one, whatever the item."""
    hits = []
    for one in view.cases:
        found = [pair for timed in one.timed for pair in _slow(timed)]
        workers = sum(len(timed.record.workers) for timed in one.timed)
        if not found or 2 * len(found) <= workers:
            continue
        first, later = (median(values) for values in zip(*found, strict=True))
        evidence = (
            f"the first call of a worker takes {seconds(first)}, later ones {seconds(later)} "
            f"({ratio(first / later)} times; {count(len(found), 'worker')} of {workers} that were "
            f"opened)"
        )
        hits.append(Hit(one, (first - later) / one.seconds, evidence))
    worst = max((hit.share for hit in hits), default=0.0)
    yield from merged(
        "slow-first-calls",
        hits,
        "count it in where the pool is new for each run; import, compile and load before the "
        "first item, or in shared input",
        Severity.MEDIUM if worst >= LARGE else Severity.LOW,
    )


def _slow(timed: Timed) -> Iterator[tuple[float, float]]:
    """Yield first and later calls of the workers whose first call stands out."""
    longest = max(worker.longest_s for worker in timed.sample.workers)
    for worker in timed.record.workers:
        first, later = worker.first_call_s, worker.later_call_s
        if first is None or later is None or later <= 0:
            continue
        stands_out = first >= max(TIMES_SLOWER * later, NEVER_AGAIN * longest)
        if stands_out and first - later >= LEAST_EXTRA_S:
            yield first, later
