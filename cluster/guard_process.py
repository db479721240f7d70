"""Guard of one process: whatever descends from it is gone soon after it or its owner ends.

Loaded by ``guard_start``, with the standard library only.
"""
# pathlib is slow to load:
# ruff: noqa: PTH106, PTH108, PTH114, PTH118, PTH123, PTH208

from __future__ import annotations

import os
import select
import signal
import stat
import sys
import time
from contextlib import suppress

LINUX = sys.platform.startswith("linux")
SETTLE_S = 0.3
"""How long what is left may end by itself; resource trackers then clear shared memory."""
KILL_S = 4.0
"""How long killing is repeated; only a process stuck in the kernel outlives it."""
AGAIN_S = 0.02


class Events:
    """What the guard waits for: the end of a child, a signal to itself, word from its owner."""

    def __init__(self, lifeline: int, grace_s: float) -> None:
        self.lifeline: int | None = lifeline
        self.grace_s = grace_s
        self.deadline = float("inf")
        """When the process is killed; finite from the moment it is asked to end."""
        self._woken, wakeup = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._stop(self.grace_s))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def wait(self, seconds: float) -> None:
        """Return when something happened, or after this time."""
        watched = [self._woken] if self.lifeline is None else [self._woken, self.lifeline]
        timeout = None if seconds == float("inf") else max(0.0, seconds)
        ready, _, _ = select.select(watched, [], [], timeout)
        if self._woken in ready:
            os.read(self._woken, 4096)
        if self.lifeline in ready:
            self._listen(self.lifeline)

    def _listen(self, lifeline: int) -> None:
        words = os.read(lifeline, 4096).split()
        if not words:
            self.lifeline = None
        self._stop(float(words[-1]) if words else self.grace_s)

    def _stop(self, grace_s: float) -> None:
        self.deadline = min(self.deadline, time.monotonic() + grace_s)


def reap(process: int) -> tuple[bool, int | None]:
    """Collect children that ended. Returns whether any is left, and how the process ended."""
    ended = None
    with suppress(ChildProcessError):
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return True, ended
            if child == process:
                ended = status
    return False, ended


def watch(process: int, events: Events) -> int:
    """Wait for the end of the process, ending it when that is asked for."""
    asked = False
    while True:
        _, ended = reap(process)
        if ended is not None:
            return ended
        if events.deadline < float("inf") and not asked:
            asked = True
            os.kill(process, signal.SIGTERM)
        left = events.deadline - time.monotonic()
        if left <= 0:
            os.kill(process, signal.SIGKILL)
        events.wait(left if left > 0 else AGAIN_S)


def family(process: int) -> list[tuple[int, int, bool]]:
    """Every process: its id, its parent, and whether it has ended but was not collected.

    Where there are no subreapers, the guard counts as the parent of the orphans of its group.
    """
    return _from_proc() if LINUX else _from_ps(process)


def _from_proc() -> list[tuple[int, int, bool]]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                state, parent = file.read().rpartition(b")")[2].split(maxsplit=2)[:2]
                found.append((int(name), int(parent), state == b"Z"))
    return found


def _from_ps(process: int) -> list[tuple[int, int, bool]]:
    import subprocess

    command = ["/bin/ps", "-axo", "pid=,ppid=,pgid=,stat="]
    text = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    found = []
    for line in text.splitlines():
        child, parent, group, state = line.split()
        orphan = int(parent) == 1 and int(group) == process
        found.append((int(child), os.getpid() if orphan else int(parent), state.startswith("Z")))
    return found


def descendants(process: int) -> list[int]:
    """What descends from the guard and still runs."""
    children: dict[int, list[int]] = {}
    over = set()
    for child, parent, ended in family(process):
        children.setdefault(parent, []).append(child)
        if ended:
            over.add(child)
    found = list(children.get(os.getpid(), []))
    for child in found:
        found += children.get(child, [])
    return [child for child in found if child not in over]


def tracks_resources(process: int) -> bool:
    """Tell whether this is a multiprocessing or loky tracker, which cleans up after the others."""
    with suppress(OSError), open(f"/proc/{process}/cmdline", "rb") as file:
        return b"resource_tracker" in file.read()
    return False


def kill(process: int, *, spare: bool) -> set[int]:
    """Kill what descends from the guard and return the ids; trackers live on when spared."""
    killed = set()
    for child in descendants(process):
        if not (spare and tracks_resources(child)):
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
                killed.add(child)
    return killed


def anything_left(process: int) -> bool:
    """Tell whether anything that descends from the guard is left."""
    return reap(process)[0] or (not LINUX and bool(descendants(process)))


def end_rest(process: int, events: Events) -> int:
    """End what the process left. Returns how many processes had to be killed."""
    killed: set[int] = set()
    _settle(process, events)
    for spare, seconds in ((True, SETTLE_S), (False, KILL_S)):
        deadline = time.monotonic() + seconds
        while anything_left(process) and time.monotonic() < deadline:
            killed |= kill(process, spare=spare)
            events.wait(AGAIN_S)
    return len(killed)


def _settle(process: int, events: Events) -> None:
    deadline = time.monotonic() + SETTLE_S
    while anything_left(process) and (left := deadline - time.monotonic()) > 0:
        events.wait(left)


def remove_tree(folder: str) -> None:
    """Remove the folder with all it holds, if it is there.

    Only what is a folder of this user: its name is there for all to see.
    """
    for path, folders, files in os.walk(folder, topdown=False) if _own_folder(folder) else ():
        for name in files:
            with suppress(OSError):
                os.unlink(os.path.join(path, name))
        for name in folders:
            _remove_folder(os.path.join(path, name))
    with suppress(OSError):
        os.rmdir(folder)


def _own_folder(path: str) -> bool:
    with suppress(OSError):
        found = os.lstat(path)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return False


def _remove_folder(path: str) -> None:
    with suppress(OSError):
        if os.path.islink(path):
            os.unlink(path)
        else:
            os.rmdir(path)


def report_line(ended: int, leftovers: int) -> bytes:
    """How the process ended, as one JSON line."""
    number = os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else None
    code = os.WEXITSTATUS(ended) if number is None else None
    fields = f'"code": {code}, "signal": {number}, "leftovers": {leftovers}'
    return f"{{{fields.replace('None', 'null')}}}\n".encode()


def guard(process: int, lifeline: int, report: int, grace_s: float, remove: str) -> None:
    """Wait for the end of the process or of its owner, and leave nothing behind.

    ``remove``: folder to remove then, or an empty string. Signals are blocked until here.
    """
    events = Events(lifeline, grace_s)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    ended = watch(process, events)
    leftovers = end_rest(process, events)
    if remove:
        remove_tree(remove)
    with suppress(OSError):
        os.write(report, report_line(ended, leftovers))
    os._exit(0)
