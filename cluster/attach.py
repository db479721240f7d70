"""Attaching to a cluster that runs already: every reason why it cannot work is found first."""

from __future__ import annotations

import json
import os
import re
import select
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from cluster.errors import (
    AddressMalformed,
    ClusterSilent,
    NoNodeHere,
    NotACluster,
    NothingListens,
    TokenMissing,
    TokenRefused,
    TooFewNodes,
    VersionsDiffer,
)
from cluster.guard import spawn
from cluster.model import Connection, Node

PROCESS = Path(__file__).with_name("attach_process.py")
CONNECT_S = 1.5
ANSWER_S = 3.0
LOADING_S = 60.0
"""Importing Ray may take this long on a busy machine; it says when that is done."""
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
"""The preface of HTTP/2 and an empty SETTINGS frame; a gRPC server answers with its own."""
SETTINGS_FRAME = 4
REDIRECTING = {"RAY_ADDRESS", "RAY_JOB_CONFIG_JSON_ENV_VAR", "RAY_NAMESPACE", "RAY_RUNTIME_ENV"}
"""Variables that would send a driver elsewhere or change its workers."""


def inspect(
    address: str,
    *,
    nodes: int,
    cpus_per_node: float | None,
    owner: str,
    env: Mapping[str, str],
    timeout_s: float = ANSWER_S,
) -> Connection:
    """Look at a running cluster and return its nodes that have so many CPUs.

    Raises a ClusterError with the way out when a driver here could not use that many nodes of it.
    ``timeout_s`` counts from when Ray is loaded.
    """
    _check_port(address, _parse(address), tls=env.get("RAY_USE_TLS") == "1")
    environment = {**env, "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
    for name in REDIRECTING:
        environment.pop(name, None)
    found, environment = _ask(address, environment, owner, timeout_s)
    _check(address, found, environment)
    usable = _usable(found, cpus_per_node)
    if len(usable) < nodes:
        raise TooFewNodes(nodes, len(usable), cpus_per_node)
    return _connection(address, found, usable, environment)


def _parse(address: str) -> tuple[str, int]:
    match = re.fullmatch(r"\[?([\w.:%-]+?)\]?:(\d{1,5})", address)
    if match is None or not 0 < int(match[2]) < 2**16:
        raise AddressMalformed(address)
    return match[1], int(match[2])


def _check_port(address: str, place: tuple[str, int], *, tls: bool) -> None:
    try:
        connection = socket.create_connection(place, CONNECT_S)
    except OSError as error:
        raise NothingListens(address, error.strerror or "no answer") from None
    with connection:
        if not tls:
            _check_protocol(address, connection)


def _check_protocol(address: str, connection: socket.socket) -> None:
    try:
        connection.sendall(GREETING)
        answer = connection.recv(9)
    except OSError:
        raise NotACluster(address, "it accepts connections and says nothing") from None
    if len(answer) < 4 or answer[3] != SETTINGS_FRAME:
        raise NotACluster(address, "it does not speak gRPC")


def _ask(
    address: str, env: dict[str, str], owner: str, timeout_s: float
) -> tuple[dict[str, Any], dict[str, str]]:
    """Ask with the mode that is set; without one, with a token too if there is one."""
    source = _token_source(env)
    for environment in _modes(env, source):
        if environment.get("RAY_AUTH_MODE") == "token" and not _has_token(source):
            raise TokenMissing(address, None if source is None else source.name)
        message = _run(address, environment, owner, timeout_s)
        if "found" in message:
            return message["found"], environment
        if "failed" in message:
            raise NotACluster(address, message["failed"])
    if environment.get("RAY_AUTH_MODE") == "token" and source is not None:
        raise TokenRefused(address, source.name)
    raise TokenMissing(address, None)


def _modes(env: dict[str, str], source: _Token | None) -> Iterator[dict[str, str]]:
    yield env
    if "RAY_AUTH_MODE" not in env and _has_token(source):
        yield {**env, "RAY_AUTH_MODE": "token"}


@dataclass(frozen=True, slots=True)
class _Token:
    name: str
    """Of the variable or file that it is from."""
    text: str


def _has_token(source: _Token | None) -> bool:
    return source is not None and bool(source.text.strip())


def _token_source(env: Mapping[str, str]) -> _Token | None:
    """Find the token where Ray looks for it, in its order."""
    if text := env.get("RAY_AUTH_TOKEN"):
        return _Token("RAY_AUTH_TOKEN", text)
    if path := env.get("RAY_AUTH_TOKEN_PATH"):
        return _Token(f"RAY_AUTH_TOKEN_PATH ({path})", _read(Path(path)))
    default = Path(env.get("HOME") or "~").expanduser() / ".ray" / "auth_token"
    return _Token(str(default), _read(default)) if default.exists() else None


def _read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace")
    return ""


def _run(address: str, env: dict[str, str], owner: str, timeout_s: float) -> dict[str, Any]:
    argv = [sys.executable, "-P", str(PROCESS), address, str(timeout_s)]
    with spawn(argv, owner=owner, env=env, output=None, grace_s=0.0) as guarded:
        text = b""
        deadline = monotonic() + LOADING_S
        while True:
            left = max(0.0, deadline - monotonic())
            ready = select.select([guarded.channel], [], [], left)[0]
            more = os.read(guarded.channel, 65536) if ready else b""
            if not ready:
                guarded.stop(0.0)
                raise ClusterSilent(address, timeout_s)
            if not more:
                raise NotACluster(address, "asking it ended the process that asked")
            if not text:
                deadline = monotonic() + timeout_s
            text += more
            if text.count(b"\n") == 2:
                message: dict[str, Any] = json.loads(text.splitlines()[1])
                return message


def _check(address: str, found: dict[str, Any], env: Mapping[str, str]) -> None:
    theirs, ours = found["cluster_versions"], found["versions"]
    if None in theirs or not found["nodes"]:
        raise NotACluster(address, "it is still starting, or none of its nodes lives")
    if theirs[0] != ours[0]:
        raise VersionsDiffer("Ray", theirs[0], ours[0])
    parts = 2 if env.get("RAY_DEFAULT_PYTHON_VERSION_MATCH_LEVEL") == "minor" else 3
    if theirs[1].split(".")[:parts] != ours[1].split(".")[:parts]:
        raise VersionsDiffer("Python", theirs[1], ours[1])
    if not {node["id"] for node in found["nodes"]} & set(found["here"]):
        hosts = sorted({node["host"] for node in found["nodes"]})
        raise NoNodeHere(address, socket.gethostname(), hosts)


def _usable(found: dict[str, Any], cpus_per_node: float | None) -> tuple[Node, ...]:
    """Nodes with enough CPUs; the head last, since the driver runs beside it."""

    def order(node: dict[str, Any]) -> tuple[Any, ...]:
        return node["head"], node["host"], node["address"], node["started_ms"], node["id"]

    return tuple(
        Node(**{name: node[name] for name in ("id", "host", "address", "cpus", "memory_bytes")})
        for node in sorted(found["nodes"], key=order)
        if node["cpus"] > 0 and node["cpus"] >= (cpus_per_node or 0)
    )


def _connection(
    address: str, found: dict[str, Any], usable: tuple[Node, ...], env: Mapping[str, str]
) -> Connection:
    needed = {name: value for name, value in env.items() if name.startswith("RAY_")}
    if {node["address"] for node in found["nodes"]} == {"127.0.0.1"}:
        needed["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    here = [node["temp_dir"] for node in found["nodes"] if node["id"] in found["here"]]
    return Connection(
        address=address,
        environment=tuple(sorted(needed.items())),
        nodes=usable,
        origin="attached",
        temp_dir=Path(here[0]) if here[0] else None,
        ray_version=found["versions"][0],
    )
