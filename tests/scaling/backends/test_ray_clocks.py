"""Ray workers on a machine with another clock: here, in a time namespace of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHIFT_S = 1000
ELSEWHERE = (
    "unshare", "--user", "--map-root-user", "--time", "--fork", "--monotonic", str(SHIFT_S),
)  # fmt: skip
CLUSTER = """
import json, os, sys
from pathlib import Path
from cluster.local import embedded

with embedded(
    nodes=2, cpus_per_node=1, owner="tests", folder=Path(sys.argv[1]), env=os.environ
) as running:
    found = running.connection
    nodes = [node.id for node in found.nodes]
    print(json.dumps([found.address, dict(found.environment), nodes]), flush=True)
    sys.stdin.readline()
"""
DRIVER = """
import json, os, sys
from pathlib import Path

address, environment, nodes = json.loads(sys.argv[1])
os.environ.update(environment)

from scaling.backends import registry
from scaling.backends.base import OpenRequest
from scaling.model import WorkloadSpec
from scaling.passes import ClusterTarget
from scaling.workloads import registry as workloads

spec = WorkloadSpec("primes", size=40)
workload = workloads.load(spec)
target = ClusterTarget(address, nodes, ship=False, same_host=True)
request = OpenRequest(spec, workload, None, 2, 1, Path(sys.argv[2]), cluster=target)
with registry.load("ray").open(request) as pool:
    mapped = pool.map(workload.items(), 40)
    for batch in mapped.batches:
        error = pool.places[batch.worker].clock_error_ns
        print(error, batch.ticks[0] - batch.sent_ns, batch.received_ns - batch.ticks[-1])
"""


@pytest.mark.cluster
def test_times_of_another_clock_fit_the_drivers(tmp_path: Path) -> None:
    """1000 s apart, yet every batch ran between being sent and received, within the error told."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    tried = subprocess.run([*ELSEWHERE, "true"], check=False, capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"no time namespaces here: {tried.stderr.strip()}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*ELSEWHERE, sys.executable, "-c", CLUSTER, str(tmp_path)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as cluster:
        assert cluster.stdin is not None
        assert cluster.stdout is not None
        told = cluster.stdout.readline()
        driver = subprocess.run(
            [sys.executable, "-c", DRIVER, told, str(tmp_path)],
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=90,
        )
        cluster.stdin.close()
    assert driver.returncode == 0, driver.stderr
    waits = [tuple(map(int, line.split())) for line in driver.stdout.splitlines()]
    assert waits
    for error, queued, returning in waits:
        assert 0 < error < 10**9
        assert queued >= -error
        assert returning >= -error
