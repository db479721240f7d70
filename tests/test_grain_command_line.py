"""``scale grain`` from the command line, on real backends."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaling import grain_store

ROOT = Path(__file__).parents[1]
Scale = Callable[..., Any]
SMALL = ("grain", "--items", "50", "--blocks", "1", "--workers", "2")


def test_table_csv_and_file(scale: Scale, work: Path) -> None:
    """Each backend gets a METG that lies between two measured points, or is bounded."""
    done = scale(*SMALL, "--backends", "serial,processes", "--output", "out", "--csv", "a.csv")
    assert done.code == 0, done.err
    assert "METG(50%)" in done.out
    with (work / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["backend"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"serial", "processes"}
    for row in rows.values():
        assert row["status"] == "ok"
        assert float(row["over_efficiency"]) >= 0.5
        assert row["bound"] or float(row["under_efficiency"]) < 0.5
    assert (work / "a.csv").read_text() == (work / "out" / "grain.csv").read_text()
    data = grain_store.read(work / "out")
    assert data.ends[-1].reason == "complete"
    assert {session.block for session in data.sessions} == {1}
    assert scale("show", "out").out == done.out


def test_study_is_shown_beside_it(scale: Scale, work: Path) -> None:
    """A run finds the newest result of the same machine by itself; show is told where it is."""
    assert scale(*SMALL, "--backends", "threads").code == 0
    (found,) = (work / "scale-results").iterdir()
    study = ("compare", "work.py:square", "--items", "range:50", "--backends", "threads")
    done = scale(*study, "--workers", "2", "--quick", "--output", "out")
    assert f"METG(50%) from scale-results/{found.name}:" in done.out, done.err
    assert "threads (2 workers): " in done.out
    assert "METG" not in scale("show", "out").out
    shown = scale("show", "out", "--grain", str(found), "--json")
    assert json.loads(shown.out)["grain"]["items"][0]["backend"] == "threads"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--backends", "simulated"), "name a real backend"),
        (("--backends", "asyncio"), "no asynchronous form"),
        (("--backends", "thread"), "did you mean 'threads'?"),
        (("--threshold", "2"), "give a share"),
    ],
)
def test_mistakes_are_one_line(
    scale: Scale, work: Path, arguments: tuple[str, ...], said: str
) -> None:
    """A user's mistake ends with 2 before anything is written."""
    done = scale("grain", *arguments, "--output", "out")
    assert done.code == 2
    assert said in done.error
    assert not (work / "out").exists()


def test_grain_that_is_not_there(scale: Scale, simulated: Path) -> None:
    """``show --grain`` names what it wants."""
    done = scale("show", str(simulated), "--grain", "nowhere")
    assert done.code == 2
    assert "scale grain" in done.error


def test_stopped_run_keeps_what_was_measured(scale: Scale, work: Path) -> None:
    """Ctrl-C ends with 130; the sessions that ended can be shown."""
    command = [sys.executable, "-P", "-m", "cli", "grain", "--items", "50", "--backends", "serial"]
    process = subprocess.Popen(
        [*command, "--blocks", "50", "--output", "out"],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        file = work / "out" / grain_store.GRAIN_FILE
        deadline = time.monotonic() + 60
        while not (file.exists() and '"kind":"session"' in file.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert errors.splitlines()[-1].endswith("scale show out")
    assert grain_store.read(work / "out").ends[-1].reason == "interrupted"
    assert scale("show", "out").out.count("serial") == 1


def test_backend_that_fails_leaves_the_others(
    work: Path,
) -> None:
    """A backend that cannot open is recorded with its reason, and the run ends with 1."""
    (work / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'scaling.measure.grain_session' in ' '.join(sys.orig_argv):\n"
        "    import threading\n"
        "    def start(self):\n"
        '        raise RuntimeError("can\'t start new thread")\n'
        "    threading.Thread.start = start\n"
    )
    process = subprocess.run(
        [sys.executable, "-P", "-m", "cli", *SMALL, "--backends", "serial,threads", "--output",
         "out"],
        cwd=work,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{work}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )  # fmt: skip
    assert process.returncode == 1, process.stderr
    assert "threads (2 workers) failed" in process.stdout
    assert "can't start new thread" in process.stdout
    assert any(line.startswith("serial") for line in process.stdout.splitlines())


@pytest.mark.cluster
def test_running_cluster(scale: Scale, running_cluster: str) -> None:
    """A running cluster is measured as it is; ``show`` gives the same JSON as the quiet run."""
    done = scale(
        *SMALL, "--backends", "ray", "--nodes", "1", "--workers-per-node", "1", "--cluster",
        running_cluster, "--output", "out", "--quiet", "--json",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert scale("show", "out", "--json").out == done.out
    (row,) = json.loads(done.out)["report"]
    assert (row["backend"], row["workers"], row["status"]) == ("ray", 1, "ok")
    assert row["metg_s"] > 0
