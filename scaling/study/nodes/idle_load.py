"""What an idle cluster takes from the cases that are measured beside it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from scaling.study.nodes.base import Nodes


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
