"""Exported traces are what viewers of Chrome's trace event format expect."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling import tracefile
from scaling.errors import StudyFileError, UsageError
from scaling.model import Case
from scaling.records import Sample
from scaling.reports import trace
from scaling.reports.export import suffix_of, write
from scaling.results import Study
from scaling.tracefile import Trace

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

REQUIRED = {
    "X": {"name", "cat", "ph", "ts", "dur", "pid", "tid", "args"},
    "M": {"name", "ph", "ts", "pid", "tid", "args"},
    "i": {"name", "cat", "ph", "s", "ts", "pid", "tid"},
}
"""Fields that the format asks for, by phase."""

Events = list[dict[str, Any]]

A_SAMPLE = Sample("s", "c", 1, 0, 1.0, 0.0, 20, (), 0.5, "d1g357", 50.0)


def a_trace(workers: int, counts: list[int], **changes: Any) -> Trace:
    """Batches of these sizes go round the workers; every item takes 1 us, each batch 1 us more."""
    firsts = np.cumsum([0, *counts])[:-1]
    turns = np.arange(len(counts)) // workers
    starts = 2000 + turns * (max(counts, default=0) + 1) * 1000
    made = Trace(
        workers=np.array([f"w{k}" for k in range(workers)]),
        nodes=np.array(["local"] * workers),
        clock_error_ns=np.zeros(workers, int),
        worker=np.arange(len(counts)) % workers,
        first=firsts,
        count=np.array(counts, dtype=int),
        start_ns=starts,
        sent_ns=starts - 500,
        received_ns=starts + np.array(counts, dtype=int) * 1000 + 250,
        cpu_ns=np.full(len(counts), 900),
        duration_ns=np.full(sum(counts), 1000),
        produced_ns=np.array([100, 200, 300, 450]),
        seconds=1e-3,
        combine_s=1e-4,
        hides_batches=False,
        order=np.empty(0, np.uint8),
    )
    return replace(made, **changes)


@pytest.fixture
def traced(study: StudyBuilder, tmp_path: Path) -> StudyBuilder:
    """A study whose second case has three traced samples; the median is the second."""
    study.case("serial", [1.0])
    study.case("ray", [3.0, 5.0, 4.0], workers=2, nodes=2)
    nodes = {"nodes": np.array(["aaaaaaaaaa", "bbbbbbbbbb"])}
    (tmp_path / "traces").mkdir()
    for index, record in enumerate(study.records):
        if isinstance(record, Sample):
            name = f"traces/{index}.npz"
            serial = record.case.startswith("serial")
            made = a_trace(1, [1, 2]) if serial else a_trace(2, [3, 1, 2], **nodes)
            (tmp_path / name).write_bytes(tracefile.encode(made))
            study.records[index] = replace(record, trace=name)
    return study


def exported(study: StudyBuilder, folder: Path, **options: int) -> dict[str, Any]:
    """The document, read as any JSON."""
    found: dict[str, Any] = json.loads(trace.text(Study(study.data, folder), **options))
    return found


def check(events: Events) -> None:
    """Hold events to the format: fields, order, and spans that nest without overlap."""
    threads: dict[tuple[int, int], Events] = defaultdict(list)
    for event in events:
        assert set(event) == REQUIRED[event["ph"]]
        assert event["ts"] >= 0
        if event["ph"] != "M":
            threads[event["pid"], event["tid"]].append(event)
    assert len({tid for _, tid in threads}) == len(threads)
    for own in threads.values():
        assert [e["ts"] for e in own] == sorted(e["ts"] for e in own)
        for category in ("item", "batch"):
            spans = [e for e in own if e["ph"] == "X" and e["cat"] == category]
            for one, other in pairwise(spans):
                assert round(one["ts"] + one["dur"], 3) <= other["ts"]
        for batch in (e for e in own if e["ph"] == "X" and e["cat"] == "batch"):
            inside = [
                e
                for e in own
                if e["ph"] == "X"
                and e["cat"] == "item"
                and e["args"]["batch"] == batch["args"]["batch"]
            ]
            assert sum(e["dur"] for e in inside) == pytest.approx(batch["dur"])


def test_fields_order_and_nesting(traced: StudyBuilder, tmp_path: Path) -> None:
    """The document is an object with traceEvents, each event with the fields of its phase."""
    found = exported(traced, tmp_path)
    assert set(found) == {"displayTimeUnit", "otherData", "traceEvents"}
    check(found["traceEvents"])


@given(
    st.integers(1, 4),
    st.lists(st.integers(1, 5), max_size=12),
    st.integers(0, 10),
)
def test_any_record_nests(workers: int, counts: list[int], most: int) -> None:
    """However many workers, batches and items, and however little room."""
    from tests.scaling.conftest import StudyBuilder

    builder = StudyBuilder()
    case = builder.case("threads", [1.0], workers=workers)
    sample = builder.data.samples[0]
    shown = trace.Shown(case, sample, a_trace(workers, counts), most)
    events = list(trace.events([shown]))
    if shown.detail == "every item":
        check(events)
        assert sum(e.get("cat") == "item" for e in events) == sum(counts)
    assert sum(e.get("cat") in {"item", "batch"} for e in events) <= most


def test_processes_and_threads_have_names(traced: StudyBuilder, tmp_path: Path) -> None:
    """One process for a case's driver and local workers, one for each node; a thread a worker."""
    events = exported(traced, tmp_path)["traceEvents"]
    names = {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"}
    assert list(names.values()) == [
        "serial (1 worker), 100 items",
        "ray (2 nodes, 2 workers), 100 items",
        "ray (2 nodes, 2 workers), 100 items, node 1 (aaaaaaaa)",
        "ray (2 nodes, 2 workers), 100 items, node 2 (bbbbbbbb)",
    ]
    threads = [(e["pid"], e["args"]["name"]) for e in events if e["name"] == "thread_name"]
    assert threads == [(1, "driver"), (1, "w0"), (2, "driver"), (3, "w0"), (4, "w1")]


def test_events_of_a_worker_by_hand(traced: StudyBuilder, tmp_path: Path) -> None:
    """An item alone in its batch is one event; else the batch, then its items."""
    events = exported(traced, tmp_path)["traceEvents"]
    own = [e for e in events if e["pid"] == 3 and e["ph"] == "X"]
    assert [(e["name"], e["ts"], e["dur"]) for e in own] == [
        ("batch of 3", 2.0, 3.0),
        ("item 0", 2.0, 1.0),
        ("item 1", 3.0, 1.0),
        ("item 2", 4.0, 1.0),
        ("batch of 2", 6.0, 2.0),
        ("item 4", 6.0, 1.0),
        ("item 5", 7.0, 1.0),
    ]
    assert own[0]["args"] == {
        "batch": 0, "items": 3, "first": 0, "cpu_us": 0.9, "sent_us": 1.5, "received_us": 5.25,
    }  # fmt: skip
    (alone,) = [e for e in events if e["pid"] == 4 and e["ph"] == "X"]
    assert (alone["name"], alone["args"]["batch"], alone["args"]["sent_us"]) == ("item 3", 1, 1.5)


def test_events_of_the_driver_by_hand(traced: StudyBuilder, tmp_path: Path) -> None:
    """The sample, the waits for items, the first and last item, and combining."""
    events = exported(traced, tmp_path)["traceEvents"]
    own = [e for e in events if e["pid"] == 2 and e["ph"] != "M"]
    assert [(e["name"], e["ts"], e.get("dur")) for e in own] == [
        ("sample", 0.0, 1000.0),
        ("produce", 0.1, 0.1),
        ("produce", 0.3, 0.15),
        ("first item starts", 2.0, None),
        ("last item ends", 8.0, None),
        ("combine", 900.0, 100.0),
    ]


def test_the_median_sample_stands_for_its_case(traced: StudyBuilder, tmp_path: Path) -> None:
    """Of 3, 5 and 4 s it is the one of 4 s; the document says which."""
    cases = exported(traced, tmp_path)["otherData"]["cases"]
    assert [(c["case"], c["seconds"], c["shown"]) for c in cases] == [
        ("serial-n1-w1-s100", 1.0, "every item"),
        ("ray-n2-w2-s100", 4.0, "every item"),
    ]


def test_too_many_items_are_shown_by_batch(traced: StudyBuilder, tmp_path: Path) -> None:
    """Each case may have its share of the events; the document and the viewer say what is left."""
    found = exported(traced, tmp_path, most_events=10)
    assert [c["shown"] for c in found["otherData"]["cases"]] == ["every item", "every batch"]
    spans = [e for e in found["traceEvents"] if e["ph"] == "X" and e["pid"] in {3, 4}]
    assert [e["name"] for e in spans] == ["batch of 3", "batch of 2", "item 3"]
    labels = [e["args"]["labels"] for e in found["traceEvents"] if e["name"] == "process_labels"]
    assert set(labels) == {"every batch"}


def test_too_many_batches_are_cut_off(traced: StudyBuilder, tmp_path: Path) -> None:
    """The first ones to start stay."""
    found = exported(traced, tmp_path, most_events=4)
    assert found["otherData"]["cases"][1]["shown"] == "the first batches"
    spans = [e for e in found["traceEvents"] if e["ph"] == "X" and e["pid"] in {3, 4}]
    assert [e["name"] for e in spans] == ["batch of 3", "item 3"]


def test_of_batches_that_start_at_once_the_first_handed_out_stay() -> None:
    """Two of three workers begin together; there is room for four batches."""
    case = Case("demo", 20, "threads", 1, 3)
    shown = trace.Shown(case, A_SAMPLE, a_trace(3, [2] * 10), 4)
    spans = [e["args"]["batch"] for e in trace.events([shown]) if e.get("cat") == "batch"]
    assert sorted(spans) == [0, 1, 2, 3]


def test_waits_for_items_are_cut_off_with_the_batches() -> None:
    """A pass with many batches has as many waits: as many are shown."""
    case = Case("demo", 20, "threads", 1, 1)
    waits = np.arange(2000)
    for most, left in ((4, 4), (1000, 1000)):
        shown = trace.Shown(case, A_SAMPLE, a_trace(1, [2] * 10, produced_ns=waits), most)
        assert sum(e["name"] == "produce" for e in trace.events([shown])) == left


def test_times_before_the_start_are_at_the_start(traced: StudyBuilder, tmp_path: Path) -> None:
    """Another host's clock can be off by its error; viewers drop negative times."""
    early = a_trace(1, [2], start_ns=np.array([-500]))
    name = next(s.trace for s in traced.data.samples if s.case.startswith("serial"))
    assert name is not None
    (tmp_path / name).write_bytes(tracefile.encode(early))
    events = exported(traced, tmp_path)["traceEvents"]
    items = [(e["ts"], e["dur"]) for e in events if e["pid"] == 1 and e.get("cat") == "item"]
    assert items == [(0.0, 0.5), (0.5, 1.0)]


def test_hidden_batches_have_no_messages(traced: StudyBuilder, tmp_path: Path) -> None:
    """What joblib does not tell of its batches, and asyncio not of CPU time, is left out."""
    hidden = a_trace(1, [2], hides_batches=True, cpu_ns=np.array([], int))
    name = next(s.trace for s in traced.data.samples if s.case.startswith("serial"))
    assert name is not None
    (tmp_path / name).write_bytes(tracefile.encode(hidden))
    events = exported(traced, tmp_path)["traceEvents"]
    (batch,) = [e for e in events if e["pid"] == 1 and e.get("cat") == "batch"]
    assert set(batch["args"]) == {"batch", "items", "first"}


def test_study_without_traces(study: StudyBuilder, tmp_path: Path) -> None:
    """It is the user's mistake, in one line that says what to do."""
    study.case("serial", [1.0])
    with pytest.raises(UsageError, match="--trace"):
        write(Study(study.data, tmp_path), tmp_path / "x.trace.json")
    assert list(tmp_path.iterdir()) == []


def test_trace_that_is_gone(traced: StudyBuilder, tmp_path: Path) -> None:
    """A file that was removed is named."""
    for path in (tmp_path / "traces").iterdir():
        path.unlink()
    with pytest.raises(StudyFileError, match=r"traces/.*No such file"):
        exported(traced, tmp_path)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.json", ".json"),
        ("a.trace.json", ".trace.json"),
        ("a.b.Trace.JSON", ".trace.json"),
        ("a.b.json", ".json"),
        ("v1.2.csv", ".csv"),
        ("a", ""),
    ],
)
def test_suffix(name: str, suffix: str) -> None:
    """Two parts count where such a format is known, else the last."""
    assert suffix_of(Path(name)) == suffix
