"""What every source of nodes offers a study."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from cluster.model import Connection
from scaling.model import Case, Plan
from scaling.passes import ClusterTarget
from scaling.records import ClusterRecord


class Nodes(Protocol):
    """Where the cases on a cluster find their nodes."""

    def open(self) -> ClusterRecord | None:
        """Make the nodes ready. Returns a record when they are new. Raises ClusterError."""
        ...

    def target(self, case: Case) -> ClusterTarget:
        """Return the first ``case.nodes`` nodes: each set lies in the next larger one."""
        ...

    def environment(self) -> dict[str, str]:
        """Return the environment that a process needs to connect."""
        ...

    def settle(self) -> bool:
        """Wait until no actor of an earlier session is left; False when one stays."""
        ...

    def whole(self) -> bool:
        """Tell whether every node that was opened is still there."""
        ...

    def cpu_seconds(self) -> float | None:
        """Return the CPU time of the cluster on this machine so far; None without one."""
        ...


class NodeSource(Protocol):
    """Nodes that a study can have; found out before it begins."""

    def node_cpus(self, counts: tuple[int, ...]) -> int | None:
        """Return the smallest CPU count of the nodes of these sweeps.

        None where all nodes share the CPUs of this machine.
        """
        ...

    def open(
        self, made: Plan, owner: str, settings: Mapping[str, str], folder: Path
    ) -> AbstractContextManager[Nodes]:
        """Have the nodes until the end of the context; ``folder`` is the private one of the run."""
        ...


def target(connection: Connection, case: Case) -> ClusterTarget:
    """Return the nodes of a case, from the first on."""
    return ClusterTarget(
        address=connection.address,
        nodes=tuple(node.id for node in connection.nodes[: case.nodes]),
        ship=connection.ships,
        same_host=connection.same_host,
    )


def record(connection: Connection, start_s: float) -> ClusterRecord:
    """Describe a cluster for the study file."""
    return ClusterRecord(
        address=connection.address,
        embedded=connection.same_host,
        nodes=tuple(node.id for node in connection.nodes),
        cpus=tuple(node.cpus for node in connection.nodes),
        hosts=tuple(node.host for node in connection.nodes),
        start_s=start_s,
        origin=connection.origin,
        memory_bytes=tuple(node.memory_bytes for node in connection.nodes),
    )
