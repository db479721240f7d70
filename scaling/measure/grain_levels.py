"""Which numbers of steps to measure: up until the rate stands still, down until it breaks in."""

from __future__ import annotations

from collections.abc import Callable

from scaling.analysis.granularity import is_rising, points
from scaling.analysis.statistics import median
from scaling.grain_model import Level

_LEAST_UP = 3
MOST_PASS_S = 15.0
"""No level is begun whose pass is likely to take longer."""


def search(
    measure: Callable[[int], Level],
    first: int,
    *,
    items: int,
    threshold: float,
    most_pass_s: float = MOST_PASS_S,
) -> list[Level]:
    """Return the levels taken, from ``first`` steps on, each measured once.

    Up: twice the steps, at least twice, until the rate has stopped rising, or a pass would take too
    long. Down: half the steps until two levels in a row are under the threshold and the last under
    half of it, or an item is one step.
    """
    levels = [measure(first)]
    while len(levels) < _LEAST_UP or is_rising(levels, items):
        if 2 * median(levels[-1].seconds) > most_pass_s:
            break
        levels.append(measure(2 * levels[-1].steps))
    steps = first
    while steps > 1 and not _broken_in(levels, items, threshold):
        steps //= 2
        levels.append(measure(steps))
    return levels


def _broken_in(levels: list[Level], items: int, threshold: float) -> bool:
    if len(levels) < 2:
        return False
    fewest, next_fewest, *_ = points(levels, items, 1)
    return next_fewest.efficiency < threshold and fewest.efficiency < threshold / 2
