"""What every backend keeps to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest

from cluster.model import Connection
from scaling.backends.base import Pool
from scaling.errors import (
    ItemNotSendable,
    KernelFailed,
    OpeningFailed,
    PartNotSendable,
    WorkerDied,
)
from scaling.passes import ClusterTarget, Mapped

ROOT = Path(__file__).parents[3]
TARGET_VARIABLE = "RAYSCALE_TEST_TARGET"
MEGABYTE = 1_000_000


class Harness(Protocol):
    """What the fixture gives."""

    name: str
    workers: int
    sends: bool
    module: Any

    def open(
        self, kernel: str = ..., *, workers: int = ..., batch: int | None = ..., **params: str
    ) -> Any:
        """Open a pool on a kernel of the user's file."""


def same(count: int) -> list[tuple[str, int]]:
    """Items that come back as they are."""
    return [("same", index) for index in range(count)]


def indices(mapped: Mapped) -> list[int]:
    """Return the item indices that the records speak of."""
    return sorted(
        index for batch in mapped.batches for index in range(batch.first, batch.first + batch.count)
    )


IN_PROCESS = ("serial", "threads", "asyncio", "simulated")
sending_only = pytest.mark.leaves_out(*IN_PROCESS, reason="items do not leave this process")
own_processes_only = pytest.mark.leaves_out(
    *IN_PROCESS, reason="the death of their workers is the session's own"
)
real_clock_only = pytest.mark.leaves_out("simulated", reason="its records follow a law")


@pytest.mark.parametrize("count", [0, 1, 2, 7, 500])
def test_parts_come_in_the_order_of_the_items(pool: Pool, count: int) -> None:
    """Parts are in the order of the items; none and one are fine too."""
    assert list(range(count)) == pool.map(same(count), count).parts


@pytest.mark.parametrize("count", [0, 1, 3, 300])
def test_every_item_runs_exactly_once(pool: Pool, count: int) -> None:
    """The records speak of each item once, and of no other."""
    assert list(range(count)) == indices(pool.map(same(count), count))


def test_pool_serves_many_passes(pool: Pool) -> None:
    """A pool stays usable from pass to pass."""
    for count in (3, 1, 40):
        assert list(range(count)) == pool.map(same(count), None).parts


def test_every_worker_works(pool: Pool, harness: Harness) -> None:
    """With items that are long enough, each place runs some."""
    mapped = pool.map([("nap", 0.02)] * 24, 24)
    assert set(range(len(pool.places))) == {batch.worker for batch in mapped.batches}
    if harness.sends:
        assert harness.workers == len(set(mapped.parts))


def test_places_are_the_workers(pool: Pool, harness: Harness) -> None:
    """There are as many places as workers were asked for, each with a name of its own."""
    assert harness.workers == len(pool.places)
    assert harness.workers == len({place.worker for place in pool.places})
    assert all(place.node for place in pool.places)


def test_records_lie_within_the_pass(pool: Pool) -> None:
    """Ticks never go back and lie between the start and the end of the pass."""
    start = pool.clock()
    mapped = pool.map([("nap", 0.001)] * 20, 20)
    end = pool.clock()
    for batch in mapped.batches:
        ticks = list(batch.ticks)
        assert sorted(ticks) == ticks
        assert start <= batch.sent_ns <= ticks[0]
        assert ticks[-1] <= batch.received_ns <= end


def test_items_of_one_worker_do_not_overlap(pool: Pool, harness: Harness) -> None:
    """A worker is a place where one kernel call runs at a time."""
    mapped = pool.map([("nap", 0.002)] * 30, 30)
    for worker in range(harness.workers):
        own = sorted((b.ticks[0], b.ticks[-1]) for b in mapped.batches if b.worker == worker)
        assert all(end <= start for (_, end), (start, _) in pairwise(own))


@real_clock_only
def test_item_times_are_measured(pool: Pool, harness: Harness) -> None:
    """An item that sleeps 20 ms is recorded with at least 20 ms and next to no CPU time."""
    mapped = pool.map([("nap", 0.02)] * 6, 6)
    spans = [b.ticks[k + 1] - b.ticks[k] for b in mapped.batches for k in range(b.count)]
    assert min(spans) >= 20_000_000
    cpu = sum(b.cpu_ns for b in mapped.batches) if mapped.cpu_ns is None else mapped.cpu_ns
    assert cpu < sum(spans) / 4


