"""The process that owns the raylets of an embedded cluster; they end with it.

Run as a script with ``-P``: it needs Ray and the standard library only. Ray's node agents and its
API server serve metrics, the dashboard, and runtime environments. Nothing here uses these, and
most of the time to start a cluster and most of its memory is theirs, so they are left out.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NoReturn

import ray
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
class Settings:
    """What the owner asks for."""

    nodes: int
    cpus_per_node: int
    object_store_bytes: int
    temp_dir: str
    timeout_s: float


class ProcessEnded(Exception):
    """Raised when one of Ray's processes ended while the cluster was starting."""


def main() -> NoReturn:
    """Start the cluster, say so on the channel, and own it until this process is ended."""
    settings = Settings(**json.loads(sys.argv[1]))
    channel = _open_channel()
    _leave_out_agents()
    try:
        _make_private(Path(settings.temp_dir))
        head, nodes = _start(settings)
        told = {"ready": _describe(head, nodes, settings.timeout_s)}
    except Exception as error:  # noqa: BLE001 - the owner says it to the user
        _say(channel, {"failed": _reason(error, Path(settings.temp_dir))})
        os._exit(1)
    _say(channel, told)
    _own(head)


def _open_channel() -> int:
    inherited = int(os.environ.pop("RAYSCALE_CHANNEL"))
    channel = os.dup(inherited)
    os.close(inherited)
    return channel


def _make_private(folder: Path) -> None:
    """Make the folder and the token in it. Raises FileExistsError when it is not new."""
    folder.parent.mkdir(mode=0o700)
    folder.mkdir(mode=0o700)
    token = os.open(os.environ["RAY_AUTH_TOKEN_PATH"], os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(token, "w") as file:  # noqa: PTH123 - opened with its mode above
        file.write(secrets.token_hex(32))


def _say(channel: int, message: dict[str, Any]) -> None:
    os.write(channel, json.dumps(message).encode() + b"\n")


def _leave_out_agents() -> None:
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


def _start(settings: Settings) -> tuple[Node, list[Node]]:
    head = Node(
        _parameters(settings, 0, cpus=0, no_monitor=True, include_dashboard=False),
        head=True,
        shutdown_at_exit=False,
    )
    _await_alive(head, [head], settings.timeout_s)
    nodes = [
        Node(
            _parameters(settings, number, settings.cpus_per_node, gcs_address=head.gcs_address),
            head=False,
            shutdown_at_exit=False,
        )
        for number in range(1, settings.nodes + 1)
    ]
    return head, nodes


def _parameters(settings: Settings, number: int, cpus: int, **more: Any) -> RayParams:
    """Name the sockets: Ray takes names that are free now, and two nodes would take the same."""
    return RayParams(
        num_cpus=cpus,
        num_gpus=0,
        object_store_memory=settings.object_store_bytes,
        node_ip_address=LOOPBACK,
        node_manager_port=0,
        min_worker_port=0,
        max_worker_port=0,
        temp_dir=settings.temp_dir,
        raylet_socket_name=f"{settings.temp_dir}/raylet.{number}",
        plasma_store_socket_name=f"{settings.temp_dir}/plasma.{number}",
        include_log_monitor=False,
        **more,
    )


def _await_alive(head: Node, nodes: list[Node], timeout_s: float) -> dict[str, Any]:
    deadline = monotonic() + timeout_s
    wanted = {node.node_id for node in nodes}
    while True:
        found = head.get_gcs_client().get_all_node_info(timeout=timeout_s).items()
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


def _describe(head: Node, nodes: list[Node], timeout_s: float) -> dict[str, Any]:
    alive = _await_alive(head, [head, *nodes], timeout_s)
    return {
        "address": head.gcs_address,
        "ray_version": ray.__version__,
        "nodes": [_describe_node(node.node_id, alive[node.node_id]) for node in nodes],
    }


def _describe_node(node_id: str, info: Any) -> dict[str, Any]:
    return {
        "id": node_id,
        "host": info.node_manager_hostname,
        "address": info.node_manager_address,
        "cpus": info.resources_total["CPU"],
        "memory_bytes": int(info.resources_total["memory"]),
    }


def _reason(error: Exception, folder: Path) -> str:
    first = str(error).strip().splitlines()
    said = f"{type(error).__name__}: {first[0] if first else ''}"
    logs = sorted((folder / "session_latest" / "logs").glob("*.err"))
    texts = [log.read_text(errors="replace").strip() for log in logs]
    return "; ".join([said, *(text.partition("\n")[0] for text in texts if text)])


def _own(head: Node) -> NoReturn:
    """Collect what ends. Without its GCS a cluster is lost; without a raylet it has a node less."""
    gcs = head.all_processes["gcs_server"][0].process.pid
    while os.wait()[0] != gcs:
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
