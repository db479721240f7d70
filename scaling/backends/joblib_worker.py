"""What joblib runs in its worker processes."""

from __future__ import annotations

import fcntl
import multiprocessing
import pickle
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from scaling.backends.failures import error_text, kernel_failure, short_text
from scaling.backends.presence import here, process_cpu_ns
from scaling.backends.progress import IDLE, open_progress
from scaling.backends.runner import ProcessWatch, bound_kernel
from scaling.errors import OpeningFailed, PartNotSendable
from scaling.passes import BatchRecord, Presence
from scaling.subject import WorkloadSpec

LONG_NS = 20_000
"""After an item that took longer, CPU time is read; before, reading it would cost too much."""
SAME_BATCH_NS = 20_000
"""After a longer pause a new record begins, since records tell of no pauses."""
_SHARED = "joblib-shared"
_MEETING_S = 120.0
_PLAIN = frozenset((int, float, complex, bool, str, bytes, bytearray, type(None)))

Answer = tuple[Any, BatchRecord]
"""A part, and the record of its batch: the parts of a batch share it, and it is sent once."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What every worker process is told when it starts."""

    spec: WorkloadSpec
    workers: int
    threads: int
    folder: Path
    """Private folder of the session."""


class Parcel:
    """A part on its way back, which says whose part it is when it cannot be sent."""

    __slots__ = ("_index", "_item", "_part")

    def __init__(self, part: object, index: int, item: object) -> None:
        self._part, self._index, self._item = part, index, item

    def __reduce__(self) -> tuple[object, ...]:
        try:
            return (pickle.loads, (_dumps(self._part),))
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            text = short_text(self._item)
            raise PartNotSendable(self._index, text, error_text(error)) from None


def _dumps(part: object) -> bytes:
    try:
        return pickle.dumps(part, protocol=5)
    except Exception:  # noqa: BLE001 - joblib's own pickler can do more
        from joblib.externals.loky.backend.reduction import dumps

        return bytes(dumps(part))


@dataclass(slots=True)
class OpenRecord(BatchRecord):
    """Grows with each item until it is sent: joblib sends all parts of a batch together.

    Until ``finish`` has been called in the driver, ``cpu_ns`` is what the CPU time exceeds the time
    by: for short items, whose CPU time is not read, there is nothing to add.
    """

    watch: ProcessWatch = field(default_factory=ProcessWatch)
    closed: bool = False

    def __reduce__(self) -> tuple[object, ...]:
        self.closed = True
        seen = self.watch.look(self.ticks[-1])
        times = (self.ticks, self.cpu_ns, 0, 0)
        rest = (seen.peak_rss, 0, 0, self.between_ns, seen.cpus)
        return (BatchRecord, (self.worker, self.first, *times, *rest))


def finish(record: BatchRecord) -> None:
    """Make a record that the driver has received whole."""
    record.cpu_ns += record.busy_ns
    record.sent_ns, record.received_ns = record.ticks[0], record.ticks[-1]


class ItemRunner:
    """Runs one item at a time, as joblib hands them over."""

    def __init__(self, kernel: Callable[[Any], Any], worker: int, folder: Path) -> None:
        self._kernel, self.worker = kernel, worker
        self._at = open_progress(folder, worker)
        self._long = True
        self._watch = ProcessWatch()
        self._record = self._begin(0, 0)

    def _begin(self, index: int, start: int) -> OpenRecord:
        return OpenRecord(self.worker, index, array("q", (start,)), 0, watch=self._watch)

    def run(self, index: int, item: Any) -> Answer:
        """Run the kernel. Raises KernelFailed.

        The CPU time of an item that follows a short one is taken to be its time.
        """
        now, at, record, read_cpu = time.perf_counter_ns, self._at, self._record, self._long
        cpu = process_cpu_ns() if read_cpu else 0
        at[0] = index
        start = now()
        try:
            part = self._kernel(item)
            end = now()
        except BaseException as error:  # noqa: BLE001 - SystemExit too ends only the case
            raise kernel_failure(error, index, item) from None
        finally:
            at[0] = IDLE
        # The first item begins a pass, in which nothing of the last one goes on.
        if record.closed or not index or start - record.ticks[-1] > SAME_BATCH_NS:
            record = self._record = self._begin(index, start)
        record.between_ns += start - record.ticks[-1]
        record.ticks.append(end)
        if read_cpu:
            record.cpu_ns += process_cpu_ns() - cpu - (end - start)
        if read_cpu or end - start > LONG_NS:
            self._long = end - start > LONG_NS
        return part, record


_here: list[ItemRunner] = []
"""The runner of this worker process."""
_refused: list[OpeningFailed] = []
"""Why there is none."""
_slots: list[IO[bytes]] = []
"""Open files whose locks last as long as this process."""


def write_shared(folder: Path, shared: object) -> None:
    """Put the shared input where every worker finds it. Raises what pickling it raises."""
    with (folder / _SHARED).open("wb") as file:
        pickle.dump(shared, file, protocol=5)


def open_worker(setup: Setup) -> None:
    """Load the workload and the shared input; runs first in every worker process."""
    # loky's own start method is unknown to the processes that a kernel may start.
    multiprocessing.set_start_method(None, force=True)
    try:
        _here[:] = [_opened(setup)]
    except BaseException as error:  # noqa: BLE001 - told to the driver, whatever it is
        _refused[:] = [OpeningFailed(error_text(error))]


def _opened(setup: Setup) -> ItemRunner:
    from scaling.backends import heap, limits
    from scaling.workloads import registry

    # Before the shared input: its classes may live in the user's module.
    workload = registry.load(setup.spec)
    with (setup.folder / _SHARED).open("rb") as file:
        shared = pickle.load(file)
    limits.apply(setup.threads)
    heap.freeze()
    return ItemRunner(bound_kernel(workload, shared), _claim_slot(setup), setup.folder)


def _claim_slot(setup: Setup) -> int:
    """Return a worker number that no living process has: joblib replaces workers at times."""
    for index in range(setup.workers):
        file = (setup.folder / f"slot-{index}").open("wb")
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            continue
        _slots.append(file)
        return index
    raise OpeningFailed("joblib started more workers than it was asked for")


def meet(setup: Setup) -> tuple[int, Presence]:
    """Wait until every worker is here, so that each has one call; return what each tells.

    Raises OpeningFailed.
    """
    if _refused:
        raise _refused[0]
    runner = _here[0]
    (setup.folder / f"here-{runner.worker}").touch()
    deadline = time.monotonic() + _MEETING_S
    while len(list(setup.folder.glob("here-*"))) < setup.workers:
        if time.monotonic() > deadline:
            raise OpeningFailed(f"not all {setup.workers} workers started in {_MEETING_S:.0f} s")
        time.sleep(0.002)
    return runner.worker, here()


def call(index: int, item: Any) -> Answer:
    """Run one item in a worker process."""
    answer = _here[0].run(index, item)
    part, record = answer
    if type(part) in _PLAIN or _is_plain_array(part):
        return answer
    return Parcel(part, index, item), record


def _is_plain_array(part: object) -> bool:
    dtype = getattr(part, "dtype", None)
    return dtype is not None and not getattr(dtype, "hasobject", True)
