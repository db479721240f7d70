"""What is offered for the beginning of a word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaling import completion


def test_backends_already_named_are_not_offered_again() -> None:
    """Each backend once in a list."""
    offered = completion.backends("serial,ray,")
    assert "serial,ray,threads" in offered
    assert "serial,ray,serial" not in offered
    assert len(offered) == len(completion.backends("")) - 2


def test_newest_study_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the time of the file."""
    monkeypatch.chdir(tmp_path)
    for age, name in enumerate(("new", "middle", "old")):
        file = Path("scale-results", name, "study.jsonl")
        file.parent.mkdir(parents=True)
        file.touch()
        os.utime(file, (1000 - age, 1000 - age))
    assert completion.studies("") == [f"scale-results/{name}" for name in ("new", "middle", "old")]
    assert completion.grains("") == []


def test_no_results_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is offered, and nothing goes wrong."""
    monkeypatch.chdir(tmp_path)
    assert completion.studies("") == []
