"""Start the process that is to be guarded; what guards it is loaded while that one starts.

Run with ``-I -S``. Standard library only and little of it, since each session waits for it.
"""

from __future__ import annotations

# What ``signal`` is made of: its enumerations take longer to load than all else here.
import _signal  # type: ignore[import-not-found]
import os
import sys

LINUX = sys.platform.startswith("linux")
CHANGED = (
    _signal.SIGCHLD,
    _signal.SIGHUP,
    _signal.SIGINT,
    _signal.SIGPIPE,
    _signal.SIGTERM,
    _signal.SIGXFSZ,
)
"""Signals that the guard, or Python itself, treats in its own way; the process must not."""
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def main(arguments: list[str]) -> None:
    """Start the process, then guard it.

    Arguments: fd of the lifeline, fd for the report, seconds of grace, folder to remove or an empty
    string, then the command.
    """
    lifeline, report, grace_s, remove, *command = arguments
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    process = start(command, int(lifeline), int(report))
    from cluster import guard_process

    guard_process.guard(process, int(lifeline), int(report), float(grace_s), remove)


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process; does nothing where there is no such call."""
    if LINUX:
        from ctypes import CDLL

        CDLL(None).prctl(option, value, 0, 0, 0)


def start(command: list[str], lifeline: int, report: int) -> int:
    """Start the process and return its id; this process keeps no end of its channel.

    Signals wait, for what will treat them is not there yet.
    """
    guard = os.getpid()
    _signal.pthread_sigmask(_signal.SIG_BLOCK, CHANGED)
    process = os.fork()
    if process == 0:
        try:
            os.close(lifeline)
            os.close(report)
            os.setsid()
            prctl(PR_SET_PDEATHSIG, _signal.SIGKILL)
            for number in CHANGED:
                _signal.signal(number, _signal.SIG_DFL)
            _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
            if os.getppid() == guard:
                os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        finally:
            os._exit(127)
    os.close(int(os.environ["RAYSCALE_CHANNEL"]))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.chdir("/")
    return process
