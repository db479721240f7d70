"""joblib's ``Parallel`` on its own worker processes (loky), with its own batching.

joblib hides its batches: here one is what a worker ran without a pause and sent back together. When
it was sent and received is hidden too; the records say when it began and ended. With one worker
joblib runs the items in the calling process; so does this backend. joblib has one set of workers
per process, so there can be one open pool at a time.
"""

from __future__ import annotations

import os
import re
import select
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.backend.reduction import dumps
from joblib.externals.loky.process_executor import BrokenProcessPool

from scaling.backends import joblib_worker
from scaling.backends.base import OpenRequest
from scaling.backends.failures import error_text, short_text, unsendable_shared
from scaling.backends.joblib_worker import Answer, ItemRunner, Setup, finish
from scaling.backends.presence import here
from scaling.backends.progress import item_at, items_at
from scaling.backends.runner import bound_kernel
from scaling.errors import ItemNotSendable, OpeningFailed, ScaleError, WorkerDied
from scaling.passes import BatchRecord, Mapped, Place, Presence

_FOREVER_S = 1_000_000
_END = object()
SAME_WAIT_NS = 5_000

_Task = tuple[Callable[[int, Any], Answer], tuple[int, Any], dict[str, Any]]


class Source:
    """Makes joblib's tasks of the items, and keeps the items whose parts are not back."""

    def __init__(self, call: Callable[[int, Any], Answer], items: Iterable[Any]) -> None:
        self._call, self._items = call, items
        self._under_way: deque[tuple[int, Any]] = deque()
        self.drop = self._under_way.popleft
        """Forgets the first item under way: its part is back."""
        self.produced = array("q")
        self.error: Exception | None = None
        """What the items themselves raised."""

    def tasks(self) -> Iterator[_Task]:
        """Yield what ``delayed`` would return, without its cost."""
        call, keep = self._call, self._under_way.append
        timed = self._items if isinstance(self._items, Sequence) else self._timed()
        try:
            for index, item in enumerate(timed):
                arguments = (index, item)
                keep(arguments)
                yield call, arguments, {}
        except Exception as error:
            self.error = error
            raise

    def _timed(self) -> Iterator[Any]:
        """Yield the items, and note what they took; short gaps between them count as one wait."""
        now, source, bounds = time.perf_counter_ns, iter(self._items), self.produced
        while True:
            start = now()
            item = next(source, _END)
            if bounds and start - bounds[-1] < SAME_WAIT_NS:
                bounds[-1] = now()
            else:
                bounds.extend((start, now()))
            if item is _END:
                return
            yield item

    def failure(self, error: Exception) -> Exception:
        """Say what an error that joblib raised comes from."""
        if self.error is not None:
            return self.error
        for index, item in self._under_way:
            try:
                dumps(item)
            except Exception as own:  # noqa: BLE001 - any class may refuse in its own way
                return ItemNotSendable(index, short_text(item), error_text(own))
        return error


class DeathWatch:
    """Notes which worker ended first in the middle of an item: joblib then ends the others."""

    def __init__(self, folder: Path, places: list[Place], pids: list[int]) -> None:
        self._folder, self._places = folder, places
        self._ends = {os.pidfd_open(pid): worker for worker, pid in enumerate(pids)}
        self._stopped, self._stop = os.pipe()
        self._first: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._watch, name="death-watch", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        ends = dict(self._ends)
        while ends and self._first is None:
            ready, _, _ = select.select([*ends, self._stopped], [], [])
            if self._stopped in ready:
                return
            for end in ready:
                worker = ends.pop(end)
                item = item_at(self._folder, worker)
                # Between items joblib itself replaces workers, to free memory.
                if item is not None and self._first is None:
                    self._first = worker, item

    def death(self, error: BrokenProcessPool) -> WorkerDied:
        """Say which worker ended, and at which item."""
        codes = re.search(r"\{(.*)\}", str(error))
        how = f"ended with {codes[1]}" if codes else "ended"
        if self._first is not None:
            worker, item = self._first
            return WorkerDied(self._places[worker].worker, how, item)
        at = items_at(self._folder)
        return WorkerDied("of joblib", how, at[0] if len(at) == 1 else None)

    def close(self) -> None:
        """End the watch."""
        os.close(self._stop)
        self._thread.join()
        for descriptor in (*self._ends, self._stopped):
            os.close(descriptor)


