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


@pytest.mark.parametrize(
    ("words", "place", "expected"),
    [
        ("scale run --backends = ser", 4, "scale run --backends ser"),
        ("scale run --backends =", 3, "scale run --backends"),
        ("scale run --backends = --quick", 3, "scale run --backends"),
        ("scale run --param a=1 pri", 4, "scale run --param a=1 pri"),
    ],
)
def test_what_bash_tells_of_its_words(words: str, place: int, expected: str) -> None:
    """The sign between an option and its value is no word; the word at the cursor comes last."""
    told = {"COMP_WORDS": words.replace(" ", "\n"), "COMP_CWORD": str(place)}
    found = completion.bash_words(told)
    assert found["COMP_WORDS"].replace("\n", " ") == expected
    assert int(found["COMP_CWORD"]) == expected.count(" ") + expected.endswith("--backends")


@pytest.mark.parametrize("place", ["", "x", "-1"])
def test_bash_that_tells_no_place(place: str) -> None:
    """Then its words stay as they are."""
    assert completion.bash_words({"COMP_WORDS": "scale", "COMP_CWORD": place}) == {}
