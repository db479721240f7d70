"""The embedded cluster, with real raylets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import pytest

from cluster.errors import ClusterNotStarted
from cluster.local import EmbeddedCluster, embedded
from cluster.model import Connection

Carriers = Callable[[str], list[int]]
Within = Callable[[float, Callable[[], bool]], bool]
Named = Callable[[EmbeddedCluster, str], list[psutil.Process]]

pytestmark = pytest.mark.cluster

NODES = 2
ROOT = Path(__file__).parents[2]

CONNECT = """
import json, os, sys, time
import ray
ray.init(sys.argv[1], log_to_driver=False, logging_level="error")
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
@ray.remote(num_cpus=1)
class Actor:
    def where(self):
        return ray.get_runtime_context().get_node_id()
    def variable(self, name):
        return os.environ.get(name)
    def nice(self):
        return os.nice(0)
    def load(self, name):
        return __import__(name).VALUE
def actors(nodes):
    return [Actor.options(scheduling_strategy=On(node, soft=False)).remote() for node in nodes]
def answer(value):
    print("answer:" + json.dumps(value), flush=True)
"""

OWNER = """
import os, sys, time
from pathlib import Path
from tempfile import TemporaryDirectory
from cluster.local import embedded
owner, folder = sys.argv[1:]
print("begin", flush=True)
with embedded(nodes=2, cpus_per_node=1, owner=owner, folder=Path(folder), env=os.environ):
    print("ready", flush=True)
    time.sleep(600)
"""


def plain(environment: dict[str, str] | None = None) -> dict[str, str]:
    """The environment without what belongs to some Ray, and with this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {**kept, **(environment or {})}


