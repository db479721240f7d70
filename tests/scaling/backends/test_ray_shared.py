"""Large data on a real cluster: one copy of shared input on each node, none of parts besides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from cluster.model import Connection
from scaling.passes import ClusterTarget
from tests.scaling.backends.user_files import PRIVATE_BYTES

ROOT = Path(__file__).parents[3]
ARRAY_BYTES = 50_000_000
PART_BYTES = 4_000_000
PARTS = 30
WORKERS = 4
"""Two on each node."""

WORK = f"""{PRIVATE_BYTES}
class Given:
    def __init__(self):
        self.array = np.ones({ARRAY_BYTES}, np.uint8)

def items():
    return range(16)

@workload(items=items, shared=Given)
def read(item, given):
    time.sleep(0.02)
    total = int(given.array.sum())
    return os.getpid(), total, private_bytes() - BEFORE, given.array.flags.writeable

@workload(items=items)
def large(item):
    return np.full({PART_BYTES}, item, np.uint8)
"""

SESSION = """
import json, sys
from pathlib import Path
import ray
from ray.core.generated import node_manager_pb2 as messages
from scaling.backends import ray_rpc, ray_store, registry
from scaling.backends.base import OpenRequest
from scaling.model import WorkloadSpec
from scaling.passes import ClusterTarget
from scaling.workloads import registry as workloads

def created(node):
    address = node["NodeManagerAddress"], node["NodeManagerPort"]
    request = messages.GetNodeStatsRequest(include_memory_info=False).SerializeToString()
    path = "/ray.rpc.NodeManagerService/GetNodeStats"
    reply = ray_rpc.ask(address, path, request, metadata=ray_store._token(), timeout_s=10)
    return messages.GetNodeStatsReply.FromString(reply).store_stats.cumulative_created_bytes

def stores():
    return {node["NodeID"]: created(node) for node in ray.nodes() if node["Alive"]}

def opened(kernel):
    spec = WorkloadSpec(f"{file}:{kernel}")
    workload = workloads.load(spec)
    shared = workload.shared() if workload.shared else None
    request = OpenRequest(spec, workload, shared, 4, 1, Path(folder), cluster=target)
    return registry.load("ray").open(request)

target, file, folder, count = sys.argv[1:]
target = ClusterTarget(**json.loads(target))
with opened("large") as pool:
    from ray_shared_work import private_bytes
    pool.map(range(4), 4)
    private = private_bytes()
    parts = pool.map(range(int(count)), int(count)).parts
    large = [private_bytes() - private, sum(part.nbytes for part in parts)]
    assert [int(part[-1]) for part in parts] == list(range(int(count)))
    before = stores()
with opened("read") as pool:
    parts = pool.map(range(16), 16).parts
    after = stores()
moved = {node: after[node] - before[node] for node in after}
print(json.dumps({"parts": parts, "moved": moved, "large": large}))
"""


@pytest.fixture(scope="module")
def seen(
    cluster_connection: Connection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Return what a driver saw."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "ray_shared_work.py").write_text(WORK, encoding="utf-8")
    nodes = tuple(node.id for node in cluster_connection.nodes)
    target = ClusterTarget(cluster_connection.address, nodes, ship=True, same_host=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    file = folder / "ray_shared_work.py"
    done = subprocess.run(
        [sys.executable, "-c", SESSION, json.dumps(asdict(target)), file, folder, str(PARTS)],
        env={**kept, "PYTHONPATH": str(ROOT), **dict(cluster_connection.environment)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.cluster
def test_one_copy_goes_to_each_node(seen: dict[str, Any], cluster_connection: Connection) -> None:
    """Each store takes the bytes of the array once, with two workers on its node."""
    copies = [seen["moved"][node.id] / ARRAY_BYTES for node in cluster_connection.nodes]
    assert copies == pytest.approx([1.0, 1.0], abs=0.1)


@pytest.mark.cluster
def test_workers_hold_no_copy_of_their_own(seen: dict[str, Any]) -> None:
    """Each of them reads all of the array, and its private memory does not grow."""
    assert len({process for process, *_ in seen["parts"]}) == WORKERS
    assert {total for _, total, _, _ in seen["parts"]} == {ARRAY_BYTES}
    assert max(grown for _, _, grown, _ in seen["parts"]) < ARRAY_BYTES / 3


@pytest.mark.cluster
def test_shared_arrays_are_read_only(seen: dict[str, Any]) -> None:
    """What all workers of a node see, none of them can change."""
    assert not any(writable for *_, writable in seen["parts"])


@pytest.mark.cluster
def test_large_parts_are_views_of_the_store(seen: dict[str, Any]) -> None:
    """The driver that keeps all of them has none in its private memory."""
    grown, held = seen["large"]
    assert held == PARTS * PART_BYTES
    assert grown < held / 3
