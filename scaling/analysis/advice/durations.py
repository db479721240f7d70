"""From what item duration on Ray pays, as far as the fixed costs of one size can tell."""

from __future__ import annotations

from math import inf

from scaling.analysis import crossover
from scaling.analysis.advice.fixed_costs import growing_and_fixed
from scaling.analysis.advice.ground import CLOSE
from scaling.analysis.advice.rivals import Rivals
from scaling.analysis.crossover import Rows
from scaling.analysis.statistics import Interval, median
from scaling.analysis.units import seconds, seconds_range
from scaling.studydata import StudyData

FARTHEST = 10.0
"""Items so many times as long, or as short, are the limit of what fixed costs can tell."""


def shorter(data: StudyData, pair: Rivals) -> str:
    """Say down to what item Ray would pay, the interval's upper end; nothing without one."""
    found, item = _stretch(data, pair), pair.item_s
    if found is None or item is None or found[1].high >= 1:
        return ""
    return f" and, by its fixed costs, down to {seconds(max(found[1].high, 1 / FARTHEST) * item)}"


def longer(data: StudyData, pair: Rivals) -> str | None:
    """Say from what item on Ray would pay, or that longer items do not help."""
    found, item = _stretch(data, pair), pair.item_s
    if found is None or item is None:
        return None
    value, interval = found
    if FARTHEST < interval.low < inf:
        return f"By its fixed costs it would need items of more than {seconds(FARTHEST * item)}."
    if value > 1 and interval.high <= FARTHEST:
        ends = seconds_range(interval.low * item, interval.high * item)
        return (
            f"By its fixed costs it would pay from items of about {seconds(value * item)} on "
            f"(95 % {ends})."
        )
    return _no_help(_growing(data, pair), data.header.plan.seed)


def _stretch(data: StudyData, pair: Rivals) -> tuple[float, Interval] | None:
    """Return how many times as long items must be; None where the data do not bound it."""
    local, ray = growing_and_fixed(data, pair.local), growing_and_fixed(data, pair.ray)
    if local is None or ray is None:
        return None
    found = crossover.stretch(crossover.together([*local, *ray]), data.header.plan.seed)
    if found is None or found.interval is None:
        return None
    return found.value, found.interval


def _growing(data: StudyData, pair: Rivals) -> Rows:
    parts = [growing_and_fixed(data, one) for one in (pair.local, pair.ray)]
    return crossover.together([part[0] for part in parts if part is not None])


def _no_help(growing: Rows, seed: int) -> str | None:
    """Say that items of any length leave Ray behind, where it gains nothing from longer ones."""
    gain = crossover.estimate(growing, lambda row: row[0] / row[1] if row[1] else inf, seed)
    if gain is None or gain.interval is None or gain.interval.high > 1 + CLOSE:
        return None
    local, ray = (median(column) for column in zip(*growing.values(), strict=True))
    return (
        "Longer items would hardly change that: without its fixed costs a pass takes "
        f"{seconds(ray)} on Ray, {seconds(local)} there."
    )
