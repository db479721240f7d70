"""Items of the contests: work of a known length, in pure Python.

Their steps are counted, not timed: a loop that watches the clock would seem to scale where work
does not.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time

from scaling import workload

SIGMA = 1.5
BIG_SHARE = 0.2
_VARIANTS = 7
"""Items of one length differ by a few steps, so that their answers differ."""
_STEPS = 200_000
_TRIALS = 9


@workload(items=[0])
def spin(item: int) -> int:
    """Take as many steps as the item says; the null items, below zero, return at once."""
    if item < 0:
        return item
    state = item
    for _ in range(item):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    return state


def timed_spin(item: int) -> tuple[int, int]:
    """Do the same, and tell how many nanoseconds it took."""
    start = time.perf_counter_ns()
    part = spin(item)
    return part, time.perf_counter_ns() - start


def steps_per_us(workers: int) -> float:
    """Measure how many steps a microsecond has where so many workers compute at once."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        found = pool.map(_trials, range(workers), chunksize=1)
    return statistics.median(rate for trials in found for rate in trials)


def _trials(_: int) -> list[float]:
    rates = []
    for _trial in range(_TRIALS):
        start = time.thread_time_ns()  # what else runs on the machine does not count
        spin(_STEPS)
        rates.append(_STEPS / (time.thread_time_ns() - start) * 1e3)
    return rates[_TRIALS // 3 :]


def even(length_us: int, count: int, rate: float) -> list[int]:
    """Return items of one length."""
    if not length_us:
        return [-1 - index for index in range(count)]
    base = round(length_us * rate)
    return [base + index % _VARIANTS for index in range(count)]


def skewed(count: int, rate: float, mean_us: float = 1000.0) -> dict[str, list[int]]:
    """Return for each order the items, of this mean."""
    draw = random.Random(1)  # noqa: S311 - items, not a secret
    drawn = [draw.lognormvariate(0, SIGMA) for _ in range(count)]
    scale = mean_us * rate * count / sum(drawn)
    shuffled = [max(1, round(length * scale)) for length in drawn]
    total = mean_us * rate * count
    small = round(total * (1 - BIG_SHARE) / (count - 1))
    one_big = [small + index % _VARIANTS for index in range(count)]
    one_big[count // 2] = round(total * BIG_SHARE)
    return {
        "shuffled": shuffled,
        "sorted down": sorted(shuffled, reverse=True),
        "sorted up": sorted(shuffled),
        "one of 20 %": one_big,
    }
