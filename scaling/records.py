"""What the lines of a study file hold, after its header. Frozen, plain, standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scaling.samples import Failure, MachineUse, Sample, WorkerFacts, WorkerSummary
from scaling.subject import Status

__all__ = [
    "ClusterRecord",
    "EndRecord",
    "Failure",
    "MachineUse",
    "Sample",
    "SessionRecord",
    "WorkerFacts",
    "WorkerSummary",
]


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """End of a session; without it the session does not count."""

    session: str
    case: str
    block: int
    status: Status
    started: str
    """UTC, ISO 8601."""
    opening_s: float | None
    """Until the pool answered and shared data had arrived."""
    warmup_s: float | None
    samples: int
    failure: Failure | None = None
    idle_load: float | None = None
    """Mean number of CPUs that the idle embedded cluster kept busy during the session."""
    output: str | None = None
    """Last lines that the work printed, when the session failed."""
    quiet: bool = True
    """False when actors of an earlier session were still there."""
    workers: tuple[WorkerFacts, ...] = ()
    spilled_bytes: int | None = None
    """What the backend moved from memory to disk; None where it does not say."""


@dataclass(frozen=True, slots=True)
class ClusterRecord:
    """The cluster that the later sessions used."""

    address: str
    embedded: bool
    """All nodes are on this machine by design."""
    nodes: tuple[str, ...]
    """Node ids in the order in which they are used."""
    cpus: tuple[float, ...]
    """CPUs of each node."""
    hosts: tuple[str, ...]
    """Host name of each node."""
    start_s: float
    origin: str = ""
    """``embedded kept attached ssh slurm``; empty in older files."""
    memory_bytes: tuple[int, ...] = ()
    """Memory that each node offers to work; empty in older files."""


@dataclass(frozen=True, slots=True)
class EndRecord:
    """How a run of a study ended. A resumed study holds several."""

    reason: Literal["complete", "precision", "max-blocks", "budget", "interrupted", "stopped"]
    """``complete``: all blocks of a fixed number; ``stopped``: no case was left to measure."""
    ended: str
    seconds: float
    reached: float | None = None
    """Largest relative distance of an interval's end from its median; None without intervals."""