@real_clock_only
def test_items_are_taken_as_they_are_needed(harness: Harness, leaves_nothing: None) -> None:
    """A new pool does not empty a generator of items before the first item has run."""
    taken: list[int] = []

    def items() -> Iterator[tuple[str, float]]:
        for _ in range(400):
            taken.append(time.perf_counter_ns())
            yield ("nap", 0.002)

    with harness.open() as opened:
        mapped = opened.map(items(), None)
    first_end = min(batch.ticks[1] for batch in mapped.batches)
    assert len(mapped.parts) == 400
    assert sum(moment < first_end for moment in taken) < 100


def test_what_the_items_raise_comes_out(harness: Harness, leaves_nothing: None) -> None:
    """An error of the user's generator is not mistaken for one of the kernel."""

    def items() -> Iterator[tuple[str, int]]:
        yield from same(20)
        raise LookupError("the list ends here")

    with pytest.raises(LookupError, match="ends here"), harness.open() as opened:
        opened.map(items(), None)


def test_fixed_batch(harness: Harness, leaves_nothing: None) -> None:
    """With a fixed batch, the answer is the same and no record is larger."""
    with harness.open(batch=7) as opened:
        mapped = opened.map(same(100), 100)
    assert list(range(100)) == mapped.parts
    assert list(range(100)) == indices(mapped)
    if harness.name != "simulated":
        assert max(batch.count for batch in mapped.batches) <= 7


def test_classes_of_the_users_file_travel(pool: Pool, harness: Harness) -> None:
    """Items and parts may be of classes that the user's file defines."""
    point = harness.module.Point
    items = [("move", point(index)) for index in range(50)]
    assert [point(index + 1) for index in range(50)] == pool.map(items, 50).parts


def test_arrays_travel(pool: Pool) -> None:
    """NumPy items and parts arrive as they were sent."""
    items = [("add", np.arange(size)) for size in (0, 1, 10, 1000, 400_000)]
    for size, part in zip((0, 1, 10, 1000, 400_000), pool.map(items, 5).parts, strict=True):
        np.testing.assert_array_equal(np.arange(size) + 1, part)


@pytest.mark.leaves_out("ray", reason="its arrays are read-only views of the object store")
def test_kernels_may_change_their_arrays(pool: Pool, harness: Harness) -> None:
    """A kernel may write into the array it was sent, and the driver into the part."""
    parts = pool.map([("change", np.zeros(500_000)) for _ in range(3)], 3).parts
    for part in parts:
        part[0] += 1
        assert part.sum() == 500_001


def test_large_items_and_parts_at_once(pool: Pool) -> None:
    """10 MB in both directions at the same time does not block."""
    items = [("add", np.full(10 * MEGABYTE, index, dtype=np.uint8)) for index in range(8)]
    parts = pool.map(items, 8).parts
    assert [(index + 1, 10 * MEGABYTE) for index in range(8)] == [
        (int(part[-1]), part.size) for part in parts
    ]


def test_large_parts_of_small_items(pool: Pool) -> None:
    """Small items may have large parts."""
    parts = pool.map([("large", 10 * MEGABYTE)] * 6, 6).parts
    assert [int(part.sum(dtype=np.int64)) for part in parts] == [70 * MEGABYTE] * 6


def test_kernel_that_prints(pool: Pool) -> None:
    """What a kernel prints does no harm."""
    assert pool.map([("print", "printed by a kernel")] * 20, 20).parts == [None] * 20


def test_kernel_with_processes_of_its_own(pool: Pool) -> None:
    """A kernel may use multiprocessing itself."""
    assert pool.map([("child", 0)] * 2, 2).parts == [0, 0]


def test_shared_input_travels_once(harness: Harness, tmp_path: Path) -> None:
    """The shared input reaches each worker once, however many items there are."""
    arrivals = tmp_path / "arrivals"
    with harness.open("scale", path=str(arrivals)) as opened:
        for _ in range(2):
            assert [3 * index for index in range(200)] == opened.map(range(200), 200).parts
    pids = arrivals.read_text().split() if arrivals.exists() else []
    assert (harness.workers if harness.sends else 0) == len(pids) == len(set(pids))


