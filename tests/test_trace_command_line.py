"""Traces from the command line: kept while a study runs, exported afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scaling

Scale = Callable[..., Any]

SQUARE = ("compare", "work.py:square", "--items", "range:40", "--workers", "2")
DIES = """
import multiprocessing, os

def dies(x):
    if x == 5 and multiprocessing.parent_process():
        os._exit(3)
    return x
"""
QUICK = ("--quick", "--quiet", "--output", "out", "--trace")


def traces(work: Path) -> list[str]:
    """Names of all that lies among the traces of the study."""
    return sorted(path.name for path in (work / "out/traces").iterdir())


def test_every_sample_is_traced_and_exported(scale: Scale, work: Path) -> None:
    """All local backends: each sample names its file, and the export shows every item once."""
    assert scale(*SQUARE, *QUICK, "--backends", "threads,processes,joblib,dask").code == 0
    study = scaling.load(work / "out")
    named = [sample.trace for sample in study.data.samples]
    assert [f"traces/{name}" for name in traces(work)] == sorted(map(str, named))
    for name in map(str, named):
        with np.load(work / "out" / name, allow_pickle=False) as file:
            assert file["duration_ns"].size == file["count"].sum() == 40
            assert file["produced_ns"].size % 2 == 0
    done = scale("export", "out", "-o", "out.trace.json")
    assert (done.code, done.out, done.err) == (0, "", "")
    events = json.loads((work / "out.trace.json").read_text())["traceEvents"]
    processes = {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"}
    assert len(processes) == 5
    for pid in processes:
        items = [e["args"]["item"] for e in events if e["pid"] == pid and e.get("cat") == "item"]
        assert sorted(items) == list(range(40))


def test_failed_session_leaves_no_half_file(scale: Scale, work: Path) -> None:
    """What failed before its first sample has no trace; the others have theirs."""
    (work / "dies.py").write_text(DIES, encoding="utf-8")
    done = scale(
        "compare", "dies.py:dies", "--items", "range:40", *QUICK,
        "--workers", "2", "--backends", "processes",
    )  # fmt: skip
    assert done.code == 1
    samples = scaling.load(work / "out").data.samples
    assert {sample.case for sample in samples} == {"serial-n1-w1-s40"}
    assert [f"traces/{name}" for name in traces(work)] == sorted(str(s.trace) for s in samples)


def test_resumed_study_goes_on_tracing(scale: Scale, work: Path) -> None:
    """The flag belongs to the study; what a writer left that was killed is removed."""
    assert scale(*SQUARE, *QUICK, "--backends", "threads").code == 0
    file = work / "out/study.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    ends = [k for k, line in enumerate(lines) if line.startswith(b'{"kind":"session"')]
    file.write_bytes(b"".join(lines[: ends[-2] + 1]))
    (work / "out/traces/.scale-1.tmp").write_bytes(b"half")
    assert scale("run", "--resume", "out", "--quiet").code == 0
    study = scaling.load(work / "out")
    assert len(study.data.sessions) == len(ends)
    assert all((work / "out" / str(sample.trace)).exists() for sample in study.data.samples)
    assert all(name.endswith(".npz") for name in traces(work))


def test_study_without_traces_says_how_to_get_them(scale: Scale, work: Path) -> None:
    """One line, exit code 2, nothing written; its other exports work."""
    assert scale(*SQUARE, *QUICK[:-1], "--backends", "threads").code == 0
    assert not (work / "out/traces").exists()
    done = scale("export", "out", "-o", "out.trace.json")
    assert (done.code, done.out) == (2, "")
    assert "--trace" in done.error
    assert not (work / "out.trace.json").exists()
    assert scale("export", "out", "-o", "out.json").code == 0


@pytest.mark.cluster
def test_trace_of_ray_nodes(scale: Scale, work: Path) -> None:
    """Each node of a cluster is a process of its own, with its worker's items."""
    done = scale(
        "run", "work.py:square", "--items", "range:40", "--nodes", "2", *QUICK[1:],
        "--max-blocks", "1", "--backends", "ray",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert scale("export", "out", "-o", "out.trace.json").code == 0
    found = json.loads((work / "out.trace.json").read_text())
    names = [e["args"]["name"] for e in found["traceEvents"] if e["name"] == "process_name"]
    two = [name for name in names if name.startswith("ray (2 nodes, 2 workers)")]
    assert [name.partition(", node ")[2][:2] for name in two] == ["", "1 ", "2 "]
