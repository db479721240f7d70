"""Exported files can be read by other programs."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.errors import UsageError
from scaling.model import SERIAL
from scaling.records import Failure
from scaling.reports.export import _cell, csv_text, json_document, write
from scaling.results import COLUMNS, Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def finished(study: StudyBuilder) -> Study:
    """A study with a gain, a failure and little else."""
    study.case(SERIAL, [2.0, 2.1, 2.2] * 2)
    study.case("threads", [1.0, 1.1, 1.3] * 2, workers=2)
    died = study.case("processes", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", '=cmd("x"), killed'))
    return Study(study.data)


def test_csv_has_empty_cells_whole_integers_and_full_precision(finished: Study) -> None:
    """Not defined is empty; 2 is not 2.0; a float reads back equal."""
    rows = list(csv.DictReader(StringIO(csv_text(finished))))
    assert list(rows[0]) == list(COLUMNS)
    assert (rows[0]["workers"], rows[0]["karp_flatt"], rows[0]["cautions"]) == ("1", "", "")
    assert float(rows[1]["speedup"]) == finished.results[1].speedup
    assert "nan" not in csv_text(finished).lower()


def test_csv_reads_back_as_the_report(finished: Study, tmp_path: Path) -> None:
    """The file, read by pandas, is the same frame."""
    write(finished, tmp_path / "report.csv")
    frame = finished.report()
    read = pd.read_csv(tmp_path / "report.csv").astype(frame.dtypes.to_dict())
    read["reason"] = read["reason"].str.removeprefix("'")
    pd.testing.assert_frame_equal(read, frame, check_exact=True)


def test_csv_text_is_no_formula(finished: Study) -> None:
    """A user's text that a spreadsheet would run is quoted with an apostrophe."""
    assert list(csv.DictReader(StringIO(csv_text(finished))))[2]["reason"].startswith("'=cmd(")


@given(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.none()))
def test_only_text_is_guarded(value: str | float | None) -> None:
    """Numbers go out as they are, negative ones too; text never begins a formula."""
    guarded = _cell(value)
    if isinstance(value, str):
        assert str(guarded)[:1] not in {"=", "+", "-", "@"}
        assert str(guarded).removeprefix("'") == value.removeprefix("'")
    else:
        assert guarded == value


def test_json_document_explains_itself(finished: Study, tmp_path: Path) -> None:
    """Rows have null for what is not defined; cautions have their explanation."""
    write(finished, tmp_path / "report.JSON")
    document = json.loads((tmp_path / "report.JSON").read_text())
    assert document == json.loads(json.dumps(json_document(finished)))
    assert list(document["report"][0]) == list(COLUMNS)
    assert document["report"][0]["karp_flatt"] is None
    assert document["report"][0]["workers"] == 1
    assert document["study"]["id"] == "study-1"
    assert document["verdict"] == finished.verdict()
    used = {row["cautions"] for row in document["report"]} - {None}
    assert set(";".join(used).split(";")) - {""} == set(document["cautions"])


@pytest.mark.parametrize("name", ["report", "report.xls", ".csv"])
def test_unknown_suffix_lists_what_there_is(finished: Study, tmp_path: Path, name: str) -> None:
    """The error names the suffixes that work."""
    with pytest.raises(UsageError, match=r"\.csv, \.json"):
        write(finished, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_suffix_may_be_given(finished: Study, tmp_path: Path) -> None:
    """A file of any name can be a CSV."""
    write(finished, tmp_path / "report.txt", ".csv")
    assert (tmp_path / "report.txt").read_text() == csv_text(finished)


def test_unwritable_place_is_a_usage_error(finished: Study, tmp_path: Path) -> None:
    """A missing folder, a folder of that name and a file as folder are told in one line."""
    (tmp_path / "d.csv").mkdir()
    (tmp_path / "file").write_text("mine")
    for path in ("nowhere/r.csv", "d.csv", "file/r.csv"):
        with pytest.raises(UsageError, match="cannot write"):
            write(finished, tmp_path / path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["d.csv", "file"]


def test_existing_file_is_replaced(finished: Study, tmp_path: Path) -> None:
    """A second export replaces the first."""
    (tmp_path / "r.csv").write_text("old")
    write(finished, tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text() == csv_text(finished)


@pytest.mark.parametrize(
    ("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<svg "), (".pdf", b"%PDF-1.")]
)
def test_figures_are_written(finished: Study, tmp_path: Path, suffix: str, magic: bytes) -> None:
    """The first figure, or the one that is named."""
    write(finished, tmp_path / f"any{suffix}")
    write(finished, tmp_path / f"one{suffix}", figure="seconds")
    found = [(tmp_path / f"{name}{suffix}").read_bytes() for name in ("any", "one")]
    assert all(content.startswith(magic) for content in found)
    assert found[0] != found[1]


def test_figure_is_for_formats_that_show_one(finished: Study, tmp_path: Path) -> None:
    """A table or a document has none: one line, and nothing is written."""
    with pytest.raises(UsageError, match=r"\.csv holds no figure; --figure is for \.png"):
        write(finished, tmp_path / "x.csv", figure="speedup")
    with pytest.raises(UsageError, match="scale run --trace"):
        write(finished, tmp_path / "x.png", figure="timeline")
    assert list(tmp_path.iterdir()) == []
