"""``--dry-run``: the plan of the real run, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaling import grain_store, store
from scaling.model import Plan

Scale = Callable[..., Any]
STUDY = ("compare", "work.py:square", "--items", "range:12", "--workers", "2", "--max-blocks", "1")
GRAIN = ("grain", "--items", "50", "--blocks", "1", "--backends", "serial")


def files(folder: Path) -> set[Path]:
    """Return all files but those that Python keeps of what it has read."""
    return {path for path in folder.rglob("*") if "__pycache__" not in path.parts}


def assert_same(plan: Plan, document: dict[str, Any]) -> None:
    """Compare the plan of a study with what was shown of it before."""
    assert [case.key for case in plan.cases] == [one["case"] for one in document["cases"]]
    assert [skip.case.key for skip in plan.skipped] == [one["case"] for one in document["skipped"]]
    assert (plan.blocks, list(plan.baseline)) == (document["blocks"], document["baseline"])


def test_same_cases_as_the_real_run(scale: Scale, work: Path) -> None:
    """What it shows is what the run then measures; nothing is written before."""
    before = files(work)
    shown = scale(*STUDY, "--output", "out", "--dry-run", "--json")
    assert shown.code == 0, shown.err
    assert before == files(work)
    document = json.loads(shown.out)
    assert scale(*STUDY, "--output", "out").code == 0
    data = store.read(work / "out")
    assert_same(data.header.plan, document)
    assert document["skipped"][0]["backend"] == "asyncio"
    assert len(data.sessions) == document["sessions"][0] == document["sessions"][1]


def test_same_cases_of_grain(scale: Scale, work: Path, grain: Path) -> None:
    """Likewise."""
    before = files(work)
    shown = scale(*GRAIN, "--output", "out", "--dry-run", "--json")
    assert shown.code == 0, shown.err
    assert before == files(work)
    assert_same(grain_store.read(grain).header.plan, json.loads(shown.out))


def test_cluster_is_not_started(scale: Scale) -> None:
    """Ray's cases are planned within the time that a start of its nodes would take alone."""
    done = scale("run", "primes", "--nodes", "4", "--size", "40", "--dry-run")
    assert done.code == 0, done.err
    assert "cluster of" not in done.err
    assert [line.split()[:2] for line in done.out.splitlines() if line.startswith("ray")] == [
        ["ray", "1"], ["ray", "2"], ["ray", "4"],
    ]  # fmt: skip


def test_weak_sizes_grow(scale: Scale) -> None:
    """The probe looks at the grown sizes, as in a run."""
    done = scale("run", "primes", "--weak", "--size", "10", "--nodes", "1", "--workers", "1,2",
                 "--backends", "threads", "--dry-run", "--json")  # fmt: skip
    assert done.code == 0, done.err
    assert [one["size"] for one in json.loads(done.out)["cases"]] == [10, 10, 20]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--resume", "x", "--dry-run"), "leave out --dry-run"),
        (("compare", "primes", "--backends", "asyncio", "--dry-run"), "asynchronous"),
        (("compare", "sauces", "--dry-run"), "sources"),
        (("grain", "--backends", "simulated", "--dry-run"), "name a real backend"),
    ],
)
def test_mistakes_are_those_of_the_run(scale: Scale, arguments: tuple[str, ...], said: str) -> None:
    """What the run refuses, its plan refuses."""
    done = scale(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.error


def test_output_that_is_taken(scale: Scale, work: Path) -> None:
    """A folder with a study is refused before the run, too."""
    assert scale(*STUDY, "--backends", "serial", "--output", "out").code == 0
    done = scale(*STUDY, "--output", "out", "--dry-run")
    assert done.code == 2
    assert "holds a study already" in done.error


def test_kernel_that_fails(scale: Scale, work: Path) -> None:
    """Work that fails has a plan without an estimate."""
    done = scale("compare", "work.py:raises", "--items", "range:9", "--backends", "serial",
                 "--dry-run")  # fmt: skip
    assert done.code == 0, done.err
    assert "Estimate: none" in done.out


@pytest.mark.cluster
def test_running_cluster_is_looked_at(scale: Scale, running_cluster: str) -> None:
    """The CPUs of its nodes decide the workers, as in a run."""
    done = scale("run", "primes", "--size", "40", "--nodes", "2", "--backends", "ray",
                 "--cluster", running_cluster, "--dry-run", "--json")  # fmt: skip
    assert done.code == 0, done.err
    found = [one for one in json.loads(done.out)["cases"] if one["backend"] == "ray"]
    assert [(one["nodes"], one["workers"]) for one in found] == [(1, 2), (2, 4)]
