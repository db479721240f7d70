"""A study that is stopped, and one whose cluster is damaged under it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from scaling import store

ROOT = Path(__file__).parents[1]
Scale = Callable[..., Any]
Rows = Callable[[], dict[str, dict[str, str]]]


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command line beside the test."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lines_of(study: Path, kind: str) -> int:
    """Count the lines of a kind in a study file."""
    file = study / "study.jsonl"
    return file.read_text().count(f'"kind":"{kind}"') if file.exists() else 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_study_says_how_to_go_on(
    number: signal.Signals, work: Path, scale: Scale, rows: Rows
) -> None:
    """Stopped by Ctrl-C, SIGTERM or a closed terminal: code 130, one line, and resume completes."""
    arguments = ("compare", "work.py:slow", "--items", "range:8", "--backends", "processes")
    with running(
        work, *arguments, "--workers", "2", "--max-blocks", "2", "--output", "out"
    ) as process:
        wait_for(lambda: lines_of(work / "out", "session") >= 2)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    (line,) = (line for line in err.splitlines() if line.startswith("error:"))
    assert "scale run --resume out" in line
    assert store.read(work / "out").ends[-1].reason == "interrupted"
    before = lines_of(work / "out", "session")
    assert scale("run", "--resume", "out").code == 0
    assert rows()["processes"]["blocks"] == "2"
    assert lines_of(work / "out", "session") == 5 > before


def test_stopped_before_anything_was_measured(work: Path) -> None:
    """Stopped while the workload is looked at, a command ends with a word and no study."""
    (work / "late.py").write_text(
        "import time\nopen(__file__ + '.begun', 'w').close()\ntime.sleep(60)\n", encoding="utf-8"
    )
    with running(work, "compare", "late.py:f", "--items", "range:3") as process:
        wait_for((work / "late.py.begun").exists)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "error: interrupted" in err
    assert not (work / "scale-results").exists()


def test_resume_with_a_tolerance(work: Path, scale: Scale, rows: Rows) -> None:
    """Near answers are judged after a resume as before it."""
    arguments = ("compare", "work.py:rough", "--items", "range:30", "--backends", "processes")
    more = ("--workers", "2", "--max-blocks", "2", "--tolerance", "1e-9", "--output", "out")
    with running(work, *arguments, *more) as process:
        wait_for(lambda: lines_of(work / "out", "session") >= 2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    done = scale("run", "--resume", "out")
    assert done.code == 0, done.err
    assert rows()["processes"]["status"] == "ok"
    assert rows()["processes"]["blocks"] == "2"


def test_answers_that_differ_in_the_last_digits(work: Path, scale: Scale) -> None:
    """Without a tolerance, floats must be equal to the last bit."""
    arguments = ("compare", "work.py:rough", "--items", "range:30", "--backends", "processes")
    done = scale(*arguments, "--workers", "2", "--max-blocks", "1")
    assert done.code == 1
    assert "differs from the reference" in " ".join(done.out.split())


def test_part_that_cannot_be_unpickled(work: Path, scale: Scale, rows: Rows) -> None:
    """A part that pickles but does not unpickle is told as what cannot be sent back."""
    arguments = ("compare", "work.py:bad_part", "--items", "range:12", "--backends", "processes")
    assert scale(*arguments, "--workers", "2", "--max-blocks", "1", "--output", "out").code == 1
    assert "cannot be sent back" in rows()["processes"]["reason"]


def test_file_that_hides_the_toolkit(work: Path, scale: Scale) -> None:
    """A scaling.py beside the user's file is refused with what to do."""
    (work / "scaling.py").write_text("", encoding="utf-8")
    done = scale("compare", "work.py:square", "--items", "range:3")
    assert done.code == 2
    assert "rename it" in done.error


@pytest.mark.cluster
def test_cluster_that_loses_a_node_is_started_again(work: Path, scale: Scale, rows: Rows) -> None:
    """After a raylet was killed, the cluster starts again and the study goes on, all ok."""
    arguments = ("run", "work.py:slow", "--items", "range:8", "--nodes", "2", "--backends", "ray")
    with running(work, *arguments, "--max-blocks", "2", "--output", "out") as process:
        wait_for(lambda: lines_of(work / "out", "cluster") == 1)
        family = psutil.Process(process.pid).children(recursive=True)
        raylets = [child for child in family if child.name() == "raylet"]
        assert len(raylets) == 3
        max(raylets, key=lambda child: child.create_time()).kill()
        _, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert lines_of(work / "out", "cluster") == 2
    assert (rows()["ray"]["status"], rows()["ray"]["blocks"]) == ("ok", "2")
