"""Options, facts and the machine give cases and blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scaling import plan
from scaling.errors import UsageError
from scaling.model import Plan, WorkloadFacts, WorkloadSpec
from scaling.options import BaselineChoice, RunOptions
from tests.scaling.examples import ENVIRONMENT

FACTS = WorkloadFacts(
    name="work",
    items=100,
    code_digest="0",
    waits=False,
    has_async=False,
    cpu_share=1.0,
    item_s=0.01,
    item_bytes=10,
)
MACHINE = replace(ENVIRONMENT, cpus=8, cpus_affinity=6, memory_mb=1000)
OPTIONS = RunOptions(WorkloadSpec("work"))


def cases(made: Plan, backend: str) -> list[tuple[int, int]]:
    """Return nodes and workers of a backend's cases."""
    return [(case.nodes, case.workers) for case in made.cases if case.backend == backend]


def make(
    options: RunOptions = OPTIONS,
    facts: WorkloadFacts = FACTS,
    node_cpus: int | None = None,
) -> Plan:
    """Make a plan for one size."""
    return plan.make(options, (facts,), MACHINE, node_cpus)


def test_run_measures_serial_threads_processes_and_ray() -> None:
    """With nodes, a study is serial, threads, processes, then Ray on each node count."""
    made = make(replace(OPTIONS, nodes=(1, 2, 4)))
    assert cases(made, "serial") == [(1, 1)]
    assert cases(made, "threads") == [(1, 1), (1, 2), (1, 4), (1, 6)]
    assert cases(made, "processes") == [(1, 1), (1, 2), (1, 4), (1, 6)]
    assert cases(made, "ray") == [(1, 1), (2, 2), (4, 4)]


def test_workers_per_node_stay_the_same_over_the_sweep() -> None:
    """Usable CPUs are shared among the most nodes, the same number for each count."""
    made = make(replace(OPTIONS, nodes=(1, 2)))
    assert cases(made, "ray") == [(1, 3), (2, 6)]


def test_quota_bounds_the_workers() -> None:
    """A control group's quota counts like missing CPUs."""
    limited = replace(MACHINE, cpu_quota=2.5)
    made = plan.make(replace(OPTIONS, nodes=(1,)), (FACTS,), limited, None)
    assert cases(made, "processes") == [(1, 1), (1, 2)]


def test_waiting_workloads_go_on_to_32_threads() -> None:
    """What waits is measured on threads and asyncio up to 32 workers, on processes not."""
    made = make(facts=replace(FACTS, waits=True, has_async=True))
    assert cases(made, "threads")[-1] == (1, 32)
    assert cases(made, "asyncio")[-1] == (1, 32)
    assert cases(made, "processes")[-1] == (1, 6)


def test_missing_async_form_skips_by_default() -> None:
    """A backend chosen by default that cannot run is a skipped row with the reason."""
    made = make()
    assert [skip.case.backend for skip in made.skipped] == ["asyncio"]
    assert "asynchronous" in made.skipped[0].reason


def test_missing_async_form_is_an_error_when_named() -> None:
    """A backend that was named and cannot run is a mistake of the user."""
    with pytest.raises(UsageError, match="asynchronous"):
        make(replace(OPTIONS, backends=("asyncio",)))


def test_serial_is_always_there() -> None:
    """Speedup needs its baseline, named or not."""
    made = make(replace(OPTIONS, backends=("processes",), workers=(2,)))
    assert [case.backend for case in made.cases] == ["serial", "processes"]
    assert made.baseline == ("serial-n1-w1-s100",)


def test_baseline_takes_the_place_of_serial() -> None:
    """With a baseline nothing is run serially, and no case is smaller than it."""
    choice = BaselineChoice("processes", 2)
    made = make(replace(OPTIONS, backends=("processes", "threads"), baseline=choice))
    assert cases(made, "serial") == []
    assert cases(made, "threads") == [(1, 2), (1, 4), (1, 6)]
    assert made.baseline == ("processes-n1-w2-s100",)


def test_baseline_must_be_a_case() -> None:
    """A baseline that no case fits is a mistake."""
    options = replace(OPTIONS, nodes=(1, 2), workers_per_node=2, baseline=BaselineChoice("ray", 3))
    with pytest.raises(UsageError, match="no such case"):
        make(options)


def test_weak_cases_keep_their_items_per_worker() -> None:
    """In a weak study the size of a case is that of one worker times its workers."""
    options = replace(OPTIONS, weak=True, backends=("threads",), workers=(1, 3))
    sizes = plan.grown_sizes(options, FACTS, MACHINE, None)
    assert sizes == (100, 300)
    grown = replace(options, sizes=sizes)
    made = plan.make(grown, (FACTS, replace(FACTS, items=300)), MACHINE, None)
    assert [(case.workers, case.size) for case in made.cases] == [(1, 100), (1, 100), (3, 300)]
    assert made.baseline == ("serial-n1-w1-s100",)


def test_null_has_twins() -> None:
    """A null study is the largest case of one backend under two names."""
    made = make(replace(OPTIONS, null=True, backends=("threads",)))
    assert [(case.workers, case.twin) for case in made.cases] == [(6, "-a"), (6, "-b")]
    assert made.baseline == ("threads-a-n1-w6-s100",)


