"""``scale`` leaves a page beside what it measured, and writes one on demand."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scaling import store

Scale = Callable[..., Any]
ROOT = Path(__file__).parents[1]
STUDY = ("run", "primes", "--backends", "simulated", "--workers", "1,2", "--quick", "--size", "8")


def test_every_run_leaves_a_page(scale: Scale, work: Path) -> None:
    """It is named with the other files, exporting gives the same, its command measures again."""
    done = scale(*STUDY, "--output", "out")
    assert done.code == 0
    assert "written: out/study.jsonl, out/report.csv, out/report.html\n" in done.err
    assert scale("export", "out", "-o", "x.HTML").code == 0
    assert (work / "x.HTML").read_bytes() == (work / "out/report.html").read_bytes()
    (told,) = re.findall(r"<pre><code>(.*)</code></pre>", (work / "x.HTML").read_text())
    program, *words = shlex.split(html.unescape(told))
    assert (program, scale(*words).code) == ("scale", 0)
    (again,) = (work / "scale-results").iterdir()
    assert store.read(again).header.plan == store.read(work / "out").header.plan


def test_page_of_a_grain_folder(scale: Scale, work: Path, grain: Path) -> None:
    """What ``scale grain`` found can be a page too."""
    assert scale("export", str(grain), "-o", "g.html").code == 0
    assert "METG at 50% efficiency</h1>" in (work / "g.html").read_text()


def test_broken_drawing_library_loses_no_report(work: Path) -> None:
    """The report is shown and the table written; one line says why there is no page."""
    (work / "broken").mkdir()
    (work / "broken/matplotlib.py").write_text("raise ImportError('built for another Python')")
    environment = {**os.environ, "PYTHONPATH": f"{work / 'broken'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "cli", *STUDY, "--quiet", "--output", "out"],
        cwd=work,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0
    assert "Fastest:" in done.stdout
    assert done.stderr == (
        "out/report.html was not written: ImportError: built for another Python\n"
    )
    assert sorted(path.name for path in (work / "out").iterdir()) == ["report.csv", "study.jsonl"]
