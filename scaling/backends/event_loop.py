"""Coroutine slots on one event loop, for the kernel's asynchronous form."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, overload

from scaling.backends.base import OpenRequest
from scaling.backends.failures import kernel_failure
from scaling.backends.presence import here, memory_and_threads
from scaling.backends.progress import IDLE, open_progress
from scaling.errors import OpeningFailed
from scaling.passes import BatchRecord, Mapped, Place

_Kernel = Callable[[Any], Awaitable[Any]]
_END = object()
BEAT_NS = 20_000_000
LATE_NS = 5_000_000
"""Timers of a loop that is free come within a fraction of this."""
SLOW_NS = 100_000
"""Taking an item that took longer has held up the other slots."""


def _bound(request: OpenRequest) -> _Kernel:
    kernel, shared = request.workload.asynchronous, request.shared
    if kernel is None:
        message = f"the workload {request.workload.name!r} has no asynchronous form"
        raise OpeningFailed(message)
    if request.workload.shared is None:
        return kernel
    return lambda item: kernel(item, shared)


class ItemRecords(Sequence[BatchRecord]):
    """One record for each item. They are made when they are looked at, after the pass."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self.note = self._numbers.extend
        """Takes slot, item, start and end."""
        self.peak_rss = 0
        """Of the last one."""

    def __len__(self) -> int:
        return len(self._numbers) // 4

    @overload
    def __getitem__(self, index: int) -> BatchRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[BatchRecord]: ...
    def __getitem__(self, index: int | slice) -> BatchRecord | list[BatchRecord]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        slot, first, start, end = self._numbers[4 * at : 4 * at + 4]
        peak = self.peak_rss if at == len(self) - 1 else 0
        return BatchRecord(slot, first, array("q", (start, end)), 0, start, end, peak)

    def __iter__(self) -> Iterator[BatchRecord]:
        """Make one after the other; by their indices it takes three times as long."""
        numbers, last = iter(self._numbers), len(self) - 1
        for at, (slot, first, start, end) in enumerate(zip(*[numbers] * 4, strict=True)):
            peak = self.peak_rss if at == last else 0
            yield BatchRecord(slot, first, array("q", (start, end)), 0, start, end, peak)

    def columns(self) -> tuple[memoryview[int], ...]:
        """Return slot, item, start and end of all."""
        numbers = memoryview(self._numbers)
        return tuple(numbers[k::4] for k in range(4))


class Pass:
    """One pass over the items: what the slots share."""

    def __init__(self, kernel: _Kernel, items: Iterable[Any]) -> None:
        self._kernel = kernel
        self._source = iter(items)
        self._turn = asyncio.Lock()
        self.parts: list[Any] = []
        self.records = ItemRecords()
        self.produced = array("q")

    async def serve(self, slot: int, at: memoryview[int]) -> None:
        """Run items one after the other until there are no more."""
        now, note = time.perf_counter_ns, self.records.note
        while (index := await self._take()) is not None:
            at[0] = index
            start = now()
            self.parts[index] = await self._run(index, self.parts[index])
            end = now()
            at[0] = IDLE
            note((slot, index, start, end))

    async def _take(self) -> int | None:
        """Put the next item where its part will be; return its index, None at the end."""
        async with self._turn:
            start = time.perf_counter_ns()
            item = next(self._source, _END)
            end = time.perf_counter_ns()
            if end - start > SLOW_NS:
                self.produced.extend((start, end))
            if item is _END:
                return None
            self.parts.append(item)
            index = len(self.parts) - 1
            if end - start > SLOW_NS:
                # Slots whose wait is over go on before the next item holds the loop up again.
                await asyncio.sleep(0)
            return index

    async def _run(self, index: int, item: object) -> Any:
        try:
            return await self._kernel(item)
        except BaseException as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise kernel_failure(error, index, item) from None


class Heart:
    """Beats on the loop: a beat that comes late shows that something held the loop up."""

    def __init__(self) -> None:
        self.late_ns = 0
        self._due = time.perf_counter_ns() + BEAT_NS

    async def beat(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(BEAT_NS * 1e-9)
            self.note()

    def note(self) -> None:
        """Count how late the next beat is; call it at the end for the one that never came."""
        now = time.perf_counter_ns()
        self.late_ns += now - self._due if now - self._due > LATE_NS else 0
        self._due = now + BEAT_NS


class EventLoopPool:
    """Slots that live for one pass each, on a loop that stays."""

    def __init__(self, kernel: _Kernel, request: OpenRequest, loop: asyncio.Runner) -> None:
        self._kernel, self._loop = kernel, loop
        self._at = [open_progress(request.folder, slot) for slot in range(request.workers)]
        presence = here()
        self.places = [Place(f"slot-{slot}", "local", presence) for slot in range(request.workers)]

    def clock(self) -> int:
        """Read the real clock."""
        return time.perf_counter_ns()

    def map(self, items: Iterable[Any], expected: int | None) -> Mapped:
        """Run the kernel on every item; each slot takes the next item when it is free."""
        del expected
        return self._loop.run(self._map(items))

    async def _map(self, items: Iterable[Any]) -> Mapped:
        cpu = time.thread_time_ns()
        one = Pass(self._kernel, items)
        heart = Heart()
        beating = asyncio.create_task(heart.beat())
        try:
            async with asyncio.TaskGroup() as slots:
                for slot, at in enumerate(self._at):
                    slots.create_task(one.serve(slot, at))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            beating.cancel()
            heart.note()
        one.records.peak_rss = memory_and_threads()[0]
        spent = time.thread_time_ns() - cpu
        return Mapped(one.parts, one.records, spent, one.produced, blocked_ns=heart.late_ns)

    def spilled_bytes(self) -> None:
        """Spill nothing."""


class EventLoopBackend:
    """Coroutines: for very many waits at once."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[EventLoopPool]:
        """Start the loop."""
        kernel = _bound(request)
        with asyncio.Runner() as loop:
            yield EventLoopPool(kernel, request, loop)
