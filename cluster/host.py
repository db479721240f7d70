"""The process that owns the raylets of an embedded cluster; they end with it.

Started by ``cluster.local``, with Ray and the standard library only. Its standard input takes one
command: ``restore`` starts a node for each that is lost, in its place.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import ray
from ray._private.node import Node

from cluster import raylets
from cluster.raylets import LOOPBACK, Raylet

RESTORE = b"restore\n"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the owner asks for."""

    nodes: int
    cpus_per_node: int
    object_store_bytes: int
    temp_dir: str
    timeout_s: float
    pinned: list[list[int]]
    """CPUs of each node; empty for all of them all."""


class Host:
    """A head without CPUs, and nodes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started = 0
        self.head = raylets.start_head(self._raylet(0, ()), settings.timeout_s)
        self.nodes = [self._start(place) for place in range(settings.nodes)]

    def restore(self) -> None:
        """Start a node in the place of each whose raylet has ended."""
        self.nodes = [
            self._start(place) if _ended(node, "raylet") else node
            for place, node in enumerate(self.nodes)
        ]

    def describe(self) -> dict[str, Any]:
        """Return what the owner needs to know, once all nodes are alive."""
        alive = raylets.await_alive(self.head, [self.head, *self.nodes], self._settings.timeout_s)
        return {
            "address": self.head.gcs_address,
            "ray_version": ray.__version__,
            "nodes": [raylets.describe(node.node_id, alive[node.node_id]) for node in self.nodes],
        }

    def collect(self) -> None:
        """Collect what has ended. Without its GCS a cluster is lost."""
        for node in (self.head, *self.nodes):
            for name in node.all_processes:
                _ended(node, name)
        if _ended(self.head, "gcs_server"):
            os._exit(1)

    def _start(self, place: int) -> Node:
        self._started += 1
        pinned = self._settings.pinned
        raylet = self._raylet(self._settings.cpus_per_node, pinned[place] if pinned else ())
        return raylets.start_node(raylet, self.head.gcs_address)

    def _raylet(self, cpus: int, pinned: Any) -> Raylet:
        return Raylet(
            number=self._started,
            address=LOOPBACK,
            cpus=cpus,
            object_store_bytes=self._settings.object_store_bytes,
            temp_dir=self._settings.temp_dir,
            pinned=tuple(pinned),
        )


def main(text: str) -> NoReturn:
    """Start the cluster, say so on the channel, and own it until this process is ended."""
    settings = Settings(**json.loads(text))
    channel = _open_channel()
    raylets.leave_out_agents()
    folder = Path(settings.temp_dir)
    try:
        raylets.make_private(folder)
        host = Host(settings)
        told = {"ready": host.describe()}
    except Exception as error:  # noqa: BLE001 - the owner says it to the user
        _say(channel, {"failed": raylets.reason(error, folder)})
        os._exit(1)
    _say(channel, told)
    _own(host, channel, folder)


def _open_channel() -> int:
    inherited = int(os.environ.pop("RAYSCALE_CHANNEL"))
    channel = os.dup(inherited)
    os.close(inherited)
    return channel


def _say(channel: int, message: dict[str, Any]) -> None:
    os.write(channel, json.dumps(message).encode() + b"\n")


def _own(host: Host, channel: int, folder: Path) -> NoReturn:
    woken, wakeup = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    commands = sys.stdin.fileno()
    watched = [woken, commands]
    while True:
        host.collect()
        ready, _, _ = select.select(watched, [], [])
        if woken in ready:
            os.read(woken, 4096)
        if commands in ready:
            said = os.read(commands, len(RESTORE))
            if said:
                _restore(host, channel, folder)
            else:
                watched.remove(commands)


def _restore(host: Host, channel: int, folder: Path) -> None:
    try:
        host.restore()
        _say(channel, {"ready": host.describe()})
    except Exception as error:  # noqa: BLE001 - the owner says it to the user
        _say(channel, {"failed": raylets.reason(error, folder)})


def _ended(node: Node, name: str) -> bool:
    started = node.all_processes.get(name, ())
    return any(info.process.poll() is not None for info in started)
