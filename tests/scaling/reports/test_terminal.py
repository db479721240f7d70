"""The report fits a terminal and says all that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.model import SERIAL, Case, SkippedCase
from scaling.records import Failure
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
                           "1.00", "91%"]  # fmt: skip


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


def test_long_lines_hang(text: str) -> None:
    """What is continued stands under the text that it continues."""
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("a  OVERSUBSCRIBED: "))
    assert [line[:3] for line in lines[first + 1 : first + 3]] == ["   ", "   "]
    assert lines[first + 1][3] != " "


def test_verdict_and_advice_come_last(study: StudyBuilder, text: str) -> None:
    """The last paragraph is the verdict and what follows from it."""
    flat, told = " ".join(text.split()), Study(study.data)
    assert flat.endswith(" ".join((told.verdict(), *told.advice)))


def test_wide_table_is_never_cut(study: StudyBuilder) -> None:
    """What is longer than 80 columns has its name in two lines; a wide terminal shows one."""
    minutes = [2123.4, 2130.0, 1923.4, 2123.4, 2123.4, 3000.0]
    study.case(SERIAL, minutes)
    study.case(SERIAL, minutes, twin="-uncapped")
    study.case("ray", minutes, workers=40, nodes=40)
    study.embedded()
    narrow, wide = text_of(Study(study.data)), text_of(Study(study.data), width=100)
    assert narrow.isascii()
    assert max(map(len, narrow.splitlines())) <= 80
    assert "\n-uncapped\n" in narrow
    assert "\nserial-uncapped     1       1 35.4 min" in wide


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


def test_baseline_of_two_workers_is_in_the_title(study: StudyBuilder) -> None:
    """Title, note and verdict all say what speedup is relative to."""
    study.case("processes", [4.0] * 6, workers=2)
    study.case("processes", [2.5] * 6, workers=4)
    told = text_of(Study(study.data))
    assert "\nSpeedup relative to processes with 2 workers, not absolute\n" in told
    assert "no-serial: no serial baseline" in told
    assert "Speedup is relative to processes with 2 workers; there is" in told


def test_weak_study_is_one_table_and_never_strong(study: StudyBuilder) -> None:
    """Growing sizes share a table with items, efficiency and Gustafson's serial share."""
    base = study.case(SERIAL, [1.0] * 6, size=100)
    study.case("processes", [1.0] * 6, workers=1, size=100)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    told = text_of(Study(study.data))
    assert told.startswith("demo, 100 items and more; a processor")
    assert "Weak scaling: the items grow with the workers" in told
    assert "strong" not in told
    assert "speedup" not in told
    row = next(line for line in told.splitlines() if line.startswith("processes 1") is False
               and line.startswith("processes") and " 200 " in line)  # fmt: skip
    assert row.split() == ["processes", "1", "2", "200", "1.25", "s", "1.25-1.25", "80%",
                           "80%-80%", "40%"]  # fmt: skip
    assert "  processes: 2 workers, the most measured: 80% (confidence over 99%)\n" in told
    assert "Weak scaling: processes with 2 workers has an efficiency of 80%" in told


def test_null_study_names_the_twins(study: StudyBuilder) -> None:
    """Two rows with two names, and the floor as the verdict."""
    study.case(SERIAL, [1.0, 1.0, 1.0, 1.0, 1.0, 1.02], twin="-a")
    study.case(SERIAL, [1.01, 1.0, 1.0, 1.0, 1.0, 1.0], twin="-b")
    study.plan = {"null": True}
    told = text_of(Study(study.data))
    assert "serial-a" in told
    assert "serial-b" in told
    assert "One case under two names" in told
    assert "Two equal cases (serial with 1 worker) differed by 0.0%; differences under 2.0%" in (
        " ".join(told.split())
    )


def test_protocol_is_told(study: StudyBuilder) -> None:
    """Blocks, why no more, the precision reached and wanted, and the seed."""
    study.plan = {"max_blocks": 30}
    study.case(SERIAL, [1.0] * 6)
    study.end("precision", 0.042)
    told = " ".join(text_of(Study(study.data)).split())
    assert (
        "6 blocks, until the intervals were narrow enough; the widest interval of a time is "
        "within 4.2% (5.0% wanted). Intervals by order statistics; random order from seed 1."
    ) in told


def test_advice_names_workers_and_cost(study: StudyBuilder) -> None:
    """The most workers above the target, the knee, and the front with money."""
    study.case(SERIAL, [4.0] * 6)
    for workers, seconds in ((1, 4.0), (2, 2.5), (4, 2.0)):
        study.case("processes", [seconds] * 6, workers=workers)
    told = text_of(Study(study.data), price_per_node_hour=3.6)
    assert "Most workers with an efficiency of 70% or more:" in told
    assert "  processes: 2 workers: 80% (confidence over 99%); knee at 2 workers\n" in told
    assert "  processes, 4 workers: 2.00 s, 2.00 node-seconds, costs 0.00200\n" in told
    assert "  processes: none" in text_of(Study(study.data), target_efficiency=1.1)
