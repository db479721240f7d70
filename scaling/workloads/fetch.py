"""Fetch pages from a local HTTP server that takes its time: work that waits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

from scaling.errors import UsageError
from scaling.workloads import http_server
from scaling.workloads.base import workload

LIMIT_S = 60.0


class Page(NamedTuple):
    """What came back."""

    status: int
    bytes: int
    digest: str


def paths(size: int = 200) -> list[str]:
    """Paths on the server."""
    return [f"{http_server.PREFIX}{k}" for k in range(size)]


@contextmanager
def server(latency_ms: float = 20.0) -> Iterator[str]:
    """Run the server in a process of its own; yields its host and port."""
    if not 0 <= latency_ms < LIMIT_S * 1000:
        raise UsageError(f"--param latency_ms={latency_ms} is not possible; give 0 to 59999")
    # Isolated mode: a file run by its path would put its folder before the standard library.
    command = [sys.executable, "-I", str(Path(http_server.__file__)), str(latency_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().decode().strip()
            if not port:
                raise RuntimeError("the HTTP server did not start")
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def check(answer: list[Page], items: Iterable[str]) -> None:
    """Compare with the bodies that belong to the paths."""
    bodies = [http_server.body_of(item) for item in items]
    truth = [(200, len(body), sha256(body).hexdigest()) for body in bodies]
    assert len(answer) == len(truth), f"{len(answer)} pages of {len(truth)}"
    for number, (found, page) in enumerate(zip(answer, truth, strict=True)):
        assert found == page, f"page {number} is {page}, not {found}"


async def get_async(path: str, address: str) -> Page:
    """Fetch one page without holding a thread."""
    async with asyncio.timeout(LIMIT_S):
        host, _, port = address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            request = f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
    return _page(int(head.split(b" ", 2)[1]), body)


@workload(name="fetch", items=paths, shared=server, check=check, asynchronous=get_async, waits=True)
def get(path: str, address: str) -> Page:
    """Fetch one page."""
    connection = HTTPConnection(address, timeout=LIMIT_S)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        return _page(answer.status, answer.read())
    finally:
        connection.close()


def _page(status: int, body: bytes) -> Page:
    return Page(status, len(body), sha256(body).hexdigest())
