"""Exact times from a law."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.backends.base import OpenRequest
from scaling.backends.simulated import Law, SimulatedBackend, parse_law
from scaling.errors import UsageError
from scaling.model import WorkloadSpec
from scaling.passes import Mapped
from scaling.workloads.base import Workload

SECOND = 1_000_000_000


def passes(folder: Path, law: str | None, workers: int, count: int = 1) -> list[tuple[int, Mapped]]:
    """Run passes over ten items; return the time of each by the pool's clock, and its result."""
    folder.mkdir(exist_ok=True)
    workload = Workload("test", lambda item: item + 1, lambda: range(10))
    request = OpenRequest(WorkloadSpec("test"), workload, None, workers, 1, folder, law=law)
    found = []
    with SimulatedBackend().open(request) as pool:
        for _ in range(count):
            start = pool.clock()
            mapped = pool.map(range(10), None)
            found.append((pool.clock() - start, mapped))
    return found


@pytest.mark.parametrize(
    ("law", "workers", "seconds"),
    [
        ("linear:seconds=8", 4, 2.0),
        ("amdahl:serial=0.5,seconds=10", 1, 10.0),
        ("amdahl:serial=0.5,seconds=10", 5, 6.0),
        ("amdahl:serial=1,seconds=3", 64, 3.0),
        ("usl:alpha=0,beta=0,seconds=6", 3, 2.0),
        ("usl:alpha=0.1,beta=0,seconds=10", 2, 5.5),
        ("usl:alpha=0.1,beta=0.01,seconds=10", 2, 5.6),
        ("usl:alpha=0,beta=0.5,seconds=4", 4, 7.0),
    ],
)
def test_time_is_exactly_that_of_the_law(
    tmp_path: Path, law: str, workers: int, seconds: float
) -> None:
    """The clock moves by the law's time and by nothing else."""
    assert parse_law(law).seconds(workers) == pytest.approx(seconds, rel=1e-12)
    [(elapsed, mapped)] = passes(tmp_path, law, workers)
    assert round(seconds * SECOND) == elapsed
    assert list(range(1, 11)) == mapped.parts


def test_universal_law_is_throughput_over_contention() -> None:
    """Gunther: X(p)/X(1) = p / (1 + alpha (p - 1) + beta p (p - 1))."""
    law = Law(12.0, alpha=0.05, beta=0.002)
    for p in (1, 2, 7, 40):
        speedup = p / (1 + 0.05 * (p - 1) + 0.002 * p * (p - 1))
        assert law.seconds(1) / law.seconds(p) == pytest.approx(speedup)


def test_items_are_shared_evenly(tmp_path: Path) -> None:
    """Each worker runs its share at the end of the pass, busy for the ideal time."""
    [(elapsed, mapped)] = passes(tmp_path, "amdahl:serial=0.5,seconds=8", 4)
    assert [batch.count for batch in mapped.batches] == [2, 3, 2, 3]
    for batch in mapped.batches:
        assert (batch.ticks[0], batch.ticks[-1]) == (3 * SECOND, 5 * SECOND)
        assert (elapsed, 2 * SECOND) == (batch.received_ns, batch.cpu_ns)


@pytest.mark.parametrize(
    ("law", "produced", "sent"),
    [
        ("amdahl:serial=0.5,seconds=8", [0, 3 * SECOND], 3 * SECOND),
        ("usl:alpha=0.25,beta=0.125,seconds=8", [0, 1.5 * SECOND], 1.5 * SECOND),
        ("linear:seconds=8", [], 0),
    ],
)
def test_what_one_does_alone_is_no_way_to_a_worker(
    tmp_path: Path, law: str, produced: list[int], sent: int
) -> None:
    """Amdahl's serial share and contention are the driver's; coherency is between the two."""
    [(_, mapped)] = passes(tmp_path, law, 4)
    assert list(mapped.produced) == produced
    assert {batch.sent_ns for batch in mapped.batches} == {sent}


def test_more_workers_than_items(tmp_path: Path) -> None:
    """Workers without an item have no record."""
    [(_, mapped)] = passes(tmp_path, "linear:seconds=1", 16)
    assert [batch.count for batch in mapped.batches] == [1] * 10
    assert len({batch.worker for batch in mapped.batches}) == 10


NOISY = "linear:seconds=1,noise=0.1,seed=5"


def times(folder: Path, law: str = NOISY, workers: int = 2) -> list[int]:
    """Return the times of a session's passes."""
    return [elapsed for elapsed, _ in passes(folder, law, workers, count=5)]


def test_noise_repeats_and_differs(tmp_path: Path) -> None:
    """The same session gives the same times; another pass, session, seed or size does not."""
    first = times(tmp_path / "a")
    assert first == times(tmp_path / "a")
    assert len(set(first)) == 5
    others: list[Any] = [
        times(tmp_path / "b"),
        times(tmp_path / "a", NOISY.replace("seed=5", "seed=6")),
    ]
    assert all(not set(first) & set(other) for other in others)


@given(st.integers(0, 10**6))
def test_noise_has_the_width_asked_for(seed: int) -> None:
    """Factors are positive, and their logarithms stay within some widths of zero."""
    factors = [Law(1, noise=0.02, seed=seed).factor(number) for number in range(20)]
    assert all(0.85 < factor < 1.18 for factor in factors)
    assert len(set(factors)) == 20


@pytest.mark.parametrize(
    ("law", "reason"),
    [
        (None, "needs a law"),
        ("", "no law ''"),
        ("amdal:serial=0.1,seconds=1", "did you mean 'amdahl'"),
        ("amdahl:seconds=1", "lacks serial"),
        ("linear", "lacks seconds"),
        ("linear:seconds", "no number for 'seconds'"),
        ("linear:seconds=abc", "no number for 'seconds'"),
        ("linear:seconds=0", "more than 0"),
        ("linear:seconds=-1", "not negative"),
        ("linear:seconds=inf", "not negative"),
        ("linear:seconds=1,seconds=2", "twice"),
        ("linear:seconds=1,sead=2", "did you mean 'seed'"),
        ("linear:seconds=1,alpha=2", "no parameter of the law 'alpha'"),
        ("linear:seconds=1,seed=0.5", "whole number"),
        ("amdahl:serial=1.5,seconds=1", "at most 1"),
    ],
)
def test_bad_law_is_refused_in_one_line(tmp_path: Path, law: str | None, reason: str) -> None:
    """A law that cannot be read is the user's mistake, and says what to do."""
    with pytest.raises(UsageError, match=reason) as caught:
        passes(tmp_path, law, 2)
    assert "\n" not in str(caught.value)
