"""The items themselves: too fine, too unequal, too late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scaling.analysis.audit.data import LARGE_BYTES, driver_share
from scaling.analysis.audit.finding import NOTABLE, Finding, by_share
from scaling.analysis.audit.hits import Hit, merged
from scaling.analysis.audit.machine import crowded_out
from scaling.analysis.audit.view import Measured, Timed, View
from scaling.analysis.statistics import median
from scaling.analysis.units import percent, ratio, seconds

SCHEDULING = 0.2
"""Share of the time in which workers had no item, from which on it is the first thing to see."""
FINE_S = 1e-3
"""Items under it need batches: one message costs 0.1 ms and more."""
LOCKED_CPUS = 0.7
"""Kernels on threads that used so much of a CPU had their batches; it was the GIL they lacked."""
TIMES_LONGER = 3.0
"""An item that dominates takes this many times the mean of the others."""
SAME_ITEM = 0.75
"""Share of the samples in which it must be the longest: else noise made it long."""
NEAR_BOUND = 0.8
"""Share of the number of workers that one item allows, from which on it shows in the times."""
DRIVER_BUSY = 0.8
"""Share of the time on the CPU from which on the driver can do no more."""
BLOCKED = 0.2
"""Share of the time: beats are counted as late from 5 ms on, and other work delays some."""


ALONE = (0.8, 1.02)
"""Item time over the time of a sample where items ran one after the other."""


def too_fine(view: View) -> Iterator[Finding]:
    """Find items so short that handing them out takes longer than it should."""
    hits = []
    for one in view.parallel:
        item_s, lost = one.typical(_item_s), one.lost("scheduling")
        large = one.facts is not None and (one.facts.item_bytes or 0) >= LARGE_BYTES
        if item_s is None or item_s > FINE_S or lost < SCHEDULING:
            continue
        if large or _locked(one) or one.case.size < one.case.workers:
            continue
        if crowded_out(view, one) >= lost / 2:
            continue
        per_item = lost * len(one.timed[0].sample.workers) * one.seconds / one.case.size
        per_batch = one.typical(lambda t: t.sample.items / t.batches if t.batches else None) or 1.0
        evidence = (
            f"an item takes {seconds(item_s)} and its handing out {seconds(per_item)}, with "
            f"{ratio(per_batch)} items in a message and {seconds(one.seconds)} for all: "
            f"{percent(lost)} of the time"
        )
        hits.append(Hit(one, lost, evidence))
    yield from merged(
        "items-too-fine",
        hits,
        "put more work into each item, or use fewer workers; scale grain shows what each backend "
        "needs",
    )


def dominant_item(view: View) -> Iterator[Finding]:
    """Find one item that takes so long that no number of workers helps."""
    for cases in view.sizes().values():
        found = _dominant(cases[0].timed)
        if found is None:
            continue
        item, longest_s, bound = found
        most = max(one.case.workers for one in cases)
        slowed = [one for one in cases if 1 < one.case.workers >= NEAR_BOUND * bound]
        slowed.sort(key=lambda one: -one.lost("balance"))
        worst = max(0.0, slowed[0].lost("balance")) if slowed else 0.0
        if worst < NOTABLE and bound > 2 * most:
            continue
        now = f"; {percent(worst)} of the time was lost to imbalance" if slowed else ""
        yield Finding(
            "dominant-item",
            by_share(worst),
            tuple(one.case.key for one in slowed),
            f"item {item} alone takes {seconds(longest_s)}: from {ratio(bound)} workers on "
            f"nothing gets faster{now}",
            "split this item, or hand it out first",
        )


def slow_producer(view: View) -> Iterator[Finding]:
    """Find items that are made more slowly than workers take them."""
    hits = []
    for one in view.parallel:
        starved = one.typical(_starved_share)
        if starved is not None and starved >= NOTABLE:
            making = one.typical(lambda t: t.sample.producing_s) or 0.0
            evidence = (
                f"workers had nothing to do {percent(starved)} of the time, since items were "
                f"still being made: {seconds(making)} of {seconds(one.seconds)}"
            )
            hits.append(Hit(one, starved, evidence))
    yield from merged(
        "slow-producer",
        hits,
        "make items cheaper: hand out names or ranges, and read or build the data in the kernel",
    )


def driver_bound(view: View) -> Iterator[Finding]:
    """Find a driver that is on the CPU nearly all the time, while workers wait."""
    hits = []
    for one in view.parallel:
        driver, lost = one.typical(driver_share), one.lost("scheduling")
        if driver is not None and driver >= DRIVER_BUSY and lost >= SCHEDULING:
            evidence = (
                f"the driver was on the CPU {percent(driver)} of the time, and workers waited for "
                f"items {percent(lost)} of it"
            )
            hits.append(Hit(one, lost, evidence))
    yield from merged(
        "driver-bound",
        hits,
        "give the driver less to do: more work in each item, smaller items and parts, fewer "
        "workers",
    )


def blocked_loop(view: View) -> Iterator[Finding]:
    """Find coroutines that hold the event loop up."""
    hits = []
    for one in view.cases:
        share = one.typical(_blocked_share)
        slots = one.case.workers
        if slots < 2 or share is None:
            continue
        if share >= BLOCKED:
            evidence = (
                f"for {percent(share)} of the time something held the event loop up, so that "
                f"{slots} slots waited for one"
            )
            hits.append(Hit(one, share, evidence))
        elif (alone := _never_overlapped(one)) is not None:
            evidence = (
                f"no two items overlapped on {slots} slots: one or another ran for "
                f"{percent(alone)} of the time"
            )
            hits.append(Hit(one, alone, evidence))
    yield from merged(
        "blocked-loop",
        hits,
        "await what waits, and move what computes or blocks to threads or processes",
    )


def _item_s(timed: Timed) -> float | None:
    return timed.busy_s / timed.sample.items if timed.sample.items else None


def _locked(one: Measured) -> bool:
    """Tell whether the kernels of threads had a CPU nearly all the time."""
    if one.case.backend != "threads":
        return False
    return (one.typical(lambda t: t.sample.cpu_s / t.sample.seconds) or 0.0) >= LOCKED_CPUS


def _starved_share(timed: Timed) -> float:
    return sum(worker.starved_s for worker in timed.sample.workers) / timed.paid_s


def _blocked_share(timed: Timed) -> float | None:
    blocked = timed.sample.blocked_s
    if blocked is None:
        return None
    # Making items holds the loop up too: that is a finding of its own.
    return max(0.0, blocked - timed.sample.producing_s) / timed.sample.seconds


def _never_overlapped(one: Measured) -> float | None:
    """Return the share of the time with an item running, where it was never two.

    A kernel that never awaits leaves the loop no beat that could come late.
    """
    alone = one.typical(lambda timed: timed.busy_s / timed.sample.seconds) or 0.0
    starved = one.typical(_starved_share) or 0.0
    told = one.case.size >= one.case.workers and starved < NOTABLE
    return alone if told and ALONE[0] <= alone <= ALONE[1] else None


def _dominant(sessions: Sequence[Timed]) -> tuple[int, float, float] | None:
    """Return the item that dominates, its time, and the workers from which on it is a bound."""
    seen = [found for timed in sessions if (found := _longest(timed)) is not None]
    if not seen:
        return None
    item, times = Counter(item for item, _, _ in seen).most_common(1)[0]
    own = [(longest_s, bound) for index, longest_s, bound in seen if index == item]
    if times < SAME_ITEM * len(sessions):
        return None
    longest_s, bound = (median(values) for values in zip(*own, strict=True))
    return item, longest_s, bound


def _longest(timed: Timed) -> tuple[int, float, float] | None:
    """Return the longest item of a sample with its time and that of all, where it dominates."""
    workers = timed.sample.workers
    longest = max(workers, key=lambda worker: worker.longest_s)
    items = sum(worker.items for worker in workers)
    if longest.longest_item is None or longest.longest_s <= 0 or items < 2:
        return None
    others = (timed.busy_s - longest.longest_s) / (items - 1)
    if longest.longest_s < TIMES_LONGER * others:
        return None
    return longest.longest_item, longest.longest_s, timed.busy_s / longest.longest_s
