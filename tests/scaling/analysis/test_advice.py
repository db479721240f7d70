"""Advice is what the numbers bear: each sentence has one, and none is given without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.advice.paragraph import advice
from scaling.analysis.audit.finding import Finding, Severity
from scaling.analysis.speedup import case_results
from scaling.model import SERIAL, Case
from scaling.records import ClusterRecord, Failure, SessionRecord, WorkerSummary
from tests.scaling.conftest import StudyBuilder

if TYPE_CHECKING:
    from scaling.studydata import StudyData

MACHINES = ClusterRecord("10.0.0.1:1", False, ("a", "b"), (4.0, 4.0), ("one", "two"), 0.0)
REMEDY = "cap the inner threads"
FOUND = Finding("inner", Severity.HIGH, (), "8 threads run on 2 CPUs", REMEDY)


def said(study: StudyBuilder, *findings: Finding) -> tuple[str, ...]:
    """Return the advice on a study."""
    return advised(study.data, findings)


def advised(data: StudyData, findings: Sequence[Finding] = ()) -> tuple[str, ...]:
    """Return the advice on a study that was read."""
    return advice(data, case_results(data), findings)


def split(
    study: StudyBuilder, backend: str, values: Sequence[float], *, workers: int = 1,
    nodes: int = 1, size: int = 100, busy: float, cpu: float | None = None, opening_s: float = 0.1,
    longest_s: float = 0.01, end: float = 1.0, combine_s: float = 0.0, starved_s: float = 0.0,
) -> Case:  # fmt: skip
    """Add a case whose workers are in the kernel for ``busy`` of each pass.

    The last batch starts at the start, and all but the first worker end at ``end`` of the pass:
    the rest is imbalance, what neither names is scheduling.
    """
    case = Case("demo", size, backend, nodes, workers)
    study.cases.append(case)
    for block, seconds in enumerate(values, start=1):
        name = f"{case.key}-b{block}"
        cpu_share = busy if cpu is None else cpu
        summaries = tuple(
            WorkerSummary(
                f"w{k}", "local", size // workers, 1, busy * seconds, cpu_share * seconds, 0.0,
                seconds * (end if k else 1.0), starved_s * seconds, longest_s,
            )
            for k in range(workers)
        )  # fmt: skip
        sample = replace(
            study.sample(name, case, block, 0, seconds), workers=summaries, last_start_s=0.0,
            cpu_s=cpu_share * seconds * workers, combine_s=combine_s * seconds,
        )  # fmt: skip
        study.records.append(sample)
        study.records.append(
            SessionRecord(name, case.key, block, "ok", "2026-01-01T00:00:00Z", opening_s, 0.1, 1)
        )
    return case


# What to use


def test_efficient_workers_are_recommended_with_their_confidence(study: StudyBuilder) -> None:
    """2 workers at 91 %: speedup 2.0 / 1.1 over 2; six blocks of six above 70 %."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.1] * 6, workers=2)
    assert " ".join(said(study)) == (
        "Use processes with 2 workers: efficiency 91%, at least 70% with a confidence of over 99%."
    )


def test_fastest_that_wastes_names_what_does_not(study: StudyBuilder) -> None:
    """4 workers at 50 %, 2 workers at 80 %."""
    study.case(SERIAL, [8.0] * 6)
    study.case("processes", [5.0] * 6, workers=2)
    study.case("processes", [4.0] * 6, workers=4)
    assert " ".join(said(study)) == (
        "Use processes with 4 workers for the shortest time; at most 2 workers keep an "
        "efficiency of 70% (80%)."
    )


def test_cheaper_case_that_cannot_be_told_is_preferred(study: StudyBuilder) -> None:
    """Ratios of 4 over 2 workers straddle 1: 0.98 to 1.06, medians 1.02 s over 1 s."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.02] * 6, workers=2)
    study.case("processes", [0.96, 1.0, 1.0, 1.0, 1.04, 1.04], workers=4)
    assert said(study)[0] == (
        "Use processes with 2 workers: processes with 4 workers is ahead by only 2.0%, too little "
        "for 6 blocks to tell."
    )


def test_wide_interval_does_not_make_slow_equal(study: StudyBuilder) -> None:
    """A case that is a third slower is not preferred for being noisy too."""
    study.case(SERIAL, [9.0] * 6)
    study.case("processes", [0.9, 1.0, 1.4, 1.4, 1.4, 3.0], workers=2)
    study.case("processes", [1.0] * 6, workers=4)
    assert said(study)[0].startswith("Use processes with 4 workers")


def test_simpler_of_two_equal_backends_is_preferred(study: StudyBuilder) -> None:
    """Threads before processes, where neither is faster."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.0, 1.1] * 3, workers=2)
    study.case("threads", [1.1, 1.0] * 3, workers=2)
    assert said(study)[0].startswith("Use threads with 2 workers: ")


