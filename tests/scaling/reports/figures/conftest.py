"""Studies with something to draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scaling import tracefile
from scaling.model import SERIAL
from scaling.records import Failure, Sample
from scaling.results import Study
from scaling.tracefile import Trace

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

SEVEN = (0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03)
"""Seven blocks around a time: their median is it."""


def around(seconds: float, turn: int = 0) -> list[float]:
    """Return the times of seven blocks, in no rising order; others in each turn."""
    places = (3, 0, 6, 1, 5, 2, 4)
    return [seconds * SEVEN[place] for place in (*places[turn:], *places[:turn])]


@pytest.fixture
def full(study: StudyBuilder) -> Study:
    """Gains, cores that nodes share, a failure and a wrong answer, on 4 CPUs."""
    study.case(SERIAL, around(8.0))
    for workers, seconds in ((1, 8.0), (2, 4.0), (4, 2.0)):
        study.case("threads", around(seconds, workers), workers=workers)
    for nodes, seconds in ((1, 5.0), (2, 3.2), (4, 3.0)):
        study.case("ray", around(seconds, nodes), workers=2 * nodes, nodes=nodes)
    died = study.case("processes", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", "killed"))
    wrong = study.case("joblib", workers=4)
    study.session(wrong, 1, [1.0], status="wrong", failure=Failure("wrong", "not equal"))
    return Study(study.data)


def a_trace(workers: int, spans: list[tuple[int, float, float]], seconds: float = 1.0) -> Trace:
    """Return a trace of batches of one item: worker, start and end in seconds."""
    starts = np.array([round(start * 1e9) for _, start, _ in spans])
    ends = np.array([round(end * 1e9) for *_, end in spans])
    return Trace(
        workers=np.array([f"w{number}" for number in range(workers)]),
        nodes=np.array(["local"] * workers),
        clock_error_ns=np.zeros(workers, int),
        worker=np.array([worker for worker, *_ in spans], dtype=int),
        first=np.arange(len(spans)),
        count=np.ones(len(spans), int),
        start_ns=starts,
        sent_ns=starts,
        received_ns=ends,
        cpu_ns=np.empty(0, int),
        duration_ns=ends - starts,
        produced_ns=np.array([0, 10**8]),
        seconds=seconds,
        combine_s=0.1,
        hides_batches=False,
        order=np.empty(0, np.uint8),
    )


def with_traces(study: StudyBuilder, folder: Path, made: dict[str, Trace]) -> Study:
    """Give the samples of these cases a trace each."""
    for index, record in enumerate(study.records):
        if isinstance(record, Sample) and record.case in made:
            name = f"{index}.npz"
            (folder / name).write_bytes(tracefile.encode(made[record.case]))
            study.records[index] = replace(record, trace=name)
    return Study(study.data, folder)


@pytest.fixture
def traced(study: StudyBuilder, tmp_path: Path) -> Study:
    """Two workers: one always at work, one idle between two items and at the end."""
    study.case(SERIAL, [1.0])
    case = study.case("threads", [1.0], workers=2)
    spans = [(0, 0.1, 0.5), (1, 0.1, 0.2), (0, 0.5, 0.9), (1, 0.6, 0.7)]
    return with_traces(study, tmp_path, {case.key: a_trace(2, spans)})
