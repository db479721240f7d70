import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scaling.model import WorkloadSpec
from scaling.workloads import origin

SQUARE = "def square(x):\n    return x * x\n"


def git(folder: Path, *arguments: str) -> None:
    """Run git on a repository that knows no settings of this machine."""
    subprocess.run(
        [
            shutil.which("git") or "git",
            *("-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c"),
            *arguments,
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
    )


def spec_of(path: Path, **options: Any) -> WorkloadSpec:
    """The function of the file on a few numbers."""
    return WorkloadSpec(f"{path}:square", **{"items": "range:3", **options})


def test_digest_follows_the_file(user_file: Any) -> None:
    """Another text of the kernel's file gives another digest; the same text the same."""
    spec = spec_of(user_file(SQUARE))
    first = origin.code_digest(spec)
    assert origin.code_digest(spec) == first
    user_file(SQUARE + "# changed\n")
    assert origin.code_digest(spec) != first


def test_digest_follows_other_files(user_file: Any) -> None:
    """The files of items and combine count as well."""
    user_file("def total(parts):\n    return sum(parts)\n", "my_totals.py")
    path = user_file(SQUARE)
    first = origin.code_digest(spec_of(path, combine="my_totals:total"))
    assert first != origin.code_digest(spec_of(path))
    user_file("def total(parts):\n    return max(parts)\n", "my_totals.py")
    assert first != origin.code_digest(spec_of(path, combine="my_totals:total"))


def test_kernel_without_a_file() -> None:
    """A kernel in C has a digest too."""
    assert len(origin.code_digest(WorkloadSpec("math:sqrt", items="range:3"))) == 64


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_commit(user_file: Any, tmp_path: Path) -> None:
    """The commit is told, and whether the code differs from it."""
    path = user_file(SQUARE)
    spec = spec_of(path)
    assert origin.commit(spec) is None
    git(tmp_path, "init")
    git(tmp_path, "add", path.name)
    git(tmp_path, "commit", "-m", "one")
    clean = origin.commit(spec)
    assert clean is not None
    assert clean.isalnum()
    (tmp_path / "results").mkdir()
    (tmp_path / "results/study.jsonl").touch()
    assert origin.commit(spec) == clean
    path.write_text(SQUARE + "\n")
    assert origin.commit(spec) == f"{clean}+changes"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_untracked_code_is_a_change(user_file: Any, tmp_path: Path) -> None:
    """A file that the commit does not hold is a change."""
    user_file("", "other.py")
    git(tmp_path, "init")
    git(tmp_path, "add", "other.py")
    git(tmp_path, "commit", "-m", "one")
    found = origin.commit(spec_of(user_file(SQUARE)))
    assert found is not None
    assert found.endswith("+changes")


def test_installed_code_has_no_commit() -> None:
    """A module of Python, or of the toolkit, is not the user's code."""
    assert origin.commit(WorkloadSpec("colorsys:rgb_to_hsv", items="range:3")) is None
    assert origin.commit(WorkloadSpec("sources")) is None
