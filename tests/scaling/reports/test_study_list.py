"""The list of studies fits a terminal, and is one line each for other programs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scaling.model import Case
from scaling.reports.study_list import json_text, text
from scaling.study_list import Found
from scaling.summary import Best, Summary
from tests.scaling.examples import HOSTILE

BEST = Best(Case("demo", 100, "processes", 1, 2), 1.25, 1.888)
ONE = Summary(
    folder="scale-results/demo-20260101T120000Z",
    kind="study",
    created="2026-01-01T12:00:00+00:00",
    workload="demo",
    sizes=(100,),
    cases=8,
    blocks=6,
    ended="precision",
    bad=0,
    best=BEST,
)
FOUND = Found("scale-results", (ONE,))


def test_line_of_a_study() -> None:
    """All of it on one line where there is room."""
    heading, line = text(FOUND, None).splitlines()
    assert heading.split() == [
        "when", "(UTC)", "workload", "items", "cases", "blocks", "ended", "speedup", "fastest",
        "folder",
    ]  # fmt: skip
    assert line.split() == [
        "2026-01-01", "12:00", "demo", "100", "8", "6", "precision", "1.89", "processes", "2",
        "scale-results/demo-20260101T120000Z",
    ]  # fmt: skip


def test_problem_is_one_line_in_a_pipe() -> None:
    """Other programs read lines; a terminal gets them wrapped, paths at no hyphen."""
    problem = f"{'a/long-name/' * 8}study.jsonl is empty; run the study again"
    found = Found("f", (ONE,), broken=(problem,))
    assert problem in text(found, None)
    assert problem not in text(found, 80)


def test_narrow_terminal_has_two_lines_each() -> None:
    """In 80 columns the folder has a line of its own, and nothing is longer."""
    long = replace(ONE, workload="a_function_with_a_very_long_name_indeed", ended="interrupted")
    shown = text(Found("f", (ONE, long)), 80)
    assert max(map(len, shown.splitlines())) <= 80
    assert "  scale-results/demo-20260101T120000Z  processes 2\n" in shown
    assert "..." in shown


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (replace(ONE, ended=None), " unfinished "),
        (replace(ONE, bad=2), " precision, 2 bad "),
        (replace(ONE, best=None), " precision "),
        (replace(ONE, sizes=(10, 100, 400)), " 10-400 "),
        (replace(ONE, best=replace(BEST, speedup=None, efficiency=0.8)), " 80% eff. "),
        (replace(ONE, best=replace(BEST, speedup=None)), " processes 2 "),
        (
            replace(ONE, best=replace(BEST, case=Case("demo", 9, "ray", 4, 8))),
            " ray 8 on 4 nodes ",
        ),
    ],
)
def test_what_is_not_as_mostly(one: Summary, said: str) -> None:
    """What is not known is an empty cell, never None."""
    shown = text(Found("f", (one,)), None)
    assert said in shown
    assert "None" not in shown


def test_nothing_there_says_what_to_do() -> None:
    """An empty folder is told with the command that fills it."""
    assert text(Found("here", ()), 80) == "no studies in here; begin one with: scale run\n"


def test_broken_and_foreign_folders_are_a_line() -> None:
    """Each broken study says why; folders without one are named together."""
    names = tuple(f"folder{k}" for k in range(7))
    shown = text(Found("f", (), ("x/study.jsonl is empty",), names), 80)
    assert "x/study.jsonl is empty\n" in shown
    assert "no study in: folder0, folder1, folder2, folder3, folder4 and 2 more\n" in shown


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [80, None])
def test_hostile_names(name: str, width: int | None) -> None:
    """Names of users' folders and functions stay on their line, and steer no terminal."""
    one = replace(ONE, workload=name, folder=name, ended=name)
    shown = text(Found(name, (one, ONE), (name,), (name,)), width)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    rows = [line for line in shown.splitlines() if line.startswith("2026-01-01 12:00 ")]
    assert len(rows) == 2


def test_json() -> None:
    """One document, with the numbers as they are."""
    document = json.loads(json_text(FOUND))
    assert document["studies"][0]["best"]["speedup"] == 1.888
    assert document["studies"][0]["folder"] == ONE.folder
    assert document["broken"] == []
