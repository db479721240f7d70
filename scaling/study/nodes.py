"""The nodes of a study: an embedded cluster, started when first needed, or a running one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from cluster import local
from cluster.errors import ClusterError
from cluster.local import EmbeddedCluster
from cluster.model import Connection
from scaling.errors import UsageError
from scaling.model import Case, Plan
from scaling.passes import ClusterTarget
from scaling.records import ClusterRecord

QUIET_S = 10.0
"""How long to wait for actors of the last session to go."""


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


class EmbeddedNodes:
    """Owns an embedded cluster while it is open as a context."""

    def __init__(
        self, plan: Plan, owner: str, environment: Mapping[str, str], folder: Path
    ) -> None:
        self._nodes = max((case.nodes for case in plan.cases), default=1)
        self._cpus, self._owner, self._environment = plan.workers_per_node, owner, environment
        self._folder = folder
        self._stack = ExitStack()
        self._cluster: EmbeddedCluster | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def open(self) -> ClusterRecord | None:
        """Start the cluster, unless it runs."""
        if self._cluster is not None and self._cluster.whole():
            return None
        self._cluster = None
        self._stack.close()
        self._cluster = self._stack.enter_context(
            local.embedded(
                nodes=self._nodes,
                cpus_per_node=self._cpus,
                owner=self._owner,
                folder=self._folder,
                env=self._environment,
            )
        )
        return record(self._cluster.connection, self._cluster.start_s)

    def target(self, case: Case) -> ClusterTarget:
        """Return the first nodes."""
        return target(self._connection, case)

    def environment(self) -> dict[str, str]:
        """Return address-free settings and the token."""
        return dict(self._connection.environment)

    def settle(self) -> bool:
        """Wait for the last actors."""
        return self._cluster is None or self._cluster.wait_quiet(QUIET_S)

    def whole(self) -> bool:
        """Tell whether all raylets live."""
        return self._cluster is None or self._cluster.whole()

    def cpu_seconds(self) -> float | None:
        """Return the CPU time of all its processes."""
        return None if self._cluster is None else self._cluster.cpu_seconds()

    @property
    def _connection(self) -> Connection:
        assert self._cluster is not None, "open() comes first"
        return self._cluster.connection


class AttachedNodes:
    """The nodes of a running cluster, which was inspected before the study began."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._recorded = False

    def open(self) -> ClusterRecord | None:
        """Return the record once; there is nothing to start."""
        if self._recorded:
            return None
        self._recorded = True
        return record(self._connection, 0.0)

    def target(self, case: Case) -> ClusterTarget:
        """Return the first nodes."""
        return target(self._connection, case)

    def environment(self) -> dict[str, str]:
        """Return what the user's environment says of Ray, and what the cluster needs."""
        return dict(self._connection.environment)

    def settle(self) -> bool:
        """Do nothing: the cluster is not ours."""
        return True

    def whole(self) -> bool:
        """Believe it: the cluster is not ours."""
        return True

    def cpu_seconds(self) -> float | None:
        """Return None: the cluster is not ours."""
        return None


@dataclass(frozen=True, slots=True)
class IdleLoad:
    """CPUs that the idle cluster keeps busy since a moment."""

    nodes: Nodes
    cpu_s: float | None
    started: float

    @classmethod
    def begin(cls, nodes: Nodes) -> IdleLoad:
        """Start counting."""
        return cls(nodes, nodes.cpu_seconds(), time.monotonic())

    def mean(self) -> float | None:
        """Return the mean number of busy CPUs; None without a cluster of ours."""
        now = self.nodes.cpu_seconds()
        if self.cpu_s is None or now is None:
            return None
        return round(max(0.0, now - self.cpu_s) / (time.monotonic() - self.started), 4)


def target(connection: Connection, case: Case) -> ClusterTarget:
    """Return the nodes of a case, from the first on."""
    return ClusterTarget(
        address=connection.address,
        nodes=tuple(node.id for node in connection.nodes[: case.nodes]),
        ship=not connection.embedded,
        same_host=connection.embedded,
    )


def record(connection: Connection, start_s: float) -> ClusterRecord:
    """Describe a cluster for the study file."""
    return ClusterRecord(
        address=connection.address,
        embedded=connection.embedded,
        nodes=tuple(node.id for node in connection.nodes),
        cpus=tuple(node.cpus for node in connection.nodes),
        hosts=tuple(node.host for node in connection.nodes),
        start_s=start_s,
    )


LOCAL = "local"


def attach(address: str, nodes: int, cpus: int | None, owner: str) -> Connection | None:
    """Look at a running cluster; None for the embedded one. Raises UsageError."""
    if address == LOCAL:
        return None
    from cluster import attach as running

    try:
        # The user's own environment: it holds what their cluster asks for.
        return running.inspect(
            address, nodes=nodes, cpus_per_node=cpus, owner=owner, env=os.environ
        )
    except ClusterError as error:
        raise UsageError(str(error)) from None


def node_cpus_of(connection: Connection | None, counts: tuple[int, ...]) -> int | None:
    """Return the smallest CPU count of the nodes that will be used; None for the embedded."""
    if connection is None:
        return None
    return int(min(node.cpus for node in connection.nodes[: max(counts, default=1)]))


@contextmanager
def open_nodes(
    made: Plan,
    owner: str,
    settings: Mapping[str, str],
    connection: Connection | None,
    folder: Path,
) -> Iterator[Nodes]:
    """Have the nodes of a study until the end of the context."""
    if connection is not None:
        yield AttachedNodes(connection)
        return
    with EmbeddedNodes(made, owner, settings, folder) as nodes:
        yield nodes
