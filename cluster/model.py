"""What a way to get nodes hands over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Node:
    """A node that can run work."""

    id: str
    """Ray's id of the node: the one name that is unique when several share a machine."""
    host: str
    address: str
    cpus: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Connection:
    """How a driver reaches a cluster, and the nodes it may use there."""

    address: str
    """``host:port`` of its GCS, for ``ray.init``."""
    environment: tuple[tuple[str, str], ...]
    """Variables that a driver needs before it imports Ray; it must have no other ``RAY_*``."""
    nodes: tuple[Node, ...]
    """Live nodes with CPUs, in the order in which they are used."""
    embedded: bool
    temp_dir: Path | None
    """Ray's folder for logs and sockets; None where this machine may not have it."""
    ray_version: str
