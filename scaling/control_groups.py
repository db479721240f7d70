"""The control groups of this process: where their files are, and the CPUs that they allow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scaling.system_files import text_of

_CGROUPS = "sys/fs/cgroup"


def cpu_quota(root: Path) -> float | None:
    """Return the CPUs that the control groups of this process allow; None without a limit.

    A group is bound by its parents too, so the least of them counts.
    """
    quotas = [
        quota
        for folder in group_folders(root, "cpu")
        for quota in (
            quota_v2(text_of(folder / "cpu.max")),
            quota_v1(text_of(folder / "cpu.cfs_quota_us"), text_of(folder / "cpu.cfs_period_us")),
        )
        if quota is not None
    ]
    return min(quotas, default=None)


def quota_v2(cpu_max: str) -> float | None:
    """Return the CPUs from the text of ``cpu.max``: ``quota period`` or ``max period``."""
    words = cpu_max.split()
    return quota_v1(*words) if len(words) == 2 else None


def quota_v1(quota: str, period: str) -> float | None:
    """Return the CPUs from a quota and its period in microseconds; -1 is no limit."""
    try:
        limit, span = int(quota), int(period)
    except ValueError:
        return None
    return limit / span if limit > 0 and span > 0 else None


def own_groups(cgroup: str, controller: str) -> list[tuple[str, str]]:
    """Return (controllers, path) of the groups in ``/proc/self/cgroup`` that bind the controller.

    The unified hierarchy (version 2) has no controllers in its line.
    """
    lines = [line.split(":", 2) for line in cgroup.splitlines()]
    return [
        (parts[1], parts[2])
        for parts in lines
        if len(parts) == 3 and (not parts[1] or controller in parts[1].split(","))
    ]


def group_folders(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's groups and of all their parents.

    In a container the path may be the host's, which is not mounted: its parents still end at the
    mount, which is the container's own group.
    """
    for controllers, path in own_groups(text_of(root / "proc/self/cgroup"), controller):
        mounts = {controllers, controller} if controllers else {"", "unified"}
        own = PurePosixPath(path.lstrip("/"))
        for mount in sorted(mounts):
            for group in (own, *own.parents):
                yield root / _CGROUPS / mount / group
