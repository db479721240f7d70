"""Fitting and predicting through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.forked_command import run

Scale = Callable[..., Any]
SIMULATED = ("run", "primes", "--size", "4", "--backends", "simulated")
LAW = ("--simulate", "usl:alpha=0.05,beta=0.002,seconds=10")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A simulated study that follows the universal scalability law."""
    folder = tmp_path_factory.mktemp("law")
    workers = ("--workers", "1,2,4,8,16,32", "--max-blocks", "1", "--output", "out")
    assert run(*SIMULATED, *LAW, *workers, cwd=folder).code == 0
    return str(folder / "out")


def test_fit_of_a_study_finds_its_law(scale: Scale, study: str) -> None:
    """The coefficients of a simulated law come back."""
    assert "simulated" in scale("fit", study).out
    text = json.dumps(json.loads(scale("fit", study, "--json").out))
    assert "alpha" in text


def test_predict_near_and_far(scale: Scale, study: str) -> None:
    """Up to twice the largest N there is a prediction; beyond it only with --far."""
    near = scale("predict", study, "--workers", "64")
    assert near.code == 0, near.out
    assert scale("predict", study, "--workers", "65").code == 3
    assert scale("predict", study, "--workers", "65", "--far").code == 0
    document = json.loads(scale("predict", study, "--workers", "64", "--json").out)
    (one,) = document["predictions"]
    assert one["name"] == "simulated"


def test_predict_in_the_wrong_count(scale: Scale, study: str) -> None:
    """A study without nodes cannot be asked for nodes."""
    assert scale("predict", study, "--nodes", "8").code == 2
    assert scale("predict", study).code == 2


def test_fit_of_a_csv(scale: Scale, work: Path) -> None:
    """Anyone's measurements are fitted by their columns."""
    rows = [(n, 100 * n / (1 + 0.05 * (n - 1) + 0.001 * n * (n - 1))) for n in (1, 2, 4, 8, 16, 32)]
    lines = ["n,rate", *(f"{n},{rate}" for n, rate in rows)]
    (work / "m.csv").write_text("\n".join(lines), encoding="utf-8")
    done = scale("fit", "m.csv", "--x", "n", "--throughput", "rate")
    assert done.code == 0, done.err
    assert "0.05" in done.out


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("n,rate\n1,5\n", "only n = 1"),
        ("n,rate\n2,5\n2,6\n", "only n = 2"),
        ("n,rate\n1,5\n2,x\n", "x"),
        ("n,rate\n1,5\n2,0\n", "0"),
        ("n,rate\n1,5\n2,-3\n", "-3"),
        ("n,rate\n1,5\n2,nan\n", "nan"),
        ("n,speed\n1,5\n2,6\n", "rate"),
        ("", "m.csv"),
    ],
)
def test_bad_csv(text: str, named: str, scale: Scale, work: Path) -> None:
    """What cannot be fitted is one line that names it."""
    (work / "m.csv").write_text(text, encoding="utf-8")
    done = scale("fit", "m.csv", "--x", "n", "--throughput", "rate")
    assert done.code == 2
    assert named in done.error


def test_columns_that_were_not_said(scale: Scale, work: Path, study: str) -> None:
    """A CSV file needs its columns named, and a study has none."""
    (work / "m.csv").write_text("n,rate\n1,5\n2,9\n", encoding="utf-8")
    assert "--x" in scale("fit", "m.csv").error
    assert scale("fit", "m.csv", "--x", "n").code == 2
    assert scale("fit", study, "--x", "n").code == 2
    assert scale("fit", "gone.csv", "--x", "n", "--seconds", "s").code == 2
