"""An embedded cluster: started when first needed, gone with the study."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from cluster import local
from cluster.errors import ClusterNotStarted
from cluster.local import EmbeddedCluster
from cluster.model import Connection
from scaling.model import Case, Plan
from scaling.passes import ClusterTarget
from scaling.records import ClusterRecord
from scaling.study.nodes.base import record, target

QUIET_S = 10.0
"""How long to wait for actors of the last session to go."""


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """This machine."""

    def node_cpus(self, counts: tuple[int, ...]) -> int | None:
        """Return None: all nodes share the CPUs of this machine."""
        del counts
        return None

    def open(
        self, made: Plan, owner: str, settings: Mapping[str, str], folder: Path
    ) -> EmbeddedNodes:
        """Have nodes that start when they are first needed."""
        return EmbeddedNodes(made, owner, settings, folder)


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
        """Start the cluster, unless it runs; where it runs without a node, replace that."""
        if self._cluster is not None and self._cluster.whole():
            return None
        if self._cluster is not None and self._cluster.alive():
            with suppress(ClusterNotStarted):
                self._cluster.restore()
                return record(self._cluster.connection, self._cluster.start_s)
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