def run(connection: Connection, script: str, *arguments: str) -> Any:
    """Run a driver, and return what it answered."""
    done = subprocess.run(
        [sys.executable, "-c", CONNECT + script, connection.address, *arguments],
        env=plain(dict(connection.environment)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    # Ray itself writes to the standard output, even into a line that it finds begun.
    return json.JSONDecoder().raw_decode(done.stdout.rpartition("answer:")[2])[0]


@pytest.fixture(scope="module")
def module_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module that the workers can import."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "rayscale_test_module.py").write_text("VALUE = 42\n")
    return folder


@pytest.fixture(scope="module")
def cluster(module_folder: Path) -> Iterator[EmbeddedCluster]:
    """One cluster for the tests that leave it as it was."""
    env = {
        **os.environ,
        "PYTHONPATH": str(module_folder),
        "OMP_NUM_THREADS": "3",
        "RAY_ADDRESS": "nowhere:1",
    }
    with embedded(
        nodes=NODES, cpus_per_node=1, owner="test-shared", folder=module_folder, env=env
    ) as running:
        yield running


@pytest.fixture
def temp() -> Iterator[Path]:
    """A temporary folder with a path that is short enough for sockets."""
    with TemporaryDirectory(prefix="rt-", dir="/tmp") as folder:
        yield Path(folder)


def test_nodes_are_distinct_and_have_the_cpus(cluster: EmbeddedCluster) -> None:
    """There are as many nodes with CPUs as asked for, and a head without any."""
    assert len({node.id for node in cluster.connection.nodes}) == NODES
    table = run(
        cluster.connection,
        "answer([(n['NodeID'], n['Resources'].get('CPU', 0)) for n in ray.nodes() if n['Alive']])",
    )
    cpus = dict(table)
    assert [cpus.pop(node.id) for node in cluster.connection.nodes] == [1.0] * NODES
    assert list(cpus.values()) == [0]


def test_actor_answers_on_each_node(cluster: EmbeddedCluster) -> None:
    """An actor that is sent to a node by its id runs there."""
    ids = [node.id for node in cluster.connection.nodes]
    script = "answer(ray.get([a.where.remote() for a in actors(sys.argv[2:])]))"
    assert run(cluster.connection, script, *ids) == ids


def test_workers_inherit_the_environment(cluster: EmbeddedCluster) -> None:
    """Workers import from the caller's PYTHONPATH, have its thread caps, and are not nice."""
    script = (
        "a, = actors(sys.argv[2:])\n"
        "name = 'rayscale_test_module'\n"
        "calls = [a.load.remote(name), a.variable.remote('OMP_NUM_THREADS'), a.nice.remote(),\n"
        "         a.variable.remote('RAY_ADDRESS'), a.variable.remote('RAYSCALE_CHANNEL')]\n"
        "answer(ray.get(calls))"
    )
    expected = [42, "3", os.nice(0), None, None]
    assert run(cluster.connection, script, cluster.connection.nodes[0].id) == expected


@pytest.mark.parametrize("token", [None, "0" * 64])
def test_client_without_the_token_is_refused(cluster: EmbeddedCluster, token: str | None) -> None:
    """Neither no token nor a wrong one lets a driver in."""
    environment = dict(cluster.connection.environment)
    del environment["RAY_AUTH_TOKEN_PATH"]
    environment["RAY_AUTH_MODE"] = "disabled" if token is None else "token"
    if token is not None:
        environment["RAY_AUTH_TOKEN"] = token
    script = (
        "import sys\nfrom ray._raylet import GcsClient\nfrom ray.exceptions import "
        "AuthenticationError\n"
        "try:\n  GcsClient(address=sys.argv[1]).internal_kv_get(b'x', None)\n"
        "except AuthenticationError: raise SystemExit(7)"
    )
    argv = [sys.executable, "-c", script, cluster.connection.address]
    done = subprocess.run(
        argv, env=plain(environment), capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 7


def test_token_and_folder_are_private(cluster: EmbeddedCluster) -> None:
    """Nobody else may read the token or enter the folder."""
    folder = cluster.connection.temp_dir
    assert folder is not None
    assert (folder / "token").stat().st_mode & 0o777 == 0o600
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_listens_beyond_this_machine(cluster: EmbeddedCluster) -> None:
    """Every listening socket of the cluster is on the loopback interface."""
    listening = set()
    for process in cluster._processes():
        with suppress(psutil.NoSuchProcess):  # idle workers end while one looks
            found = process.net_connections("tcp")
            listening |= {each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN}
    assert {ip.rpartition(":")[2] for ip in listening} == {"127.0.0.1"}


def test_busy_actors_are_counted(cluster: EmbeddedCluster, within: Within) -> None:
    """Actors count from before they answer until they are gone; then the cluster is quiet."""
    assert cluster.wait_quiet(20)
    script = (
        "pool = actors(sys.argv[2:]); ray.get([a.where.remote() for a in pool])\n"
        "answer('ready'); time.sleep(600)"
    )
    ids = [node.id for node in cluster.connection.nodes]
    argv = [sys.executable, "-c", CONNECT + script, cluster.connection.address, *ids]
    env = plain(dict(cluster.connection.environment))
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE) as driver:
        assert driver.stdout is not None
        driver.stdout.readline()
        assert cluster.busy_actors() == NODES
        assert not cluster.wait_quiet(0.1)
        driver.kill()
    assert cluster.wait_quiet(10)


def test_idle_cluster_uses_little(cluster: EmbeddedCluster) -> None:
    """A quiet cluster takes less than a tenth of a CPU."""
    assert cluster.wait_quiet(20)
    before, begin = cluster.cpu_seconds(), time.monotonic()
    time.sleep(3)
    assert before > 0
    assert (cluster.cpu_seconds() - before) / (time.monotonic() - begin) < 0.1


def test_address_of_another_cluster_is_untouched(
    cluster: EmbeddedCluster, tmp_path: Path, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray's record of the current cluster stays as it was, during and after a run."""
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    record = tmp_path / "ray" / "ray_current_cluster"
    record.parent.mkdir()
    record.write_text("192.0.2.1:6379")
    default = Path("/tmp/ray/ray_current_cluster")  # noqa: S108 - Ray's own
    before = default.read_text() if default.exists() else None
    env = dict(os.environ)
    with embedded(nodes=1, cpus_per_node=1, owner=owner, folder=tmp_path, env=env) as other:
        assert other.connection.address != cluster.connection.address
        count = "answer(len([n for n in ray.nodes() if n['Alive']]))"
        assert run(other.connection, count) == 2
        assert run(cluster.connection, count) == NODES + 1
    assert record.read_text() == "192.0.2.1:6379"
    assert (default.read_text() if default.exists() else None) == before
    assert cluster.alive()


def test_killed_node_is_noticed(owner: str, tmp_path: Path, named: Named) -> None:
    """A node whose raylet was killed is dead for Ray in under 10 s; the others live on."""
    env = dict(os.environ)
    with embedded(nodes=2, cpus_per_node=1, owner=owner, folder=tmp_path, env=env) as cluster:
        victim = cluster.connection.nodes[0].id
        raylets = named(cluster, "raylet")
        (raylet,) = (each for each in raylets if f"--node_id={victim}" in each.cmdline())
        raylet.kill()
        script = (
            "begin = time.time()\n"
            "while any(n['Alive'] for n in ray.nodes() if n['NodeID'] == sys.argv[2]):\n"
            "    time.sleep(0.05)\n"
            "answer([time.time() - begin, ray.get(actors(sys.argv[3:])[0].where.remote())])"
        )
        survivor = cluster.connection.nodes[1].id
        seconds, place = run(cluster.connection, script, victim, survivor)
        assert seconds < 10
        assert place == survivor
        assert cluster.alive()
        assert not cluster.whole()


def test_loss_of_the_head_ends_the_cluster(
    owner: str, tmp_path: Path, within: Within, named: Named
) -> None:
    """Without its GCS the cluster is over."""
    env = dict(os.environ)
    with embedded(nodes=1, cpus_per_node=1, owner=owner, folder=tmp_path, env=env) as cluster:
        (gcs,) = named(cluster, "gcs_server")
        gcs.kill()
        assert within(10, lambda: not cluster.alive())
        assert not cluster.whole()


def test_failure_to_start_is_explained(owner: str, tmp_path: Path, carriers: Carriers) -> None:
    """A cluster that cannot start is an error with the reason, and leaves nothing."""
    env = dict(os.environ)
    with (
        pytest.raises(ClusterNotStarted, match=r"ValueError: .*object.store"),
        embedded(
            nodes=1, cpus_per_node=1, owner=owner, folder=tmp_path, env=env, object_store_bytes=1
        ),
    ):
        pass
    assert carriers(owner) == []


def test_unusable_folder_leaves_nothing(
    owner: str, tmp_path: Path, temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a place for its output no cluster is started, and no folder stays."""
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    missing = tmp_path / "missing"
    with (
        pytest.raises(FileNotFoundError),
        embedded(nodes=1, cpus_per_node=1, owner=owner, folder=missing, env=dict(os.environ)),
    ):
        pass
    assert list(temp.iterdir()) == []


def test_slow_start_is_given_up(owner: str, tmp_path: Path, carriers: Carriers) -> None:
    """A cluster that is not ready in time is an error, and leaves nothing."""
    begin = time.monotonic()
    env = dict(os.environ)
    with (
        pytest.raises(ClusterNotStarted, match="not ready in time"),
        embedded(nodes=2, cpus_per_node=1, owner=owner, folder=tmp_path, env=env, timeout_s=0.3),
    ):
        pass
    assert time.monotonic() - begin < 8
    assert carriers(owner) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("moment", [0.2, 0.7, None])
def test_end_of_the_owner_ends_the_cluster(
    owner: str,
    tmp_path: Path,
    temp: Path,
    number: signal.Signals,
    moment: float | None,
    carriers: Carriers,
    within: Within,
) -> None:
    """Whenever and however the owner dies, processes and folder are gone within 10 s."""
    argv = [sys.executable, "-c", OWNER, owner, str(tmp_path)]
    env = {**os.environ, "TMPDIR": str(temp)}
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        process.stdout.readline()
        if moment is None:
            assert process.stdout.readline() == b"ready\n"
            assert list(temp.iterdir())
        else:
            time.sleep(moment)
        process.send_signal(number)
    assert within(10, lambda: not carriers(owner))
    assert within(1, lambda: not list(temp.iterdir()))


def test_a_lost_node_is_replaced(owner: str, temp: Path, named: Named, within: Within) -> None:
    """Where a raylet was killed, another takes its place; the other nodes stay as they are."""
    with embedded(
        nodes=2, cpus_per_node=1, owner=owner, folder=temp, env=dict(os.environ)
    ) as running:
        before = running.connection.nodes
        lost = next(
            p for p in named(running, "raylet") if f"--node_id={before[0].id}" in p.cmdline()
        )
        lost.kill()
        assert within(5, lambda: not running.whole())
        running.restore()
        after = running.connection.nodes
        assert running.whole()
        assert after[1] == before[1]
        assert after[0].id not in {node.id for node in before}
        script = "answer(ray.get([a.where.remote() for a in actors(sys.argv[2:])]))"
        ids = [node.id for node in after]
        assert run(running.connection, script, *ids) == ids
