"""Which source of nodes ``--cluster`` names."""

from __future__ import annotations

from scaling.study.nodes.base import NodeSource

LOCAL = "local"


def find(cluster: str, nodes: int, cpus: int | None, owner: str) -> NodeSource:
    """Return the source, ready to give so many nodes with so many CPUs. Raises UsageError."""
    if cluster == LOCAL:
        from scaling.study.nodes.embedded import EmbeddedSource

        return EmbeddedSource()
    from scaling.study.nodes.attached import AttachedSource

    return AttachedSource.inspect(cluster, nodes, cpus, owner)
