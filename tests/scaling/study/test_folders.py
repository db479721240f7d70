"""The private folder of a run, and the folder of its study."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaling.study.folders import private_folder

ROOT = Path(__file__).parents[3]
KILLED = """
import os, signal, sys
from pathlib import Path
from scaling.study import folders
def killed(path, *_, **__):
    if sys.argv[1] == "after":
        os.mkdir(path, 0o700)
    os.kill(os.getpid(), signal.SIGKILL)
Path.mkdir = killed
with folders.private_folder("test-killed"):
    pass
"""


def test_folder_is_private_and_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only this user may enter it, and nothing of it stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_folder("test-folder") as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").touch()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_run_killed_while_it_makes_the_folder(moment: str, tmp_path: Path) -> None:
    """Just before or just after the folder is there: nothing stays."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment],
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []
