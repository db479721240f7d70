"""A study survives ``kill -9`` of its owner at any moment, and leaves nothing behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import pytest

from scaling import store

ROOT = Path(__file__).parents[1]
MOMENTS = int(os.environ.get("RAYSCALE_KILLS", "4"))
SEED = int(os.environ.get("RAYSCALE_KILL_SEED", str(time.time_ns() % 10**6)))
GONE_S = 10.0
RUN = ("run", "primes", "--size", "4", "--quick", "--output", "out")
LONGEST_S = 8.0
BACKENDS = (
    ("processes,ray", "--nodes", "2"),
    ("joblib,dask", "--nodes", "1"),
    ("threads,ray", "--nodes", "2"),
    ("processes,dask", "--nodes", "1"),
)
"""What is killed at the first moment, the second and so on."""
TEST = "RAYSCALE_TEST"
"""Variable that everything started by a test inherits."""


def marked(test: str) -> list[str]:
    """Return what carries the mark of a study that this test began."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            text = path.read_bytes()
        except OSError:
            continue
        if b"RAYSCALE_OWNER=" in text and f"{TEST}={test}".encode() in text:
            found.append(path.parent.name)
    return found


def start(folder: Path, test: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the command line in a folder."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", *arguments, "--quiet"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), TEST: test},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until_gone(test: str) -> float:
    """Wait until nothing with our mark is left; return how long it took."""
    began = time.monotonic()
    while left := marked(test):
        assert time.monotonic() - began < GONE_S, [describe(process) for process in left]
        time.sleep(0.1)
    return time.monotonic() - began


def describe(process: str) -> str:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return f"{process}, gone now"


@pytest.mark.cluster
@pytest.mark.timeout(150)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("moment", range(MOMENTS))
def test_kill_and_resume(moment: int, tmp_path: Path) -> None:
    """Killed at a random moment: nothing is left, the study loads, and resume completes it."""
    delay = random.Random(f"{SEED}:{moment}").uniform(0.2, LONGEST_S)  # noqa: S311 - no secret
    sys.stdout.write(f"seed {SEED}, moment {moment}: {delay:.2f} s\n")
    test = uuid.uuid4().hex
    run = (*RUN, "--backends", *BACKENDS[moment % len(BACKENDS)])
    owner = start(tmp_path, test, *run)
    try:
        owner.wait(delay)
    except subprocess.TimeoutExpired:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    took = wait_until_gone(test)
    sys.stdout.write(f"gone after {took:.1f} s\n")
    if (tmp_path / "out").exists():
        store.read(tmp_path / "out")
        again: tuple[str, ...] = ("run", "--resume", "out")
    else:
        again = run
    assert start(tmp_path, test, *again).wait(120) == 0
    data = store.read(tmp_path / "out")
    assert data.ends[-1].reason == "complete"
    counted = Counter((session.case, session.block) for session in data.sessions)
    assert set(counted.values()) == {1}
    cases = data.header.plan.cases
    assert {(case.key, block) for case in cases for block in (1, 2)} <= set(counted)
    wait_until_gone(test)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
