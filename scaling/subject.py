"""What one session measures: a workload, in a case. All that its processes load of the records.

Creating a dataclass takes half a millisecond; with those of a whole study a session would start
later by a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "failed", "wrong", "timeout", "skipped"]

UNCAPPED = "-uncapped"
"""Twin of the serial case whose inner threads are not capped."""

BY_VALUE = "rayscale_by_value"
"""Module in the private folder of a run that holds what no process can import by another name."""


@dataclass(frozen=True, slots=True)
class WorkloadSpec:
    """Where a workload is found. Every process of a study loads the workload from this."""

    target: str
    """A built-in name, ``/absolute/file.py:name`` or ``package.module:name``."""
    size: int | None = None
    """Number of items; None for the workload's own."""
    items: str | None = None
    """``range:N``, ``lines:FILE``, ``glob:PATTERN``, ``csv:FILE`` or ``module:name``."""
    combine: str | None = None
    """``module:name``, or a bare name in the workload's own file."""
    shared: str | None = None
    """``module:name``, or a bare name in the workload's own file."""
    params: tuple[tuple[str, str], ...] = ()
    """``--param`` pairs as the user wrote them."""

    @property
    def by_value(self) -> bool:
        """True when some of it came by value from the Python that began the study."""
        names = (self.target, self.items, self.combine, self.shared)
        return any(name is not None and name.startswith(f"{BY_VALUE}:") for name in names)


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured: a workload of one size on one backend with one number of workers."""

    workload: str
    size: int
    backend: str
    nodes: int
    workers: int
    """All workers together, over all nodes."""
    twin: str = ""
    """Tells the two names of one case apart (``--null``), or is ``UNCAPPED``; empty otherwise."""

    @property
    def uncapped(self) -> bool:
        """True when its inner threads may use all CPUs: it is no case of one worker."""
        return self.twin == UNCAPPED

    @property
    def key(self) -> str:
        """A name that is unique in a study and safe in a file name."""
        return f"{self.backend}{self.twin}-n{self.nodes}-w{self.workers}-s{self.size}"

    @property
    def label(self) -> str:
        """How messages name the case."""
        place = f"{self.nodes} nodes, " if self.nodes > 1 else ""
        workers = f"{self.workers} worker{'s' * (self.workers != 1)}"
        return f"{self.backend}{self.twin} ({place}{workers})"
