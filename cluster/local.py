"""The embedded cluster: some nodes on this machine, gone when its owner is."""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from cluster.errors import ClusterNotStarted
from cluster.guard import Guarded, spawn
from cluster.model import Connection, Node

if TYPE_CHECKING:
    import psutil

_CODE = """
import sys
sys.path.insert(0, sys.argv[1])
from cluster import host
del sys.path[0]
host.main(sys.argv[2])
"""
_FOLDER = str(Path(__file__).resolve().parents[1])
MAX_STORE_BYTES = 512 * 2**20
MIN_STORE_BYTES = 75 * 2**20
"""Ray refuses less."""
LONGEST_TEMP_PATH = 70
"""Sockets are named below it, and the name of a socket has at most 107 bytes."""

RESTORE = b"restore\n"

DRIVER_ENVIRONMENT = {
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_AUTH_MODE": "token",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    # Keeps Ray from replacing the loopback address by one that the network reaches:
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_enable_metrics_collection": "0",
}
HOST_ENVIRONMENT = {
    **DRIVER_ENVIRONMENT,
    "RAY_enable_open_telemetry": "0",
    "RAY_event_stats": "0",
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "1000",
    "RAY_memory_monitor_refresh_ms": "0",
    # A raylet that is faster than its own object store would wait a second between tries:
    "RAY_raylet_client_connect_timeout_milliseconds": "10",
    "RAY_raylet_client_num_connect_attempts": "3000",
    "RAY_worker_niceness": "0",
}


