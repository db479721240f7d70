"""Losses and laws as frames: the columns, their types, and what the numbers mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from scaling.frames import LAWS, LOSSES
from scaling.model import SERIAL, UNCAPPED
from scaling.records import Failure
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def types(frame: pd.DataFrame) -> dict[str, str]:
    """Return the columns with their types."""
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


def test_losses_are_shares_of_worker_seconds(study: StudyBuilder) -> None:
    """Workers times the median time, split by the shares of the report."""
    study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.5] * 6, workers=2)
    found = Study(study.data)
    frame = found.losses()
    assert types(frame) == LOSSES
    assert frame["worker_seconds"].tolist() == [2.0, 3.0]
    report = found.report()
    for name in ("serial", "balance", "scheduling", "work", "waiting"):
        shares, seconds = report[f"loss_{name}"], frame[f"{name}_s"]
        pd.testing.assert_series_equal(shares * frame["worker_seconds"], seconds, check_names=False)


def test_losses_that_are_not_known_are_missing(study: StudyBuilder) -> None:
    """A failed case has a row without numbers; nobody knows the workers of an uncapped one."""
    study.case(SERIAL, [2.0] * 6)
    study.case(SERIAL, [1.0] * 6, twin=UNCAPPED)
    died = study.case("threads", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", "killed"))
    frame = Study(study.data).losses()
    assert frame["status"].tolist() == ["ok", "ok", "failed"]
    assert frame["worker_seconds"].tolist() == [2.0, pd.NA, pd.NA]
    assert frame["serial_s"].tolist()[1:] == [pd.NA, pd.NA]


def test_losses_of_no_cases_have_the_columns(study: StudyBuilder) -> None:
    """An empty frame has its types too."""
    study.case(SERIAL)
    study.plan = {"cases": ()}
    assert types(Study(study.data).losses()) == LOSSES


def test_laws_hold_what_was_put_in(study: StudyBuilder) -> None:
    """A law that made the times comes back with its parameter, and is the one that is chosen."""
    serial = 0.1
    study.environment = {"cpus": 64, "cpus_affinity": 64}
    study.case(SERIAL, [8.0] * 6)
    for workers in (1, 2, 4, 8, 16, 32):
        seconds = 8.0 * (serial + (1 - serial) / workers)
        study.case("processes", [seconds] * 6, workers=workers)
    frame = Study(study.data).laws()
    assert types(frame) == LAWS
    assert frame["backend"].unique().tolist() == ["processes"]
    assert set(frame["law"]) == {"linear", "amdahl", "usl", "log-usl"}
    (chosen,) = frame[frame["chosen"]].to_dict("records")
    assert chosen["law"] == "amdahl"
    assert chosen["alpha"] == pytest.approx(serial, abs=1e-6)
    assert chosen["alpha_low"] <= chosen["alpha"] <= chosen["alpha_high"]
    assert pd.isna(chosen["beta"])
    assert chosen["counted"] == "workers"


def test_laws_name_their_doubts(study: StudyBuilder) -> None:
    """Names joined as the cautions of the report are."""
    study.environment = {"cpus": 64, "cpus_affinity": 64}
    for workers in (1, 2, 4, 8):
        study.case("processes", [8.0 / workers] * 6, workers=workers)
    frame = Study(study.data).laws()
    assert "few-points" in frame.loc[frame["chosen"], "doubts"].item().split(";")


def test_study_that_fits_nothing_has_no_laws(study: StudyBuilder) -> None:
    """One case, or none with a value, is an empty frame."""
    study.case(SERIAL, [2.0])
    assert types(Study(study.data).laws()) == LAWS
    assert len(Study(study.data).laws()) == 0


def documented() -> dict[str, str]:
    """Return the columns that docs/frames.md names in the first column of its tables, typed."""
    text = (Path(__file__).parents[2] / "docs" / "frames.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \| (\w+) \|", text, flags=re.MULTILINE)
    return {name: kind for names, kind in rows for name in re.findall(r"`([\w*]+)`", names)}


def test_frames_have_the_columns_and_types_of_the_docs(study: StudyBuilder) -> None:
    """Every column is named there with its type, and nothing else is."""
    study.case(SERIAL, [2.0])
    found = Study(study.data)
    frames = (found.report(), found.samples(), found.losses(), found.laws())
    types = {str(name): str(kind) for one in frames for name, kind in one.dtypes.items()}
    told = documented()
    assert told.pop("loss_*") == "Float64"
    assert types == told
