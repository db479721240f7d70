"""Start a process whose descendants are gone soon after it, or its owner, ends in any way."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Self

OWNER_VARIABLE = "RAYSCALE_OWNER"
CHANNEL_VARIABLE = "RAYSCALE_CHANNEL"
GUARD_VARIABLE = "RAYSCALE_GUARD"
"""Unique for each guard: how the owner finds what is left when the guard itself was killed."""

# As a module, since Python keeps the compiled form of modules only.
_CODE = """
import sys
sys.path.append(sys.argv[1])
from cluster import guard_start
guard_start.main(sys.argv[2:])
"""
_FOLDER = str(Path(__file__).resolve().parents[1])
_SLACK_S = 7.0
"""Longer than a guard needs after the grace, on a machine that is busy."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a guarded process ended, once nothing of it is left."""

    code: int | None
    """Exit code; None when a signal ended it."""
    signal: int | None
    leftovers: int
    """Processes that it left behind and that had to be killed."""


class Guarded:
    """The owner's handle of a guarded process. The end of the owner ends the process too."""

    channel: int
    """Blocking end of the channel for reading. Read it while waiting: a full pipe blocks."""
    status: int
    """Readable once the process has ended and nothing of it is left."""
    input: int | None
    """End for writing of the pipe that is the process's standard input, where one was asked for."""

    def __init__(self, guard: subprocess.Popen[bytes], tag: str, remove: Path | None) -> None:
        self.pid = guard.pid
        self._guard = guard
        self._tag = tag
        self._remove = remove
        self._report = b""
        self._ended: Ended | None = None
        self._fds = ExitStack()

    def stop(self, grace_s: float = 2.0) -> Ended:
        """End the process and all that descends from it; return when they are gone."""
        if self._ended is None:
            with suppress(BrokenPipeError):
                os.write(self._lifeline, b"%f\n" % grace_s)
        ended = self.wait(grace_s + _SLACK_S)
        if ended is None:
            self._guard.kill()
            ended = self._finish()
        return ended

    def poll(self) -> Ended | None:
        """Return how the process ended, None while it or its guard still runs."""
        return self.wait(0)

    def wait(self, timeout_s: float | None) -> Ended | None:
        """Wait for the end for so long, without limit for None."""
        deadline = None if timeout_s is None else monotonic() + timeout_s
        while self._ended is None:
            left = None if deadline is None else max(0.0, deadline - monotonic())
            if not select.select([self.status], [], [], left)[0]:
                return None
            text = os.read(self.status, 4096)
            self._report += text
            if not text:
                self._finish()
        return self._ended

    def close(self) -> None:
        """End what still runs, and release the descriptors."""
        with self._fds:
            self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _adopt(self, lifeline: int, channel: int, status: int, words: int | None) -> None:
        self._lifeline, self.channel, self.status, self.input = lifeline, channel, status, words
        for fd in (lifeline, channel, status, words):
            if fd is not None:
                self._fds.callback(os.close, fd)

    def _finish(self) -> Ended:
        self._guard.wait()
        if self._report:
            self._ended = Ended(**json.loads(self._report))
        else:
            self._ended = Ended(None, int(signal.SIGKILL), _kill_tagged(self._tag))
            if self._remove is not None:
                shutil.rmtree(self._remove, ignore_errors=True)
        return self._ended


def spawn(
    argv: Sequence[str],
    *,
    owner: str,
    env: Mapping[str, str],
    output: Path | None,
    remove: Path | None = None,
    grace_s: float = 2.0,
    cwd: Path | None = None,
    input: bool = False,  # noqa: A002 - the name that subprocess uses
) -> Guarded:
    """Start a process under a guard. Raises OSError when ``output`` or ``cwd`` cannot be used.

    The process finds its end of the channel in ``RAYSCALE_CHANNEL``; its output is appended to
    ``output``. ``remove`` is an absolute path of a folder to remove once the process has ended; it
    need not be there yet. ``grace_s`` is the time between SIGTERM and SIGKILL when the owner dies.
    """
    tag = uuid.uuid4().hex
    with ExitStack() as theirs, ExitStack() as on_failure:
        lifeline, channel, report = os.pipe(), os.pipe(), os.pipe()
        words = os.pipe() if input else None
        ours = (lifeline[1], channel[0], report[0], words[1] if words else None)
        passed = (lifeline[0], channel[1], report[1])
        _close_with(theirs, [*passed, *(words[:1] if words else ())])
        _close_with(on_failure, [fd for fd in ours if fd is not None])
        settings = [str(lifeline[0]), str(report[1]), str(grace_s), str(remove or "")]
        guard = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CODE, _FOLDER, *settings, *argv],
            env={
                **env,
                OWNER_VARIABLE: owner,
                CHANNEL_VARIABLE: str(channel[1]),
                GUARD_VARIABLE: tag,
            },
            stdin=words[0] if words else subprocess.DEVNULL,
            stdout=_open(output, theirs),
            stderr=subprocess.STDOUT,
            cwd=cwd,
            pass_fds=passed,
            start_new_session=True,
        )
        on_failure.pop_all()
    guarded = Guarded(guard, tag, remove)
    guarded._adopt(*ours)  # noqa: SLF001 - the handle is made here only
    return guarded


def _close_with(stack: ExitStack, fds: Iterable[int]) -> None:
    for fd in fds:
        stack.callback(os.close, fd)


def _open(output: Path | None, stack: ExitStack) -> int | IO[bytes]:
    return subprocess.DEVNULL if output is None else stack.enter_context(output.open("ab"))


def _kill_tagged(tag: str) -> int:
    """Kill what still carries the tag. Only needed when a guard was killed; Linux only."""
    killed: set[int] = set()
    deadline = monotonic() + _SLACK_S
    while monotonic() < deadline and (found := _tagged(tag)):
        for process in found:
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)
                killed.add(process)
        select.select([], [], [], 0.02)
    return len(killed)


def _tagged(tag: str) -> list[int]:
    mark = f"{GUARD_VARIABLE}={tag}\0".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in path.read_bytes():
                found.append(int(path.parent.name))
    return found
