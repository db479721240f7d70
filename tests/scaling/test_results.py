"""A study gives its report and its samples as frames."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from scaling.errors import UsageError
from scaling.model import SERIAL
from scaling.records import Failure
from scaling.reports import terminal
from scaling.reports.export import csv_text
from scaling.results import COLUMNS, Study, load
from tests.scaling.examples import HOSTILE

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

FIXED = [
    "workload", "size", "backend", "nodes", "workers", "blocks", "samples", "median_s", "low_s",
    "high_s", "opening_s", "speedup", "speedup_low", "speedup_high", "relative_speedup",
    "efficiency", "efficiency_low", "efficiency_high", "karp_flatt", "items_per_s",
    "parallel_efficiency", "loss_serial", "loss_balance", "loss_scheduling", "loss_work",
    "loss_waiting", "peak_rss_mb", "status", "cautions",
]  # fmt: skip


def test_columns_are_the_fixed_ones_and_more_after_them() -> None:
    """Names and order are a contract; only appending is allowed."""
    assert list(COLUMNS[: len(FIXED)]) == FIXED
    assert COLUMNS[len(FIXED) :] == ("bound", "reason", "twin", "serial_share")


def test_report_is_a_frame_of_nullable_types(study: StudyBuilder, tmp_path: Path) -> None:
    """Integers are integers although cells are missing, and a missing cell is <NA>."""
    study.case(SERIAL, [2.0] * 6)
    died = study.case("threads", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", "killed"))
    study.save(tmp_path)
    frame = load(tmp_path).report()
    assert list(frame.columns) == list(COLUMNS)
    assert {str(frame[name].dtype) for name in ("size", "nodes", "blocks", "bound")} == {"Int64"}
    assert str(frame["median_s"].dtype) == "Float64"
    assert frame["speedup"].tolist() == [1.0, pd.NA]
    assert frame["cautions"].isna().all()
    assert frame.loc[1, "reason"] == "killed"


def test_study_with_a_bad_case_failed(study: StudyBuilder) -> None:
    """Failed, wrong and late cases make a study fail; a skipped one does not."""
    case = study.case(SERIAL, [2.0])
    study.case("threads", workers=2)
    assert not Study(study.data).failed
    study.session(case, 2, [], status="timeout")
    assert Study(study.data).failed


def test_frame_of_no_cases_has_the_columns(study: StudyBuilder) -> None:
    """A study without cases is an empty report."""
    study.case(SERIAL)
    study.plan = {"cases": ()}
    frame = Study(study.data).report()
    assert (list(frame.columns), len(frame)) == (list(COLUMNS), 0)
    assert Study(study.data).verdict() == "There is nothing to compare: the study has no cases."


def test_samples_has_a_row_for_every_sample(study: StudyBuilder) -> None:
    """Every sample is there with its case, the reference block among them."""
    serial = study.case(SERIAL, [2.0])
    study.session(serial, 0, [3.0, 4.0])
    study.case("ray", [1.0], workers=4, nodes=2)
    frame = Study(study.data).samples()
    assert frame["seconds"].tolist() == [2.0, 3.0, 4.0, 1.0]
    assert frame["block"].tolist() == [1, 0, 0, 1]
    assert frame["backend"].tolist() == [SERIAL] * 3 + ["ray"]
    assert frame["workers"].tolist() == [1, 1, 1, 4]
    assert frame["digest"].unique().tolist() == ["d1g357"]


def test_notes_tell_what_was_left_out(study: StudyBuilder, tmp_path: Path) -> None:
    """A torn line is a note, not an error."""
    study.case(SERIAL, [2.0])
    with study.save(tmp_path).open("ab") as file:
        file.write(b'{"kind"')
    assert load(tmp_path).notes == ("the last line was cut off and is left out",)


def test_verdict_loads_no_heavy_library(study: StudyBuilder, tmp_path: Path) -> None:
    """What a terminal needs comes without pandas, scipy or numpy."""
    study.case(SERIAL, [2.0])
    study.save(tmp_path)
    code = (
        "import sys; from scaling.results import load; from scaling.reports.terminal import text;"
        f"text(load({str(tmp_path)!r}));"
        "assert not {'ray', 'numpy', 'pandas', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_study_in_a_line(study: StudyBuilder, tmp_path: Path) -> None:
    """Where a value is shown, a study takes one line, whatever its name is."""
    study.case(SERIAL, [2.0])
    assert repr(Study(study.data)) == "<Study of demo, 1 case>"
    study.save(tmp_path)
    assert repr(load(tmp_path)) == f"<Study of demo, 1 case in {tmp_path}>"
    for name in HOSTILE:
        renamed = replace(study.data.header.facts[0], name=name)
        header = replace(study.data.header, facts=(renamed,))
        assert repr(Study(replace(study.data, header=header))).isprintable()


def test_printed_study_is_its_report(study: StudyBuilder) -> None:
    """``print`` shows what the terminal does."""
    study.case(SERIAL, [2.0])
    found = Study(study.data)
    assert f"{found}\n" == terminal.text(found)


def test_export_writes_by_the_suffix(study: StudyBuilder, tmp_path: Path) -> None:
    """As ``scale export`` does, with a text or a path."""
    study.case(SERIAL, [2.0])
    found = Study(study.data)
    found.export(str(tmp_path / "a.csv"))
    found.export(tmp_path / "a.json")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == csv_text(found)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["report"]
    with pytest.raises(UsageError, match=r"a\.xyz"):
        found.export(tmp_path / "a.xyz")


def test_home_folder_is_understood(
    study: StudyBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a study was written to, it is read from."""
    study.case(SERIAL, [2.0])
    study.save(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    assert load(f"~/{tmp_path.name}").folder == tmp_path


@pytest.mark.parametrize("target", [70, 0, -0.7, float("nan")])
def test_target_of_a_choice_is_a_share(study: StudyBuilder, target: float) -> None:
    """Per cent would leave every backend without a choice, silently."""
    study.case(SERIAL, [2.0])
    with pytest.raises(UsageError, match=r"give a share like 0\.7"):
        Study(study.data).choices(target)


def test_plot_returns_a_figure(study: StudyBuilder) -> None:
    """To show or to save; another name is a mistake that names the known ones."""
    study.case(SERIAL, [2.0] * 6)
    for workers in (1, 2, 4):
        study.case("threads", [2.0 / workers] * 6, workers=workers)
    found = Study(study.data)
    assert found.plot().axes
    with pytest.raises(UsageError, match="speedup"):
        found.plot("speed")
