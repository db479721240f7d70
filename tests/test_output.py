"""What a command does when its result cannot be written, or nobody reads it."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
import typer

import cli
from tests.scaling.conftest import StudyBuilder

ARGUMENTS = [
    ("show",), ("show", "--json"), ("show", "--rules"), ("predict", "--workers", "8"),
]  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study that can be shown and predicted from."""
    made = StudyBuilder()
    made.case("serial", [1.0] * 6)
    for workers in (1, 2, 3, 4, 6):
        made.case("processes", [1.0 / workers] * 6, workers=workers)
    made.end()
    made.save(tmp_path / "out")
    return tmp_path / "out"


def code_of(arguments: tuple[str, ...], study: Path) -> int:
    """Return the exit code of a command about a study."""
    command, *others = arguments
    words = [command, str(study), *others, "--no-config"]
    try:
        return cli.run_command(typer.main.get_command(cli.app), words)
    finally:
        gc.enable()  # a process of a command's own would have ended


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_full_device(
    arguments: tuple[str, ...], study: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A result that cannot be written is an error, however good the result is."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert code_of(arguments, study) == 2
    assert capsys.readouterr().err.startswith("error: the result cannot be written")


def test_help_on_a_full_device(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Help is a result like any other."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert cli.run_command(typer.main.get_command(cli.app), []) == 2
    assert capsys.readouterr().err == (
        "error: the result cannot be written: No space left on device\n"
    )


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_reader_that_went_away(
    arguments: tuple[str, ...], study: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A pipe that nobody reads ends a command as it ends any other, without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        assert code_of(arguments, study) == 141
    assert capsys.readouterr().err == ""
