"""Defaults from a file, as the commands take them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaling import store

Scale = Callable[..., Any]

FILE = """
workload = "work.py:square"
backends = ["processes", "threads"]
workers = 2
items = "range:12"
[run]
max-blocks = 2
[grain]
items = 50
"""


@pytest.fixture
def file(work: Path) -> Path:
    """A file with defaults beside the user's."""
    (work / ".git").mkdir()
    path = work / "scale.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def backends_of(folder: Path) -> set[str]:
    """Return the backends that a study measured."""
    return {case.backend for case in store.read(folder).header.plan.cases}


def test_run_takes_them_and_says_so(scale: Scale, work: Path, file: Path) -> None:
    """The plan and the recorded command have the values; one line on stderr names the file."""
    done = scale("run", "--output", "out", "--nodes", "1")
    assert done.code == 0, done.err
    said = [line for line in done.err.splitlines() if line.startswith("defaults")]
    assert said == ["defaults from scale.toml: workload, workers, backends, items, max-blocks"]
    header = store.read(work / "out").header
    assert backends_of(work / "out") == {"serial", "processes", "threads"}
    assert header.plan.max_blocks == 2
    assert "--backends=processes,threads" in header.command
    assert "--max-blocks=2" in header.command
    assert "work.py:square" in header.command


def test_command_line_wins(scale: Scale, work: Path, file: Path) -> None:
    """What is typed is taken, and not said to come from the file."""
    done = scale("compare", "work.py:square", "--backends", "serial", "--quick", "--output", "out")
    assert done.code == 0, done.err
    assert backends_of(work / "out") == {"serial"}
    assert "defaults from scale.toml: workers, items\n" in done.err


def test_quick_displaces_the_blocks_of_the_file(scale: Scale, work: Path, file: Path) -> None:
    """--quick on the command line is no contradiction to blocks in the file."""
    done = scale("run", "--quick", "--nodes", "1", "--backends", "serial", "--dry-run", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["max_blocks"] == 2
    assert "max-blocks" not in done.err


def test_switched_off(
    scale: Scale, work: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By option or by environment, the file is not read: it may even be broken."""
    file.write_text("[", encoding="utf-8")
    assert scale("backends", "--no-config").code == 0
    assert scale("backends").code == 2
    monkeypatch.setenv("SCALE_CONFIG", "off")
    assert scale("backends").code == 0


def test_quiet_is_quiet(scale: Scale, work: Path, file: Path) -> None:
    """--quiet leaves the line out; a mistake still names the file."""
    done = scale("compare", "--quick", "--quiet", "--output", "out")
    assert (done.code, done.err) == (0, "")
    file.write_text('workers = "two"\n', encoding="utf-8")
    done = scale("compare", "primes", "--quiet")
    assert done.code == 2
    assert "--workers two" in done.error
    assert "scale.toml" in done.error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nodez = 4", "did you mean 'nodes'?"),
        ('blocks = "many"', "scale.toml: Invalid value for"),
        ("blocks = 0", "scale.toml: Invalid value for"),
        ('quick = "yes"', "give true or false"),
        ("resume = 'x'", "there is no option 'resume'"),
        ('"\\u001b[31m" = 1', "there is no option '\\x1b[31m'"),
        ('nodes = "\\u001b[31m"', "--nodes ?[31m"),
    ],
)
def test_mistakes_are_one_line(scale: Scale, work: Path, file: Path, text: str, said: str) -> None:
    """As a mistake on the command line, with the file named; nothing is written."""
    file.write_text(text, encoding="utf-8")
    before = set(work.iterdir())
    done = scale("run", "primes")
    assert (done.code, done.out) == (2, "")
    assert said in done.error
    assert "scale.toml" in done.error
    assert before == set(work.iterdir())


def test_help_reads_no_file(scale: Scale, work: Path, file: Path) -> None:
    """A file with a mistake keeps nobody from help."""
    file.write_text("[", encoding="utf-8")
    for arguments in (("--help",), ("run", "--help"), ("run", "-h"), ()):
        assert scale(*arguments).code == 0


def test_resume_goes_on_as_planned(scale: Scale, work: Path, file: Path) -> None:
    """The file decides nothing of a study that has begun, not even its limits."""
    assert scale("run", "--output", "out", "--nodes", "1", "--backends", "serial").code == 0
    file.write_text("max-blocks = 4\nnodes = 2\n", encoding="utf-8")
    done = scale("run", "--resume", "out")
    assert done.code == 0, done.err
    assert "defaults from" not in done.err
    blocks = {session.block for session in store.read(work / "out").sessions}
    assert max(blocks) == 2


def test_grain_and_show_have_their_tables(scale: Scale, work: Path, file: Path) -> None:
    """Items of grain are a number, those of run a source."""
    done = scale("grain", "--dry-run", "--json", "--nodes", "1", "--backends", "serial")
    assert done.code == 0, done.err
    assert json.loads(done.out)["cases"][0]["size"] == 50
    file.write_text("[list]\njson = true\n", encoding="utf-8")
    assert json.loads(scale("list").out)["studies"] == []


def test_file_above_names_files_beside_itself(scale: Scale, work: Path, file: Path) -> None:
    """From a folder below, the workload is found all the same."""
    below = work / "below"
    below.mkdir()
    done = scale("compare", "--dry-run", "--json", cwd=below)
    assert done.code == 0, done.err
    assert {case["workload"] for case in json.loads(done.out)["cases"]} == {"square"}
