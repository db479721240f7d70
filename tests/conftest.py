"""What all tests may share."""

from __future__ import annotations

import csv
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from cluster.local import embedded
from cluster.model import Connection
from tests.forked_command import Finished, run
from tests.kernels import KERNELS

ROOT = Path(__file__).parents[1]


def pytest_configure() -> None:
    """Start as from a terminal: a shell's background jobs and nohup ignore some signals.

    The toolkit respects that, as it should, and tests of stopping it would fail.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


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


@pytest.fixture
def running_cluster(cluster_connection: Connection, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let commands into that cluster; return its address."""
    for name, value in cluster_connection.environment:
        if name.startswith("RAY_AUTH"):
            monkeypatch.setenv(name, value)
    return cluster_connection.address


Scale = Callable[..., Finished]
Rows = dict[str, dict[str, str]]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with the user's file in it."""
    (tmp_path / "work.py").write_text(KERNELS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def scale(work: Path) -> Scale:
    """Run the command line in the user's folder, or another."""
    return partial(run, cwd=work)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that follows Amdahl's law, for tests that only read it."""
    law = ("--simulate", "amdahl:serial=0.1,seconds=10", "--workers", "1,2,4")
    return _made(
        tmp_path_factory, "run", "primes", "--size", "4", "--backends", "simulated", *law,
        "--max-blocks", "6",
    )  # fmt: skip


@pytest.fixture(scope="session")
def grain(tmp_path_factory: pytest.TempPathFactory, simulated: Path) -> Path:
    """What ``scale grain`` found of serial execution after that study, for reading only."""
    del simulated
    return _made(
        tmp_path_factory, "grain", "--items", "50", "--blocks", "1", "--backends", "serial"
    )


def _made(folders: pytest.TempPathFactory, *arguments: str) -> Path:
    folder = folders.mktemp(arguments[0])
    done = run(*arguments, "--output", "out", cwd=folder)
    assert done.code == 0, done.err
    return folder / "out"


@pytest.fixture
def rows(work: Path) -> Callable[[], Rows]:
    """Return the rows of the report in the folder ``out``, by backend, the last of each."""

    def read() -> Rows:
        with (work / "out" / "report.csv").open(encoding="utf-8", newline="") as file:
            return {row["backend"]: row for row in csv.DictReader(file)}

    return read