def test_equal_medians_are_no_lead(study: StudyBuilder) -> None:
    """4 workers as fast as 2 are no faster, rather than ahead by nothing."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.0, 1.1] * 3, workers=2)
    study.case("processes", [1.1, 1.0] * 3, workers=4)
    study.case("threads", [1.1, 1.0, 1.0497] * 2, workers=4)
    assert said(study)[0] == (
        "Use processes with 2 workers: threads with 4 workers is no faster, as far as 6 blocks "
        "can tell."
    )


def test_two_blocks_tell_no_small_lead(study: StudyBuilder) -> None:
    """Without intervals a lead under the precision of 5 % does not count."""
    study.case(SERIAL, [1.03] * 2)
    study.case("threads", [1.0] * 2, workers=2)
    assert " ".join(said(study)) == (
        "Stay with serial: threads with 2 workers is ahead by only 3.0%, too little for 2 blocks "
        "to tell."
    )


def test_serial_is_enough(study: StudyBuilder) -> None:
    """Where nothing parallel gains, one worker is the advice."""
    study.case(SERIAL, [1.0] * 6)
    study.case("threads", [1.5] * 6, workers=2)
    assert " ".join(said(study)) == ("Stay with serial: 1 worker is enough here.")


def test_pools_of_one_worker_are_never_recommended(study: StudyBuilder) -> None:
    """One worker gains nothing on serial: where it seems to, the machine was not steady."""
    study.case(SERIAL, [1.0] * 6)
    study.case("joblib", [0.8] * 6)
    assert said(study)[0] == (
        "Stay with serial, and doubt the lead of joblib with 1 worker: one worker does no more at "
        "a time than serial."
    )


def test_one_worker_that_overlaps_the_producer_counts(study: StudyBuilder) -> None:
    """Serial makes items for 30 % of its time: one worker beside the driver can save that."""
    split(study, SERIAL, [1.0] * 6, busy=0.7)
    split(study, "processes", [0.72] * 6, busy=1.0)
    assert said(study)[0].startswith("Use processes with 1 worker: efficiency 139%")


def test_ray_with_one_worker_pays_nowhere(study: StudyBuilder) -> None:
    """A lead of one worker is no payback; its case of two workers is the one compared."""
    study.embedded()
    study.case(SERIAL, [1.0] * 6)
    study.case("processes", [1.1] * 6, workers=2)
    study.case("threads", [0.7] * 6)
    study.case("ray", [0.5] * 6)
    study.case("ray", [1.25] * 6, workers=2, nodes=2)
    assert said(study)[1].startswith(
        "Even once warm, Ray on 2 nodes with 2 workers takes 1.25 times as long as serial"
    )


def test_machine_with_no_other_case_has_no_choice(study: StudyBuilder) -> None:
    """Beside nodes that share cores only serial was measured: what to use is not known."""
    study.embedded()
    study.case(SERIAL, [2.0] * 6)
    study.case("ray", [1.0] * 6, workers=2, nodes=2)
    assert said(study)[0].startswith("Once warm, Ray on 2 nodes with 2 workers is 2.00 times")


def test_nodes_that_share_cores_are_not_recommended(study: StudyBuilder) -> None:
    """Ray on two nodes of one machine is fastest; the machine alone is what there is."""
    study.environment = {"cpus_affinity": 2}
    study.embedded()
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.25] * 6, workers=2)
    study.case("ray", [1.0] * 6, workers=2, nodes=2)
    assert said(study)[0] == (
        "On this machine, whose 2 CPUs the nodes share, use processes with 2 workers: efficiency "
        "80%, at least 70% with a confidence of over 99%."
    )


def test_separate_machines_are_recommended(study: StudyBuilder) -> None:
    """With cores of their own, two nodes are what they were measured as."""
    study.records.append(MACHINES)
    study.case(SERIAL, [8.0] * 6)
    study.case("processes", [2.5] * 6, workers=4)
    study.case("ray", [1.25] * 6, workers=8, nodes=2)
    assert said(study)[0].startswith("Use Ray on 2 nodes with 8 workers: efficiency 80%")


def test_named_baseline_stays(study: StudyBuilder) -> None:
    """Where the baseline is the fastest, its time is the number."""
    study.case("processes", [1.0] * 6, workers=2)
    study.case("threads", [1.5] * 6, workers=2)
    assert " ".join(said(study)) == (
        "Use processes with 2 workers: nothing else gets under 1.00 s here."
    )


# When Ray pays, at one size


def test_slower_ray_never_pays(study: StudyBuilder) -> None:
    """1.5 s against 1.2 s, one node of the embedded cluster; items of 9 ms by the records."""
    study.embedded()
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.2] * 6, workers=2)
    study.case("ray", [1.5] * 6, workers=2)
    assert " ".join(said(study)[1:]) == (
        "Even once warm, Ray on 1 node with 2 workers takes 1.25 times as long as processes with "
        "2 workers (95 % 1.25 to 1.25) at 9.00 ms an item: no number of passes pays on this "
        "machine."
    )


def test_faster_ray_pays_back_its_opening(study: StudyBuilder) -> None:
    """2 s more to open than processes, 0.8 s less a pass: 2.5, so three passes; serial sooner.

    Against serial: 2.1 s - 0 s over 8 s - 1.2 s, not even one pass.
    """
    study.records.append(MACHINES)
    for backend, seconds, opening_s, workers, nodes in (
        (SERIAL, 8.0, 0.0, 1, 1), ("processes", 2.0, 0.1, 4, 1), ("ray", 1.2, 2.1, 8, 2)
    ):  # fmt: skip
        split(study, backend, [seconds] * 6, workers=workers, nodes=nodes, busy=0.0,
              opening_s=opening_s)  # fmt: skip
    assert " ".join(said(study)[1:3]) == (
        "Once warm, Ray on 2 nodes with 8 workers is 1.67 times as fast as processes with 4 "
        "workers (95 % 1.67 to 1.67). With openings counted (2.10 s for Ray once its cluster "
        "runs, 100 ms for processes) it takes 3 passes, 6.00 s of work, to pay."
    )


def test_ray_that_cannot_be_told_from_local_is_called_that(study: StudyBuilder) -> None:
    """Ratios 0.9 to 1.1: neither pays, and opening costs 1.4 s more."""
    study.records.append(MACHINES)
    split(study, SERIAL, [8.0] * 6, busy=1.0, opening_s=0.0)
    split(study, "processes", [1.0] * 6, workers=4, busy=1.0, opening_s=0.1)
    split(study, "ray", [0.9, 1.0, 1.1] * 2, workers=8, nodes=2, busy=1.0, opening_s=1.5)
    assert said(study)[1] == (
        "Once warm, Ray on 2 nodes with 8 workers and processes with 4 workers cannot be told "
        "apart at 80.0 ms an item: Ray may be 0.91 to 1.11 times as fast (95 %), and opening it "
        "takes 1.40 s longer."
    )


def test_longer_items_would_pay(study: StudyBuilder) -> None:
    """1 s against 1.5 s; growing parts 1 s and 0.5 s, fixed 0 s and 1 s: twice the 10 ms."""
    study.records.append(MACHINES)
    split(study, SERIAL, [1.0] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=1.0)
    split(study, "ray", [1.5] * 6, workers=4, nodes=2, busy=1 / 3)
    assert (
        "By its fixed costs it would pay from items of about 20.0 ms on (95 % 20.0 to 20.0 ms)."
    ) in said(study)


def test_far_longer_items_are_only_bounded(study: StudyBuilder) -> None:
    """Growing 1 s and 0.5 s, fixed 0 s and 9.5 s: 19 times is farther than the costs can tell."""
    study.records.append(MACHINES)
    split(study, SERIAL, [1.0] * 6, busy=1.0)
    split(study, "ray", [10.0] * 6, workers=4, nodes=2, busy=0.05)
    assert "By its fixed costs it would need items of more than 100 ms." in said(study)


def test_longer_items_that_gain_nothing(study: StudyBuilder) -> None:
    """Growing parts of 1 s on both sides: the fixed 0.5 s are never made up for."""
    study.embedded()
    split(study, SERIAL, [2.0] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=1.0)
    split(study, "ray", [1.5] * 6, workers=2, busy=2 / 3)
    assert (
        "Longer items would hardly change that: without its fixed costs a pass takes 1.00 s on "
        "Ray, 1.00 s there."
    ) in said(study)


def test_shorter_items_would_still_pay(study: StudyBuilder) -> None:
    """1 s against 0.6 s; growing 1 s and 0.5 s, fixed 0 s and 0.1 s: a fifth of 10 ms."""
    study.records.append(MACHINES)
    split(study, SERIAL, [1.0] * 6, busy=1.0)
    split(study, "ray", [0.6] * 6, workers=4, nodes=2, busy=5 / 6)
    assert "at 10.0 ms an item and, by its fixed costs, down to 2.00 ms." in said(study)[1]


def test_two_blocks_derive_no_duration(study: StudyBuilder) -> None:
    """Fixed costs of two blocks are too few to bound anything."""
    study.records.append(MACHINES)
    split(study, SERIAL, [1.0] * 2, busy=1.0)
    split(study, "ray", [1.5] * 2, workers=4, nodes=2, busy=1 / 3)
    assert not any("fixed costs" in sentence for sentence in said(study))


def test_waiting_work_with_fewer_workers_of_ray(study: StudyBuilder) -> None:
    """32 threads against 2 actors is no judgement of Ray."""
    study.waits = True
    study.embedded()
    study.case(SERIAL, [3.2] * 6)
    study.case("threads", [0.1] * 6, workers=32)
    study.case("ray", [1.6] * 6, workers=2)
    assert (
        "This work waits, and Ray had 2 workers against 32: give it as many with "
        "--workers-per-node before you judge it."
    ) in said(study)


# When Ray pays, over sizes


def sweep(study: StudyBuilder, local: Sequence[float], ray: Sequence[float]) -> None:
    """Add sizes of 100, 200, 400 items; items take 10 ms alone, openings 0 s and 1 s."""
    study.records.append(MACHINES)
    for size, ours, theirs in zip((100, 200, 400), local, ray, strict=True):
        split(study, SERIAL, [size / 100] * 6, size=size, busy=1.0, opening_s=0.0)
        split(study, "processes", [ours] * 6, workers=2, size=size, busy=0.0, opening_s=0.2)
        split(study, "ray", [theirs] * 6, workers=4, nodes=2, size=size, busy=0.0, opening_s=1.0)


def test_size_from_which_ray_pays(study: StudyBuilder) -> None:
    """Warm: differences 0.1, -0.1, -1 at 100, 200, 400. Opened: 1.6 - 0.7, 1.9 - 1.2, 2 - 2.2.

    Warm 150; opened, 0.7 s down to -0.2 s: 200 + 200 x 7/9 = 355.6.
    """
    sweep(study, [0.5, 1.0, 2.0], [0.6, 0.9, 1.0])
    assert " ".join(said(study)[1:3]) == (
        "Against the best local backend Ray pays once warm from about 150 items on (95 % 150 to "
        "150), at 10.0 ms an item. With openings counted (1.00 s for Ray once its cluster runs, "
        "200 ms for processes) one pass pays from about 360 items on (95 % 360 to 360)."
    )
    assert said(study)[0].startswith("For 400 items use Ray on 2 nodes with 4 workers")


def test_one_pass_of_the_largest_size_may_not_be_enough(study: StudyBuilder) -> None:
    """Faster at every size, by 0.2 s at the largest: (1 - 0.2) / 0.2 is four passes."""
    sweep(study, [0.5, 1.0, 2.0], [0.4, 0.9, 1.8])
    assert " ".join(said(study)[1:3]) == (
        "Against the best local backend Ray pays once warm at 100 items already, at 10.0 ms an "
        "item. With openings counted (1.00 s for Ray once its cluster runs, 200 ms for processes) "
        "one pass does not pay up to 400 items; it takes 5 passes, 10.0 s of work."
    )


def test_ray_that_pays_at_no_size(study: StudyBuilder) -> None:
    """Beyond the largest size nothing is claimed."""
    sweep(study, [0.5, 1.0, 2.0], [0.9, 1.5, 2.1])
    assert said(study)[1] == (
        "Even once warm, Ray does not pay against the best local backend up to 400 items of "
        "10.0 ms each."
    )


def test_ray_that_is_ahead_only_in_between(study: StudyBuilder) -> None:
    """A lead that is lost again is no break-even."""
    sweep(study, [0.5, 1.0, 2.0], [0.9, 0.8, 2.1])
    assert said(study)[1] == (
        "Once warm, Ray is ahead of the best local backend at 200 items and not at 400: these "
        "sizes give no break-even."
    )


# What limits it, and what to change first


def test_imbalance_names_the_longest_item(study: StudyBuilder) -> None:
    """Of 2 x 1 s, one worker is idle for 0.4 s: 20 %; half the pass is one item."""
    split(study, SERIAL, [1.6] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=0.8, end=0.6, longest_s=0.6)
    assert " ".join(said(study)[1:]) == (
        "What limits it now is imbalance: for 20% of the worker time nothing was left to start. "
        "First, split the longest item: it takes 600 ms, and no number of workers gets under "
        "that."
    )


def test_scheduling_asks_for_larger_items(study: StudyBuilder) -> None:
    """Workers are in the kernel for 80 % and nothing else explains the rest."""
    split(study, SERIAL, [1.6] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=0.8)
    assert " ".join(said(study)[1:]) == (
        "What limits it now is scheduling and transfer: items waited for 20% of the worker time. "
        "First, try larger items: one takes 16.0 ms."
    )


def test_serial_part_tells_combine_from_producer(study: StudyBuilder) -> None:
    """A combine of 20 % of the pass, in which all wait."""
    split(study, SERIAL, [1.6] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=0.8, combine_s=0.2)
    assert " ".join(said(study)[1:]) == (
        "What limits it now is the serial part: one works, the others wait for 20% of the worker "
        "time. First, make the combine faster: it takes 200 ms of 1.00 s."
    )


def test_slow_producer_is_named(study: StudyBuilder) -> None:
    """Each worker starved for a fifth of the pass."""
    split(study, SERIAL, [1.6] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=0.8, starved_s=0.2)
    assert "First, produce items faster: each worker waited 200 ms of 1.00 s for them." in (
        said(study)
    )


def test_threads_that_wait_for_each_other(study: StudyBuilder) -> None:
    """Threads gain nothing and spend half of their time off the CPU; no processes were measured."""
    split(study, SERIAL, [1.0] * 6, busy=1.0)
    split(study, "threads", [1.0] * 6, workers=2, busy=1.0, cpu=0.5)
    assert " ".join(said(study)[1:]) == (
        "What limits threads with 2 workers now is waiting (GIL, shared cores, I/O): kernels were "
        "off the CPU for 50% of the worker time. First, try processes, where 2 workers would not "
        "share one GIL."
    )


def test_more_cpu_time_names_candidates(study: StudyBuilder) -> None:
    """Items take 1.25 times as long as alone, all of it CPU time."""
    split(study, SERIAL, [1.6] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=1.0)
    assert " ".join(said(study)[1:]) == (
        "What limits it now is more work: the same items took more CPU time, 20% of the worker "
        "time. First, look at what workers share (memory bandwidth, caches, SMT are candidates): "
        "an item takes 1.25 times as long as in serial."
    )


def test_small_losses_are_called_small(study: StudyBuilder) -> None:
    """4 % are no reason to change anything."""
    split(study, SERIAL, [1.92] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=0.96)
    assert " ".join(said(study)[1:]) == (
        "Nothing big is lost: the largest loss (scheduling) is 4.0% of the worker time."
    )


def test_worst_finding_comes_before_the_loss(study: StudyBuilder) -> None:
    """What the audit detected is changed first; what is only good to know is not."""
    split(study, SERIAL, [1.6] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=0.8)
    low = replace(FOUND, severity=Severity.LOW)
    assert said(study, FOUND)[-1] == f"First, {REMEDY} (8 threads run on 2 CPUs)."
    assert said(study, low)[-1].startswith("First, try larger items")


def test_finding_about_another_case_is_left_out(study: StudyBuilder) -> None:
    """Of several cases, the one whose numbers are quoted is named."""
    split(study, SERIAL, [1.6] * 6, busy=1.0)
    ours = split(study, "processes", [1.0] * 6, workers=2, busy=0.8)
    other = split(study, "threads", [1.5] * 6, workers=2, busy=0.8)
    elsewhere = replace(FOUND, cases=(other.key,))
    both = replace(FOUND, cases=(other.key, ours.key))
    assert said(study, elsewhere)[-1].startswith("First, try larger items")
    assert said(study, both)[-1] == (
        f"First, {REMEDY} (8 threads run on 2 CPUs, seen with threads with 2 workers)."
    )


def test_finding_about_the_baseline_concerns_every_case(study: StudyBuilder) -> None:
    """What is wrong with serial is wrong with each speedup."""
    serial = split(study, SERIAL, [1.6] * 6, busy=1.0)
    split(study, "processes", [1.0] * 6, workers=2, busy=0.8)
    assert said(study, replace(FOUND, cases=(serial.key,)))[-1].startswith(f"First, {REMEDY}")


# Where it stays silent


def test_weak_study_has_efficiency_and_no_break_even(study: StudyBuilder) -> None:
    """T(1) / T(N) is 1, 0.8, 0.5; Ray is not compared by time."""
    base = study.case(SERIAL, [1.0] * 6)
    for workers, seconds in ((1, 1.0), (2, 1.25), (4, 2.0)):
        study.case("processes", [seconds] * 6, workers=workers, size=100 * workers)
    study.plan = {"weak": True, "baseline": (base.key,)}
    assert " ".join(said(study)) == (
        "Use up to 2 workers of processes: more do not keep an efficiency of 70% "
        "(80%, confidence over 99%)."
    )


def test_weak_study_that_keeps_up_to_the_end(study: StudyBuilder) -> None:
    """80 % at the most measured; the embedded nodes of Ray are no more machines."""
    study.embedded()
    base = study.case(SERIAL, [1.0] * 2)
    study.case("threads", [1.0] * 2, workers=1)
    study.case("threads", [1.25] * 2, workers=2, size=200)
    study.case("ray", [1.0] * 2, workers=1)
    study.case("ray", [1.0] * 2, workers=2, nodes=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    assert " ".join(said(study)) == (
        "Use up to 2 workers of threads, the most measured: they keep an efficiency of 70% (80%)."
    )


def test_only_serial_has_no_advice(study: StudyBuilder) -> None:
    """One case compares with nothing."""
    study.case(SERIAL, [1.0] * 6)
    assert said(study) == ()


def test_computed_cases_have_no_advice(study: StudyBuilder) -> None:
    """A law needs none."""
    study.case("simulated", [4.0] * 6)
    study.case("simulated", [1.0] * 6, workers=4, nodes=4)
    assert said(study) == ()


def test_null_study_has_no_advice(study: StudyBuilder) -> None:
    """Two names of one case are no choice."""
    study.case("threads", [1.0] * 6, workers=2, twin="-a")
    study.case("threads", [1.0] * 6, workers=2, twin="-b")
    study.plan = {"null": True}
    assert said(study) == ()


def test_failed_ray_is_not_advised_on(study: StudyBuilder) -> None:
    """What has no value gives no sentence."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.0] * 6, workers=2)
    died = study.case("ray", [0.1], workers=2)
    study.session(died, 2, [], status="failed", failure=Failure("died", "killed"))
    assert not any("Ray" in sentence for sentence in said(study))


