"""The gate through the command line: its exit codes, its outputs, and users' mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.scaling.conftest import StudyBuilder
from tests.scaling.two_studies import times

Scale = Callable[..., Any]


@pytest.fixture
def studies(work: Path) -> Path:
    """Studies to compare: base, one that is the same, one that is slower, one of few blocks."""
    for name, factor, blocks in (("base", 1.0, 12), ("same", 1.0, 12), ("slow", 1.1, 12),
                                 ("few", 1.0, 2)):  # fmt: skip
        study = StudyBuilder()
        for workers in (1, 2):
            values = times(factor / workers, blocks, seed=len(name) + ord(name[0]))
            study.case("processes", values, workers=workers)
        study.save(work / name)
    return work


@pytest.mark.parametrize(
    ("new", "verdict", "code"),
    [("same", "same", 0), ("slow", "slower", 1), ("few", "cannot tell", 3)],
)
def test_exit_code_is_the_verdict(
    scale: Scale, studies: Path, new: str, verdict: str, code: int
) -> None:
    """0 same, 1 slower, 3 cannot tell; the last paragraph says it."""
    done = scale("diff", "base", new)
    assert (done.code, done.err) == (code, "")
    assert f"Verdict: {verdict} (" in done.out


def test_faster_passes(scale: Scale, studies: Path) -> None:
    """The other way round a slow-down is a gain, and exit code 0."""
    done = scale("diff", "slow", "base", "--json")
    assert done.code == 0
    assert json.loads(done.out)["verdict"] == "faster"


def test_threshold(scale: Scale, studies: Path) -> None:
    """10 % more is the same for those who ask for 20 %."""
    assert scale("diff", "base", "slow", "--threshold", "20%").code == 0


def test_outputs(scale: Scale, studies: Path) -> None:
    """Markdown is printed, JUnit is written beside what is printed."""
    done = scale("diff", "base", "slow", "--markdown", "--junit", "diff.xml")
    assert done.code == 1
    assert done.out.startswith("### demo: slower\n")
    root = ET.parse(studies / "diff.xml").getroot()  # noqa: S314 - our own file
    assert (root.get("tests"), root.get("failures")) == ("2", "2")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("base", "nowhere"), "there is no study at nowhere"),
        (("base", "same", "--threshold", "0"), "--threshold 0: give a share like 5%"),
        (("base", "same", "--markdown", "--json"), "either --markdown or --json"),
        (("base", "same", "--junit", "nowhere/x.xml"), "choose a file in a folder"),
        (("base",), "Missing argument 'NEW'"),
    ],
)
def test_mistakes_are_one_line(
    scale: Scale, studies: Path, arguments: tuple[str, ...], said: str
) -> None:
    """A user's mistake ends with 2 and prints nothing else."""
    done = scale("diff", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.error
