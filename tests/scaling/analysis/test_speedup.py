"""Every case is compared with what it should be compared with."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult, case_results, karp_flatt
from scaling.model import REFERENCE_BLOCK, SERIAL, Case, SkippedCase, Status
from scaling.records import Failure

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"


def result(study: StudyBuilder, case: Case) -> CaseResult:
    """Return the result of one case."""
    return case_results(study.data)[study.cases.index(case)]


@pytest.mark.parametrize(
    ("workers", "speedup"),
    [(2, 1.82), (3, 2.50), (4, 3.08), (5, 3.57), (6, 4.00), (7, 4.38), (8, 4.71)],
)
def test_karp_flatt_of_quinns_first_example(workers: int, speedup: float) -> None:
    """A constant serial fraction of 0.1 (Quinn, Parallel Programming, 7.5, example 1)."""
    assert karp_flatt(speedup, workers) == pytest.approx(0.1, abs=0.002)


def test_karp_flatt_worked_by_hand() -> None:
    """S = 4.71 on 8: (1/4.71 - 1/8) / (7/8) = (0.21231 - 0.125) / 0.875 = 0.0998."""
    assert karp_flatt(4.71, 8) == pytest.approx(0.0998, abs=5e-5)


def test_karp_flatt_of_one_worker_is_not_defined() -> None:
    """One worker divides by zero."""
    assert karp_flatt(1.0, 1) is None
    assert karp_flatt(0.0, 2) is None


@pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference data are not beside this repository"
)
def test_karp_flatt_of_the_published_tables() -> None:
    """Quinn's second table rises from 0.07 to 0.1 in steps of 0.005."""
    with (REFERENCE / "karpflatt_quinn.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["case"] == "rising_e"]
    for row in rows:
        workers = int(row["p"])
        fraction = karp_flatt(float(row["speedup"]), workers)
        assert fraction == pytest.approx(0.06 + 0.005 * workers, abs=0.002)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(2, 10_000))
def test_karp_flatt_of_the_universal_law_is_a_line(a: float, b: float, workers: int) -> None:
    """Under S = N / (1 + a(N-1) + bN(N-1)) the fraction is a + bN."""
    speedup = workers / (1 + a * (workers - 1) + b * workers * (workers - 1))
    assert karp_flatt(speedup, workers) == pytest.approx(a + b * workers, rel=1e-9, abs=1e-9)


def test_speedup_and_its_interval(study: StudyBuilder) -> None:
    """Medians give the speedup, paired blocks its interval: worked by hand."""
    study.case(SERIAL, [8.0, 8.0, 8.0, 9.0, 8.0, 8.0])
    found = result(study, study.case("threads", [4.0, 4.0, 5.0, 4.5, 4.0, 3.2], workers=4))
    assert (found.median_s, found.low_s, found.high_s) == (4.0, 3.2, 5.0)
    assert (found.speedup, found.speedup_low, found.speedup_high) == (2.0, 1.6, 2.5)
    assert (found.efficiency, found.efficiency_low, found.efficiency_high) == (0.5, 0.4, 0.625)
    assert (found.blocks, found.samples, found.items_per_s) == (6, 6, 25.0)
    assert (found.opening_s, found.peak_rss_mb, found.status) == (0.5, 50.0, "ok")
    assert (found.parallel_efficiency, found.loss_work) == (None, None)


def test_session_value_is_the_median_of_its_samples(study: StudyBuilder) -> None:
    """One slow sample of a session does not move its value."""
    case = study.case(SERIAL)
    study.session(case, 1, [1.0, 9.0, 1.0])
    assert result(study, case).median_s == 1.0
    assert result(study, case).samples == 3


def test_reference_block_never_counts(study: StudyBuilder) -> None:
    """The session that gives the reference answer is in no number."""
    case = study.case(SERIAL, [1.0])
    study.session(case, REFERENCE_BLOCK, [100.0])
    found = result(study, case)
    assert (found.blocks, found.samples, found.median_s) == (1, 1, 1.0)


def test_relative_speedup_starts_at_the_smallest_case(study: StudyBuilder) -> None:
    """A backend is compared with itself; the serial fraction comes from that."""
    study.case(SERIAL, [9.0] * 6)
    first = study.case("ray", [12.0] * 6, workers=2)
    second = study.case("ray", [8.0] * 6, workers=4, nodes=2)
    assert result(study, first).relative_speedup == 1.0
    assert result(study, first).karp_flatt is None
    assert result(study, second).relative_speedup == 1.5
    assert result(study, second).karp_flatt == pytest.approx((1 / 1.5 - 1 / 2) / (1 - 1 / 2))


