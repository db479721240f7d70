"""Every backend, opened on a workload in a user's own file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from scaling.backends import registry
from scaling.backends.base import OpenRequest, Pool
from scaling.model import WorkloadSpec
from scaling.passes import ClusterTarget
from scaling.workloads import registry as workloads

TARGET_VARIABLE = "RAYSCALE_TEST_TARGET"
"""Set in the process that holds Ray to the contract: a cluster target as JSON."""
IN_PROCESS = {"serial", "threads", "asyncio", "simulated"}
ONE_WORKER = {"serial"}

USER_FILE = '''
"""A user's workload: an item says what the kernel is to do."""
import asyncio, multiprocessing, os, signal, threading, time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scaling.workloads.base import workload


@dataclass
class Point:
    x: int


class Marked:
    """Leaves a line in a file for each process that receives it."""

    def __init__(self, path, value):
        self.path, self.value = path, value

    def __reduce__(self):
        return (arrive, (self.path, self.value))


def arrive(path, value):
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\\n")
    return Marked(path, value)


def fail(value):
    raise ValueError(f"no luck with {value}")


def leave(value):
    if value == "exit":
        os._exit(3)
    os.kill(os.getpid(), signal.SIGKILL)


def child(value):
    process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(value,))
    process.start()
    process.join()
    return process.exitcode


def change(value):
    value += 1
    return value


def quit_python(value):
    raise SystemExit(value)


VERBS = {
    "same": lambda value: value,
    "nap": lambda value: time.sleep(value) or os.getpid(),
    "move": lambda value: Point(value.x + 1),
    "add": lambda value: value + 1,
    "change": change,
    "large": lambda value: np.full(value, 7, dtype=np.uint8),
    "lock": lambda value: [threading.Lock()],
    "print": print,
    "fail": fail,
    "leave": leave,
    "child": child,
    "quit": quit_python,
}


async def act_later(item):
    verb, value = item
    if verb == "nap":
        await asyncio.sleep(value)
        return os.getpid()
    await asyncio.sleep(0)
    return VERBS[verb](value)


async def scale_later(item, shared):
    return item * shared.value


def items():
    return [("same", 0)]


@workload(items=items, asynchronous=act_later)
def act(item):
    verb, value = item
    return VERBS[verb](value)


def factor(path="nowhere"):
    return Marked(path, 3)


@workload(items=items, shared=factor, asynchronous=scale_later)
def scale(item, shared):
    return item * shared.value


def unsendable():
    return threading.Lock()


@workload(items=items, shared=unsendable)
def stuck(item, shared):
    return item
'''

Item = tuple[str, Any]


@dataclass
class Harness:
    """Opens pools of one backend."""

    name: str
    file: Path
    """The user's file."""
    folder: Callable[[], Path]
    """Makes a private folder."""
    target: ClusterTarget | None
    _kept: ExitStack = field(default_factory=ExitStack)
    _pool: Pool | None = None

    @property
    def workers(self) -> int:
        """Workers that tests ask for."""
        return 1 if self.name in ONE_WORKER else 2

    @property
    def sends(self) -> bool:
        """True when items travel to other processes."""
        return self.name not in IN_PROCESS

    @property
    def module(self) -> ModuleType:
        """The user's module as the toolkit imported it."""
        kernel = workloads.load(self.spec("act")).kernel
        return sys.modules[kernel.__module__]

    def spec(self, kernel: str, **params: str) -> WorkloadSpec:
        """Name a kernel of the user's file."""
        return WorkloadSpec(f"{self.file}:{kernel}", params=tuple(params.items()))

    def open(
        self,
        kernel: str = "act",
        *,
        workers: int | None = None,
        batch: int | None = None,
        **params: str,
    ) -> AbstractContextManager[Pool]:
        """Open a pool on a kernel of the user's file."""
        self.close()  # joblib can have no second pool beside it
        spec = self.spec(kernel, **params)
        workload = workloads.load(spec)
        request = OpenRequest(
            spec=spec,
            workload=workload,
            shared=workload.shared() if workload.shared else None,
            workers=workers or self.workers,
            threads_per_worker=1,
            folder=self.folder(),
            batch=batch,
            cluster=self.target,
            law="linear:seconds=1",
        )
        return registry.load(self.name).open(request)

    def usable(self) -> Pool:
        """Return the pool that stays open from test to test."""
        if self._pool is None:
            opening = self.open()
            self._pool = self._kept.enter_context(opening)
        return self._pool

    def close(self) -> None:
        """Close the pool that stays open."""
        self._pool = None
        self._kept.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the pairs of a fact and a backend where the fact says nothing of the backend."""
    out = [item for item in items if _is_left_out(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


def _is_left_out(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("leaves_out")
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return marker is not None and parameters.get("harness") in marker.args


def backends_here() -> list[str]:
    """Return the backends to test in this process: Ray has one of its own."""
    if TARGET_VARIABLE in os.environ:
        return ["ray"]
    return [name for name in registry.names() if name != "ray"]


@pytest.fixture(scope="session")
def user_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the user's file: one, since a module is imported once."""
    file = tmp_path_factory.mktemp("user") / "contract_work.py"
    file.write_text(USER_FILE, encoding="utf-8")
    return file


@pytest.fixture(scope="module", params=backends_here())
def harness(
    request: pytest.FixtureRequest, user_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Harness]:
    """One backend after the other."""
    name: str = request.param
    missing = registry.missing_library(name)
    if missing is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
    encoded = os.environ.get(TARGET_VARIABLE)
    target = ClusterTarget(**json.loads(encoded)) if encoded and name == "ray" else None
    opener = Harness(name, user_file, lambda: tmp_path_factory.mktemp("session"), target)
    yield opener
    opener.close()


@pytest.fixture
def pool(harness: Harness) -> Pool:
    """Return a pool for what leaves it usable."""
    return harness.usable()


def children() -> set[int]:
    """Return the child processes, without the trackers that end with this process."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if "resource_tracker" not in line and process.status() != psutil.STATUS_ZOMBIE:
            found.add(process.pid)
    return found


@pytest.fixture
def leaves_nothing() -> Iterator[None]:
    """Hold that the test leaves no child process behind."""
    before = children()
    yield
    assert children() <= before
