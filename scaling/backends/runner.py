"""The worker's side: runs batches of items and records what happened."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scaling.backends.failures import kernel_failure
from scaling.backends.presence import children_cpu_ns, memory_and_threads, usable_cpus
from scaling.backends.progress import IDLE
from scaling.passes import BatchRecord
from scaling.workloads.base import Workload

_PERIOD_NS = 200_000_000


@dataclass(slots=True)
class Reply:
    """What a worker returns for one batch."""

    parts: list[Any]
    record: BatchRecord


def bound_kernel(workload: Workload, shared: object) -> Callable[[Any], Any]:
    """Return the kernel as a function of the item alone."""
    kernel = workload.kernel
    if workload.shared is None:
        return kernel
    return lambda item: kernel(item, shared)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a watch saw; the defaults of ``BatchRecord`` where it did not look."""

    peak_rss: int = 0
    threads: int = 0
    cpus: tuple[int, ...] | None = None


_NOTHING = Seen()


class ProcessWatch:
    """Looks at this worker now and then, since looking costs."""

    def __init__(self) -> None:
        self._read_ns = -_PERIOD_NS

    def look(self, now: int) -> Seen:
        """Return what there is to see; nothing when it was seen a moment ago."""
        if now - self._read_ns < _PERIOD_NS:
            return _NOTHING
        self._read_ns = now
        return Seen(*memory_and_threads(), usable_cpus())


class Runner:
    """Runs batches of one workload in one worker.

    ``cpu_clock`` is the worker's own; CPU time of child processes is added, unless the worker
    shares its process with others (``alone`` is False).
    """

    def __init__(
        self,
        kernel: Callable[[Any], Any],
        worker: int,
        at: memoryview[int],
        cpu_clock: Callable[[], int] = time.process_time_ns,
        *,
        alone: bool = True,
    ) -> None:
        self._kernel, self._worker, self._at, self._cpu = kernel, worker, at, cpu_clock
        self._children = children_cpu_ns if alone else _no_children
        self._process = ProcessWatch()

    def run(self, first: int, items: Iterable[Any]) -> Reply:
        """Run the kernel on the items, the first of which has the index ``first``.

        Raises KernelFailed when the kernel raises, SystemExit and KeyboardInterrupt included.
        """
        parts: list[Any] = []
        ticks = array("q")
        kernel, at, now = self._kernel, self._at, time.perf_counter_ns
        keep, tick = parts.append, ticks.append
        index, item = first, None
        children, cpu = self._children(), self._cpu()
        tick(now())
        try:
            for item in items:
                at[0] = index
                keep(kernel(item))
                tick(now())
                index += 1
        except BaseException as error:  # noqa: BLE001 - SystemExit too ends only the case
            raise kernel_failure(error, index, item) from None
        finally:
            at[0] = IDLE
        own = self._cpu() - cpu
        record = BatchRecord(self._worker, first, ticks, own)
        record.children_ns = self._children() - children
        record.cpu_ns += record.children_ns
        seen = self._process.look(ticks[-1])
        record.peak_rss, record.threads, record.cpus = seen.peak_rss, seen.threads, seen.cpus
        return Reply(parts, record)


def _no_children() -> int:
    return 0
