"""A finished study leaves a table and a page in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaling.errors import UsageError
from scaling.reports import folder, page
from scaling.reports.export import csv_text
from tests.scaling import finished

if TYPE_CHECKING:
    from scaling.results import Study
    from tests.scaling.conftest import StudyBuilder


def test_table_and_page_are_written(study: StudyBuilder, tmp_path: Path) -> None:
    """Both lie in the folder, a copy of the table where it is asked for."""
    found = finished.small(study)
    copy = tmp_path / "copy.txt"
    written = folder.write(found, tmp_path, copy)
    names = ("report.csv", "copy.txt", "report.html")
    assert written == folder.Written(tuple(tmp_path / name for name in names), None)
    assert copy.read_text() == (tmp_path / "report.csv").read_text() == csv_text(found)
    assert (tmp_path / "report.html").read_text() == page.text(found)


def test_page_that_cannot_be_made_is_told(
    study: StudyBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is there; a page of an earlier run is not left to tell of other numbers."""

    def broken(_: Study) -> str:
        raise RuntimeError("a library\nis broken")

    monkeypatch.setattr(page, "text", broken)
    (tmp_path / "report.html").write_text("old")
    written = folder.write(finished.small(study), tmp_path)
    assert written.files == (tmp_path / "report.csv",)
    assert written.problem == (
        f"{tmp_path / 'report.html'} was not written: RuntimeError: a library is broken"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


def test_folder_in_the_way_of_the_page_is_told(study: StudyBuilder, tmp_path: Path) -> None:
    """It stays as it is, and the report is there."""
    (tmp_path / "report.html").mkdir()
    written = folder.write(finished.small(study), tmp_path)
    assert written.files == (tmp_path / "report.csv",)
    assert written.problem is not None
    assert "report.html was not written: UsageError: cannot write" in written.problem


def test_table_that_cannot_be_written_is_an_error(study: StudyBuilder, tmp_path: Path) -> None:
    """The table is what must be there."""
    with pytest.raises(UsageError, match="cannot write"):
        folder.write(finished.small(study), tmp_path / "nowhere")
