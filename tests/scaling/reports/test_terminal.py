"""The report fits a terminal and says all that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.model import SERIAL, Case, Failure, SkippedCase
from scaling.reports.terminal import text as text_of
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def text(study: StudyBuilder) -> str:
    """A report with one of everything."""
    study.environment = {"cpus_affinity": 2}
    study.embedded()
    study.case(SERIAL, [2.58, 2.60, 2.55, 2.61, 2.57, 2.58])
    study.case("processes", [1.40, 1.41, 1.43, 1.39, 1.41, 1.42], workers=2)
    died = study.case("joblib", workers=2)
    failure = Failure("died", "item 17 ([bold]x\x1b[31m): killed")
    study.session(died, 1, [], status="failed", failure=failure)
    study.case("ray", [1.50, 1.61, 1.80, 1.60, 1.65, 1.70], workers=4, nodes=4)
    study.case("simulated", [0.950, 1.05] * 3, workers=16, nodes=16)
    study.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 2), "not installed"))
    return text_of(Study(study.data))


def test_fits_80_columns_in_ascii(text: str) -> None:
    """No line is longer than 80, none is cut with an ellipsis, and any terminal can show it."""
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.isascii()
    assert text.isprintable() is False
    assert "\x1b" not in text


def test_row_has_times_speedup_and_efficiency(text: str) -> None:
    """One row for each case with intervals."""
    row = next(line for line in text.splitlines() if line.startswith("processes"))
    assert row.split() == ["processes", "1", "2", "1.41", "s", "1.39-1.43", "1.83", "1.78-1.88",
                           "91%"]  # fmt: skip


def test_failures_and_skipped_cases_have_their_reason(text: str) -> None:
    """What has no value says why; the user's text is not read as markup."""
    assert "joblib (2 workers) failed: item 17 ([bold]x?[31m): killed" in text
    assert "dask (2 workers) was skipped: not installed" in text


def test_shared_cores_bound_is_told(text: str) -> None:
    """Where nodes share cores, what is possible at most is said."""
    assert "4 nodes share 2 usable cores: at most 2x is possible here" in text


def test_cautions_are_explained(text: str) -> None:
    """Each letter of the table has its name and sentence below."""
    row = next(line for line in text.splitlines() if line.startswith("ray"))
    assert row.split()[-1] == "a"
    assert "a  OVERSUBSCRIBED: the nodes share the cores" in text
    assert "b  simulated: computed from a law" in text


def test_verdict_comes_last(study: StudyBuilder, text: str) -> None:
    """The last words are the verdict."""
    flat = " ".join(text.split())
    assert flat.endswith(Study(study.data).verdict())


def test_narrow_terminal_keeps_every_column(study: StudyBuilder) -> None:
    """A narrow terminal wraps lines; the table never loses a column."""
    study.case(SERIAL, [2.0] * 6)
    assert "efficiency" not in text_of(Study(study.data), width=20)
    assert text_of(Study(study.data), width=20) == text_of(Study(study.data))


def test_sizes_have_their_own_tables(study: StudyBuilder) -> None:
    """Two sizes are two tables, each with its title."""
    study.case(SERIAL, [1.0] * 6, size=1)
    study.case(SERIAL, [2.0] * 6, size=20)
    text = text_of(Study(study.data))
    assert "demo, 1 item;" in text
    assert "demo, 20 items;" in text
