"""What a backend and a pool are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scaling.passes import ClusterTarget, Mapped, Place
from scaling.subject import WorkloadSpec
from scaling.workloads.base import Workload


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What a backend needs to open a pool."""

    spec: WorkloadSpec
    """Workers load the workload from this; kernels are never pickled."""
    workload: Workload
    shared: Any
    """The shared input, already made; None when the workload has none."""
    workers: int
    threads_per_worker: int
    folder: Path
    """Private folder of the session."""
    batch: int | None = None
    """Items per message; None lets the dispatcher choose."""
    cluster: ClusterTarget | None = None
    """Only for backends that run on a cluster."""
    law: str | None = None
    """Only for the simulated backend."""


class Pool(Protocol):
    """An open backend with a known number of workers."""

    @property
    def places(self) -> Sequence[Place]:
        """One place for each worker; ``BatchRecord.worker`` is an index into it."""
        ...

    def clock(self) -> int:
        """Nanoseconds of the clock that times samples."""
        ...

    def map(self, items: Iterable[Any], expected: int | None) -> Mapped:
        """Run the kernel on every item; parts come back in the order of the items.

        ``expected`` is the number of items where it is known: it helps to share out the end.
        Raises KernelFailed, WorkerDied, ItemNotSendable or PartNotSendable; afterwards the pool
        can only be closed.
        """
        ...

    def spilled_bytes(self) -> int | None:
        """Return what the backend has moved from memory to disk so far; None where it cannot."""
        ...


class Backend(Protocol):
    """A way to run kernels. A description: it holds no state."""

    def open(self, request: OpenRequest) -> AbstractContextManager[Pool]:
        """Open a pool whose workers have loaded the workload and hold the shared input.

        Raises OpeningFailed. Leaving the context ends every worker, whatever happened.
        """
        ...
