"""What a backend is told of its cluster, and what it tells of a pass over the items."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Presence:
    """What a worker tells of itself once it is open."""

    pid: int
    cpus: tuple[int, ...] | None
    """CPUs that it may run on; None where the system does not say."""
    inner_threads: int
    """Threads of the largest pool of a numerical library in its process; 1 without any."""
    threads: int
    """Threads of its process; 0 where the system does not say."""
    clock: str
    """Equal for processes that read one clock; empty where that is not known."""


@dataclass(slots=True)
class BatchRecord:
    """What happened to one batch. Times in nanoseconds of ``perf_counter_ns``."""

    worker: int
    """Index into ``Pool.places``."""
    first: int
    """Index of its first item, in the order in which they were handed out."""
    ticks: array[int]
    """``count + 1`` readings in the worker: item k ran from ``ticks[k]`` to ``ticks[k + 1]``."""
    cpu_ns: int
    """CPU time that the worker spent in the batch, with that of the kernel's own processes."""
    sent_ns: int = 0
    """Handed over by the driver (driver's clock)."""
    received_ns: int = 0
    """Parts in the driver's hands (driver's clock)."""
    peak_rss: int = 0
    """Largest resident size of the worker's process so far, bytes; 0 when not read.

    Pages that it shares with others count in each: those of large shared input do not add up.
    """
    threads: int = 0
    """Threads of the worker's process after the batch; 0 when not read."""
    children_ns: int = 0
    """The part of ``cpu_ns`` that processes of the kernel's own took."""
    between_ns: int = 0
    """Between its items, where it is made up of items that came one by one (joblib)."""
    cpus: tuple[int, ...] | None = None
    """CPUs that the worker may run on after the batch; None when not read."""

    @property
    def count(self) -> int:
        """Number of items."""
        return len(self.ticks) - 1

    @property
    def busy_ns(self) -> int:
        """Time in the kernel."""
        return self.ticks[-1] - self.ticks[0] - self.between_ns


@dataclass(frozen=True, slots=True)
class Place:
    """One worker and the node it is on."""

    worker: str
    """Unique in the pool: ``thread-0``, ``process-1:4711``, a Ray actor id."""
    node: str
    """Node id; ``local`` for local backends."""
    presence: Presence | None = None
    """None for workers that are not real."""
    clock_error_ns: int = 0
    """How far its times may be off the driver's clock."""


@dataclass(slots=True)
class Mapped:
    """Result of one pass over the items."""

    parts: list[Any]
    """In the order of the items; one where they were folded."""
    batches: Sequence[BatchRecord] = field(default_factory=list)
    cpu_ns: int | None = None
    """CPU time of the whole pass where it cannot be told by batch (asyncio)."""
    produced: array[int] = field(default_factory=lambda: array("q"))
    """Start and end of each time that the driver waited for the items themselves, in order."""
    hides_batches: bool = False
    """True when the batches are made up of what was seen of the items (joblib)."""
    blocked_ns: int | None = None
    """How long the event loop could not go on (asyncio)."""
    order: Sequence[int] = ()
    """Index of the item that was handed out first, second, and so on; empty where in order."""


@dataclass(frozen=True, slots=True)
class ClusterTarget:
    """How a session reaches a Ray cluster, and which nodes it uses."""

    address: str
    nodes: Sequence[str]
    """Ids of the nodes to use, in order; the session uses all of them."""
    ship: bool
    """True when the workers cannot import the user's module from this machine's files."""
    same_host: bool = False
    """True when workers see this machine's file system."""
