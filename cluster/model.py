"""What a way to get nodes hands over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Node:
    """A node that can run work."""

    id: str
    """Ray's id of the node: the one name that is unique when several share a machine."""
    host: str
    address: str
    cpus: float
    memory_bytes: int


Origin = Literal["embedded", "kept", "attached", "ssh", "slurm"]
"""``embedded``: started for the run; ``kept``: by ``scale cluster up``; ``attached``: by others."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How a driver reaches a cluster, and the nodes it may use there."""

    address: str
    """``host:port`` of its GCS, for ``ray.init``."""
    environment: tuple[tuple[str, str], ...]
    """Variables that a driver needs before it imports Ray; it must have no other ``RAY_*``."""
    nodes: tuple[Node, ...]
    """Live nodes with CPUs, in the order in which they are used."""
    origin: Origin
    temp_dir: Path | None
    """Ray's folder for logs and sockets; None where this machine may not have it."""
    ray_version: str

    @property
    def same_host(self) -> bool:
        """True when all nodes are on this machine by design, and see its files."""
        return self.origin in {"embedded", "kept"}

    @property
    def ships(self) -> bool:
        """True when its workers cannot import the user's module: the cluster is older than it."""
        return self.origin != "embedded"
