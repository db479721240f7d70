"""Long-lived threads of this process."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scaling.backends.base import OpenRequest
from scaling.backends.dispatch import DispatchedPool, Wishes
from scaling.backends.presence import here
from scaling.backends.progress import open_progress
from scaling.backends.runner import Reply, Runner, bound_kernel
from scaling.backends.sizing import BatchCost
from scaling.errors import KernelFailed
from scaling.passes import Place

_Batch = tuple[int, list[Any]]
_CLOSE_S = 2.0


class ThreadTransport:
    """One inbox per thread, one outbox for all."""

    batch_cost = BatchCost(fixed_ns=50_000, driver_ns=20_000)

    def __init__(self, request: OpenRequest) -> None:
        kernel = bound_kernel(request.workload, request.shared)
        self._outbox: queue.SimpleQueue[Reply | KernelFailed] = queue.SimpleQueue()
        self._inboxes: list[queue.SimpleQueue[_Batch | None]] = []
        self._threads: list[threading.Thread] = []
        for worker in range(request.workers):
            at = open_progress(request.folder, worker)
            runner = Runner(kernel, worker, at, time.thread_time_ns, alone=False)
            inbox: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
            # Daemons: a kernel that never returns must not keep the session from ending.
            thread = threading.Thread(
                target=_serve,
                args=(runner, inbox, self._outbox),
                name=f"worker-{worker}",
                daemon=True,
            )
            thread.start()
            self._inboxes.append(inbox)
            self._threads.append(thread)

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Put the batch into the thread's inbox."""
        self._inboxes[worker].put((first, items))

    def receive(self) -> list[Reply]:
        """Take every reply that is there, and wait for the first."""
        replies = [self._outbox.get()]
        while not self._outbox.empty():
            replies.append(self._outbox.get())
        for reply in replies:
            if isinstance(reply, KernelFailed):
                raise reply
        return [reply for reply in replies if isinstance(reply, Reply)]

    def close(self) -> None:
        """End the threads that are between batches."""
        for inbox in self._inboxes:
            inbox.put(None)
        deadline = time.monotonic() + _CLOSE_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))


def _serve(
    runner: Runner,
    inbox: queue.SimpleQueue[_Batch | None],
    outbox: queue.SimpleQueue[Reply | KernelFailed],
) -> None:
    while (batch := inbox.get()) is not None:
        try:
            outbox.put(runner.run(*batch))
        except KernelFailed as failure:
            outbox.put(failure)


class ThreadsBackend:
    """Threads: for kernels that wait, or that release the GIL."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[DispatchedPool]:
        """Start the threads."""
        transport = ThreadTransport(request)
        presence = here()
        places = [Place(f"thread-{worker}", "local", presence) for worker in range(request.workers)]
        try:
            yield DispatchedPool(transport, places, Wishes.of(request.workload, request.batch))
        finally:
            transport.close()