SECONDS = st.floats(1e-4, 1e4)
CASES = st.lists(
    st.tuples(
        st.sampled_from([SERIAL, "threads", "processes", "asyncio", "dask", "ray", "simulated"]),
        st.integers(1, 4),
        st.integers(1, 8),
        st.sampled_from([1, 100, 5000]),
        st.lists(SECONDS, max_size=11),
        st.floats(0, 2),
        st.booleans(),
    ),
    max_size=7,
    unique_by=lambda case: case[:4],
)


@pytest.mark.parametrize("weak", [False, True])
@given(cases=CASES, waits=st.booleans(), embedded=st.booleans(), found=st.booleans())
def test_odd_studies_have_few_sentences_with_numbers(
    weak: bool,
    cases: list[tuple[str, int, int, int, list[float], float, bool]],
    waits: bool,
    embedded: bool,
    found: bool,
) -> None:
    """Whatever was measured: at most five sentences, each with a digit and a full stop."""
    study = StudyBuilder(waits=waits)
    study.records.append(replace(MACHINES, embedded=embedded))
    for backend, nodes, workers, size, values, busy, whole in cases:
        on = nodes if backend in {"ray", "simulated"} else 1
        if Case("demo", size, backend, on, workers) in study.cases:
            continue
        if whole:
            split(study, backend, values, workers=workers, nodes=on, size=size, busy=busy)
        else:
            study.case(backend, values, workers=workers, nodes=on, size=size)
    study.plan = {"weak": weak}
    sentences = advised(study.data, [FOUND] if found else [])
    assert len(sentences) <= 5
    for sentence in sentences:
        assert any(c.isdigit() for c in sentence)
        assert sentence.endswith(".")
        assert sentence[0].isupper()
        assert not {"nan", "inf", "None"} & set(sentence.split())