def test_smallest_case_without_a_value_is_a_caution(study: StudyBuilder) -> None:
    """When the smallest case failed, the next one is the base and says so."""
    failed = study.case("threads", workers=1)
    study.session(failed, 1, [], status="failed", failure=Failure("died", "a worker died"))
    case = study.case("threads", [1.0] * 6, workers=2)
    assert result(study, case).relative_speedup == 1.0
    assert Caution.LATE_BASE in result(study, case).cautions


def test_sizes_have_their_own_baselines(study: StudyBuilder) -> None:
    """A case is compared with the baseline of its own size."""
    study.case(SERIAL, [1.0] * 6, size=10)
    study.case(SERIAL, [8.0] * 6, size=80)
    case = study.case("threads", [4.0] * 6, workers=2, size=80)
    assert result(study, case).speedup == 2.0


def test_few_blocks_have_no_interval(study: StudyBuilder) -> None:
    """Five blocks give a median and a speedup, no interval, and the caution."""
    study.plan = {"blocks": 5}
    study.case(SERIAL, [2.0] * 5)
    found = result(study, study.case("threads", [1.0] * 5, workers=2))
    assert (found.median_s, found.speedup) == (1.0, 2.0)
    assert (found.low_s, found.high_s, found.speedup_low, found.efficiency_low) == (None,) * 4
    assert found.cautions == (Caution.FEW_BLOCKS,)


@pytest.mark.parametrize("status", ["failed", "timeout", "wrong"])
def test_case_that_ended_badly_has_no_speedup(study: StudyBuilder, status: Status) -> None:
    """The times that were taken stay; nothing is compared, and the reason is told."""
    study.case(SERIAL, [2.0] * 6)
    case = study.case("threads", [1.0], workers=2)
    study.session(case, 2, [], status=status, failure=Failure("died", "what happened"))
    found = result(study, case)
    assert (found.status, found.reason) == (status, "what happened")
    assert found.median_s == 1.0
    nothing = (found.speedup, found.relative_speedup, found.efficiency, found.karp_flatt)
    assert nothing == (None,) * 4


def test_no_baseline_no_speedup(study: StudyBuilder) -> None:
    """A baseline that failed leaves every case with the caution."""
    study.session(study.case(SERIAL), 1, [], status="timeout")
    found = result(study, study.case("threads", [1.0] * 6, workers=2))
    assert found.speedup is None
    assert found.relative_speedup == 1.0
    assert found.cautions == (Caution.NO_BASELINE,)


def test_serial_that_differs_from_run_to_run_makes_all_wrong(study: StudyBuilder) -> None:
    """Nothing can be checked against an answer that changes; other sizes are not touched."""
    serial = study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    other = study.case(SERIAL, [1.0] * 6, size=7)
    failure = Failure("not-deterministic", "two serial runs gave different answers")
    study.session(serial, REFERENCE_BLOCK, [2.0], status="wrong", failure=failure)
    found = case_results(study.data)
    assert [one.status for one in found] == ["wrong", "wrong", "ok"]
    assert [one.speedup for one in found[:2]] == [None, None]
    assert found[1].reason == failure.message
    assert result(study, other).speedup == 1.0


def test_skipped_case_is_a_row(study: StudyBuilder) -> None:
    """A case that cannot run here is shown last, with its reason."""
    study.case(SERIAL, [2.0] * 6)
    study.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 2), "not installed"))
    found = case_results(study.data)[-1]
    assert (found.backend, found.status, found.reason) == ("dask", "skipped", "not installed")
    assert (found.blocks, found.median_s, found.cautions) == (0, None, ())


@pytest.mark.parametrize(
    ("end", "said"),
    [("interrupted", "was interrupted"), ("budget", "budget ran out"), (None, "stopped before")],
)
def test_case_that_was_not_reached_says_why(
    study: StudyBuilder, end: str | None, said: str
) -> None:
    """A case without a session is skipped, not ok."""
    study.case(SERIAL, [2.0])
    case = study.case("threads", workers=2)
    if end:
        study.end(end)
    found = result(study, case)
    assert found.status == "skipped"
    assert said in (found.reason or "")


def test_case_without_sessions_tells_what_stopped_the_reference(study: StudyBuilder) -> None:
    """When the serial reference failed, that is why the others were not measured."""
    serial = study.case(SERIAL)
    failure = Failure("raised", "item 3 (4): ZeroDivisionError")
    study.session(serial, REFERENCE_BLOCK, [], status="failed", failure=failure)
    found = result(study, study.case("threads", workers=2))
    assert failure.message in (found.reason or "")


