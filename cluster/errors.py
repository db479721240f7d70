"""Failures to get nodes. Each is one line that says what to do."""

from __future__ import annotations


class ClusterError(Exception):
    """Base of every error this package raises on purpose."""


class ClusterNotStarted(ClusterError):
    """Raised when the embedded cluster did not come up."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the embedded cluster did not start: {reason}; "
            "try fewer nodes, or leave Ray out with: --backends serial,threads,processes"
        )


class ClusterEnded(ClusterError):
    """Raised when the embedded cluster ended while it was needed."""

    def __init__(self, how: str) -> None:
        super().__init__(f"the embedded cluster ended early ({how}); run again with --resume")
