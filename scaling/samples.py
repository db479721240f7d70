"""What one session finds: samples, facts of its workers, failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """What one worker did in one sample."""

    worker: str
    node: str
    items: int
    batches: int
    busy_s: float
    """Sum of its item times."""
    cpu_s: float | None
    """CPU time it spent in its batches; None where workers share a thread (asyncio)."""
    first_start_s: float | None
    """Start of its first item after the start of the sample; None when it got none."""
    last_end_s: float | None
    starved_s: float = 0.0
    """Idle while no item was ready, since the driver was still producing it."""
    longest_s: float = 0.0
    """Its longest item."""
    longest_item: int | None = None
    """Index of that item."""
    children_s: float = 0.0
    """CPU time of processes that the kernel started."""
    more_threads: int = 0
    """Most threads that its process had after a batch, beyond those it opened with."""


@dataclass(frozen=True, slots=True)
class MachineUse:
    """What this machine did during a sample, all processes together. None: it does not say."""

    busy_s: float | None = None
    """CPU time of all its processes."""
    steal_s: float | None = None
    """CPU time that the hypervisor gave to other machines."""
    throttled_s: float | None = None
    """Time in which the control group had used up its quota."""
    cpu_pressure_s: float | None = None
    """Time in which some process waited for a CPU."""
    memory_pressure_s: float | None = None
    """Time in which some process waited for memory."""
    io_pressure_s: float | None = None
    """Time in which some process waited for a disk."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One timed repetition of a case."""

    session: str
    case: str
    """Key of the case."""
    block: int
    index: int
    """Position in its session, from 0."""
    seconds: float
    """From just before the first item is asked for to the combined answer."""
    combine_s: float
    """The part of it after the last part was received."""
    items: int
    workers: tuple[WorkerSummary, ...]
    cpu_s: float
    """CPU time of the kernels, over all workers."""
    digest: str
    """Digest of the answer: equal digests mean equal answers."""
    peak_rss_mb: float
    """Largest peak of any one process of the case so far."""
    last_start_s: float | None = None
    """Start of the last batch to start, after the start of the sample."""
    driver_cpu_s: float | None = None
    """CPU time of the driver, the kernels left out; None where both share a thread."""
    producing_s: float = 0.0
    """How long the driver waited for the items themselves."""
    blocked_s: float | None = None
    """How long the event loop could not go on (asyncio)."""
    clock_error_s: float = 0.0
    """How far times of workers may be off, all hosts together."""
    machine: MachineUse | None = None
    trace: str | None = None
    """File with the whole record, in the study's folder."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case has no value."""

    kind: Literal[
        "raised", "died", "timeout", "unsendable", "wrong", "not-deterministic", "opening"
    ]
    message: str
    """One line for the report."""
    item: int | None = None
    """Index of the item that was running, where it is known."""
    item_text: str | None = None
    """Short ``repr`` of the item, where it is known."""
    traceback: str | None = None
    """The user's own traceback."""


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What a session learns of one worker before its samples."""

    worker: str
    node: str
    cpus: str | None
    """CPUs that it may run on, like ``0-3,8``; None where the system does not say."""
    inner_threads: int
    """Threads of the largest pool of a numerical library in its process; 1 without any."""
    first_call_s: float | None
    """Its first kernel call; None when the warm-up had no item for it."""
    later_call_s: float | None
    """Median of its later kernel calls in the warm-up; None without any."""
