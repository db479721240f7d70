"""The limits of control groups, of both versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaling import control_groups


def fake_root(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a system below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [("max 100000\n", None), ("150000 100000\n", 1.5), ("", None), ("x y\n", None), ("1\n", None)],
)
def test_quota_of_version_2(text: str, expected: float | None) -> None:
    """cpu.max holds quota and period, or max."""
    assert expected == control_groups.quota_v2(text)


@pytest.mark.parametrize(
    ("quota", "period", "expected"),
    [("-1\n", "100000\n", None), ("50000\n", "100000\n", 0.5), ("", "", None), ("5", "0", None)],
)
def test_quota_of_version_1(quota: str, period: str, expected: float | None) -> None:
    """A quota of -1 is no limit."""
    assert expected == control_groups.quota_v1(quota, period)


def test_own_groups() -> None:
    """Version 1 lines name their controllers, the line of version 2 names none."""
    text = "4:cpu,cpuacct:/a\n3:cpuset:/b\n0::/c:d\ngarbage\n"
    assert control_groups.own_groups(text, "cpu") == [("cpu,cpuacct", "/a"), ("", "/c:d")]


def test_quota_of_the_own_nested_group(tmp_path: Path) -> None:
    """The least quota of the group and its parents counts (version 2)."""
    root = fake_root(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user.slice/job.scope\n",
            "sys/fs/cgroup/cpu.max": "max 100000",
            "sys/fs/cgroup/user.slice/cpu.max": "200000 100000",
            "sys/fs/cgroup/user.slice/job.scope/cpu.max": "300000 100000",
            "sys/fs/cgroup/other/cpu.max": "100000 100000",
        },
    )
    assert control_groups.cpu_quota(root) == 2.0