def test_kernel_error_names_item_and_line(harness: Harness, leaves_nothing: None) -> None:
    """What a kernel raises comes out with the item and the user's own traceback."""
    items = [*same(37), ("fail", "x"), *same(10)]
    with pytest.raises(KernelFailed) as caught, harness.open() as opened:
        opened.map(items, len(items))
    failure = caught.value
    assert (failure.item, failure.item_text) == (37, "('fail', 'x')")
    assert failure.error == "ValueError: no luck with x"
    assert "contract_work.py" in failure.trace
    assert "in fail" in failure.trace
    assert "scaling/backends" not in failure.trace


def test_kernel_that_exits(harness: Harness, leaves_nothing: None) -> None:
    """SystemExit in a kernel fails the pass and ends nothing else."""
    with pytest.raises(KernelFailed, match="SystemExit: 4") as caught, harness.open() as opened:
        opened.map([*same(5), ("quit", 4)], 6)
    assert caught.value.item == 5


@sending_only
def test_part_that_cannot_be_sent(harness: Harness, leaves_nothing: None) -> None:
    """A part that cannot travel back is named."""
    with pytest.raises(PartNotSendable) as caught, harness.open() as opened:
        opened.map([*same(23), ("lock", 0), *same(9)], 33)
    assert (caught.value.item, caught.value.item_text) == (23, "('lock', 0)")


@sending_only
def test_item_that_cannot_be_sent(harness: Harness, leaves_nothing: None) -> None:
    """An item that cannot travel is named."""
    items = [*same(23), ("same", threading.Lock()), *same(9)]
    with pytest.raises(ItemNotSendable) as caught, harness.open() as opened:
        opened.map(items, 33)
    assert caught.value.item == 23
    assert "lock" in caught.value.item_text


@sending_only
def test_shared_input_that_cannot_be_sent(harness: Harness, leaves_nothing: None) -> None:
    """A shared input that cannot travel is a failure of the opening."""
    with pytest.raises(OpeningFailed, match="shared input"), harness.open("stuck"):
        pass


@own_processes_only
@pytest.mark.parametrize("how", ["exit", "kill"])
def test_worker_that_dies(harness: Harness, leaves_nothing: None, how: str) -> None:
    """A worker that ends itself fails the pass, with the item it was at."""
    items = [("nap", 0.002)] * 20 + [("leave", how)] + [("nap", 0.002)] * 20
    with pytest.raises(WorkerDied) as caught, harness.open() as opened:
        opened.map(items, len(items))
    assert caught.value.item == 20


@own_processes_only
def test_failure_does_not_wait_for_other_workers(harness: Harness, leaves_nothing: None) -> None:
    """After a failure, a worker in the middle of a long item is ended."""
    start = time.perf_counter()
    with pytest.raises(KernelFailed), harness.open() as opened:
        opened.map([("nap", 60), ("fail", 0)], 2)
    assert time.perf_counter() - start < 20


def test_leaving_ends_every_worker(harness: Harness, leaves_nothing: None) -> None:
    """A pool that is left ends its workers, also when the block raised."""

    def leave_early() -> None:
        with harness.open() as opened:
            opened.map(same(3), 3)
            raise LookupError

    with pytest.raises(LookupError):
        leave_early()


@pytest.mark.leaves_out("serial", reason="the loop is one worker")
@pytest.mark.parametrize("workers", [1, 3])
def test_number_of_workers(harness: Harness, leaves_nothing: None, workers: int) -> None:
    """A pool has as many workers as were asked for."""
    with harness.open(workers=workers) as opened:
        assert workers == len(opened.places)
        mapped = opened.map([("nap", 0.02)] * 12, 12)
    assert workers == len({batch.worker for batch in mapped.batches})


@pytest.mark.cluster
@pytest.mark.timeout(600)
def test_ray_keeps_the_contract(cluster_connection: Connection) -> None:
    """Ray keeps to all of this, in a process of its own that is never forked."""
    nodes = tuple(node.id for node in cluster_connection.nodes)
    target = ClusterTarget(cluster_connection.address, nodes, ship=False, same_host=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "not cluster", __file__],
        cwd=ROOT,
        env={**_environment(cluster_connection), TARGET_VARIABLE: json.dumps(asdict(target))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]


def _environment(connection: Connection) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {**kept, **dict(connection.environment)}
