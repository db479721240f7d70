"""How far the clock of another host is from this one's, from pings."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

PINGS = 20


@dataclass(frozen=True, slots=True)
class Ping:
    """One question for the time, in nanoseconds; it was read between asking and hearing."""

    asked_ns: int
    """Here."""
    read_ns: int
    """There."""
    heard_ns: int
    """Here."""

    @property
    def round_trip_ns(self) -> int:
        """Return how long it took."""
        return self.heard_ns - self.asked_ns


@dataclass(frozen=True, slots=True)
class Offset:
    """How to turn the times of another clock into those of this one."""

    add_ns: int = 0
    error_ns: int = 0
    """How far the result may be off."""

    def shifted(self, ticks: array[int]) -> array[int]:
        """Return the times by this clock."""
        if not self.add_ns:
            return ticks
        return array("q", [tick + self.add_ns for tick in ticks])


SAME = Offset()


def estimate(pings: Iterable[Ping]) -> Offset:
    """Return the offset from the ping with the shortest round trip.

    The clock was read somewhere within it: at its middle, give or take half of it, whatever way
    there and way back took (Cristian, Distributed Computing 3, 1989).
    """
    best = min(pings, key=lambda ping: ping.round_trip_ns)
    middle = best.asked_ns + best.round_trip_ns // 2
    return Offset(middle - best.read_ns, -(-best.round_trip_ns // 2))


def measure(read: Callable[[], int], count: int = PINGS) -> Offset:
    """Ask for the other clock's time again and again, and return its offset."""
    pings = []
    for _ in range(count):
        asked = time.perf_counter_ns()
        there = read()
        pings.append(Ping(asked, there, time.perf_counter_ns()))
    return estimate(pings)


def offsets(
    clocks: Sequence[str], hosts: Sequence[str], own: str, read: Callable[[int], int]
) -> list[Offset]:
    """Return the offset of every worker, measured once for each clock that is not ours.

    ``clocks`` and ``hosts`` are those of the workers; a clock without a name is taken for the one
    of its host alone. ``read`` asks a worker for its time.
    """
    names = [clock or f"host {host}" for clock, host in zip(clocks, hosts, strict=True)]
    found = {own: SAME} if own else {}
    for worker, name in enumerate(names):
        if name not in found:
            found[name] = measure(partial(read, worker))
    return [found[name] for name in names]
