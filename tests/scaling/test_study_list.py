"""Studies under a folder: found, ordered, and named where they cannot be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaling.errors import UsageError
from scaling.model import SERIAL
from scaling.study_list import find

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def study(study: StudyBuilder) -> StudyBuilder:
    """A study of one case."""
    study.case(SERIAL, [2.0] * 6)
    return study


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """A folder that was named is a mistake; that of no studies yet is not."""
    with pytest.raises(UsageError, match="begin one with: scale run"):
        find(tmp_path / "gone")
    assert find(tmp_path / "gone", named=False).summaries == ()


def test_studies_below(study: StudyBuilder, tmp_path: Path) -> None:
    """Right under the folder, deeper, and the folder itself; hidden ones are left out."""
    for place in ("a", "b/c", ".hidden/d"):
        study.save(tmp_path / place)
    found = find(tmp_path)
    assert {one.folder for one in found.summaries} == {f"{tmp_path}/a", f"{tmp_path}/b/c"}
    assert [one.folder for one in find(tmp_path / "a").summaries] == [f"{tmp_path}/a"]


def test_foreign_and_broken_folders_are_named(study: StudyBuilder, tmp_path: Path) -> None:
    """A folder without a study, an empty file, a file of something else."""
    study.save(tmp_path / "good")
    (tmp_path / "notes").mkdir()
    for name, content in (("empty", ""), ("other", '{"a": 1}\n')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.jsonl").write_text(content, encoding="utf-8")
    found = find(tmp_path)
    assert [Path(one.folder).name for one in found.summaries] == ["good"]
    assert found.foreign == ("notes",)
    assert [f"{tmp_path}/empty" in found.broken[0], f"{tmp_path}/other" in found.broken[1]] == [
        True,
        True,
    ]


def test_folder_that_is_closed(
    study: StudyBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be looked into may hold a study: it is not said to hold none."""
    study.save(tmp_path / "good")
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def refusing(place: str) -> Any:
        if str(place).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    found = find(tmp_path)
    assert found.foreign == ()
    assert found.broken == (f"cannot look into {tmp_path}/closed: Permission denied",)


def test_links_are_not_followed(study: StudyBuilder, tmp_path: Path) -> None:
    """A link back up does not go round for ever."""
    study.save(tmp_path / "a")
    (tmp_path / "up").symlink_to(tmp_path)
    assert len(find(tmp_path).summaries) == 1
