"""How the system runs its CPUs: frequency governor, turbo and SMT, read from Linux's own files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scaling.model import CpuSettings
from scaling.system_files import text_of

CPUINFO = "proc/cpuinfo"
_CPUS = "sys/devices/system/cpu"


def cpu_settings(root: Path, allowed: Iterable[int]) -> CpuSettings:
    """Return what the files below ``root`` tell of the CPUs that this process may run on."""
    cpus = root / _CPUS
    files = (cpus / f"cpu{number}/cpufreq/scaling_governor" for number in allowed)
    governors = {word for file in files for word in text_of(file).split()[:1]}
    return CpuSettings(tuple(sorted(governors)), _turbo(cpus), _smt(root))


def _turbo(cpus: Path) -> bool | None:
    without = _flag(cpus / "intel_pstate/no_turbo")
    return _flag(cpus / "cpufreq/boost") if without is None else not without


def _smt(root: Path) -> bool | None:
    """A virtual machine that sees no SMT may still run on threads of one core."""
    active = _flag(root / _CPUS / "smt/active")
    return None if active is False and _is_virtual(text_of(root / CPUINFO)) else active


def _is_virtual(cpuinfo: str) -> bool:
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    return any(key.strip() == "flags" and "hypervisor" in told.split() for key, _, told in lines)


def _flag(file: Path) -> bool | None:
    return {"0": False, "1": True}.get(text_of(file).strip())
