"""What a worker tells of itself, and the clocks of its CPU time."""

from __future__ import annotations

import os
import time
from pathlib import Path

from scaling.backends.limits import inner_threads
from scaling.passes import Presence

_STATUS = Path("/proc/self/status")


def here() -> Presence:
    """Describe this process."""
    return Presence(os.getpid(), usable_cpus(), inner_threads(), memory_and_threads()[1], _clock())


def usable_cpus() -> tuple[int, ...] | None:
    """Return the CPUs that this thread may run on; None where the system does not say."""
    try:
        return tuple(sorted(os.sched_getaffinity(0)))
    except (AttributeError, OSError):
        return None


def memory_and_threads() -> tuple[int, int]:
    """Return the peak resident size of this process in bytes, and its threads; 0 where unknown.

    Costs some 50 us.
    """
    peak = threads = 0
    try:
        # Not getrusage: a child started from a large process inherits its peak there.
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                peak = int(line.split()[1]) * 1024
            elif line.startswith("Threads:"):
                threads = int(line.split()[1])
    except OSError:
        pass
    return peak or _peak_by_rusage(), threads


def children_cpu_ns() -> int:
    """Return the CPU time of child processes of this one that have ended."""
    try:
        import resource
    except ImportError:
        return 0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((used.ru_utime + used.ru_stime) * 1e9)


def process_cpu_ns() -> int:
    """Return the CPU time of all threads of this process, and of its children that have ended."""
    return time.process_time_ns() + children_cpu_ns()


def _clock() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/time').stat().st_ino}"
    except OSError:
        return ""


def _peak_by_rusage() -> int:
    import sys

    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
