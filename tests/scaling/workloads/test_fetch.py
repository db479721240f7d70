import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from scaling.errors import UsageError
from scaling.workloads import fetch, http_server


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server that answers after 20 ms."""
    with fetch.server(20) as address:
        yield address


def test_many_clients_at_once() -> None:
    """64 clients wait at the same time, not one after another."""
    paths = fetch.paths(64)
    with fetch.server(200) as slow, ThreadPoolExecutor(64) as pool:
        begin = time.perf_counter()
        pages = list(pool.map(fetch.get, paths, [slow] * len(paths)))
        assert time.perf_counter() - begin < 64 * 0.200 / 2
    fetch.check(pages, paths)


def test_async_form_gives_the_same(address: str) -> None:
    """The form for asyncio fetches the same pages, many at once."""
    paths = fetch.paths(64)

    async def gather() -> list[fetch.Page]:
        return await asyncio.gather(*(fetch.get_async(path, address) for path in paths))

    fetch.check(asyncio.run(gather()), paths)


def test_latency_is_kept(address: str) -> None:
    """An answer takes at least the latency."""
    begin = time.perf_counter()
    fetch.get("/page/1", address)
    assert time.perf_counter() - begin >= 0.020


def test_headers_and_kept_connection(address: str) -> None:
    """Answers of one connection are complete HTTP/1.1."""
    connection = HTTPConnection(address, timeout=10)
    for method, path, status in (
        ("GET", "/page/1", 200),
        ("HEAD", "/page/1", 200),
        ("GET", "/other", 404),
        ("POST", "/page/1", 405),
    ):
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == status
        assert answer.version == 11
        assert answer.headers["Date"]
        assert answer.headers["Connection"] == "keep-alive"
        assert body == (http_server.body_of(path) if (method, status) == ("GET", 200) else b"")
    connection.close()


def test_wrong_requests(address: str) -> None:
    """Nonsense is answered with 400."""
    connection = HTTPConnection(address, timeout=10)
    connection.connect()
    connection.sock.sendall(b"nonsense\r\n\r\n")
    assert connection.sock.recv(100).startswith(b"HTTP/1.1 400 ")
    connection.close()


def test_server_ends_with_its_context() -> None:
    """Leaving the context ends the server's process."""
    before = psutil.Process().children()
    with fetch.server(1):
        own = [child for child in psutil.Process().children() if child not in before]
        assert len(own) == 1
    assert not own[0].is_running()


def test_server_ends_when_its_parent_is_killed() -> None:
    """A parent that is killed takes the server with it."""
    code = (
        "import time\nfrom scaling.workloads import fetch\n"
        "with fetch.server(1) as address:\n    print(address, flush=True)\n    time.sleep(60)\n"
    )
    root = str(Path(fetch.__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        [server] = psutil.Process(parent.pid).children()
        parent.send_signal(signal.SIGKILL)
    gone, _ = psutil.wait_procs([server], timeout=5)
    assert gone


def test_impossible_latency() -> None:
    """A negative latency is refused."""
    with pytest.raises(UsageError, match="latency_ms"), fetch.server(-1):
        pass
