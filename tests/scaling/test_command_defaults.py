"""Defaults of options on their way into a command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

import cli


def test_folder_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the current folder was removed, a command says so."""

    def gone() -> Path:
        raise FileNotFoundError(2, "No such file or directory")

    command: Any = typer.main.get_command(cli.app)
    monkeypatch.setattr(Path, "cwd", gone)
    assert cli.run_command(command, ["backends"]) == 2
    told = "error: the current folder cannot be used (No such file or directory); change into"
    assert capsys.readouterr().err.startswith(told)
