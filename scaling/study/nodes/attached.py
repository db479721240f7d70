"""The nodes of a cluster that runs already."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cluster import attach
from cluster.errors import ClusterError
from cluster.model import Connection
from scaling.errors import UsageError
from scaling.model import Case, Plan
from scaling.passes import ClusterTarget
from scaling.records import ClusterRecord
from scaling.study.nodes.base import Nodes, record, target


@dataclass(frozen=True, slots=True)
class AttachedSource:
    """A cluster that was inspected."""

    connection: Connection

    @classmethod
    def inspect(cls, address: str, nodes: int, cpus: int | None, owner: str) -> AttachedSource:
        """Look at the cluster. Raises UsageError when it cannot be used."""
        try:
            # The user's own environment: it holds what their cluster asks for.
            found = attach.inspect(
                address, nodes=nodes, cpus_per_node=cpus, owner=owner, env=os.environ
            )
        except ClusterError as error:
            raise UsageError(str(error)) from None
        return cls(found)

    def node_cpus(self, counts: tuple[int, ...]) -> int | None:
        """Return the smallest CPU count of the nodes that will be used."""
        return int(min(node.cpus for node in self.connection.nodes[: max(counts, default=1)]))

    @contextmanager
    def open(
        self, made: Plan, owner: str, settings: Mapping[str, str], folder: Path
    ) -> Iterator[Nodes]:
        """Have the nodes; there is nothing to start or to end."""
        del made, owner, settings, folder
        yield AttachedNodes(self.connection)


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
