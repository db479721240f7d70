"""Attaching: to real clusters, and to what is none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest

from cluster import attach
from cluster.attach import inspect
from cluster.errors import (
    AddressMalformed,
    ClusterError,
    NoNodeHere,
    NotACluster,
    NothingListens,
    TokenMissing,
    TokenRefused,
    TooFewNodes,
    VersionsDiffer,
)
from cluster.guard import spawn
from cluster.local import EmbeddedCluster, embedded
from cluster.model import Connection

Named = Callable[[EmbeddedCluster, str], list[psutil.Process]]
NODES = 2

DRIVER = """
import json, sys
import ray
ray.init(sys.argv[1], log_to_driver=False, logging_level="error")
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
@ray.remote(num_cpus=1)
def where():
    return ray.get_runtime_context().get_node_id()
calls = [where.options(scheduling_strategy=On(node, soft=False)).remote() for node in sys.argv[2:]]
print(json.dumps(ray.get(calls)))
"""


def plain(tmp_path: Path) -> dict[str, str]:
    """An environment without any Ray settings and without a token file."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {**kept, "HOME": str(tmp_path)}


def look(address: str, env: dict[str, str], nodes: int = 1, cpus: int | None = None) -> Connection:
    """Inspect a cluster for a test."""
    return inspect(address, nodes=nodes, cpus_per_node=cpus, owner="test-attach", env=env)


def answers(connection: Connection, env: dict[str, str]) -> Any:
    """Run a driver that asks each node for its id."""
    kept = {name: value for name, value in env.items() if not name.startswith("RAY_")}
    ids = [node.id for node in connection.nodes]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, connection.address, *ids],
        env={**kept, **dict(connection.environment)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster]:
    """A cluster with a token."""
    folder = tmp_path_factory.mktemp("attach")
    with embedded(
        nodes=NODES, cpus_per_node=1, owner="test-attach-host", folder=folder, env=dict(os.environ)
    ) as running:
        yield running


@pytest.fixture
def env(cluster: EmbeddedCluster, tmp_path: Path) -> dict[str, str]:
    """An environment with which the cluster can be reached."""
    return {**plain(tmp_path), **dict(cluster.connection.environment)}


def without_token(env: dict[str, str]) -> dict[str, str]:
    """The same environment without anything about tokens."""
    return {name: value for name, value in env.items() if not name.startswith("RAY_AUTH")}


@pytest.mark.parametrize(
    "address",
    ["", "host", ":6379", "host:", "host:0", "host:65536", "host:x", "host:1 2", "http://host:80"],
)
def test_malformed_address_is_refused(address: str, tmp_path: Path) -> None:
    """Anything but HOST:PORT is an error that shows what is expected."""
    with pytest.raises(AddressMalformed, match="HOST:6379"):
        look(address, plain(tmp_path))


def test_client_address_is_refused(tmp_path: Path) -> None:
    """An address of Ray Client is refused with the reason."""
    with pytest.raises(AddressMalformed, match="Ray Client"):
        look("ray://host:10001", plain(tmp_path))


def test_nothing_listens(tmp_path: Path) -> None:
    """A port where nothing listens is an error at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        begin = time.monotonic()
        with pytest.raises(NothingListens):
            look(f"127.0.0.1:{taken.getsockname()[1]}", plain(tmp_path))
        assert time.monotonic() - begin < 2


def test_unknown_host(tmp_path: Path) -> None:
    """A host that cannot be resolved is an error."""
    with pytest.raises(NothingListens):
        look("no-such-host.invalid:6379", plain(tmp_path))


def test_silent_listener_is_no_cluster(tmp_path: Path) -> None:
    """A listener that never answers is told from a cluster in under 5 s."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin = time.monotonic()
        with pytest.raises(NotACluster, match="says nothing"):
            look(f"127.0.0.1:{silent.getsockname()[1]}", plain(tmp_path))
        assert time.monotonic() - begin < 5


def test_web_server_is_no_cluster(tmp_path: Path) -> None:
    """A server of another protocol is told from a cluster."""

    def serve(server: socket.socket) -> None:
        with suppress(OSError), server.accept()[0] as connection:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve, args=(server,))
        thread.start()
        with pytest.raises(NotACluster, match="gRPC"):
            look(f"127.0.0.1:{server.getsockname()[1]}", plain(tmp_path))
        thread.join()


