"""What does recording an item's times cost?

The toolkit's own loop over a batch beside a bare one, for each backend that has one: it reads the
clock after each item, keeps the reading, and notes which item runs. Records travel with the parts:
both are pickled and unpickled. joblib runs one item at a time; here its own part is left out, the
making of its tasks and the taking of its answers are in. Interleaved rounds over items that do
nothing; medians of the differences in CPU time, which other work on the machine disturbs least.
Under 1 us is the aim: the last line says whether that holds.

    python benchmarks/recording.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import pickle
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from scaling.backends import heap
from scaling.backends.event_loop import Pass
from scaling.backends.joblib_loky import JoblibPool
from scaling.backends.joblib_worker import ItemRunner
from scaling.backends.progress import open_progress
from scaling.backends.runner import Runner

ITEMS = 20_000
BATCH = 1000
"""Items in a batch, where there are some."""
AIM_NS = 1000.0

Way = Callable[[], object]
Task = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def kernel(item: int) -> int:
    """Do nothing."""
    return item


def bare_batches() -> list[list[int]]:
    """Run the items as one would without records, with the parts of each batch sent."""
    return [
        _sent([kernel(item) for item in range(first, first + BATCH)])
        for first in range(0, ITEMS, BATCH)
    ]


def recorded_batches(runner: Runner) -> list[Any]:
    """Run the items as every dispatched worker does."""
    return [
        _sent(runner.run(first, range(first, first + BATCH))) for first in range(0, ITEMS, BATCH)
    ]


def like_joblib(tasks: Iterable[Task]) -> Iterator[Any]:
    """Run tasks as joblib does: batches are lists of calls, and so are their answers."""
    source = iter(tasks)
    while batch := list(islice(source, BATCH)):
        yield from _sent([function(*args, **named) for function, args, named in batch])


def bare_items() -> list[int]:
    """Run the items as joblib does, without records."""
    return list(like_joblib((kernel, (item,), {}) for item in range(ITEMS)))


def recorded_items(pool: JoblibPool) -> list[Any]:
    """Run the items with what is recorded for joblib, and what is kept to name failures."""
    return pool.map(range(ITEMS), ITEMS).parts


async def kernel_later(item: int) -> int:
    """Do nothing."""
    return item


async def bare_slot() -> list[int]:
    """Run the items in one slot as asyncio does, without records."""
    source, turn = iter(range(ITEMS)), asyncio.Lock()
    parts: list[int] = []
    while True:
        async with turn:
            item = next(source, None)
            if item is None:
                return parts
            parts.append(item)
            index = len(parts) - 1
        parts[index] = await kernel_later(item)


async def recorded_slot(at: memoryview[int]) -> list[Any]:
    """Run the items in one slot of the toolkit."""
    one = Pass(kernel_later, range(ITEMS))
    await one.serve(0, at)
    return one.parts


def _sent(message: Any) -> Any:
    return pickle.loads(pickle.dumps(message, protocol=5))


def cost_ns(bare: Way, recorded: Way, rounds: int) -> list[float]:
    """Return what an item costs more with records, in nanoseconds, of each round."""
    return [(_seconds(recorded) - _seconds(bare)) / ITEMS * 1e9 for _ in range(rounds)]


def _seconds(way: Way) -> float:
    start = time.thread_time()
    way()
    return time.thread_time() - start


def main(rounds: int) -> int:
    """Measure and print; 1 when the aim is missed."""
    heap.freeze()  # as sessions and workers do
    with tempfile.TemporaryDirectory() as folder:
        at = open_progress(Path(folder), 0)
        runner = Runner(kernel, 0, at)
        pool = JoblibPool(like_joblib, ItemRunner(kernel, 1, Path(folder)).run, [], None)
        ways: dict[str, tuple[Way, Way]] = {
            "batches": (bare_batches, lambda: recorded_batches(runner)),
            "joblib": (bare_items, lambda: recorded_items(pool)),
            "asyncio": (lambda: asyncio.run(bare_slot()), lambda: asyncio.run(recorded_slot(at))),
        }
        medians = []
        print(f"{'way':<10}{'median ns':>10}{'least':>10}{'most':>10}  an item, {rounds} rounds")
        for name, (bare, recorded) in ways.items():
            found = cost_ns(bare, recorded, rounds)
            medians.append(statistics.median(found))
            print(f"{name:<10}{medians[-1]:>10.0f}{min(found):>10.0f}{max(found):>10.0f}")
    print("under 1 us" if max(medians) < AIM_NS else "NOT under 1 us")
    return int(max(medians) >= AIM_NS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 41))