class EmbeddedCluster:
    """A cluster that runs. Costs little while nothing runs on it."""

    def __init__(self, guarded: Guarded, connection: Connection, start_s: float, log: Path) -> None:
        self.connection = connection
        self.start_s = start_s
        """Seconds until all nodes were alive, the first time or the last."""
        self._guarded, self._log = guarded, log

    def alive(self) -> bool:
        """Tell whether the cluster still runs; it does without some of its nodes."""
        return self._guarded.poll() is None

    def whole(self) -> bool:
        """Tell whether the cluster runs with all its nodes."""
        import psutil

        raylets = 0
        for process in self._processes():
            with suppress(psutil.Error):
                raylets += process.name() == "raylet" and process.status() != psutil.STATUS_ZOMBIE
        return self.alive() and raylets > len(self.connection.nodes)

    def restore(self, timeout_s: float = 60) -> None:
        """Start a node in the place of each that is lost. Raises ClusterNotStarted."""
        assert self._guarded.input is not None, "it was opened with one"
        begin = monotonic()
        try:
            os.write(self._guarded.input, RESTORE)
        except BrokenPipeError:
            raise ClusterNotStarted(f"its process ended{_tail(self._log)}") from None
        told = _await_ready(self._guarded, begin + timeout_s, self._log)
        nodes = tuple(Node(**node) for node in told["nodes"])
        self.connection = replace(self.connection, nodes=nodes)
        self.start_s = monotonic() - begin

    def cpu_seconds(self) -> float:
        """CPU time that all processes of the cluster have used so far, workers included."""
        import psutil

        total = 0.0
        for process in self._processes():
            with suppress(psutil.Error):
                times = process.cpu_times()
                # Of children too: a worker that ended must not take its time out of the sum.
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def busy_actors(self) -> int:
        """Count the processes that run an actor or a task, or are about to."""
        import psutil

        count = 0
        for process in self._processes():
            with suppress(psutil.Error):
                count += _is_busy(process.cmdline())
        return count

    def wait_quiet(self, timeout_s: float) -> bool:
        """Wait until no actor is left; False when there still are some after that time."""
        deadline = monotonic() + timeout_s
        while self.busy_actors():
            if monotonic() > deadline:
                return False
            sleep(0.02)
        return True

    def _processes(self) -> list[psutil.Process]:
        import psutil

        try:
            return psutil.Process(self._guarded.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


@contextmanager
def embedded(
    *,
    nodes: int,
    cpus_per_node: int,
    owner: str,
    folder: Path,
    env: Mapping[str, str],
    timeout_s: float = 120,
    object_store_bytes: int | None = None,
) -> Iterator[EmbeddedCluster]:
    """Run nodes with these CPUs and a head without any; output goes to ``folder/cluster.log``.

    Workers inherit ``env`` without its ``RAY_*``. Drivers must not ask for a runtime environment:
    nothing here serves one. Raises ClusterNotStarted.
    """
    begin = monotonic()
    private = _private_folder()
    environment = {
        **{name: value for name, value in env.items() if not name.startswith("RAY_")},
        **HOST_ENVIRONMENT,
        **_own_environment(private),
    }
    settings = {
        "nodes": nodes,
        "cpus_per_node": cpus_per_node,
        "object_store_bytes": object_store_bytes or _store_bytes(nodes + 1),
        "temp_dir": str(private),
        "timeout_s": timeout_s,
        "pinned": [],
    }
    argv = [sys.executable, "-P", "-c", _CODE, _FOLDER, json.dumps(settings)]
    log = folder / "cluster.log"
    try:
        with spawn(
            argv, owner=owner, env=environment, output=log, remove=private.parent, input=True
        ) as guarded:
            told = _await_ready(guarded, begin + timeout_s, log)
            connection = _connection(told, private)
            yield EmbeddedCluster(guarded, connection, monotonic() - begin, log)
    finally:
        # The guard has done it, unless something killed the guard.
        shutil.rmtree(private.parent, ignore_errors=True)


def _private_folder() -> Path:
    """Name a folder that the host makes: from then on there is a guard to remove it.

    It has a private parent, since Ray lets everybody into the folder itself.
    """
    base = Path(tempfile.gettempdir()).absolute()
    if len(str(base)) > LONGEST_TEMP_PATH:
        base = Path("/tmp")  # noqa: S108 - the folder is private
    return base / f"rs-{secrets.token_hex(6)}" / "c"


def _own_environment(folder: Path) -> dict[str, str]:
    return {"RAY_AUTH_TOKEN_PATH": str(folder / "token"), "RAY_TMPDIR": str(folder)}


def _store_bytes(stores: int) -> int:
    """Size of each of several object stores, so that all together fit in shared memory."""
    try:
        shared = os.statvfs("/dev/shm")  # noqa: S108 - where Ray keeps objects
    except OSError:
        return MIN_STORE_BYTES
    share = int(0.8 * shared.f_bavail * shared.f_frsize / stores)
    return max(MIN_STORE_BYTES, min(MAX_STORE_BYTES, share))


def _await_ready(guarded: Guarded, deadline: float, log: Path) -> dict[str, Any]:
    text = b""
    while not text.endswith(b"\n"):
        left = max(0.0, deadline - monotonic())
        if not select.select([guarded.channel], [], [], left)[0]:
            raise ClusterNotStarted(f"it was not ready in time{_tail(log)}")
        more = os.read(guarded.channel, 65536)
        if not more:
            raise ClusterNotStarted(f"its process ended{_tail(log)}")
        text += more
    message = json.loads(text)
    if "failed" in message:
        raise ClusterNotStarted(message["failed"])
    ready: dict[str, Any] = message["ready"]
    return ready


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return f" ({lines[-1].strip()})" if lines else ""


def _connection(told: dict[str, Any], folder: Path) -> Connection:
    environment = {**DRIVER_ENVIRONMENT, **_own_environment(folder)}
    return Connection(
        address=told["address"],
        environment=tuple(sorted(environment.items())),
        nodes=tuple(Node(**node) for node in told["nodes"]),
        origin="embedded",
        temp_dir=folder,
        ray_version=told["ray_version"],
    )


def _is_busy(command: list[str]) -> bool:
    title = command[0] if command else ""
    starting = any(part.endswith("default_worker.py") for part in command[1:4])
    return starting or (title.startswith("ray::") and not title.startswith("ray::IDLE"))