def facts(**changes: Any) -> dict[str, Any]:
    """What a healthy cluster of one node says."""
    node = {"id": "a", "host": "h", "cpus": 1.0}
    versions = ["2.60.0", "3.11.7"]
    usual = {"cluster_versions": versions, "versions": versions, "nodes": [node], "here": ["a"]}
    return {**usual, **changes}


@pytest.mark.parametrize(
    ("theirs", "level", "message"),
    [
        (["2.59.0", "3.11.7"], "patch", "runs Ray 2.59.0 and this is Ray 2.60.0"),
        (["2.60.0", "3.11.6"], "patch", "runs Python 3.11.6 and this is Python 3.11.7"),
        (["2.60.0", "3.12.7"], "minor", "runs Python 3.12.7 and this is Python 3.11.7"),
    ],
)
def test_other_versions_are_refused(theirs: list[str], level: str, message: str) -> None:
    """A cluster with another Ray or Python is refused, and both versions are named."""
    env = {"RAY_DEFAULT_PYTHON_VERSION_MATCH_LEVEL": level}
    with pytest.raises(VersionsDiffer, match=message):
        attach._check("h:1", facts(cluster_versions=theirs), env)


def test_patch_level_can_be_ignored() -> None:
    """Ray's own setting lets the last part of Python's version differ."""
    env = {"RAY_DEFAULT_PYTHON_VERSION_MATCH_LEVEL": "minor"}
    attach._check("h:1", facts(cluster_versions=["2.60.0", "3.11.1"]), env)


def test_machine_outside_the_cluster_is_refused() -> None:
    """Without a node of the cluster on this machine the error names the machines with one."""
    with pytest.raises(NoNodeHere, match=r"one of its machines: h$"):
        attach._check("h:1", facts(here=["another"]), {})


@pytest.mark.cluster
def test_live_nodes_are_found_in_order(cluster: EmbeddedCluster, env: dict[str, str]) -> None:
    """The nodes with CPUs are those of the cluster, in the order in which they were started."""
    found = look(cluster.connection.address, env, nodes=NODES)
    assert found.nodes == cluster.connection.nodes
    assert found.ray_version == cluster.connection.ray_version
    assert found.origin == "attached"
    assert found.temp_dir == cluster.connection.temp_dir
    assert answers(found, env) == [node.id for node in found.nodes]


@pytest.mark.cluster
def test_redirecting_variables_are_left_out(cluster: EmbeddedCluster, env: dict[str, str]) -> None:
    """Variables that would send a driver elsewhere do not reach it."""
    redirected = {**env, "RAY_ADDRESS": "nowhere:1", "RAY_NAMESPACE": "x"}
    found = look(cluster.connection.address, redirected)
    assert {"RAY_ADDRESS", "RAY_NAMESPACE"}.isdisjoint(dict(found.environment))


@pytest.mark.cluster
@pytest.mark.parametrize(("nodes", "cpus", "found"), [(NODES + 1, None, NODES), (1, 2, 0)])
def test_too_few_nodes(
    cluster: EmbeddedCluster, env: dict[str, str], nodes: int, cpus: int | None, found: int
) -> None:
    """Fewer nodes, or fewer with so many CPUs, than asked for is an error with the number."""
    with pytest.raises(TooFewNodes, match=f"the cluster has {found}"):
        look(cluster.connection.address, env, nodes=nodes, cpus=cpus)


@pytest.mark.cluster
def test_token_is_missing(cluster: EmbeddedCluster, env: dict[str, str]) -> None:
    """Without a token the error names the variables to set."""
    with pytest.raises(TokenMissing, match=r"RAY_AUTH_MODE=token.*RAY_AUTH_TOKEN_PATH"):
        look(cluster.connection.address, without_token(env))
    with pytest.raises(TokenMissing, match="there is none here"):
        look(cluster.connection.address, {**without_token(env), "RAY_AUTH_MODE": "token"})


