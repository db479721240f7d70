"""What Ray's object stores move to disk, on a real cluster and on a raylet that is none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from cluster.local import embedded
from scaling.backends import ray_rpc
from scaling.passes import ClusterTarget

ROOT = Path(__file__).parents[3]
STORE_BYTES = 100_000_000
PART_BYTES = 10_000_000

WORK = f"""
import numpy as np

def items():
    return list(range(24))

def large(item, shared):
    return np.full({PART_BYTES}, item, np.uint8)

def shared():
    return np.zeros(80_000_000, np.uint8)

def small(item):
    return item
"""

SESSION = """
import json, sys
from pathlib import Path
from scaling.backends import registry
from scaling.backends.base import OpenRequest
from scaling.model import WorkloadSpec
from scaling.passes import ClusterTarget
from scaling.workloads import registry as workloads

target, file, folder = sys.argv[1:]
for name, shared in (("small", None), ("large", "shared")):
    spec = WorkloadSpec(f"{file}:{name}", items="items", shared=shared)
    workload = workloads.load(spec)
    request = OpenRequest(
        spec=spec,
        workload=workload,
        shared=workload.shared() if workload.shared else None,
        workers=2,
        threads_per_worker=1,
        folder=Path(folder),
        batch=1,
        cluster=ClusterTarget(**json.loads(target)),
        law=None,
    )
    with registry.load("ray").open(request) as pool:
        mapped = pool.map(workload.items(), 24)
        print(json.dumps([len(mapped.parts), pool.spilled_bytes()]), flush=True)
"""


@pytest.mark.cluster
@pytest.mark.timeout(240)
def test_spilling_is_counted(tmp_path: Path) -> None:
    """Shared data and parts that no store can hold are spilled and counted; small ones are not."""
    file = tmp_path / "large_work.py"
    file.write_text(WORK)
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    with embedded(
        nodes=2,
        cpus_per_node=1,
        owner="tests",
        folder=tmp_path,
        env=env,
        object_store_bytes=STORE_BYTES,
    ) as running:
        connection = running.connection
        nodes = tuple(node.id for node in connection.nodes)
        target = ClusterTarget(connection.address, nodes, ship=False, same_host=True)
        kept = {name: value for name, value in env.items() if not name.startswith("RAY_")}
        done = subprocess.run(
            [sys.executable, "-c", SESSION, json.dumps(asdict(target)), str(file), str(tmp_path)],
            env={**kept, **dict(connection.environment)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    small, large = (json.loads(line) for line in done.stdout.splitlines())
    assert small == [24, 0]
    assert large[0] == 24
    assert large[1] > PART_BYTES


@contextmanager
def raylet(reply: bytes) -> Iterator[tuple[str, int]]:
    """Answer one connection with these bytes, then close it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        host, port = server.getsockname()
        yield host, port
        thread.join()


def frame(kind: int, payload: bytes, flags: int = 0, stream: int = 1) -> bytes:
    """Return an HTTP/2 frame."""
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags])
    return head + stream.to_bytes(4, "big") + payload


def ask(reply: bytes) -> bytes:
    """Ask a raylet that answers with these bytes."""
    with raylet(reply) as address:
        return ray_rpc.ask(address, "/a.Service/Ask", b"", metadata={}, timeout_s=0.5)


def test_message_in_pieces() -> None:
    """A reply may come in several frames, with settings and trailers around it."""
    data = frame(0, b"\0\0\0\0\5he") + frame(0, b"llo")
    assert ask(frame(4, b"", stream=0) + frame(1, b"", 4) + data + frame(1, b"", 5)) == b"hello"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 400 no", "no frame"),
        (frame(1, b"", 5), "refused"),
        (frame(3, b"\0\0\0\1"), "broke off"),
        (frame(0, b"\1\0\0\0\1x", 1), "plain"),
    ],
)
def test_no_reply(reply: bytes, said: str) -> None:
    """What is no reply is an OSError, whatever it is."""
    with pytest.raises(OSError, match=said):
        ask(reply)


def test_silence_has_an_end() -> None:
    """A raylet that accepts and says nothing is given up."""
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(TimeoutError):
        ray_rpc.ask(server.getsockname(), "/a", b"", metadata={}, timeout_s=0.1)


def test_long_headers() -> None:
    """Lengths from 127 on take more bytes (RFC 7541, 5.1: 1337 is 31, 154, 10 in five bits)."""
    assert ray_rpc._text("a" * 126)[:1] == b"\x7e"
    assert ray_rpc._text("a" * 127)[:2] == b"\x7f\x00"
    assert ray_rpc._text("a" * 300)[:3] == b"\x7f\xad\x01"
