"""Rules on what nodes and workers each did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scaling.analysis.audit.finding import Severity

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene


@pytest.mark.parametrize(("embedded", "severity"), [(True, Severity.LOW), (False, Severity.HIGH)])
def test_shared_host(measured: Scene, embedded: bool, severity: Severity) -> None:
    """Two raylets of one host are told of; where machines were expected it changes the meaning."""
    measured.cluster(("vm", "vm"), embedded=embedded)
    measured.add("ray", [5.0, 5.0], 5.0, nodes=2)
    found = measured.found("shared-host")
    assert found is not None
    assert found.severity == severity
    assert found.evidence == (
        "2 of its 2 nodes are on the host vm, and share its CPUs, memory and network"
    )


def test_hosts_of_their_own(measured: Scene) -> None:
    """Two hosts share nothing; one node of two shares with nobody."""
    measured.cluster(("vm", "other"), embedded=False)
    measured.add("ray", [5.0, 5.0], 5.0, nodes=2)
    measured.add("ray", [10.0], 10.0)
    assert measured.found("shared-host") is None


def test_idle_worker(measured: Scene) -> None:
    """One of two did 0.5 s beside 9.5 s: the mean is 5 s, so it did 10 % and less is little."""
    measured.add("processes", [9.51, 0.49], 9.6)
    found = measured.found("idle-workers")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "1 of 2 workers did at most 9.8% of a mean worker's work, in most sessions"
    )


def test_idle_node(measured: Scene) -> None:
    """Both workers of node b got nothing."""
    measured.add("ray", [5.0, 5.0, 0.0, 0.0], 5.0, nodes=2)
    found = measured.found("idle-workers")
    assert found is not None
    assert found.evidence == (
        "1 of 2 nodes (b) did at most 0.0% of a mean worker's work, in most sessions"
    )


def test_worker_with_a_little_work(measured: Scene) -> None:
    """10 % of a mean worker's work is enough, and in half the sessions it is chance."""
    measured.add("processes", [9.5, 0.5], 9.6)
    assert measured.found("idle-workers") is None
    case = measured.add("threads", [5.0, 5.0], 5.0, blocks=3)
    for block in (4, 5, 6):
        measured.block(case, block, [9.6, 0.4], 9.6)
    assert measured.found("idle-workers") is None


def test_nobody_was_needed(measured: Scene) -> None:
    """Where the busiest worker was in kernels for under half the time, more were not needed."""
    measured.add("processes", [4.9, 0.0], 10.0)
    assert measured.found("idle-workers") is None


def test_fewer_items_than_workers(scene: Scene) -> None:
    """3 items leave 1 of 4 workers without any."""
    scene.serial(size=3)
    scene.add("processes", [3.3, 3.3, 3.3, 0.0], 3.4, size=3)
    found = scene.found("fewer-items-than-workers")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == "3 items for 4 workers: 1 worker can get none"


def slow_node(scene: Scene, ratios: list[float], cpu_s: float | None = None) -> None:
    """Node b takes so many times as long for each of its 50 items, one ratio for each block."""
    scene.cluster(("one", "two"), embedded=False)
    case = scene.add("ray", [5.0, 5.0], 8.0, nodes=2, blocks=0)
    worker: dict[str, Any] = {} if cpu_s is None else {"cpu_s": cpu_s}
    for block, ratio in enumerate(ratios, start=1):
        scene.block(case, block, [5.0, 5.0 * ratio], 8.0, worker=worker)


def test_unequal_nodes(measured: Scene) -> None:
    """1.5 times in 6 of 6 sessions: 1/64 for each of 2 nodes is under 5 %. Lost: 1/3 of a half."""
    slow_node(measured, [1.5] * 6)
    found = measured.found("unequal-nodes")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.evidence == (
        "node b took 1.50 times as long for an item as the others, in 6 of 6 sessions "
        "(CPU time too: it computes slower)"
    )


def test_node_that_waits(measured: Scene) -> None:
    """Equal CPU time of items tells waiting from a slow processor."""
    slow_node(measured, [1.5] * 6, cpu_s=5.0)
    found = measured.found("unequal-nodes")
    assert found is not None
    assert found.evidence.endswith("(its CPU time is not: it waits)")


@pytest.mark.parametrize(
    "ratios", [[1.5] * 5, [1.14] * 6, [1.5] * 5 + [0.9], [2.0, 0.9, 1.5, 0.8, 1.6, 1.7]]
)
def test_nodes_that_may_be_equal(measured: Scene, ratios: list[float]) -> None:
    """Too few sessions, too small a difference, or one that is not in all: 7/64 x 2 is chance."""
    slow_node(measured, ratios)
    assert measured.found("unequal-nodes") is None


def test_node_that_gets_the_long_item(measured: Scene) -> None:
    """The longest item is left out: 3.5 s of 8.5 s on b, so that 49 items take 5 s on each."""
    measured.cluster(("one", "two"), embedded=False)
    longest = [{"longest_s": 0.0}, {"longest_s": 3.5}]
    measured.add("ray", [5.0, 8.5], 8.6, nodes=2, worker=longest)
    assert measured.found("unequal-nodes") is None
