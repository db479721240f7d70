"""METG as a table, as CSV and as JSON, and beside the items of a study."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from scaling.grain_model import GrainData, GrainHeader, GrainSession, Level
from scaling.grains import Grain
from scaling.model import SERIAL, Case, SkippedCase, WorkloadSpec
from scaling.records import Failure
from scaling.reports import export, item_length
from scaling.reports.grain import COLUMNS, csv_text, json_text, text
from scaling.reports.terminal import text as report
from scaling.results import Study
from tests.scaling.examples import ENVIRONMENT, PLAN

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

ITEMS = 1000
LEVELS = (Level(400, (0.42,)), Level(200, (0.22,)), Level(100, (0.16,)), Level(50, (0.15,)))
"""METG(50 %) of one worker: 150 us + 10 us x 0.15 / 0.30625 = 154.898 us."""
METG_S = 154.898e-6
CASES = (
    Case("grain", ITEMS, "serial", 1, 1),
    Case("grain", ITEMS, "ray", 2, 4),
    Case("grain", ITEMS, "dask", 1, 2),
    Case("grain", ITEMS, "threads", 1, 2),
)
GRAIN_PLAN = replace(
    PLAN,
    spec=WorkloadSpec("grain", size=ITEMS),
    sizes=(ITEMS,),
    cases=CASES,
    skipped=(SkippedCase(Case("grain", ITEMS, "asyncio", 1, 1), "grain has no form " * 6),),
)
MACHINE = replace(ENVIRONMENT, processor="a processor of a long name and more", cpus_affinity=2)


def sessions(case: Case, levels: tuple[Level, ...], count: int = 6) -> list[GrainSession]:
    """Return equal sessions that went well."""
    return [
        GrainSession(f"{case.key}{block}", case.key, block, "ok", "now", 0.1, levels)
        for block in range(1, count + 1)
    ]


@pytest.fixture
def grain() -> Grain:
    """One of everything: exact, with more, with less, failed, skipped."""
    serial, ray, dask, threads = CASES
    rising = (Level(400, (0.5,)), Level(200, (0.4,)), Level(100, (0.39,)))
    failed = GrainSession(
        "d", dask.key, 1, "failed", "now", None, (), Failure("opening", "no port is free")
    )
    found = (*sessions(serial, LEVELS), *sessions(ray, rising), failed)
    found = (*found, *sessions(threads, LEVELS[:3]))
    header = GrainHeader("id", "2026-01-01", ("scale", "grain"), GRAIN_PLAN, 0.5, MACHINE)
    return Grain(GrainData(header, (), found, ()), "scale-results/grain-1")


def test_table_has_each_measured_case(grain: Grain) -> None:
    """METG with its interval, METG/P, and the points on each side of the threshold."""
    row = next(line for line in text(grain).splitlines() if line.startswith("serial"))
    assert row.split() == [
        "serial", "1", "1", "155", "us", "155-155", "155", "us", "150", "us", "35%", "160", "us",
        "66%",
    ]  # fmt: skip


def test_bounds_have_their_sign(grain: Grain) -> None:
    """What was never crossed is less, what has no peak is more, and the sign is explained."""
    lines = text(grain).splitlines()
    # 0.16 s x 2 workers / 1000 items, and half of it for each worker.
    assert next(line for line in lines if line.startswith("threads")).split()[3:6] == [
        "<", "320", "us",
    ]  # fmt: skip
    assert " > " in next(line for line in lines if line.startswith("ray"))
    assert any(line.startswith("<  an item of one step") for line in lines)
    assert any(line.startswith(">  the rate still rose") for line in lines)


def test_what_was_not_measured_says_why(grain: Grain) -> None:
    """Failed and skipped cases stand below the table with their reasons."""
    found = text(grain)
    assert "dask (2 workers) failed: no port is free" in found
    assert "asyncio (1 worker) was skipped: grain has no form" in found
    assert "more workers than usable CPUs" in found


def test_disturbed_sessions_are_told(grain: Grain) -> None:
    """Where longer items ran slower than shorter ones the numbers are doubted, else not."""
    assert "disturbed" not in text(grain)
    dip = (Level(400, (0.42,)), Level(200, (0.42,)), Level(100, (0.14,)), Level(50, (0.15,)))
    others = grain.data.sessions[1:]
    found = (replace(grain.data.sessions[0], levels=dip), *others)
    rough = Grain(replace(grain.data, sessions=found), "rough")
    assert "1 of 18 sessions disturbed: longer items ran slower" in text(rough)


def test_fits_80_columns_in_ascii(grain: Grain) -> None:
    """No line is longer than a terminal."""
    found = text(grain)
    assert found.isascii()
    assert max(len(line) for line in found.splitlines()) <= 80


def test_csv_has_full_precision_and_empty_cells(grain: Grain) -> None:
    """One row for each case; what is not defined is empty."""
    rows = {row["backend"]: row for row in csv.DictReader(StringIO(csv_text(grain)))}
    assert set(rows) == {"serial", "ray", "dask", "threads", "asyncio"}
    assert tuple(rows["serial"]) == COLUMNS
    assert float(rows["serial"]["metg_s"]) == pytest.approx(METG_S, rel=1e-5)
    assert (rows["serial"]["bound"], rows["threads"]["bound"], rows["ray"]["bound"]) == (
        "", "<", ">",
    )  # fmt: skip
    assert (rows["dask"]["status"], rows["dask"]["metg_s"]) == ("failed", "")


def test_json_has_the_points_of_every_session(grain: Grain) -> None:
    """The document is the table, the plan and each curve."""
    document = json.loads(json_text(grain))
    assert len(document["report"]) == 5
    first = document["sessions"][0]
    assert [point["steps"] for point in first["points"]] == [50, 100, 200, 400]
    assert document["grain"]["threshold"] == 0.5


@pytest.fixture
def beside(study: StudyBuilder, grain: Grain) -> Study:
    """Return a study whose items take 9 ms each, with the METG of its backends."""
    study.environment = {"cpus_affinity": 2}
    study.case(SERIAL, [0.9] * 6)
    study.case("threads", [0.5] * 6, workers=2)
    study.case("ray", [0.5] * 6, workers=4, nodes=2)
    study.case("joblib", [0.5] * 6, workers=2)
    found = Study(study.data)
    found.grain = grain
    return found


def test_report_says_how_far_items_are_from_metg(beside: Study) -> None:
    """9 ms are 58 times 155 us, at least 28 times what is under 320 us; joblib has no METG."""
    lines = list(item_length.lines(beside))
    assert lines[0] == "Mean item 9.00 ms; METG(50%) from scale-results/grain-1:"
    assert lines[1] == "  serial (1 worker): 58 times above (155 us)"
    assert lines[2] == "  threads (2 workers): at least 28 times above (< 320 us)"
    assert lines[3].startswith("  ray (2 nodes, 4 workers): at most ")
    assert len(lines) == 4
    assert "\n".join(lines) in report(beside)


def test_json_of_the_study_has_it_too(beside: Study) -> None:
    """The same numbers for programs."""
    document = export.json_document(beside)["grain"]
    assert document["from"] == "scale-results/grain-1"
    assert document["items"][0]["times"] == pytest.approx(9e-3 / METG_S, rel=1e-5)
    assert json.loads(export.json_text(beside))["grain"] == document


def test_study_without_grain_says_nothing(study: StudyBuilder) -> None:
    """Most studies have no METG to compare with."""
    study.case(SERIAL, [0.9] * 6)
    assert list(item_length.lines(Study(study.data))) == []
    assert export.json_document(Study(study.data))["grain"] is None


def test_short_items_are_below(study: StudyBuilder, grain: Grain) -> None:
    """Items of 9 us are 17 times below 155 us."""
    case = study.case(SERIAL)
    sample = study.sample("s", case, 1, 0, 0.9)
    worker = replace(sample.workers[0], busy_s=9e-4)
    study.records.append(replace(sample, workers=(worker,)))
    found = Study(study.data)
    found.grain = grain
    assert list(item_length.lines(found))[1] == "  serial (1 worker): 17 times below (155 us)"


def test_other_machine_is_told(beside: Study, grain: Grain) -> None:
    """METG of another machine or another way of sending is shown with that doubt."""
    header = replace(
        grain.data.header,
        environment=replace(MACHINE, hostname="there"),
        plan=replace(GRAIN_PLAN, batch=1),
    )
    beside.grain = Grain(replace(grain.data, header=header), "elsewhere")
    lines = list(item_length.lines(beside))
    assert lines[-2] == "  measured on another machine or with other versions"
    assert lines[-1] == "  measured with --batch 1, the study with --batch auto"


def test_no_case_in_common(study: StudyBuilder, grain: Grain) -> None:
    """A METG of other cases is named as of no use."""
    study.case("joblib", [0.5] * 6, workers=2)
    found = Study(study.data)
    found.grain = grain
    assert list(item_length.lines(found)) == [
        "scale-results/grain-1 has no METG(50%) of the cases of this study"
    ]
