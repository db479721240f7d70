"""Which item a worker is at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scaling.backends.progress import IDLE, item_at, items_at, open_progress

DIES = """
import os, sys
from pathlib import Path
from scaling.backends.progress import open_progress
open_progress(Path(sys.argv[1]), 4)[0] = 2**40
os.abort()
"""


def test_index_is_seen_by_others(tmp_path: Path) -> None:
    """Others read what the worker wrote last; None between items."""
    at = open_progress(tmp_path, 0)
    assert item_at(tmp_path, 0) is None
    at[0] = 12
    assert item_at(tmp_path, 0) == 12
    at[0] = IDLE
    assert item_at(tmp_path, 0) is None


def test_index_outlives_the_worker(tmp_path: Path) -> None:
    """What a worker wrote is there after it was killed."""
    root = Path(__file__).parents[3]
    subprocess.run(
        [sys.executable, "-c", DIES, str(tmp_path)],
        check=False,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert item_at(tmp_path, 4) == 2**40


def test_worker_that_never_opened(tmp_path: Path) -> None:
    """A worker without a file, or with half of one, is at no item."""
    (tmp_path / "at-1").write_bytes(b"abc")
    assert (item_at(tmp_path, 0), item_at(tmp_path, 1)) == (None, None)


def test_items_of_all_workers(tmp_path: Path) -> None:
    """All items under way are listed in order; idle workers are left out."""
    for worker, index in enumerate((8, IDLE, 3)):
        open_progress(tmp_path, worker)[0] = index
    assert items_at(tmp_path) == [3, 8]


def test_a_new_worker_starts_idle(tmp_path: Path) -> None:
    """Opening the file again forgets what was there."""
    open_progress(tmp_path, 0)[0] = 5
    open_progress(tmp_path, 0)
    assert item_at(tmp_path, 0) is None
