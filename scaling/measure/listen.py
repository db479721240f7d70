"""Reads the messages of a guarded process until it ends or takes too long."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from cluster.guard import Guarded
from scaling.grain_model import Level
from scaling.measure.messages import Checking, Done, Message, Opened, Refused, Sampling, Warmed
from scaling.model import WorkloadFacts
from scaling.samples import Sample

_READ = 1 << 16
_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (Opened, Warmed, Sampling, Checking, Sample, Level, Done, Refused, WorkloadFacts)
}


class _Line(msgspec.Struct):
    kind: str
    body: msgspec.Raw


def decode(line: bytes) -> Message:
    """Return the message of a line."""
    parsed = msgspec.json.decode(line, type=_Line)
    message: Any = msgspec.json.decode(parsed.body, type=_KINDS[parsed.kind])
    return message  # type: ignore[no-any-return]


class Listener:
    """Iterates over the messages; stops at the end of the process or at the deadline."""

    def __init__(self, process: Guarded, limit_s: float) -> None:
        self._process = process
        self._rest = b""
        self.timed_out = False
        self.allow(limit_s)

    def allow(self, limit_s: float) -> None:
        """Give the process this long from now for its next message."""
        self.limit_s = limit_s
        self._deadline = time.monotonic() + limit_s

    def __iter__(self) -> Iterator[Message]:
        """Yield each message as it comes."""
        while True:
            left = max(0.0, self._deadline - time.monotonic())
            # The status too: a stray child may hold the channel open after the end.
            ready, _, _ = select.select([self._process.channel, self._process.status], [], [], left)
            if self._process.channel in ready:
                if not (text := os.read(self._process.channel, _READ)):
                    return
                yield from self._lines(text)
            elif ready:
                return
            if time.monotonic() >= self._deadline:
                self.timed_out = True
                return

    def _lines(self, text: bytes) -> Iterator[Message]:
        *lines, self._rest = (self._rest + text).split(b"\n")
        for line in lines:
            yield decode(line)
