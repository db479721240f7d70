"""What a grain file holds: how fast items of a shrinking number of steps ran. Frozen, plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scaling.model import Environment, Plan, Status
from scaling.records import ClusterRecord, Failure


@dataclass(frozen=True, slots=True)
class Level:
    """All items once or a few times, each with the same number of steps."""

    steps: int
    """Steps of each item."""
    seconds: tuple[float, ...]
    """Wall time of each pass over the items."""


@dataclass(frozen=True, slots=True)
class GrainHeader:
    """First line of a grain file."""

    id: str
    created: str
    """UTC, ISO 8601."""
    command: tuple[str, ...]
    plan: Plan
    """Of the workload ``grain``; the number of items is its one size."""
    threshold: float
    """Share of the peak that an item of the length looked for still reaches."""
    environment: Environment


@dataclass(frozen=True, slots=True)
class GrainSession:
    """One session of a case: its levels in the order in which they were taken."""

    session: str
    case: str
    """Key of the case."""
    block: int
    status: Status
    started: str
    """UTC, ISO 8601."""
    opening_s: float | None
    levels: tuple[Level, ...]
    failure: Failure | None = None
    output: str | None = None
    """Last lines that were printed, when the session failed."""


@dataclass(frozen=True, slots=True)
class GrainEnd:
    """How the run ended."""

    reason: Literal["complete", "budget", "interrupted", "stopped"]
    """``stopped``: no case was left to measure."""
    ended: str
    seconds: float


@dataclass(frozen=True, slots=True)
class GrainData:
    """All that a grain file holds."""

    header: GrainHeader
    clusters: tuple[ClusterRecord, ...]
    sessions: tuple[GrainSession, ...]
    ends: tuple[GrainEnd, ...]
    notes: tuple[str, ...] = ()
    """What was left out, one sentence each."""
