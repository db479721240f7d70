"""The worker inside an actor: loads the workload once and runs batches."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ray

from scaling.backends import heap, limits
from scaling.backends.dispatch import DEPTH
from scaling.backends.failures import first_unsendable
from scaling.backends.presence import here
from scaling.backends.progress import IDLE, open_progress
from scaling.backends.runner import Reply, Runner, bound_kernel
from scaling.errors import KernelFailed, PartNotSendable
from scaling.passes import Presence
from scaling.subject import WorkloadSpec
from scaling.workloads import registry


class RayWorker:
    """Runs batches of one workload. ``shared`` holds a reference to the shared input, or nothing.

    ``folder`` is for progress, None where the driver could not read it.
    """

    def __init__(
        self,
        spec: WorkloadSpec,
        worker: int,
        threads: int,
        folder: Path | None,
        shared: list[Any],
    ) -> None:
        # Before the shared input: its classes may live in the user's module.
        workload = registry.load(spec)
        value = ray.get(shared[0]) if shared else None
        limits.apply(threads)
        at = _unseen() if folder is None else open_progress(folder, worker)
        self._runner = Runner(bound_kernel(workload, value), worker, at)
        # As many as are in flight: the driver asks for one when Ray could not send it.
        heap.freeze()
        self._latest: deque[tuple[Reply, list[Any]]] = deque(maxlen=DEPTH)

    def ready(self) -> tuple[Presence, str]:
        """Return what the worker tells of itself, and the node id."""
        return here(), ray.get_runtime_context().get_node_id()

    def clock(self) -> int:
        """Read the clock of this host."""
        return time.perf_counter_ns()

    def run(self, first: int, items: list[Any]) -> Reply | KernelFailed:
        """Run a batch. A failure is returned, since Ray would wrap what is raised."""
        try:
            reply = self._runner.run(first, items)
        except KernelFailed as failure:
            return failure
        self._latest.append((reply, items))
        return reply

    def unsendable(self, first: int) -> PartNotSendable | None:
        """Name the part that Ray could not send, of the batch that begins with item ``first``."""
        dump: Callable[[Any], object] = ray.cloudpickle.dumps
        for reply, items in self._latest:
            if reply.record.first == first:
                return first_unsendable(first, reply.parts, items, dump)
        return None


def _unseen() -> memoryview[int]:
    view = memoryview(bytearray(8)).cast("q")
    view[0] = IDLE
    return view
