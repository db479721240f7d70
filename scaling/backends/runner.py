"""The worker's side: runs batches of items and records what happened."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling.backends.failures import kernel_failure
from scaling.backends.progress import IDLE
from scaling.model import BatchRecord
from scaling.workloads.base import Workload

_RSS_PERIOD_NS = 200_000_000


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


class PeakMemory:
    """Reads the peak memory of this process now and then: reading it costs some 50 us."""

    def __init__(self) -> None:
        self._read_ns = -_RSS_PERIOD_NS

    def read(self, now: int) -> int:
        """Return it in bytes; 0 when it was read a moment ago."""
        if now - self._read_ns < _RSS_PERIOD_NS:
            return 0
        self._read_ns = now
        return peak_rss_bytes()


class Runner:
    """Runs batches of one workload in one worker."""

    def __init__(
        self,
        kernel: Callable[[Any], Any],
        worker: int,
        at: memoryview[int],
        cpu_clock: Callable[[], int] = time.process_time_ns,
    ) -> None:
        self._kernel, self._worker, self._at, self._cpu = kernel, worker, at, cpu_clock
        self._peak = PeakMemory()

    def run(self, first: int, items: Iterable[Any]) -> Reply:
        """Run the kernel on the items, the first of which has the index ``first``.

        Raises KernelFailed when the kernel raises, SystemExit and KeyboardInterrupt included.
        """
        parts: list[Any] = []
        ticks = array("q")
        kernel, at, now = self._kernel, self._at, time.perf_counter_ns
        keep, tick = parts.append, ticks.append
        index, item = first, None
        cpu = self._cpu()
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
        record = BatchRecord(
            self._worker, first, ticks, self._cpu() - cpu, peak_rss=self._peak.read(ticks[-1])
        )
        return Reply(parts, record)


def peak_rss_bytes() -> int:
    """Return the largest resident size of this process so far, in bytes; 0 where unknown."""
    try:
        # Not getrusage: a child started from a large process inherits its peak there.
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (OSError, UnicodeDecodeError):
        pass
    return _peak_rss_by_rusage()


def _peak_rss_by_rusage() -> int:
    import sys

    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
