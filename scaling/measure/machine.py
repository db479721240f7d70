"""What the whole machine does meanwhile: read from the kernel's counters before and after."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from scaling.control_groups import group_folders
from scaling.samples import MachineUse
from scaling.system_files import text_of

_TICK_S = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01
_IDLE = (3, 4)
"""Columns of ``/proc/stat`` in which no process runs: idle and waiting for a disk."""
_STEAL = 7
_GUESTS = 8
"""From here on columns repeat what is in the others."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Seconds since some moment; None where the system does not count. See ``MachineUse``."""

    busy_s: float | None
    steal_s: float | None
    throttled_s: float | None
    cpu_pressure_s: float | None
    memory_pressure_s: float | None
    io_pressure_s: float | None

    def since(self, before: Counters) -> MachineUse:
        """Return what was used since then."""
        found: dict[str, float | None] = {}
        for field in fields(self):
            now, then = getattr(self, field.name), getattr(before, field.name)
            known = now is not None and then is not None
            found[field.name] = round(max(0.0, now - then), 6) if known else None
        return MachineUse(**found)


def read(root: Path = Path("/")) -> Counters:
    """Read the counters. ``root`` holds ``proc`` and ``sys``. Takes a fraction of a millisecond."""
    busy, steal = cpu_times(text_of(root / "proc/stat"))
    return Counters(
        busy_s=busy,
        steal_s=steal,
        throttled_s=max(_throttled(root), default=None),
        cpu_pressure_s=pressure(text_of(root / "proc/pressure/cpu")),
        memory_pressure_s=pressure(text_of(root / "proc/pressure/memory")),
        io_pressure_s=pressure(text_of(root / "proc/pressure/io")),
    )


def cpu_times(stat: str) -> tuple[float | None, float | None]:
    """Return seconds of busy and of stolen CPU time from the text of ``/proc/stat``."""
    words = stat.partition("\n")[0].split()
    if words[:1] != ["cpu"] or not all(word.isdigit() for word in words[1:]):
        return None, None
    ticks = [int(word) for word in words[1:]][:_GUESTS]
    busy = sum(ticks[k] for k in range(len(ticks)) if k not in (*_IDLE, _STEAL))
    steal = ticks[_STEAL] * _TICK_S if len(ticks) > _STEAL else None
    return busy * _TICK_S, steal


def pressure(text: str) -> float | None:
    """Return the seconds in which some process waited, from a text of ``/proc/pressure``."""
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        total = rest.rpartition("total=")[2]
        if kind == "some" and total.isdigit():
            return int(total) * 1e-6
    return None


def throttled(cpu_stat: str) -> float | None:
    """Return the throttled seconds from the text of ``cpu.stat``, of either version."""
    values = dict(line.split(maxsplit=1) for line in cpu_stat.splitlines() if " " in line)
    for name, unit in (("throttled_usec", 1e-6), ("throttled_time", 1e-9)):
        if values.get(name, "").strip().isdigit():
            return int(values[name]) * unit
    return None


def _throttled(root: Path) -> Iterator[float]:
    for folder in group_folders(root, "cpu"):
        if (seconds := throttled(text_of(folder / "cpu.stat"))) is not None:
            yield seconds
