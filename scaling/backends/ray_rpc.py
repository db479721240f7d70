"""One question to a raylet, in gRPC's wire format.

Ray has this counter nowhere else, and the grpc package comes only with Ray's dashboard. A unary
call needs six kinds of HTTP/2 frames (RFC 9113) and headers that no table compresses (RFC 7541).
"""

from __future__ import annotations

import socket
import struct
import time

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY = 0, 1, 3, 4, 6, 7
_ACK = _END_STREAM = 1
_END_HEADERS = 4
_STREAM = 1
_MOST_BYTES = 1 << 20


def ask(
    address: tuple[str, int],
    path: str,
    request: bytes,
    *,
    metadata: dict[str, str],
    timeout_s: float,
) -> bytes:
    """Return the reply to one unary call. Raises OSError when there is none in time."""
    deadline = time.monotonic() + timeout_s
    headers = {
        ":method": "POST",
        ":scheme": "http",
        ":path": path,
        ":authority": f"{address[0]}:{address[1]}",
        "te": "trailers",
        "content-type": "application/grpc",
        **{name.lower(): value for name, value in metadata.items()},
    }
    message = struct.pack(">BI", 0, len(request)) + request
    with socket.create_connection(address, timeout_s) as connection:
        connection.sendall(
            _PREFACE
            + _frame(_SETTINGS)
            + _frame(_HEADERS, _header_block(headers), _END_HEADERS, _STREAM)
            + _frame(_DATA, message, _END_STREAM, _STREAM)
        )
        return _message(_body(connection, deadline))


def _body(connection: socket.socket, deadline: float) -> bytes:
    """Collect the data of the reply until its trailers come."""
    body = b""
    while len(body) < _MOST_BYTES:
        kind, flags, stream, payload = _receive(connection, deadline)
        if kind in {_SETTINGS, _PING} and not flags & _ACK:
            connection.sendall(_frame(kind, payload if kind == _PING else b"", _ACK))
        elif kind in {_RESET, _GOAWAY}:
            raise ConnectionError("the raylet broke off")
        elif kind == _DATA:
            body += payload
        if stream == _STREAM and kind in {_DATA, _HEADERS} and flags & _END_STREAM:
            return body
    raise ConnectionError("the reply has no end")


def _message(body: bytes) -> bytes:
    if len(body) < 5:
        raise ConnectionError("the raylet refused to answer")
    compressed, length = struct.unpack(">BI", body[:5])
    if compressed or len(body) != 5 + length:
        raise ConnectionError("the reply is not one plain message")
    return body[5:]


def _receive(connection: socket.socket, deadline: float) -> tuple[int, int, int, bytes]:
    head = _exactly(connection, 9, deadline)
    length = int.from_bytes(head[:3], "big")
    stream = int.from_bytes(head[5:], "big")
    if length > _MOST_BYTES:
        raise ConnectionError("the reply is no frame")
    return head[3], head[4], stream, _exactly(connection, length, deadline)


def _exactly(connection: socket.socket, count: int, deadline: float) -> bytes:
    received = b""
    while len(received) < count:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("no reply in time")
        connection.settimeout(left_s)
        more = connection.recv(count - len(received))
        if not more:
            raise ConnectionError("the raylet closed the connection")
        received += more
    return received


def _frame(kind: int, payload: bytes = b"", flags: int = 0, stream: int = 0) -> bytes:
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags])
    return head + stream.to_bytes(4, "big") + payload


def _header_block(headers: dict[str, str]) -> bytes:
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in headers.items())


def _text(text: str) -> bytes:
    raw = text.encode("ascii")
    if len(raw) < 0x7F:
        return bytes([len(raw)]) + raw
    left, length = len(raw) - 0x7F, bytearray([0x7F])
    while left >= 0x80:
        length.append(left & 0x7F | 0x80)
        left >>= 7
    length.append(left)
    return bytes(length) + raw
