"""The parts of one of joblib's batches share one record, which is sent once."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("joblib")

from scaling.backends.joblib_loky import JoblibPool
from scaling.backends.joblib_worker import LONG_NS, SAME_BATCH_NS, Answer, ItemRunner, finish
from scaling.passes import Mapped, Place

MS = 1_000_000
Batch = list[Answer]


def spin(ns: int) -> int:
    """Keep the CPU busy."""
    end = time.thread_time_ns() + ns
    while time.thread_time_ns() < end:
        pass
    return ns


def wait(ns: int) -> int:
    """Take time and no CPU."""
    time.sleep(ns * 1e-9)
    return ns


def runner(folder: Path, kernel: Callable[[Any], Any]) -> ItemRunner:
    """A worker with the number 3."""
    return ItemRunner(kernel, 3, folder)


def sent(batch: Batch) -> Batch:
    """What arrives in the driver."""
    found: Batch = pickle.loads(pickle.dumps(batch, protocol=5))
    return found


def test_record_is_sent_once_with_all_items(tmp_path: Path) -> None:
    """Each part of a batch comes with the same record, whole when the batch was sent."""
    worker = runner(tmp_path, spin)
    batch = sent([worker.run(index, MS) for index in (5, 6, 7)])
    records = {id(record): record for _, record in batch}
    assert sum(record.count for record in records.values()) == 3
    assert all(record.worker == 3 for record in records.values())
    assert batch[0][1].first == 5
    assert batch[0][1].peak_rss > 0
    assert [part for part, _ in batch] == [MS] * 3


def test_item_after_a_batch_begins_a_record(tmp_path: Path) -> None:
    """What was sent is never sent again."""
    worker = runner(tmp_path, lambda item: item)
    sent([worker.run(1, 0)])
    (after,) = sent([worker.run(2, 0)])
    assert (after[1].first, after[1].count) == (2, 1)


def test_pause_begins_a_record(tmp_path: Path) -> None:
    """A record tells of no pauses: time between items that is not short is no item's time."""
    worker = runner(tmp_path, lambda item: item)
    _, before = worker.run(1, 0)
    spin(2 * SAME_BATCH_NS)
    _, after = worker.run(2, 0)
    assert after is not before
    assert after.ticks[0] - before.ticks[-1] > SAME_BATCH_NS


def test_first_item_begins_a_record(tmp_path: Path) -> None:
    """A worker in the driver's own process sends nothing; passes do not run into each other."""
    worker = runner(tmp_path, lambda item: item)
    assert worker.run(0, 0)[1] is not worker.run(0, 0)[1]


@pytest.mark.parametrize(("kernel", "least", "most"), [(spin, 0.9, 1.1), (wait, 0.0, 0.5)])
def test_cpu_time_of_long_items_is_read(
    kernel: Callable[[Any], Any], least: float, most: float, tmp_path: Path
) -> None:
    """Waiting is no work; the length of an item decides for the next one."""
    worker = runner(tmp_path, kernel)
    total = cpu = 0
    for index in range(5):
        (answer,) = sent([worker.run(index, 10 * MS)])
        record = answer[1]
        finish(record)
        assert (record.sent_ns, record.received_ns) == (record.ticks[0], record.ticks[-1])
        total += record.ticks[-1] - record.ticks[0]
        cpu += record.cpu_ns
    assert 10 * MS > LONG_NS
    assert least * 50 * MS <= cpu <= most * max(total, 50 * MS)


def test_driver_puts_batches_together(tmp_path: Path) -> None:
    """Two workers' batches, one after the other: parts in order, every item once, CPU time too."""
    workers = [ItemRunner(lambda item: -item, number, tmp_path) for number in range(2)]

    def parallel(tasks: Any) -> Any:
        calls = [arguments for _, arguments, _ in tasks]
        for worker, batch in zip(workers, (calls[:3], calls[3:]), strict=True):
            yield from sent([worker.run(*arguments) for arguments in batch])

    places = [Place("a", "local"), Place("b", "local")]
    mapped: Mapped = JoblibPool(parallel, workers[0].run, places, None).map(range(5), 5)
    assert mapped.parts == [0, -1, -2, -3, -4]
    assert mapped.hides_batches
    found = {
        (batch.worker, batch.first + k) for batch in mapped.batches for k in range(batch.count)
    }
    assert found == {(0, 0), (0, 1), (0, 2), (1, 3), (1, 4)}
    assert all(batch.cpu_ns > 0 for batch in mapped.batches)
