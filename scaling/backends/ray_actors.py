"""One actor per worker, pinned to its node of a Ray cluster."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import ray
from ray.exceptions import (
    ActorDiedError,
    ActorUnavailableError,
    ActorUnschedulableError,
    GetTimeoutError,
    RayError,
    RayTaskError,
)
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from scaling.backends import clocks, ray_shipping, ray_store, ray_stub
from scaling.backends.base import OpenRequest
from scaling.backends.clocks import Offset
from scaling.backends.dispatch import DispatchedPool, Wishes
from scaling.backends.failures import error_text, unsendable_item, unsendable_shared
from scaling.backends.presence import here
from scaling.backends.progress import item_at
from scaling.backends.ray_worker import RayWorker
from scaling.backends.runner import Reply
from scaling.backends.sizing import BatchCost
from scaling.errors import (
    KernelFailed,
    OpeningFailed,
    PartNotSendable,
    WorkerDied,
)
from scaling.passes import ClusterTarget, Place
from scaling.workloads import registry

_CONNECT_LEVEL = "ERROR"
_START_S = 60.0


class RayTransport:
    """Actor calls, a few in flight per actor."""

    batch_cost = BatchCost(fixed_ns=500_000, driver_ns=120_000)

    def __init__(self, request: OpenRequest, target: ClusterTarget) -> None:
        self._folder = request.folder if target.same_host else None
        self._pending: dict[Any, tuple[int, int]] = {}
        """Worker and first item of each batch in flight."""
        self.places: list[Place] = []
        self._offsets: list[Offset] = []
        # Kept: the owner of an object must outlive its readers.
        self._archive = ray.put(ray_shipping.archive(request.spec)) if target.ship else b""
        self._shared = [] if request.workload.shared is None else [_put_shared(request.shared)]
        spec = registry.portable(request.spec) if target.ship else request.spec
        self._actors = []
        for worker in range(request.workers):
            body = partial(RayWorker, spec, worker, request.threads_per_worker, self._folder)
            actor = _stub_on(_node(target, worker))
            self._actors.append(actor.remote(self._archive, pickle.dumps(body), self._shared))

    def wait_ready(self) -> None:
        """Wait until every actor has answered. Raises OpeningFailed."""
        waiting = [actor.call.remote("ready") for actor in self._actors]
        try:
            answers = ray.get(waiting, timeout=_START_S)
            self._offsets = clocks.offsets(
                [presence.clock for presence, _ in answers],
                [node for _, node in answers],
                here().clock,
                self._clock_of,
            )
        except GetTimeoutError:
            raise OpeningFailed(
                f"no answer from Ray workers within {_START_S:.0f} s; "
                "are the CPUs of their nodes taken by something else?"
            ) from None
        except RayError as error:
            raise OpeningFailed(f"a Ray worker did not start: {_cause(error)}") from None
        self.places = [
            Place(f"actor-{worker}:{presence.pid}", node, presence, offset.error_ns)
            for worker, ((presence, node), offset) in enumerate(
                zip(answers, self._offsets, strict=True)
            )
        ]

    def _clock_of(self, worker: int) -> int:
        read: int = ray.get(self._actors[worker].call.remote("clock"))
        return read

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Call the actor."""
        try:
            reference = self._actors[worker].call.remote("run", first, items)
        except Exception as error:  # noqa: BLE001 - Ray wraps what pickling an item raises
            raise unsendable_item(first, items, error, ray.cloudpickle.dumps) from None
        self._pending[reference] = (worker, first)

    def receive(self) -> list[Reply]:
        """Take every reply that is there, and wait for the first."""
        waiting = list(self._pending)
        # Each look costs time for every batch in flight: one is enough where some have come.
        ready, _ = ray.wait(waiting, num_returns=len(waiting), timeout=0)
        if not ready:
            ready, _ = ray.wait(waiting, num_returns=1)
        return [self._reply(reference) for reference in ready]

    def _reply(self, reference: Any) -> Reply:
        worker, first = self._pending.pop(reference)
        try:
            answer = ray.get(reference)
        except (ActorDiedError, ActorUnavailableError) as error:
            raise self._death(worker, error) from None
        except RayTaskError as error:
            raise self._unsendable(worker, first, error) from None
        except RayError as error:
            raise WorkerDied(
                self.places[worker].worker, f"was lost ({_cause(error)})", None
            ) from None
        if isinstance(answer, KernelFailed):
            raise answer
        assert isinstance(answer, Reply)
        answer.record.ticks = self._offsets[worker].shifted(answer.record.ticks)
        return answer

    def _death(self, worker: int, error: RayError) -> WorkerDied:
        item = None if self._folder is None else item_at(self._folder, worker)
        place = self.places[worker]
        return WorkerDied(f"{place.worker} on node {place.node[:8]}", _how(error), item)

    def _unsendable(self, worker: int, first: int, error: RayTaskError) -> Exception:
        found = ray.get(self._actors[worker].call.remote("unsendable", first))
        return found or PartNotSendable(first, "its batch", _cause(error))

    def close(self) -> None:
        """End the actors."""
        for actor in self._actors:
            with suppress(RayError, ConnectionError):
                ray.kill(actor, no_restart=True)


def _stub_on(node: str) -> Any:
    """Return the actor class, to be started on exactly this node."""
    ray.cloudpickle.register_pickle_by_value(ray_stub)
    return ray.remote(ray_stub.Stub).options(
        num_cpus=1,
        max_restarts=0,
        max_task_retries=0,
        scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        # They would be sent to the cluster's head for each batch, and nobody reads them.
        enable_task_events=False,
    )


def _node(target: ClusterTarget, worker: int) -> str:
    return target.nodes[worker % len(target.nodes)]


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
            spilled_bytes = ray_store.spilling()
            transport = RayTransport(request, target)
            try:
                transport.wait_ready()
                wishes = Wishes.of(request.workload, request.batch)
                yield DispatchedPool(transport, transport.places, wishes, spilled_bytes)
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
        said = error_text(error)
        raise OpeningFailed(f"no connection to the cluster at {target.address}: {said}") from None


def _put_shared(shared: object) -> Any:
    try:
        return ray.put(shared)
    except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
        raise unsendable_shared(error) from None
