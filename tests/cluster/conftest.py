"""What the tests of processes share."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from cluster.local import EmbeddedCluster

Carriers = Callable[[str], list[int]]
Within = Callable[[float, Callable[[], bool]], bool]
Named = Callable[[EmbeddedCluster, str], list[psutil.Process]]


@pytest.fixture
def owner() -> str:
    """An id that no other test uses."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def carriers() -> Carriers:
    """Finds the processes with this owner in their environment."""

    def find(owner: str) -> list[int]:
        mark = f"RAYSCALE_OWNER={owner}\0".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if mark in path.read_bytes():
                    found.append(int(path.parent.name))
        return found

    return find


@pytest.fixture
def within() -> Within:
    """Tells whether a condition comes true in this many seconds."""

    def wait(seconds: float, condition: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    return wait


@pytest.fixture
def named() -> Named:
    """Finds the processes of a cluster that have this name."""

    def find(cluster: EmbeddedCluster, name: str) -> list[psutil.Process]:
        found = []
        for process in cluster._processes():
            with suppress(psutil.NoSuchProcess):  # idle workers end while one looks
                if process.name() == name:
                    found.append(process)
        return found

    return find
