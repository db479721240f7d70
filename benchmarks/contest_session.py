"""One session of a contest: a fresh process that opens a pool, and times each way of using it.

Ways that share a pool take turns within its session, in an order that changes from round to round.
"""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from benchmarks.contest_work import spin, timed_spin
from scaling.backends import heap
from scaling.passes import ClusterTarget, Mapped

WARM_S = 0.3
TIMED_S = 0.3
"""Passes are repeated until they took so long together; their median counts."""
_MOST_PASSES = 15
_CHECKED = 40
_NS = 1e-9

T = TypeVar("T")

Mapper = Callable[[Sequence[int]], Mapped]
"""Runs the items; peers return parts without batches."""
Pass = tuple[float, Mapped]
"""Seconds, and what came back."""
Ways = Mapping[str, Callable[[], Mapper]]
"""The ways of using one open pool: each call begins without what was learnt of other items."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a pool is opened with."""

    workers: int
    folder: Path
    cluster: ClusterTarget | None = None
    timed: bool = False
    """True when the items of peers tell how long they took."""

    @property
    def kernel(self) -> Callable[[int], object]:
        """The function that peers run."""
        return timed_spin if self.timed else spin


Opener = Callable[[Setup], AbstractContextManager[Ways]]


@dataclass(frozen=True, slots=True)
class Case:
    """Items that are run by each of some ways."""

    name: str
    items: list[int]
    counts: Mapping[str, int]
    """How many of the items a way gets; ways that are not named leave the case out."""
    warm: int
    """Items of a pass that warms up."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What one way took in one session."""

    way: str
    case: str
    items: int
    seconds: float
    """Of one pass."""
    work_s: float | None
    """Sum of the items' own times in that pass, where they are known."""
    longest_s: float | None
    batches: int
    digest: str
    """Of the answers."""

    @property
    def item_us(self) -> float:
        """Microseconds an item."""
        return self.seconds / self.items * 1e6


def run(opener: Opener, setup: Setup, cases: Sequence[Case], turn: int) -> list[Timing]:
    """Run a session in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_session, args=(opener, setup, cases, turn, theirs))
    process.start()
    theirs.close()
    try:
        return list(_received(ours))
    finally:
        process.join()


def _received(channel: Connection) -> Iterator[Timing]:
    while True:
        try:
            timing = channel.recv()
        except EOFError:
            raise SystemExit("a session ended before it was done") from None
        if timing is None:
            return
        yield timing


def rotated(these: Sequence[T], turn: int) -> list[T]:
    """Return them from another one on in each round."""
    start = turn % len(these) if these else 0
    return [*these[start:], *these[:start]]


def _session(
    opener: Opener, setup: Setup, cases: Sequence[Case], turn: int, channel: Connection
) -> None:
    with opener(setup) as ways:
        heap.freeze()
        for case in cases:
            names = rotated([name for name in ways if name in case.counts], turn)
            for timing in _take_turns({name: ways[name]() for name in names}, case):
                channel.send(timing)
    channel.send(None)


def _take_turns(mappers: Mapping[str, Mapper], case: Case) -> Iterator[Timing]:
    """Time the ways pass by pass in turns, so that what else goes on hits all of them."""
    taken: dict[str, list[Pass]] = {name: [] for name in mappers}
    for name, mapper in mappers.items():
        _warm(mapper, case.items[: min(case.warm, case.counts[name])])
    for _ in range(_MOST_PASSES):
        for name, passes in taken.items():
            if sum(seconds for seconds, _ in passes) < TIMED_S:
                passes.append(_timed(mappers[name], case.items[: case.counts[name]]))
    for name, passes in taken.items():
        yield _timing(name, case, sorted(passes, key=itemgetter(0))[(len(passes) - 1) // 2])


def _timed(mapper: Mapper, items: list[int]) -> Pass:
    gc.collect()
    start = time.perf_counter()
    mapped = mapper(items)
    return time.perf_counter() - start, mapped


def _timing(way: str, case: Case, taken: Pass) -> Timing:
    seconds, mapped = taken
    answers, lengths = _seen(mapped)
    _check(case.items[: case.counts[way]], answers)
    return Timing(
        way,
        case.name,
        len(answers),
        seconds,
        work_s=sum(lengths) * _NS if lengths else None,
        longest_s=max(lengths) * _NS if lengths else None,
        batches=len(mapped.batches),
        digest=hashlib.sha256(array("q", answers).tobytes()).hexdigest()[:16],
    )


def _warm(mapper: Mapper, items: list[int]) -> None:
    end = time.perf_counter() + WARM_S
    while time.perf_counter() < end:
        mapper(items)


def _seen(mapped: Mapped) -> tuple[list[int], list[int]]:
    """Return the answers, and how long each item took where that is known."""
    if mapped.batches:
        lengths = [end - start for one in mapped.batches for start, end in pairwise(one.ticks)]
        return mapped.parts, lengths
    if isinstance(mapped.parts[0], int):
        return mapped.parts, []
    return [part for part, _ in mapped.parts], [length for _, length in mapped.parts]


def _check(items: list[int], answers: list[int]) -> None:
    """Look at some answers; that all ways agree on all is seen by their digests."""
    assert len(items) == len(answers)
    for index in range(0, len(items), max(1, len(items) // _CHECKED)):
        if items[index] < 1_000_000:
            assert answers[index] == spin(items[index]), index
