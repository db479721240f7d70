"""What a study ran on, read from the system without any heavy library."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from scaling.control_groups import cpu_quota, group_folders
from scaling.cpu_settings import CPUINFO, cpu_settings
from scaling.model import Environment
from scaling.system_files import text_of

LIBRARIES = (
    "rayscale",
    "ray",
    "numpy",
    "pandas",
    "scipy",
    "joblib",
    "distributed",
    "cloudpickle",
    "msgspec",
    "psutil",
    "threadpoolctl",
)
"""Distributions whose version can change a result."""


def collect(root: Path = Path("/")) -> Environment:
    """Describe this machine and process. ``root`` holds ``proc`` and ``sys``."""
    import platform

    cpus = os.cpu_count() or 1
    allowed = _affinity(cpus)
    return Environment(
        hostname=platform.node(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=processor_name(text_of(root / CPUINFO)) or platform.machine(),
        cpus=cpus,
        cpus_affinity=len(allowed),
        cpu_quota=cpu_quota(root),
        memory_mb=memory_mb(root),
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        gil=_gil(),
        versions=tuple(_versions()),
        commit=git_commit(Path(__file__).resolve().parent.parent),
        load_1m=_load(),
        slurm_cpus_per_task=slurm_cpus(os.environ.get("SLURM_CPUS_PER_TASK")),
        slurm_cpus_on_node=slurm_cpus(os.environ.get("SLURM_CPUS_ON_NODE")),
        cpu_settings=cpu_settings(root, allowed),
    )


def slurm_cpus(text: str | None) -> int | None:
    """Return the CPUs that a variable of a SLURM job tells; None where it tells none."""
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else None


def processor_name(cpuinfo: str) -> str | None:
    """Return the model name from the text of ``/proc/cpuinfo``, where it has one."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in {"model name", "Model", "cpu model"}:
            return " ".join(value.split())
    return None


def memory_mb(root: Path) -> int:
    """Return the memory of the machine, or of the control group where that is less."""
    total = meminfo_mb(text_of(root / "proc/meminfo"))
    limits = [
        int(text) >> 20
        for file in ("memory.max", "memory.limit_in_bytes")
        for folder in group_folders(root, "memory")
        if (text := text_of(folder / file).strip()).isdigit()
    ]
    return min([total, *limits])


def meminfo_mb(meminfo: str) -> int:
    """Return the total from the text of ``/proc/meminfo``; 0 when it is not there."""
    for line in meminfo.splitlines():
        words = line.split()
        if words[:1] == ["MemTotal:"] and len(words) > 1 and words[1].isdigit():
            return int(words[1]) >> 10
    return 0


def git_commit(folder: Path) -> str | None:
    """Return the commit of a clone, with ``+changes`` when it is not clean; None elsewhere."""
    import shutil

    git = shutil.which("git")
    if git is None or not (folder / ".git").exists():
        return None
    commit = _git(git, folder, "rev-parse", "HEAD")
    changes = _git(git, folder, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}+changes" if commit and changes else commit


def _git(git: str, folder: Path, *words: str) -> str | None:
    import subprocess

    command = [git, "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def _affinity(cpus: int) -> set[int]:
    try:
        return os.sched_getaffinity(0)
    except (AttributeError, OSError):
        return set(range(cpus))


def _gil() -> bool:
    enabled = getattr(sys, "_is_gil_enabled", None)
    return True if enabled is None else bool(enabled())


def _load() -> float | None:
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def _versions() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