def test_nodes_that_share_cores_are_oversubscribed(study: StudyBuilder) -> None:
    """More workers than usable CPUs on embedded nodes: the speedup is bound by the CPUs."""
    study.environment = {"cpus_affinity": 2}
    study.embedded()
    study.case(SERIAL, [2.0] * 6)
    fits = study.case("ray", [1.0] * 6, workers=2, nodes=2)
    over = study.case("ray", [1.0] * 6, workers=4, nodes=4)
    local = study.case("processes", [1.0] * 6, workers=3)
    loop = study.case("asyncio", [2.0] * 6, workers=8)
    assert (result(study, fits).cautions, result(study, fits).bound) == ((), 2)
    assert result(study, over).cautions == (Caution.OVERSUBSCRIBED,)
    assert result(study, over).bound == 2
    assert result(study, local).cautions == (Caution.MORE_WORKERS_THAN_CPUS,)
    assert (result(study, loop).cautions, result(study, loop).bound) == ((), 1)


def test_waiting_needs_no_cpus(study: StudyBuilder) -> None:
    """A workload that waits may have more workers than CPUs."""
    study.environment, study.waits = {"cpus_affinity": 2}, True
    study.case(SERIAL, [2.0] * 6)
    found = result(study, study.case("threads", [0.1] * 6, workers=32))
    assert (found.cautions, found.bound) == ((), 32)


def test_attached_cluster_brings_its_own_cpus(study: StudyBuilder) -> None:
    """On real nodes their CPUs count, not those of this machine."""
    study.environment = {"cpus_affinity": 1}
    study.embedded()
    cluster = study.data.clusters[0]
    study.records[0] = replace(cluster, embedded=False, cpus=(8.0, 8.0))
    study.case(SERIAL, [2.0] * 6)
    found = result(study, study.case("ray", [1.0] * 6, workers=16, nodes=2))
    assert (found.cautions, found.bound) == ((), 16)


def test_cautions_of_the_times(study: StudyBuilder) -> None:
    """Short, noisy, superlinear and simulated cases are marked."""
    study.case(SERIAL, [6.0] * 6)
    short = study.case("threads", [0.0009] * 6, workers=1)
    noisy = study.case("joblib", [1.0, 2.0, 3.0, 2.0, 2.0, 2.0], workers=4)
    law = study.case("simulated", [0.0001] * 6, workers=4)
    assert Caution.SHORT in result(study, short).cautions
    assert Caution.SUPERLINEAR in result(study, short).cautions
    assert Caution.NOISY in result(study, noisy).cautions
    assert Caution.SUPERLINEAR not in result(study, noisy).cautions
    assert Caution.SIMULATED in result(study, law).cautions
    assert Caution.SHORT not in result(study, law).cautions


def test_busy_idle_cluster_is_a_caution(study: StudyBuilder) -> None:
    """An idle cluster that takes 5 % of the CPUs slows what runs beside it."""
    case = study.case(SERIAL)
    study.session(case, 1, [1.0], idle_load=0.1)
    assert Caution.IDLE_CLUSTER not in result(study, case).cautions
    study.session(case, 2, [1.0], idle_load=0.2)
    assert Caution.IDLE_CLUSTER in result(study, case).cautions


@pytest.mark.parametrize(
    ("end", "caution"),
    [("interrupted", Caution.INTERRUPTED), (None, Caution.INTERRUPTED), ("budget", Caution.BUDGET)],
)
def test_run_that_ended_early_is_a_caution(
    study: StudyBuilder, end: str | None, caution: Caution
) -> None:
    """A case with fewer blocks than planned says why."""
    case = study.case(SERIAL, [2.0] * 5)
    if end:
        study.end(end)
    assert caution in result(study, case).cautions


def test_time_of_zero_gives_no_speedup(study: StudyBuilder) -> None:
    """A law that gives no time divides nothing."""
    study.case(SERIAL, [2.0] * 6)
    found = result(study, study.case("simulated", [0.0] * 6, workers=2))
    assert (found.speedup, found.items_per_s) == (None, None)


def test_every_caution_is_explained() -> None:
    """A reader finds one sentence for each name."""
    for caution in Caution:
        assert caution.explanation
        assert ";" not in caution


def two_workers_first(study: StudyBuilder) -> Case:
    """Add a baseline of two workers and a case of four; return that."""
    study.case("processes", [4.0] * 6, workers=2)
    return study.case("processes", [2.5] * 6, workers=4)


