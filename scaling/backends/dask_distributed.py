"""A local Dask cluster, one future for each batch."""

from __future__ import annotations

import logging
import queue
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dask
from distributed import Client, Future, LocalCluster, SchedulerPlugin
from distributed.protocol import pickle

from scaling.backends.base import OpenRequest
from scaling.backends.dask_worker import Sent, dumps, open_worker, run_batch
from scaling.backends.dispatch import DispatchedPool, Wishes
from scaling.backends.failures import error_text, unsendable_item, unsendable_shared
from scaling.backends.progress import item_at
from scaling.backends.runner import Reply
from scaling.backends.sizing import BatchCost
from scaling.errors import OpeningFailed, ScaleError, WorkerDied
from scaling.passes import Place, Presence

_CONFIG = {
    "distributed.scheduler.allowed-failures": 0,  # a worker that dies fails the case
    "distributed.worker.daemon": False,  # a kernel may use multiprocessing itself
}
_INLINE_BYTES = 1_000_000
"""Larger batches go straight to their worker, as Dask advises."""

_Arrival = Sent | Exception
_Arrived = queue.SimpleQueue[tuple[str, _Arrival | None]]
"""A worker's address with what it sent; None when the worker has left."""


class Departures(SchedulerPlugin):  # type: ignore[misc]  # Dask is not typed
    """Notes the workers that leave the cluster: no reply tells of them."""

    def __init__(self, arrived: _Arrived) -> None:
        self._arrived = arrived

    def remove_worker(self, scheduler: object, worker: str, **_: object) -> None:
        """Tell the driver."""
        del scheduler
        self._arrived.put((worker, None))


class DaskTransport:
    """Batches are tasks pinned to a worker; replies arrive on the client's own thread."""

    batch_cost = BatchCost(fixed_ns=4_000_000, driver_ns=1_000_000)

    def __init__(self, client: Client, request: OpenRequest, addresses: list[str]) -> None:
        self._client, self._request, self._addresses = client, request, addresses
        self.arrived: _Arrived = queue.SimpleQueue()
        self.places = self._open()

    def _open(self) -> list[Place]:
        """Let every worker load the workload and take the shared input. Raises OpeningFailed."""
        request = self._request
        try:
            frame = dumps(request.shared)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            raise unsendable_shared(error) from None
        shared = self._client.scatter(frame, broadcast=True, hash=False)
        setup = (request.spec, request.threads_per_worker, request.folder, shared)
        opened = [
            self._submit(worker, open_worker, worker, *setup) for worker in range(request.workers)
        ]
        return [_place(worker, future) for worker, future in enumerate(opened)]

    def _submit(self, worker: int, function: Any, *args: object) -> Future:
        return self._client.submit(
            function, *args, workers=[self._addresses[worker]], pure=False, retries=0
        )

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Submit a task; what is large travels to the worker first."""
        try:
            frame: Any = dumps(items)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            raise unsendable_item(first, items, error, dumps) from None
        if len(frame) > _INLINE_BYTES:
            address = self._addresses[worker]
            frame = self._client.scatter(frame, workers=[address], direct=True, hash=False)
        future = self._submit(worker, run_batch, first, frame)
        self._client.loop.add_callback(self._wait, self._addresses[worker], future)

    async def _wait(self, address: str, future: Future) -> None:
        try:
            arrival: _Arrival = await future
        except Exception as error:  # noqa: BLE001 - told to the driver, whatever it is
            arrival = error
        self.arrived.put((address, arrival))

    def receive(self) -> list[Reply]:
        """Take every reply that is there, and wait for the first."""
        arrivals = [self.arrived.get()]
        while not self.arrived.empty():
            arrivals.append(self.arrived.get())
        return [self._reply(address, arrival) for address, arrival in arrivals]

    def _reply(self, address: str, arrival: _Arrival | None) -> Reply:
        if isinstance(arrival, ScaleError):
            raise arrival
        if isinstance(arrival, bytes):
            reply: Reply = pickle.loads(arrival)
            return reply
        worker = self._addresses.index(address)
        how = "ended" if arrival is None else f"ended ({type(arrival).__name__})"
        item = item_at(self._request.folder, worker)
        raise WorkerDied(self.places[worker].worker, how, item)


def _place(worker: int, future: Future) -> Place:
    try:
        opened = future.result()
    except Exception as error:  # noqa: BLE001 - Dask has many ways to say that a worker ended
        raise OpeningFailed(f"a Dask worker did not start: {error_text(error)}") from None
    if isinstance(opened, OpeningFailed):
        raise opened
    assert isinstance(opened, Presence)
    return Place(f"dask-{worker}:{opened.pid}", "local", opened)


class DaskBackend:
    """Dask: a scheduler in this process, workers in their own."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[DispatchedPool]:
        """Start the cluster on this machine; nothing listens beyond it."""
        with ExitStack() as stack:
            # Client and scheduler make files of their own, not only the workers.
            private = {"temporary-directory": str(request.folder)}
            stack.enter_context(dask.config.set({**_CONFIG, **private}))
            cluster = stack.enter_context(_cluster(request))
            client = stack.enter_context(
                Client(cluster, direct_to_workers=True, set_as_default=False)
            )
            addresses = [worker.worker_address for worker in cluster.workers.values()]
            transport = DaskTransport(client, request, addresses)
            cluster.scheduler.add_plugin(Departures(transport.arrived))
            wishes = Wishes.of(request.workload, request.batch)
            yield DispatchedPool(transport, transport.places, wishes)


def _cluster(request: OpenRequest) -> LocalCluster:
    return LocalCluster(
        n_workers=request.workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # or it insists on port 8787
        memory_limit=None,
        local_directory=str(request.folder),
        silence_logs=logging.CRITICAL,
    )
