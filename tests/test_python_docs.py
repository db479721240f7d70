"""What docs/python.md shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import scaling
from scaling.results import Study

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)


def run(code: str, folder: Path, *, as_script: bool) -> subprocess.CompletedProcess[str]:
    """Run a block as a script, or as a notebook does, without a file."""
    (folder / "my_script.py").write_text(code, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "my_script.py" if as_script else "-"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=None if as_script else code,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_script(tmp_path: Path) -> None:
    """The example runs, and its study is where it belongs."""
    done = run(BLOCKS[0], tmp_path, as_script=True)
    assert done.returncode == 0, done.stderr
    assert "collatz, 3000 items" in done.stdout
    assert "scheduling_s" in done.stdout
    (folder,) = (tmp_path / "scale-results").iterdir()
    assert {"study.jsonl", "report.csv"} <= {path.name for path in folder.iterdir()}
    assert not scaling.load(folder).failed


def test_notebook_cell(tmp_path: Path) -> None:
    """The cell runs without a file, made short by ``quick`` and fewer backends."""
    short = 'workers=2, quick=True, backends=("processes", "dask"))'
    done = run(BLOCKS[1].replace("workers=2)", short), tmp_path, as_script=False)
    assert done.returncode == 0, done.stderr


def test_what_the_table_names_is_there() -> None:
    """Every attribute of a study in the text exists."""
    names = set(re.findall(r"`study\.(\w+)", TEXT))
    assert names
    assert {name for name in names if not hasattr(Study, name)} <= {"folder"}
