"""Protocols of a study other than the plain one, through the command line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scaling import store

Scale = Callable[..., Any]
ROUGH = ("--backends", "simulated", "--workers", "1", "--simulate", "linear:seconds=1,noise=0.5")
WORK = ("compare", "work.py:square", "--items", "range:40")


def test_stops_when_precise(scale: Scale, work: Path) -> None:
    """Exact times need no more than the least number of blocks."""
    simulated = ("--backends", "simulated", "--workers", "1", "--output", "out")
    assert scale(*WORK, *simulated).code == 0
    data = store.read(work / "out")
    assert (data.ends[-1].reason, data.ends[-1].reached) == ("precision", 0.0)
    assert {session.block for session in data.sessions} == set(range(7))


def test_goes_on_while_it_is_rough(scale: Scale, work: Path) -> None:
    """Noisy times take more blocks, to the most that is allowed."""
    assert scale(*WORK, *ROUGH, "--max-blocks", "7", "--output", "out").code == 0
    data = store.read(work / "out")
    assert data.ends[-1].reason == "max-blocks"
    counted = Counter(session.case for session in data.sessions if session.block)
    assert set(counted.values()) == {7}


def test_budget_ends_a_rough_study(scale: Scale, work: Path) -> None:
    """After the least number of blocks the budget decides; a resume may have another."""
    assert scale(*WORK, *ROUGH, "--budget", "0.01", "--output", "out").code == 0
    assert store.read(work / "out").ends[-1].reason == "budget"
    again = scale("run", "--resume", "out", "--max-blocks", "7", "--budget", "5m")
    assert again.code == 0, again.err
    data = store.read(work / "out")
    assert data.ends[-1].reason == "max-blocks"
    assert max(session.block for session in data.sessions) == 7


def test_baseline_instead_of_serial(scale: Scale, work: Path) -> None:
    """With a baseline nothing runs serially, and speedup is relative to it."""
    chosen = ("--backends", "processes,threads", "--baseline", "processes:2")
    done = scale(*WORK, *chosen, "--max-blocks", "1", "--json")
    assert done.code == 0, done.err
    report = json.loads(done.out)["report"]
    assert {row["backend"] for row in report} == {"processes", "threads"}
    base = next(row for row in report if row["backend"] == "processes" and row["workers"] == 2)
    assert base["speedup"] == 1.0


def test_baseline_in_words(scale: Scale) -> None:
    """A baseline that cannot be read is a mistake."""
    assert "processes:two" in scale(*WORK, "--baseline", "processes:two").error


def test_weak_scaling_grows_the_items(scale: Scale, work: Path) -> None:
    """In a weak study each worker keeps its number of items."""
    weak = ("run", "grain", "--size", "30", "--weak", "--backends", "threads", "--workers", "1,3")
    done = scale(*weak, "--max-blocks", "1", "--output", "out")
    assert done.code == 0, done.err
    cases = store.read(work / "out").header.plan.cases
    assert {(case.backend, case.workers, case.size) for case in cases} == {
        ("serial", 1, 30),
        ("threads", 1, 30),
        ("threads", 3, 90),
    }


def test_weak_scaling_needs_enough_items(scale: Scale, work: Path) -> None:
    """Items that cannot grow are refused with what to give."""
    weak = ("run", "work.py:square", "--items", "range:40", "--weak", "--backends", "threads")
    done = scale(*weak, "--workers", "1,3")
    assert done.code == 2
    assert "--size" in done.error


def test_null_measures_one_case_twice(scale: Scale, work: Path) -> None:
    """A null study has one case under two names."""
    done = scale(
        "run", "work.py:square", "--items", "range:40", "--null", "--backends", "threads",
        "--workers", "2", "--max-blocks", "1", "--output", "out",
    )  # fmt: skip
    assert done.code == 0, done.err
    cases = store.read(work / "out").header.plan.cases
    assert [(case.backend, case.workers, case.twin) for case in cases] == [
        ("threads", 2, "-a"),
        ("threads", 2, "-b"),
    ]
    assert scale("run", "primes", "--null", "--backends", "threads,processes").code == 2


def test_weak_fit_is_not_called_strong(scale: Scale) -> None:
    """Laws fitted to a weak study say that the work grows."""
    weak = ("run", "grain", "--size", "30", "--weak", "--backends", "simulated")
    assert scale(*weak, "--max-blocks", "1", "--output", "out").code == 0
    assert "weak scaling" in scale("fit", "out").out
    assert json.loads(scale("fit", "out", "--json").out)["fits"][0]["scaling"] == "weak"
