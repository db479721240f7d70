"""Asks a cluster what it is, in a process of its own: a wrong answer can end the process.

Run as a script with ``-P``: it needs Ray and the standard library only.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import Any, NoReturn

import ray
from ray._private import services
from ray.exceptions import AuthenticationError


def main() -> NoReturn:
    """Say when Ray is loaded, then what the cluster said or why it said nothing."""
    address, timeout_s = sys.argv[1], float(sys.argv[2])
    channel = int(os.environ["RAYSCALE_CHANNEL"])
    _say(channel, {"loaded": True})
    try:
        _say(channel, {"found": _ask(address, timeout_s)})
    except AuthenticationError:
        _say(channel, {"refused": True})
    except Exception as error:  # noqa: BLE001 - the owner says it to the user
        _say(channel, {"failed": f"{type(error).__name__} {error}".strip()})
    os._exit(0)


def _say(channel: int, message: dict[str, Any]) -> None:
    os.write(channel, json.dumps(message).encode() + b"\n")


def _ask(address: str, timeout_s: float) -> dict[str, Any]:
    gcs = services.GcsClient(address=address)
    metadata = gcs.internal_kv_get(b"CLUSTER_METADATA", b"cluster", timeout=timeout_s)
    theirs = json.loads(metadata or b"{}")
    nodes = gcs.get_all_node_info(timeout=timeout_s).items()
    alive = [(node.hex(), info) for node, info in nodes if info.state == info.ALIVE]
    return {
        "cluster_versions": [theirs.get("ray_version"), theirs.get("python_version")],
        "versions": [ray.__version__, platform.python_version()],
        "nodes": [_describe(node_id, info) for node_id, info in alive],
        "here": _here(alive),
    }


def _here(nodes: list[tuple[str, Any]]) -> list[str]:
    """Ids of raylets of this machine, by the way in which a driver looks for one."""
    if hasattr(services, "find_node_ids"):
        return sorted(services.find_node_ids())
    own = services.get_node_ip_address()  # older Ray has no search
    return [node_id for node_id, info in nodes if info.node_manager_address == own]


def _describe(node_id: str, info: Any) -> dict[str, Any]:
    return {
        "id": node_id,
        "host": info.node_manager_hostname,
        "address": info.node_manager_address,
        "cpus": info.resources_total.get("CPU", 0.0),
        "memory_bytes": int(info.resources_total.get("memory", 0)),
        "head": info.is_head_node,
        "started_ms": info.start_time_ms,
        "temp_dir": getattr(info, "temp_dir", "") or None,
    }


if __name__ == "__main__":
    main()
