"""Heads and nodes as processes of this one; they end with it.

Needs Ray and the standard library only. Ray's node agents and its API server serve metrics, the
dashboard, and runtime environments. Nothing here uses these, and most of the time to start a
cluster and most of its memory is theirs, so they are left out.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from ray import _raylet
from ray._private import services
from ray._private.node import Node
from ray._private.parameter import RayParams

LOOPBACK = "127.0.0.1"
AGENT_PORTS = ("METRICS_AGENT", "METRICS_EXPORT", "DASHBOARD_AGENT_LISTEN", "RUNTIME_ENV_AGENT")
NO_PORT = -1
"""What Ray's agents write for a service that they do not offer."""
STAND_IN = 'sh -c "exec cat"'
"""Takes the place of an agent, without which a raylet gives up; ends when its raylet does."""
POLL_S = 0.01

_start_ray_process = services.start_ray_process


@dataclass(frozen=True, slots=True)
class Raylet:
    """What a node is to be."""

    number: int
    """Names its sockets: unique below ``temp_dir``."""
    address: str
    """That it listens on."""
    cpus: int
    object_store_bytes: int
    temp_dir: str
    pinned: tuple[int, ...] = ()
    """CPUs that it and its workers may run on; empty for all."""


class ProcessEnded(Exception):
    """Raised when one of Ray's processes ended while it was starting."""


def make_private(folder: Path, token: str | None = None) -> None:
    """Make the folder and the token in it. Raises FileExistsError when it is not new."""
    folder.parent.mkdir(mode=0o700)
    folder.mkdir(mode=0o700)
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    opened = os.open(os.environ["RAY_AUTH_TOKEN_PATH"], flags, 0o600)
    with open(opened, "w") as file:  # noqa: PTH123 - opened with its mode above
        file.write(token or secrets.token_hex(32))


def leave_out_agents() -> None:
    """Let Ray start nothing but what runs work."""
    services.start_api_server = lambda *_, **__: ("", None)
    services.start_ray_process = _start_without_agents
    services.get_node = lambda *_: dict.fromkeys(
        [
            "node_manager_port",
            "runtime_env_agent_port",
            "metrics_agent_port",
            "metrics_export_port",
            "dashboard_agent_listen_port",
        ],
        NO_PORT,
    )


def _start_without_agents(command: list[str], process_type: str, **options: Any) -> Any:
    """Start one of Ray's processes; a raylet finds stand-ins and no ports in place of agents."""
    if process_type == "raylet":
        flags = dict(part[2:].partition("=")[::2] for part in command if part.startswith("--"))
        _write_ports(flags["session_dir"], flags["node_id"])
        command = [
            f"{part.partition('=')[0]}={STAND_IN}" if "_agent_command=" in part else part
            for part in command
        ]
    return _start_ray_process(command, process_type, **options)


def _write_ports(session_dir: str, node_id: str) -> None:
    names = vars(_raylet)
    for name in AGENT_PORTS if "persist_port" in names else ():  # older raylets do not wait
        names["persist_port"](session_dir, node_id, names[f"{name}_PORT_NAME"], NO_PORT)


def start_head(raylet: Raylet, timeout_s: float) -> Node:
    """Start a head and return it when it is alive."""
    head = Node(
        _parameters(raylet, no_monitor=True, include_dashboard=False),
        head=True,
        shutdown_at_exit=False,
    )
    await_alive(head, [head], timeout_s)
    return head


def start_node(raylet: Raylet, gcs_address: str) -> Node:
    """Start a node of the cluster at this address; it need not be alive yet."""
    with _pinned(raylet.pinned):
        return Node(
            _parameters(raylet, gcs_address=gcs_address), head=False, shutdown_at_exit=False
        )


@contextmanager
def _pinned(cpus: Iterable[int]) -> Iterator[None]:
    """Start processes that may run on these CPUs only."""
    if not cpus:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _parameters(raylet: Raylet, **more: Any) -> RayParams:
    """Name the sockets: Ray takes names that are free now, and two nodes would take the same."""
    return RayParams(
        num_cpus=raylet.cpus,
        num_gpus=0,
        object_store_memory=raylet.object_store_bytes,
        node_ip_address=raylet.address,
        node_manager_port=0,
        min_worker_port=0,
        max_worker_port=0,
        temp_dir=raylet.temp_dir,
        raylet_socket_name=f"{raylet.temp_dir}/raylet.{raylet.number}",
        plasma_store_socket_name=f"{raylet.temp_dir}/plasma.{raylet.number}",
        include_log_monitor=False,
        **more,
    )


def await_alive(asked: Node, nodes: list[Node], timeout_s: float) -> dict[str, Any]:
    """Return what the GCS tells of all live nodes, by id, once these are among them.

    Raises ProcessEnded and TimeoutError.
    """
    deadline = monotonic() + timeout_s
    wanted = {node.node_id for node in nodes}
    while True:
        found = asked.get_gcs_client().get_all_node_info(timeout=timeout_s).items()
        alive = {node_id.hex(): info for node_id, info in found if info.state == info.ALIVE}
        if wanted <= alive.keys():
            return alive
        for node in nodes:
            _check_processes(node)
        if monotonic() > deadline:
            message = f"{len(wanted - alive.keys())} of {len(wanted)} nodes did not come up"
            raise TimeoutError(message)
        sleep(POLL_S)


def _check_processes(node: Node) -> None:
    for name, started in node.all_processes.items():
        code = started[0].process.poll()
        if code is not None:
            raise ProcessEnded(f"its {name} ended with code {code}")


def describe(node_id: str, info: Any) -> dict[str, Any]:
    """Return the fields of ``cluster.model.Node``."""
    return {
        "id": node_id,
        "host": info.node_manager_hostname,
        "address": info.node_manager_address,
        "cpus": info.resources_total.get("CPU", 0.0),
        "memory_bytes": int(info.resources_total["memory"]),
    }


def reason(error: Exception, folder: Path) -> str:
    """Return why nodes did not start, with what Ray's processes wrote."""
    first = str(error).strip().splitlines()
    said = f"{type(error).__name__}: {first[0] if first else ''}"
    logs = sorted((folder / "session_latest" / "logs").glob("*.err"))
    texts = [log.read_text(errors="replace").strip() for log in logs]
    return "; ".join([said, *(text.partition("\n")[0] for text in texts if text)])