def test_baseline_of_two_workers_is_relative(study: StudyBuilder) -> None:
    """E = T(2) 2 / (T(4) 4): 1.6 times faster with twice the workers is 80 %."""
    found = result(study, two_workers_first(study))
    assert found.speedup == 1.6
    assert (found.efficiency, found.efficiency_low, found.efficiency_high) == (0.8, 0.8, 0.8)
    assert found.cautions == (Caution.NO_SERIAL,)


def test_superlinear_counts_the_workers_of_the_baseline(study: StudyBuilder) -> None:
    """Two workers against one of two: more than twice as fast is too much."""
    study.case("processes", [4.0] * 6, workers=2)
    fast = study.case("processes", [1.9] * 6, workers=4)
    assert Caution.SUPERLINEAR in result(study, fast).cautions


def grown(study: StudyBuilder) -> list[Case]:
    """Add a study whose items grow with the workers."""
    base = study.case(SERIAL, [1.0] * 6, size=100)
    cases = [
        study.case("processes", [seconds] * 6, workers=workers, size=100 * workers)
        for workers, seconds in ((1, 1.0), (2, 1.25), (4, 2.0))
    ]
    study.plan = {"weak": True, "baseline": (base.key,)}
    return cases


def test_weak_efficiency_is_the_ratio_of_times(study: StudyBuilder) -> None:
    """E = T(1) / T(N); no column says strong scaling."""
    cases = grown(study)
    found = [result(study, case) for case in cases]
    assert [one.efficiency for one in found] == [1.0, 0.8, 0.5]
    assert [one.efficiency_low for one in found] == [1.0, 0.8, 0.5]
    strong = ("speedup", "speedup_low", "speedup_high", "relative_speedup", "karp_flatt")
    assert {getattr(one, name) for one in found for name in strong} == {None}
    assert {one.cautions for one in found} == {()}


def test_weak_serial_share_is_gustafsons(study: StudyBuilder) -> None:
    """S = 4 x 0.5 = 2 = s + (1 - s) 4 gives s = 2/3."""
    one, two, four = (result(study, case).serial_share for case in grown(study))
    assert one is None
    assert two == pytest.approx(0.4)
    assert four == pytest.approx(2 / 3)


def test_weak_superlinear_is_more_than_no_loss(study: StudyBuilder) -> None:
    """Twice the items by two workers in less time than one item by one is too good."""
    grown(study)
    fast = study.case("processes", [0.4] * 6, workers=3, size=300)
    assert Caution.SUPERLINEAR in result(study, fast).cautions


def test_slow_first_and_drift_are_cautions(study: StudyBuilder) -> None:
    """What the samples show of the machine is told, and no sample is left out."""
    case = study.case(SERIAL)
    for block in range(1, 7):
        study.session(case, block, [1.5, 1.0 + 0.02 * block, 1.0 + 0.02 * block])
    found = result(study, case)
    assert found.cautions == (Caution.SLOW_FIRST, Caution.DRIFT)
    assert found.samples == 18


def test_memory_between_blocks_is_a_caution(study: StudyBuilder) -> None:
    """Two regimes in twelve blocks make neighbours alike."""
    case = study.case(SERIAL, [1.0] * 4 + [1.04] * 4 + [1.0] * 4)
    assert result(study, case).cautions == (Caution.AUTOCORRELATED,)


def test_quick_study_says_so(study: StudyBuilder) -> None:
    """Two blocks on purpose are marked as that."""
    study.plan = {"quick": True, "blocks": 2}
    case = study.case(SERIAL, [1.0] * 2)
    assert result(study, case).cautions == (Caution.QUICK, Caution.FEW_BLOCKS)


@pytest.mark.parametrize(("end", "wide"), [("max-blocks", True), ("budget", True),
                                           ("precision", False)])  # fmt: skip
def test_precision_that_was_not_reached(study: StudyBuilder, end: str, wide: bool) -> None:
    """Only the cases with too wide an interval have the caution."""
    study.plan = {"max_blocks": 30}
    fine = study.case(SERIAL, [1.0] * 6)
    rough = study.case("threads", [1.0, 1.0, 1.0, 1.0, 1.0, 1.1 if wide else 1.04], workers=2)
    study.end(end)
    assert result(study, fine).cautions == ()
    assert result(study, rough).cautions == ((Caution.NOT_REACHED,) if wide else ())


def test_fixed_number_of_blocks_has_no_precision_to_reach(study: StudyBuilder) -> None:
    """Who asks for six blocks gets no caution about the precision."""
    study.plan = {"max_blocks": 6}
    case = study.case(SERIAL, [1.0, 1.0, 1.0, 1.0, 1.0, 1.2])
    study.end("complete")
    assert result(study, case).cautions == ()
