"""A small HTTP server that answers after a set time; a process of its own.

Run as a file, with the latency in milliseconds: it writes its port, and ends when its standard
input does or when its parent is gone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from email.utils import formatdate
from hashlib import sha256

BODY_BYTES = 4096
PREFIX = "/page/"
LARGEST_HEAD = 16_384


def body_of(path: str) -> bytes:
    """Return the body that belongs to a path."""
    block = sha256(path.encode()).hexdigest().encode()
    return block * (BODY_BYTES // len(block))


def response(method: str, path: str, *, keep: bool) -> bytes:
    """Return the whole answer to a request."""
    if method not in {"GET", "HEAD"}:
        status, body, extra = "405 Method Not Allowed", b"", "Allow: GET, HEAD\r\n"
    elif not path.startswith(PREFIX):
        status, body, extra = "404 Not Found", b"", ""
    else:
        status, body, extra = "200 OK", body_of(path), ""
    head = (
        f"HTTP/1.1 {status}\r\nDate: {formatdate(usegmt=True)}\r\nServer: scaling\r\n"
        f"Content-Type: text/plain; charset=us-ascii\r\nContent-Length: {len(body)}\r\n{extra}"
        f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else body)


def parse(head: bytes) -> tuple[str, str, bool]:
    """Return method, path, and whether the connection stays. Raises ValueError."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, version = first.split(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(version)
    fields = {
        name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
    }
    said = fields.get("connection", "").lower()
    return method, path, said == "keep-alive" or (version == "HTTP/1.1" and said != "close")


class Server:
    """Answers each request ``latency_s`` after it came."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        try:
            method, path, keep = parse(head)
        except ValueError:
            writer.write(
                b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            await writer.drain()
            return False
        await asyncio.sleep(self._latency_s)
        writer.write(response(method, path, keep=keep))
        await writer.drain()
        return keep


async def main(latency_s: float) -> None:
    """Serve until the parent ends."""
    handler = Server(latency_s).serve
    server = await asyncio.start_server(handler, "127.0.0.1", 0, backlog=512, limit=LARGEST_HEAD)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(0, _read_input, ended)
    parent = os.getppid()
    # A fork of the parent may hold the other end of the pipe: the parent's id tells too.
    while not ended.is_set() and os.getppid() == parent:
        try:
            await asyncio.wait_for(ended.wait(), 1.0)
        except TimeoutError:
            continue
    server.close()


def _read_input(ended: asyncio.Event) -> None:
    if not os.read(0, 4096):
        ended.set()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000))
