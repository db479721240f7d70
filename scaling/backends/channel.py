"""Pickled messages over a socket. Large buffers travel beside the pickle, without a copy of it."""

from __future__ import annotations

import os
import pickle
import socket
import struct
from collections import deque
from collections.abc import Generator
from contextlib import suppress
from typing import Any

from scaling.backends.failures import error_text

_HEAD = struct.Struct("<qQI")
_LENGTH = struct.Struct("<Q")
_GATHER = 64

Filling = Generator[memoryview, None, Any]


class Closed(Exception):
    """Raised when the other end is gone."""


class Garbled(Exception):
    """Raised when a message came whole but cannot be unpickled; ``tag`` is that of its frame."""

    def __init__(self, tag: int, error: BaseException) -> None:
        super().__init__(error_text(error))
        self.tag = tag


def encode(message: object, tag: int = 0) -> list[memoryview]:
    """Return the frame of a message in pieces. Raises what pickling the message raises."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    raw = [buffer.raw() for buffer in buffers]
    head = _HEAD.pack(tag, len(body), len(raw)) + b"".join(
        _LENGTH.pack(view.nbytes) for view in raw
    )
    return [memoryview(head), memoryview(body), *(view for view in raw if view.nbytes)]


def _filling() -> Filling:
    """Ask for memory to fill, piece by piece; return the message. Raises Garbled."""
    head = bytearray(_HEAD.size)
    yield memoryview(head)
    tag, length, count = _HEAD.unpack(head)
    lengths = bytearray(count * _LENGTH.size)
    if count:
        yield memoryview(lengths)
    body = bytearray(length)
    yield memoryview(body)
    buffers = [bytearray(size) for (size,) in _LENGTH.iter_unpack(lengths)]
    for buffer in buffers:
        if buffer:
            yield memoryview(buffer)
    try:
        return pickle.loads(body, buffers=buffers)
    except BaseException as error:  # noqa: BLE001 - the user's classes may raise anything
        raise Garbled(tag, error) from None


class BlockingChannel:
    """The worker's end: sends and receives whole messages."""

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(None)
        self._socket = end

    def receive_descriptor(self) -> int | None:
        """Take what ``send_descriptor`` sent. The caller closes it. Raises Closed."""
        try:
            mark, found, _, _ = socket.recv_fds(self._socket, 1, 1)
        except ConnectionResetError:
            mark, found = b"", []
        if not mark:
            raise Closed
        for descriptor in found:
            os.set_inheritable(descriptor, False)  # noqa: FBT003 - it takes no keyword
        return found[0] if found else None

    def send(self, message: object, tag: int = 0) -> None:
        """Send a message.

        Raises what pickling raises, before anything was sent; Closed when nobody is there.
        """
        pieces = encode(message, tag)
        try:
            for piece in pieces:
                self._socket.sendall(piece)
        except OSError as error:
            raise Closed from error

    def receive(self) -> Any:
        """Wait for a message. Raises Garbled, and Closed when the other end is gone."""
        filling = _filling()
        while True:
            try:
                view = next(filling)
            except StopIteration as end:
                return end.value
            self._fill(view)

    def _fill(self, view: memoryview) -> None:
        while view:
            try:
                read = self._socket.recv_into(view)
            except ConnectionResetError:
                read = 0
            if not read:
                raise Closed
            view = view[read:]


class DriverChannel:
    """The driver's end: never blocks, so that no worker can make it wait for another."""

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(0)
        self._socket = end
        self._pieces: deque[memoryview] = deque()
        self._filling = _filling()
        self._view = next(self._filling)

    def fileno(self) -> int:
        """Return the descriptor to select on."""
        return self._socket.fileno()

    @property
    def pending(self) -> bool:
        """True while something waits to be written."""
        return bool(self._pieces)

    def send_descriptor(self, descriptor: int | None) -> None:
        """Hand over an open file, or nothing, before the first message."""
        with suppress(BrokenPipeError, ConnectionResetError):  # it is seen when something is read
            socket.send_fds(self._socket, [b"0"], [] if descriptor is None else [descriptor])

    def send(self, frame: list[memoryview]) -> None:
        """Queue an encoded message and write what can be written now."""
        self._pieces.extend(frame)
        self.flush()

    def flush(self) -> None:
        """Write what can be written now."""
        try:
            while self._pieces:
                self._drop(self._socket.sendmsg([self._pieces[k] for k in range(self._gather())]))
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            self._pieces.clear()

    def _gather(self) -> int:
        return min(_GATHER, len(self._pieces))

    def _drop(self, sent: int) -> None:
        while sent and sent >= self._pieces[0].nbytes:
            sent -= self._pieces.popleft().nbytes
        if sent:
            self._pieces[0] = self._pieces[0][sent:]

    def receive(self) -> list[Any]:
        """Return what is complete. Raises Garbled, and Closed when the other end is gone."""
        messages: list[Any] = []
        try:
            while True:
                read = self._socket.recv_into(self._view)
                if not read:
                    break
                self._view = self._view[read:]
                if not self._view:
                    self._advance(messages)
        except BlockingIOError:
            return messages
        except ConnectionResetError:
            pass
        if messages:
            return messages
        raise Closed

    def _advance(self, messages: list[Any]) -> None:
        try:
            self._view = next(self._filling)
        except StopIteration as end:
            messages.append(end.value)
            self._filling = _filling()
            self._view = next(self._filling)

    def close(self) -> None:
        """Close this end; the worker sees it and ends."""
        self._socket.close()