@pytest.mark.cluster
def test_token_file_is_missing(cluster: EmbeddedCluster, env: dict[str, str]) -> None:
    """A token file that is not there is named."""
    with pytest.raises(TokenMissing, match=r"RAY_AUTH_TOKEN_PATH \(/nowhere\) has none"):
        look(cluster.connection.address, {**env, "RAY_AUTH_TOKEN_PATH": "/nowhere"})


@pytest.mark.cluster
def test_wrong_token_names_its_source(
    cluster: EmbeddedCluster, env: dict[str, str], tmp_path: Path
) -> None:
    """A refused token is an error that names where it came from, in Ray's order."""
    wrong = "0" * 64
    (tmp_path / "wrong").write_text(wrong)
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text(wrong)
    bare = {**without_token(env), "RAY_AUTH_MODE": "token"}
    by_file = {**bare, "RAY_AUTH_TOKEN_PATH": str(tmp_path / "wrong")}
    with pytest.raises(TokenRefused, match=r"\.ray/auth_token"):
        look(cluster.connection.address, bare)
    with pytest.raises(TokenRefused, match="RAY_AUTH_TOKEN_PATH"):
        look(cluster.connection.address, by_file)
    with pytest.raises(TokenRefused, match="from RAY_AUTH_TOKEN;"):
        look(cluster.connection.address, {**by_file, "RAY_AUTH_TOKEN": wrong})


@pytest.mark.cluster
def test_token_at_hand_is_used(
    cluster: EmbeddedCluster, env: dict[str, str], tmp_path: Path
) -> None:
    """With a token in its usual place, the mode need not be set."""
    source = cluster.connection.temp_dir
    assert source is not None
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text((source / "token").read_text())
    found = look(cluster.connection.address, without_token(env))
    assert dict(found.environment)["RAY_AUTH_MODE"] == "token"
    assert answers(found, env) == [node.id for node in found.nodes]


@pytest.mark.cluster
def test_port_of_a_raylet_is_no_cluster(
    cluster: EmbeddedCluster, env: dict[str, str], named: Named
) -> None:
    """Another port of a cluster is told from that of its GCS."""
    raylet = named(cluster, "raylet")[0]
    listening = [c for c in raylet.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    begin = time.monotonic()
    with pytest.raises(NotACluster):
        look(f"127.0.0.1:{listening[0].laddr.port}", env)
    assert time.monotonic() - begin < 5


@pytest.mark.cluster
def test_stopped_gcs_is_given_up(
    cluster: EmbeddedCluster, env: dict[str, str], named: Named
) -> None:
    """A cluster that hangs is an error in a few seconds."""
    (gcs,) = named(cluster, "gcs_server")
    gcs.suspend()
    try:
        begin = time.monotonic()
        with pytest.raises(ClusterError):
            look(cluster.connection.address, env)
        assert time.monotonic() - begin < 8
    finally:
        gcs.resume()


@pytest.fixture
def started(tmp_path: Path, owner: str) -> Iterator[str]:
    """The address of a cluster that ``ray start`` started, without a token."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="rt-", dir="/tmp") as temp:
        options = [
            "--head",
            "--block",
            f"--port={port}",
            "--num-cpus=2",
            "--node-ip-address=127.0.0.1",
        ]
        options += ["--include-dashboard=false", "--object-store-memory=100000000"]
        options += ["--min-worker-port=0", "--max-worker-port=0", "--dashboard-agent-listen-port=0"]
        env = {**plain(tmp_path), "RAY_TMPDIR": temp, "RAY_USAGE_STATS_ENABLED": "0"}
        argv = [sys.executable, "-m", "ray.scripts.scripts", "start", *options]
        with spawn(argv, owner=owner, env=env, output=tmp_path / "started.log"):
            yield f"127.0.0.1:{port}"


@pytest.mark.cluster
def test_cluster_of_ray_start(
    started: str, tmp_path: Path, within: Callable[[float, Callable[[], bool]], bool]
) -> None:
    """A cluster that ``ray start`` started is found, and a driver can use it."""
    env = plain(tmp_path)

    def ready() -> bool:
        try:
            return bool(look(started, env).nodes)
        except ClusterError:
            return False

    assert within(60, ready), (tmp_path / "started.log").read_text()
    found = look(started, env, nodes=1, cpus=2)
    assert [node.cpus for node in found.nodes] == [2.0]
    assert answers(found, env) == [found.nodes[0].id]