def test_simulated_stands_alone() -> None:
    """Simulated times never stand beside measured ones."""
    with pytest.raises(UsageError, match="alone"):
        make(replace(OPTIONS, backends=("simulated", "threads")))
    made = make(replace(OPTIONS, backends=("simulated",)))
    assert made.baseline == ("simulated-n1-w1-s100",)
    assert made.simulate == plan.DEFAULT_LAW


def test_ray_without_nodes_is_refused() -> None:
    """The local comparison has no nodes."""
    with pytest.raises(UsageError, match="scale run"):
        make(replace(OPTIONS, backends=("ray",)))


def test_attached_nodes_bound_the_workers() -> None:
    """On a running cluster each node gets as many workers as its smallest node has CPUs."""
    options = replace(OPTIONS, nodes=(1, 2), cluster="host:1")
    assert cases(make(options, node_cpus=5), "ray") == [(1, 5), (2, 10)]
    with pytest.raises(UsageError, match="has 5 CPUs"):
        make(replace(options, workers_per_node=6), node_cpus=5)


def test_equal_sizes_are_refused() -> None:
    """Two sizes that give the same items would be one case measured twice."""
    options = replace(OPTIONS, sizes=(200, 300))
    with pytest.raises(UsageError, match="same 100 items"):
        plan.make(options, (FACTS, FACTS), MACHINE, None)


def test_each_size_has_its_cases() -> None:
    """Several sizes give a row of cases and a baseline each."""
    options = replace(OPTIONS, sizes=(50, None), backends=("threads",), workers=(2,))
    made = plan.make(options, (replace(FACTS, items=50), FACTS), MACHINE, None)
    assert [case.size for case in made.cases] == [50, 50, 100, 100]
    assert made.baseline == ("serial-n1-w1-s50", "serial-n1-w1-s100")


@pytest.fixture
def orders() -> Callable[[int], list[list[str]]]:
    """Return the orders of some blocks for a seed."""

    def of(seed: int) -> list[list[str]]:
        made = make(replace(OPTIONS, nodes=(1, 2, 4), seed=seed))
        return [[case.key for case in plan.order(made, block)] for block in range(1, 5)]

    return of


def test_order_is_random_and_repeatable(orders: Callable[[int], list[list[str]]]) -> None:
    """Each block has its own order, the same for the same seed, another for another."""
    assert orders(1) == orders(1)
    assert orders(1) != orders(2)
    assert len({tuple(order) for order in orders(1)}) > 1
    assert {tuple(sorted(order)) for order in orders(1)} == {tuple(sorted(orders(1)[0]))}


def test_quick_has_two_blocks() -> None:
    """A quick study has 2 blocks and says that it is quick."""
    made = make(replace(OPTIONS, quick=True, blocks=2, max_blocks=2))
    assert (made.blocks, made.quick) == (2, True)


THREADED = replace(FACTS, inner_cpus=3.5)


def test_kernels_with_inner_threads_run_serially_without_the_cap_too() -> None:
    """The twin stands beside the baseline, once for each size, and never is the baseline."""
    made = make(replace(OPTIONS, nodes=(1, 2)), THREADED)
    serial = [case for case in made.cases if case.backend == "serial"]
    assert [(case.twin, case.nodes, case.workers) for case in serial] == [
        ("", 1, 1),
        ("-uncapped", 1, 1),
    ]
    assert [case.uncapped for case in serial] == [False, True]
    assert made.baseline == (serial[0].key,)
    assert {case.twin for case in made.cases if case.backend != "serial"} == {""}
    options = replace(OPTIONS, sizes=(50, None))
    made = plan.make(options, (replace(THREADED, items=50), FACTS), MACHINE, None)
    assert [case.size for case in made.cases if case.uncapped] == [50]


@pytest.mark.parametrize(
    ("options", "facts"),
    [
        (OPTIONS, replace(FACTS, inner_cpus=1.2)),
        (OPTIONS, FACTS),
        (replace(OPTIONS, threads_per_worker=6), THREADED),
        (replace(OPTIONS, null=True), THREADED),
        (replace(OPTIONS, weak=True), THREADED),
        (
            replace(OPTIONS, backends=("processes",), baseline=BaselineChoice("processes", 2)),
            THREADED,
        ),
        (replace(OPTIONS, backends=("simulated",)), THREADED),
    ],
)
def test_no_twin_without_need(options: RunOptions, facts: WorkloadFacts) -> None:
    """Without inner threads, cap or serial baseline there is nothing to show beside it."""
    assert not any(case.uncapped for case in make(options, facts).cases)


def test_backends_that_take_code_by_value() -> None:
    """Only spawned processes need what plain pickle sends."""
    assert plan.takes_no_code(OPTIONS)
    assert not plan.takes_no_code(replace(OPTIONS, nodes=(1,), backends=("ray", "threads")))
    assert plan.sends_items(replace(OPTIONS, nodes=(1,), backends=("ray", "threads")))
