"""What is handed in, and the twelve rules, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest

import scaling
from scaling import command_options
from scaling.reports.export import EXPORTERS

Scale = Callable[..., Any]


@pytest.fixture
def made(simulated: Path) -> str:
    """A simulated study."""
    return str(simulated)


def test_help_names_every_format() -> None:
    """The list of suffixes is that of the exporters."""
    (option,) = [one for one in get_args(command_options.ExportFile) if hasattr(one, "help")]
    named = option.help.partition(": ")[2].rstrip(".").split()
    assert named == list(EXPORTERS)


def test_text_forms_are_written(scale: Scale, made: str, work: Path) -> None:
    """Markdown for a pull request, LaTeX for a paper."""
    for name, start in (("r.md", "## Scaling of "), ("r.tex", "% Study ")):
        done = scale("export", made, "-o", name)
        assert (done.code, done.out, done.err) == (0, "", "")
        assert (work / name).read_text(encoding="utf-8").startswith(start)


def test_frames_are_written(scale: Scale, made: str, work: Path) -> None:
    """Report and samples, by two suffixes."""
    study = scaling.load(made)
    for name, frame in (("r.parquet", study.report()), ("r.samples.parquet", study.samples())):
        assert scale("export", made, "-o", name).code == 0
        pd.testing.assert_frame_equal(pd.read_parquet(work / name), frame)


def test_rules_are_shown(scale: Scale, made: str) -> None:
    """As text alone, and as one more key of the document."""
    told = scale("show", made, "--rules")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("The twelve rules of Hoefler and Belli")
    document = json.loads(scale("show", made, "--rules", "--json").out)
    assert len(document["rules"]) == 12
    assert set(document) - {"rules"} == set(json.loads(scale("show", made, "--json").out))


def test_result_of_grain_is_no_study(scale: Scale, work: Path) -> None:
    """One line says what is needed, and nothing is written."""
    (work / "grain").mkdir()
    (work / "grain/grain.jsonl").write_text("", encoding="utf-8")
    shown = scale("show", "grain", "--rules")
    assert (shown.code, "--rules needs the folder of a scale run" in shown.error) == (2, True)
    assert scale("export", "grain", "-o", "r.md").code == 2
    assert not (work / "r.md").exists()
