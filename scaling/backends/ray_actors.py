"""One actor per worker, pinned to its node of a Ray cluster."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import (
    ActorDiedError,
    ActorUnavailableError,
    ActorUnschedulableError,
    RayError,
    RayTaskError,
)
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from scaling.backends.base import OpenRequest
from scaling.backends.dispatch import DispatchedPool
from scaling.backends.progress import item_at, open_progress
from scaling.backends.runner import (
    Reply,
    Runner,
    bound_kernel,
    error_text,
    first_unsendable,
    short_text,
)
from scaling.errors import (
    ItemNotSendable,
    KernelFailed,
    OpeningFailed,
    PartNotSendable,
    WorkerDied,
)
from scaling.model import ClusterTarget, Place, WorkloadSpec

_CONNECT_LEVEL = "ERROR"


class ActorWorker:
    """Body of an actor: loads the workload once and runs batches."""

    def __init__(
        self, spec: WorkloadSpec, worker: int, threads: int, shared: list[Any], folder: str | None
    ) -> None:
        from scaling.measure import limits
        from scaling.workloads import registry

        # Before the shared input: its classes may live in the user's module.
        workload = registry.load(spec)
        value = ray.get(shared[0]) if shared else None
        limits.apply(threads)
        at = memoryview(bytearray(8)).cast("q")
        if folder is not None:
            at = open_progress(Path(folder), worker)
        self._runner = Runner(bound_kernel(workload, value), worker, at)
        self._last: tuple[Reply, list[Any]] | None = None

    def ready(self) -> tuple[int, str]:
        """Return the process id and the node id."""
        return os.getpid(), ray.get_runtime_context().get_node_id()

    def run(self, first: int, items: list[Any]) -> Reply | KernelFailed:
        """Run a batch. A failure is returned, since Ray would wrap what is raised."""
        try:
            reply = self._runner.run(first, items)
        except KernelFailed as failure:
            return failure
        self._last = (reply, items)
        return reply

    def unsendable(self) -> PartNotSendable | None:
        """Name the part of the last batch that Ray could not send."""
        if self._last is None:
            return None
        reply, items = self._last
        return first_unsendable(reply.record.first, reply.parts, items, ray.cloudpickle.dumps)


class RayTransport:
    """Actor calls, a few in flight per actor."""

    batch_cost_ns = 500_000

    def __init__(self, request: OpenRequest, target: ClusterTarget) -> None:
        self._folder = request.folder if target.same_host else None
        self._pending: dict[Any, int] = {}
        shared = [] if request.workload.shared is None else [ray.put(request.shared)]
        self._actors = [
            _actor(_node(target, worker)).remote(
                request.spec,
                worker,
                request.threads_per_worker,
                shared,
                None if self._folder is None else str(self._folder),
            )
            for worker in range(request.workers)
        ]
        self._shared = shared
        self.places: list[Place] = []

    def wait_ready(self) -> None:
        """Wait until every actor has answered. Raises OpeningFailed."""
        try:
            answers = ray.get([actor.ready.remote() for actor in self._actors])
        except RayError as error:
            raise OpeningFailed(f"a Ray worker did not start: {_cause(error)}") from None
        self.places = [
            Place(f"actor-{worker}:{pid}", node) for worker, (pid, node) in enumerate(answers)
        ]

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Call the actor."""
        try:
            reference = self._actors[worker].run.remote(first, items)
        except Exception as error:  # noqa: BLE001 - Ray wraps what pickling an item raises
            raise _item_failure(first, items, error) from None
        self._pending[reference] = worker

    def receive(self) -> list[Reply]:
        """Take every reply that is there, and wait for the first."""
        waiting = list(self._pending)
        ready, rest = ray.wait(waiting, num_returns=1)
        if rest:
            ready += ray.wait(rest, num_returns=len(rest), timeout=0)[0]
        return [self._reply(reference) for reference in ready]

    def _reply(self, reference: Any) -> Reply:
        worker = self._pending.pop(reference)
        try:
            answer = ray.get(reference)
        except (ActorDiedError, ActorUnavailableError) as error:
            raise self._death(worker, error) from None
        except RayTaskError as error:
            raise self._unsendable(worker, error) from None
        if isinstance(answer, KernelFailed):
            raise answer
        assert isinstance(answer, Reply)
        return answer

    def _death(self, worker: int, error: RayError) -> WorkerDied:
        item = None if self._folder is None else item_at(self._folder, worker)
        place = self.places[worker]
        return WorkerDied(f"{place.worker} on node {place.node[:8]}", _how(error), item)

    def _unsendable(self, worker: int, error: RayTaskError) -> Exception:
        found = ray.get(self._actors[worker].unsendable.remote())
        return found or OpeningFailed(f"a Ray worker failed: {_cause(error)}")

    def close(self) -> None:
        """End the actors."""
        for actor in self._actors:
            ray.kill(actor, no_restart=True)


def _actor(node: str) -> Any:
    """Return the actor class, to be started on exactly this node."""
    return ray.remote(ActorWorker).options(
        num_cpus=1,
        max_restarts=0,
        max_task_retries=0,
        scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        # They would be sent to the cluster's head for each batch, and nobody reads them.
        enable_task_events=False,
    )


def _node(target: ClusterTarget, worker: int) -> str:
    return target.nodes[worker % len(target.nodes)]


def _item_failure(first: int, items: list[Any], error: Exception) -> ItemNotSendable:
    for offset, item in enumerate(items):
        try:
            ray.cloudpickle.dumps(item)
        except Exception as own:  # noqa: BLE001 - any class may refuse in its own way
            return ItemNotSendable(first + offset, short_text(item), error_text(own))
    return ItemNotSendable(first, short_text(items[0]), error_text(error))


def _cause(error: RayError) -> str:
    """Return the innermost reason in one line."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, BaseException):
        return error_text(cause)
    if isinstance(error, ActorUnschedulableError):
        return "its node is gone or has no free CPU; is something else running on the cluster?"
    return " ".join(str(error).split())


def _how(error: RayError) -> str:
    text = " ".join(str(error).split())
    _, found, detail = text.partition("Worker exit detail: ")
    return f"ended ({detail.rstrip('.')})" if found else f"was lost ({text.rstrip('.')})"


class RayBackend:
    """Actors on a cluster: for work that outgrows one machine."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[DispatchedPool]:
        """Connect, and start one actor per worker on exactly the nodes of the request."""
        target = request.cluster
        if target is None:
            raise OpeningFailed("the ray backend needs a cluster")
        _connect(target)
        try:
            transport = RayTransport(request, target)
            try:
                transport.wait_ready()
                yield DispatchedPool(transport, transport.places, request.batch)
            finally:
                transport.close()
        finally:
            ray.shutdown()


def _connect(target: ClusterTarget) -> None:
    try:
        ray.init(
            address=target.address,
            namespace=f"rayscale-{uuid.uuid4().hex}",
            log_to_driver=False,
            logging_level=_CONNECT_LEVEL,
            configure_logging=False,
        )
    except (RayError, ConnectionError, RuntimeError) as error:
        raise OpeningFailed(f"no connection to the cluster at {target.address}: {error}") from None
