"""The worker's side: runs batches of items and records what happened."""

from __future__ import annotations

import pickle
import reprlib
import time
import traceback
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling.backends.progress import IDLE
from scaling.errors import KernelFailed, PartNotSendable
from scaling.model import BatchRecord
from scaling.workloads.base import Workload

_RSS_PERIOD_NS = 200_000_000
_OURS = Path(__file__).parent


@dataclass(slots=True)
class Reply:
    """What a worker returns for one batch."""

    parts: list[Any]
    record: BatchRecord


def short_text(value: object) -> str:
    """Return a short ``repr`` that never raises."""
    try:
        return reprlib.repr(value)
    except Exception as error:  # noqa: BLE001 - the user's __repr__ may raise anything
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"


def error_text(error: BaseException) -> str:
    """Return ``Type: message`` in one line."""
    return " ".join("".join(traceback.format_exception_only(error)).split())


def bound_kernel(workload: Workload, shared: object) -> Callable[[Any], Any]:
    """Return the kernel as a function of the item alone."""
    kernel = workload.kernel
    if workload.shared is None:
        return kernel
    return lambda item: kernel(item, shared)


def kernel_failure(error: BaseException, item: int, value: object) -> KernelFailed:
    """Describe what the kernel raised, with the user's frames only."""
    own = error.__traceback__
    while own is not None and Path(own.tb_frame.f_code.co_filename).parent == _OURS:
        own = own.tb_next
    trace = "".join(traceback.format_exception(type(error), error, own))
    return KernelFailed(error_text(error), item=item, item_text=short_text(value), trace=trace)


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


def first_unsendable(
    first: int, parts: list[Any], items: list[Any], dump: Callable[[Any], object] = pickle.dumps
) -> PartNotSendable | None:
    """Find the part that cannot be pickled."""
    for offset, part in enumerate(parts):
        try:
            dump(part)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            return PartNotSendable(first + offset, short_text(items[offset]), error_text(error))
    return None
