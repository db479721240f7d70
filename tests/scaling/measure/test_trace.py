"""The whole record of a sample is kept, relative to its start."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from scaling import tracefile
from scaling.backends.event_loop import ItemRecords
from scaling.measure import trace
from scaling.measure.machine import read as read_machine
from scaling.measure.sample import Timed
from scaling.measure.timeline import Timeline
from scaling.passes import BatchRecord, Mapped, Place

PLACES = (Place("a", "n1"), Place("b", "n2", clock_error_ns=7))


def timeline(**changes: object) -> Timeline:
    """Two batches: the second one was sent first, and nothing is known of its return."""
    batches = [
        BatchRecord(0, 2, array("q", [1050, 1060]), 9, sent_ns=1040),
        BatchRecord(1, 0, array("q", [1100, 1130, 1180]), 70, sent_ns=1090, received_ns=1190),
    ]
    mapped = Mapped([], batches, produced=array("q", [1001, 1004]))
    for name, value in changes.items():
        setattr(mapped, name, value)
    return Timeline(PLACES, mapped, 1000, 1200)


def test_record_by_hand() -> None:
    """Times count from the start of the sample, batches are in the order of their items."""
    found = trace.of(timeline(), 3e-7, 1e-7)
    assert found.workers.tolist() == ["a", "b"]
    assert found.nodes.tolist() == ["n1", "n2"]
    assert found.clock_error_ns.tolist() == [0, 7]
    assert found.worker.tolist() == [1, 0]
    assert found.first.tolist() == [0, 2]
    assert found.count.tolist() == [2, 1]
    assert found.start_ns.tolist() == [100, 50]
    assert found.sent_ns.tolist() == [90, 40]
    assert found.received_ns.tolist() == [190, 60]
    assert found.cpu_ns.tolist() == [70, 9]
    assert found.duration_ns.tolist() == [30, 50, 10]
    assert found.produced_ns.tolist() == [1, 4]
    assert (found.seconds, found.combine_s, found.hides_batches) == (3e-7, 1e-7, False)


def test_cpu_time_that_cannot_be_told_by_batch_is_left_out() -> None:
    """asyncio: zeros would be a claim."""
    assert trace.of(timeline(cpu_ns=100), 3e-7, 0.0).cpu_ns.size == 0


def test_pass_without_items() -> None:
    """No batch, no item: empty columns, and the workers."""
    found = trace.of(Timeline(PLACES, Mapped([]), 1000, 1200), 2e-7, 0.0)
    assert (found.worker.size, found.duration_ns.size, found.workers.size) == (0, 0, 2)


def timed(of: Timeline) -> Timed:
    """A sample of this pass."""
    machine = read_machine().since(read_machine())
    return Timed(None, 3e-7, 1e-7, of, 3, 0.0, None, 1.0, machine)


def test_file_lies_in_the_study(tmp_path: Path) -> None:
    """The sample names it relative to the study; nothing else is left there."""
    assert trace.keep(tmp_path, "5e55-0", timed(timeline())) == "traces/5e55-0.npz"
    assert [path.name for path in (tmp_path / "traces").iterdir()] == ["5e55-0.npz"]
    assert tracefile.read(tmp_path / "traces/5e55-0.npz").duration_ns.tolist() == [30, 50, 10]


def test_no_room_is_no_failure(tmp_path: Path) -> None:
    """Where the file cannot be written the sample names none."""
    (tmp_path / "traces").touch()
    assert trace.keep(tmp_path, "5e55-0", timed(timeline())) is None


@pytest.mark.parametrize(("per_batch", "most"), [(1000, 4.1), (100, 4.5), (1, 40)])
def test_bytes_per_item(per_batch: int, most: float) -> None:
    """Items under 4 s cost 4 bytes each or less, a batch some 30 more; the file itself 4 kB."""
    draw = random.Random(1)  # noqa: S311 - times, not secrets
    now, batches = 0, []
    for first in range(0, 100_000, per_batch):
        ticks = array("q", [now])
        for _ in range(per_batch):
            now += draw.randrange(20_000, 90_000)
            ticks.append(now)
        batches.append(BatchRecord(first // per_batch % 2, first, ticks, 60_000, now, now))
    content = tracefile.encode(trace.of(Timeline(PLACES, Mapped([], batches), 0, now), 10.0, 0.0))
    assert (len(content) - 4500) / 100_000 < most
    empty = tracefile.encode(trace.of(Timeline(PLACES, Mapped([]), 0, 0), 1.0, 0.0))
    assert len(empty) < 4500


def test_records_of_single_items_are_kept_as_any_others() -> None:
    """Records of asyncio, in the order in which items ended, give what single batches give."""
    records = ItemRecords()
    for numbers in ((1, 2, 1010, 1050), (0, 0, 1005, 1060), (1, 1, 1055, 1090)):
        records.note(numbers)
    records.peak_rss = 3
    one, other = (
        trace.of(timeline(batches=batches, cpu_ns=5), 3e-7, 0.0)
        for batches in (records, [records[k] for k in range(3)])
    )
    assert tracefile.encode(one) == tracefile.encode(other)
    assert one.duration_ns.tolist() == [55, 35, 40]
    assert list(records) == [records[k] for k in range(3)]
