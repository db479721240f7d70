"""The environment is read from the system's own texts."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaling import environment


def fake_root(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a system below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_collects_this_machine() -> None:
    """Every field has a value that can be true."""
    found = environment.collect()
    assert found.cpus >= found.cpus_affinity >= 1
    assert len(os.sched_getaffinity(0)) == found.cpus_affinity
    assert found.memory_mb > 0
    assert found.processor
    assert "msgspec" in dict(found.versions)


def test_loads_no_heavy_library() -> None:
    """Looking up versions imports none of the libraries."""
    code = (
        "import sys; from scaling import environment; environment.collect();"
        "assert not {'ray', 'numpy', 'pandas', 'scipy', 'distributed'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=Path(environment.__file__).parents[1]
    )


def test_empty_system_has_values(tmp_path: Path) -> None:
    """Without any of the files, limits are absent and nothing fails."""
    found = environment.collect(tmp_path)
    assert found.cpu_quota is None
    assert found.memory_mb == 0
    assert found.processor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("processor\t: 0\nmodel name\t: AMD  EPYC 7B13\n", "AMD EPYC 7B13"),
        ("processor : 0\nBogoMIPS : 50\nModel : Raspberry Pi 5\n", "Raspberry Pi 5"),
        ("processor : 0\n", None),
        ("", None),
    ],
)
def test_processor_name(text: str, expected: str | None) -> None:
    """The model name is found where the kernel gives one."""
    assert expected == environment.processor_name(text)


def test_quota_where_the_path_is_the_hosts(tmp_path: Path) -> None:
    """In a container whose path is not mounted, the mount itself is the group (version 1)."""
    root = fake_root(
        tmp_path,
        {
            "proc/self/cgroup": "4:cpu,cpuacct:/docker/0123\n1:memory:/docker/0123\n",
            "proc/meminfo": "MemTotal:       16384000 kB\nMemFree: 1 kB\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": str(2 << 30),
        },
    )
    found = environment.collect(root)
    assert found.cpu_quota == 0.5
    assert found.usable_cpus == 1
    assert found.memory_mb == 2048


def test_memory_without_a_limit_is_the_machines(tmp_path: Path) -> None:
    """The huge number that stands for no limit in version 1 changes nothing."""
    root = fake_root(
        tmp_path,
        {
            "proc/self/cgroup": "1:memory:/\n0::/\n",
            "proc/meminfo": "MemTotal: 2048000 kB\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/memory.max": "max\n",
        },
    )
    assert environment.memory_mb(root) == 2000


def test_usable_cpus_are_the_least_of_affinity_and_quota() -> None:
    """A quota of 1.5 CPUs lets one worker run at full speed."""
    found = replace(environment.collect(), cpus_affinity=4, cpu_quota=1.5)
    assert found.usable_cpus == 1
    assert replace(found, cpu_quota=None).usable_cpus == 4


def test_commit_of_a_clone(tmp_path: Path) -> None:
    """A clone has its commit, marked when it was changed; another folder has none."""

    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(tmp_path), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert environment.git_commit(tmp_path) is None
    git("init", "-q")
    (tmp_path / "file").write_text("a")
    git("add", "file")
    git("commit", "-qm", "first")
    commit = git("rev-parse", "HEAD")
    assert commit == environment.git_commit(tmp_path)
    (tmp_path / "file").write_text("b")
    assert f"{commit}+changes" == environment.git_commit(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("8", 8), ("1", 1), ("0", None), ("", None), (None, None), ("2(x3)", None), ("-1", None)],
)
def test_cpus_of_a_slurm_job(text: str | None, expected: int | None) -> None:
    """SLURM tells a plain number; anything else tells nothing."""
    assert expected == environment.slurm_cpus(text)


def test_slurm_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the job was given stands beside what the system says."""
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "3")
    monkeypatch.setenv("SLURM_CPUS_ON_NODE", "12")
    found = environment.collect()
    assert (found.slurm_cpus_per_task, found.slurm_cpus_on_node) == (3, 12)