class JoblibPool:
    """A ``Parallel`` that is kept open."""

    def __init__(
        self,
        parallel: Parallel,
        call: Callable[[int, Any], Answer],
        places: list[Place],
        watch: DeathWatch | None,
    ) -> None:
        self._parallel, self._call, self._watch = parallel, call, watch
        self.places = places

    def clock(self) -> int:
        """Read the real clock."""
        return time.perf_counter_ns()

    def map(self, items: Iterable[Any], expected: int | None) -> Mapped:
        """Run the kernel on every item; joblib chooses the batches."""
        del expected
        source = Source(self._call, items)
        try:
            return self._collect(source)
        except ScaleError:
            raise
        except BrokenProcessPool as error:
            raise (error if self._watch is None else self._watch.death(error)) from None
        except Exception as error:  # noqa: BLE001 - joblib passes on what pickling raised
            raise source.failure(error) from None

    def spilled_bytes(self) -> None:
        """Spill nothing."""

    def _collect(self, source: Source) -> Mapped:
        parts: list[Any] = []
        records: list[BatchRecord] = []
        keep, drop = parts.append, source.drop
        last: BatchRecord | None = None
        for part, record in self._parallel(source.tasks()):
            keep(part)
            drop()
            if record is not last:
                records.append(record)
                last = record
        for record in records:
            finish(record)
        return Mapped(parts, records, produced=source.produced, hides_batches=True)


class JoblibBackend:
    """joblib: loky's processes, and batches that joblib sizes."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[JoblibPool]:
        """Start the workers, or none when one is asked for."""
        opened = _one_worker(request) if request.workers == 1 else _workers(request)
        with opened as pool:
            yield pool


def _parallel(request: OpenRequest, setup: Setup, batch: int | None) -> Parallel:
    return Parallel(
        n_jobs=request.workers,
        backend="loky",
        return_as="generator",
        batch_size=batch or "auto",
        mmap_mode="c",  # kernels may change their arrays
        initializer=joblib_worker.open_worker,
        initargs=(setup,),
        idle_worker_timeout=_FOREVER_S,
    )


@contextmanager
def _workers(request: OpenRequest) -> Iterator[JoblibPool]:
    setup = Setup(request.spec, request.workers, request.threads_per_worker, request.folder)
    _write_shared(request)
    with ExitStack() as stack:
        stack.callback(_end_workers)
        present = _meet(request, setup)
        places = [
            Place(f"loky-{worker}:{own.pid}", "local", own) for worker, own in enumerate(present)
        ]
        watch = DeathWatch(request.folder, places, [own.pid for own in present])
        stack.callback(watch.close)
        parallel = stack.enter_context(_parallel(request, setup, request.batch))
        yield JoblibPool(parallel, joblib_worker.call, places, watch)


def _write_shared(request: OpenRequest) -> None:
    try:
        joblib_worker.write_shared(request.folder, request.shared)
    except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
        raise unsendable_shared(error) from None


def _meet(request: OpenRequest, setup: Setup) -> list[Presence]:
    """Start every worker; return what they tell of themselves, in the order of their numbers."""
    meet = delayed(joblib_worker.meet)
    try:
        # A pass of its own, so that joblib's batching does not learn from it.
        with _parallel(request, setup, 1) as parallel:
            found = dict(parallel(meet(setup) for _ in range(request.workers)))
    except BrokenProcessPool as error:
        raise OpeningFailed(error_text(error)) from None
    return [found[worker] for worker in range(request.workers)]


def _end_workers() -> None:
    # The resource tracker stays, as Python's own does: it ends with this process.
    get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)


@contextmanager
def _one_worker(request: OpenRequest) -> Iterator[JoblibPool]:
    kernel = bound_kernel(request.workload, request.shared)
    runner = ItemRunner(kernel, 0, request.folder)
    with Parallel(n_jobs=1, return_as="generator") as parallel:
        yield JoblibPool(parallel, runner.run, [Place("joblib", "local", here())], None)
