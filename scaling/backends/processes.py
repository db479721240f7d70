"""Long-lived spawned processes, each with a channel of its own."""

from __future__ import annotations

import multiprocessing
import os
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from scaling.backends.base import OpenRequest
from scaling.backends.channel import Closed, DriverChannel, Garbled, encode
from scaling.backends.dispatch import DispatchedPool, Wishes
from scaling.backends.failures import signal_name, unsendable_item, unsendable_shared
from scaling.backends.process_worker import WorkerTask, serve
from scaling.backends.progress import item_at
from scaling.backends.runner import Reply
from scaling.backends.sizing import BatchCost
from scaling.errors import OpeningFailed, PartNotSendable, ScaleError, WorkerDied
from scaling.passes import Place, Presence

_CLOSE_S = 2.0


class Worker:
    """The driver's view of one worker process."""

    def __init__(self, request: OpenRequest, index: int) -> None:
        self._index, self._folder = index, request.folder
        task = WorkerTask(request.spec, index, request.threads_per_worker, request.folder)
        ours, theirs = socket.socketpair()
        # Not a daemon: a kernel may use multiprocessing itself, which daemons may not.
        self._process: BaseProcess = multiprocessing.get_context("spawn").Process(
            target=serve, args=(theirs, task), name=f"worker-{index}", daemon=False
        )
        self._process.start()
        theirs.close()
        self.pid = self._process.pid or 0
        self.channel = DriverChannel(ours)
        self.ended = _end_descriptor(self._process)

    @property
    def name(self) -> str:
        """Name the worker by its process id."""
        return f"process-{self._index}:{self._process.pid}"

    def received(self) -> list[Any]:
        """Return the messages that are there. Raises WorkerDied or PartNotSendable."""
        try:
            return self.channel.receive()
        except Garbled as garbled:
            text = "or a later one of its batch"
            raise PartNotSendable(garbled.tag, text, str(garbled)) from None
        except Closed:
            raise self.death() from None

    def death(self) -> WorkerDied:
        """Say how the process ended."""
        self._process.join(_CLOSE_S)
        item = item_at(self._folder, self._index)
        return WorkerDied(self.name, _how(self._process.exitcode), item)

    def close(self) -> None:
        """Let the process see that there is no more work."""
        self.channel.close()

    def join(self, deadline: float) -> None:
        """Wait for the end of the process; end it at the deadline."""
        self._process.join(max(0.0, deadline - time.monotonic()))
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        if self.ended != self._process.sentinel:
            os.close(self.ended)


def _end_descriptor(process: BaseProcess) -> int:
    # A sentinel stays open while a child of the worker holds a copy of it; a pidfd does not.
    if hasattr(os, "pidfd_open") and process.pid is not None:
        return os.pidfd_open(process.pid)
    return process.sentinel


def _how(code: int | None) -> str:
    if code is None:
        return "closed its channel"
    if code < 0:
        return f"was ended by {signal_name(-code)}"
    return f"exited with code {code}"


class ProcessTransport:
    """Frames over sockets, all of them watched at once."""

    batch_cost = BatchCost(fixed_ns=150_000, driver_ns=60_000)

    def __init__(self, workers: list[Worker]) -> None:
        self._workers = workers
        self._selector = selectors.DefaultSelector()
        for worker in workers:
            self._selector.register(worker.channel, selectors.EVENT_READ, (worker, False))
            self._selector.register(worker.ended, selectors.EVENT_READ, (worker, True))

    def send_shared(self, shared: object, folder: Path) -> None:
        """Give the shared input to every worker; it is pickled once. Raises OpeningFailed.

        Through memory that they share, unless there is none or no room in it.
        """
        descriptor, message = None, shared
        with ExitStack() as stack:
            if shared is not None:
                from scaling.backends import shared_memory

                with suppress(Exception):  # what the object itself refuses is raised below
                    file = stack.enter_context(shared_memory.unnamed_file(folder))
                    message = shared_memory.write(file, shared)
                    descriptor = file
            self._hand_over(descriptor, message)

    def _hand_over(self, descriptor: int | None, message: object) -> None:
        try:
            frame = encode(message)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            raise unsendable_shared(error) from None
        for worker in self._workers:
            worker.channel.send_descriptor(descriptor)
            worker.channel.send(frame)

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Queue the batch on the worker's channel."""
        try:
            frame = encode((first, items), tag=first)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            raise unsendable_item(first, items, error, encode) from None
        self._workers[worker].channel.send(frame)

    def receive(self) -> list[Reply]:
        """Wait for replies, and write what waits to be written."""
        messages: list[Any] = []
        while not messages:
            messages = self._exchange()
        return messages

    def _exchange(self) -> list[Any]:
        self._watch_writes()
        messages: list[Any] = []
        dead: list[Worker] = []
        for key, events in self._selector.select():
            worker, ended = key.data
            if ended:
                dead.append(worker)
                continue
            if events & selectors.EVENT_WRITE:
                worker.channel.flush()
            if events & selectors.EVENT_READ:
                messages += worker.received()
        for message in messages:
            if isinstance(message, ScaleError):
                raise message
        if dead and not messages:
            raise dead[0].death()
        return messages

    def _watch_writes(self) -> None:
        for worker in self._workers:
            events = selectors.EVENT_READ
            if worker.channel.pending:
                events |= selectors.EVENT_WRITE
            if self._selector.get_key(worker.channel).events != events:
                self._selector.modify(worker.channel, events, (worker, False))

    def wait_ready(self) -> list[Place]:
        """Wait until every worker has told of itself. Raises OpeningFailed."""
        told: list[Presence] = []
        while len(told) < len(self._workers):
            try:
                told += self._exchange()
            except WorkerDied as death:
                raise OpeningFailed(str(death)) from None
        present = {own.pid: own for own in told}
        return [Place(own.name, "local", present[own.pid]) for own in self._workers]

    def close(self) -> None:
        """End every worker; those that do not end in time are killed."""
        self._selector.close()
        for worker in self._workers:
            worker.close()
        deadline = time.monotonic() + _CLOSE_S
        for worker in self._workers:
            worker.join(deadline)


class ProcessesBackend:
    """Spawned processes: for kernels that compute in Python."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[DispatchedPool]:
        """Start the processes; they load the workload side by side."""
        workers = [Worker(request, index) for index in range(request.workers)]
        transport = ProcessTransport(workers)
        try:
            transport.send_shared(request.shared, request.folder)
            wishes = Wishes.of(request.workload, request.batch)
            yield DispatchedPool(transport, transport.wait_ready(), wishes)
        finally:
            transport.close()
