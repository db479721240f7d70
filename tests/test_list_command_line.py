"""``scale list``, and the report in terminals of all kinds."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

Scale = Callable[..., Any]
ROOT = Path(__file__).parents[1]


def in_terminal(work: Path, *arguments: str, **environment: str) -> str:
    """Return what a command writes to a terminal."""
    owner, terminal = pty.openpty()
    base = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "COLUMNS"}}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", *arguments],
        cwd=work,
        env={**base, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100", **environment},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(terminal)
        with os.fdopen(owner, "rb") as stream:
            parts = list(iter(lambda: _read(stream.fileno()), b""))
        assert process.wait() == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # a terminal that nobody writes to any more
        return b""


def test_list(scale: Scale, work: Path, simulated: Path, grain: Path) -> None:
    """Studies and grain results, the newest first, each with its folder."""
    copytree(simulated, work / "scale-results" / "older")
    copytree(grain, work / "scale-results" / "newer")
    (work / "scale-results" / "notes").mkdir()
    done = scale("list")
    assert (done.code, done.err) == (0, "")
    heading, newer, older, foreign = done.out.splitlines()
    assert heading.startswith("when (UTC)")
    assert " grain " in newer
    assert f" {1 / (0.1 + 0.9 / 4):.2f} simulated 4 " in older
    assert Path(work, older.split()[-1]).is_dir()
    assert foreign == "no study in: notes"
    document = json.loads(scale("list", "scale-results", "--json").out)
    assert [one["kind"] for one in document["studies"]] == ["grain", "study"]


def test_nothing_to_list(scale: Scale, work: Path) -> None:
    """No studies so far is no mistake; a folder that is not there is one."""
    done = scale("list")
    assert (done.code, done.out) == (
        0, "no studies in scale-results; begin one with: scale run\n",
    )  # fmt: skip
    done = scale("list", "gone")
    assert (done.code, done.out) == (2, "")
    assert "there is no folder gone" in done.error


def test_list_in_a_narrow_terminal(work: Path, simulated: Path) -> None:
    """The folder has a line of its own."""
    copytree(simulated, work / "a/rather/long_name_of_a_folder")
    lines = in_terminal(work, "list", "a", COLUMNS="80").splitlines()
    assert lines[-1].startswith("  a/rather/long_name")
    assert max(map(len, lines)) <= 80


def test_pipe_is_plain(scale: Scale, simulated: Path) -> None:
    """No colour, 80 columns, ASCII, bars included."""
    out = scale("show", str(simulated)).out
    assert "\x1b" not in out
    assert out.isascii()
    assert "Speedup from 0 to " in out
    assert "===|" in out
    assert max(map(len, out.splitlines())) <= 80


def test_terminal_has_colour_and_width(work: Path, simulated: Path) -> None:
    """Bars are longer than in 80 columns, and cyan."""
    out = in_terminal(work, "show", str(simulated))
    assert "\x1b[36m=" in out
    assert any(len(line) > 90 for line in out.splitlines() if line.endswith("3.08"))


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_terminal_without_colour(work: Path, simulated: Path, environment: dict[str, str]) -> None:
    """A dumb terminal, and a user who wants none, get the same text plain."""
    out = in_terminal(work, "show", str(simulated), **environment)
    assert "\x1b" not in out
    assert "===|" in out


def test_forced_colour_in_a_pipe(
    scale: Scale, simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FORCE_COLOR asks for it."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[36m=" in scale("show", str(simulated)).out
