"""What all tests may share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.local import embedded
from cluster.model import Connection

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def cluster_connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Run one small cluster for every test that needs one; its workers can import our code.

    Only child processes may connect: a process that has called ``ray.init`` must never be forked.
    """
    with embedded(
        nodes=2,
        cpus_per_node=2,
        owner="tests",
        folder=tmp_path_factory.mktemp("cluster"),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as running:
        yield running.connection
