"""Parquet files read back as the frames that they were."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from scaling.errors import MissingLibrary
from scaling.reports import parquet
from scaling.results import Study
from tests.scaling.examples import HOSTILE
from tests.scaling.finished import hostile, small, troubled

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def test_report_reads_back_equal(study: StudyBuilder) -> None:
    """Types too: what is not defined is <NA>, whole numbers stay whole."""
    read = troubled(study)
    found = pd.read_parquet(BytesIO(parquet.report(read)))
    pd.testing.assert_frame_equal(found, read.report(), check_exact=True)


def test_samples_read_back_equal(study: StudyBuilder) -> None:
    """One row for each sample."""
    read = small(study)
    found = pd.read_parquet(BytesIO(parquet.samples(read)))
    pd.testing.assert_frame_equal(found, read.samples(), check_exact=True)
    assert len(found) == 12


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reads_back(study: StudyBuilder, text: str) -> None:
    """Text is data."""
    read = hostile(study, text)
    found = pd.read_parquet(BytesIO(parquet.report(read)))
    assert set(found["workload"]) == {text, "demo"}
    assert found.attrs["study"] == text


def test_schema_says_what_it_is(study: StudyBuilder) -> None:
    """Study, command, version, and the unit of each column that has one."""
    attrs = pd.read_parquet(BytesIO(parquet.report(small(study)))).attrs
    assert {key: attrs[key] for key in ("study", "created", "command", "rayscale")} == {
        "study": "study-1",
        "created": "2026-01-01T00:00:00Z",
        "command": "scale run demo",
        "rayscale": "0.1.0",
    }
    assert attrs["units"] == {
        "median_s": "s", "low_s": "s", "high_s": "s", "opening_s": "s", "items_per_s": "1/s",
        "peak_rss_mb": "MiB",
    }  # fmt: skip


def test_frame_of_the_study_gets_no_notes(study: StudyBuilder) -> None:
    """Only the file has them."""
    read = small(study)
    parquet.report(read)
    assert read.report().attrs == {}


def test_study_without_cases_has_columns(study: StudyBuilder) -> None:
    """An empty frame is a frame."""
    read = Study(study.data)
    found = pd.read_parquet(BytesIO(parquet.report(read)))
    pd.testing.assert_frame_equal(found, read.report())


def test_missing_library_is_named(study: StudyBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibrary, match=r"pip install 'rayscale\[parquet\]'"):
        parquet.report(small(study))
