"""What the nodes and workers each did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import comb

from scaling.analysis.audit.finding import Finding, Severity
from scaling.analysis.audit.hits import Hit, merged
from scaling.analysis.audit.view import Measured, Timed, View
from scaling.analysis.bounds import ASYNCIO, RAY
from scaling.analysis.statistics import LEAST_BLOCKS, median
from scaling.analysis.units import count, percent, ratio
from scaling.records import WorkerSummary

LITTLE = 0.1
"""Share of a mean worker's time in kernels under which a worker did next to nothing."""
WORTH_SHARING = 0.5
"""Share of the time that the busiest worker was in kernels, under which there was no need of more
workers."""
UNEQUAL = 1.15
"""Time per item from which on nodes are not equal: more than what blocks differ by (10 %)."""
LEAST_ITEMS = 20
"""Items of a node in a sample: a mean over fewer depends on which items it got."""
CHANCE = 0.05

Value = Callable[[WorkerSummary], float]


def shared_host(view: View) -> Iterator[Finding]:
    """Find nodes that are one machine."""
    if not view.data.clusters:
        return
    cluster = view.data.clusters[-1]
    hits = []
    for one in view.cases:
        hosts = cluster.hosts[: one.case.nodes]
        most = max((hosts.count(host) for host in hosts), default=0)
        if one.case.backend == RAY and most > 1:
            busiest = max(hosts, key=hosts.count)
            evidence = (
                f"{most} of its {one.case.nodes} nodes are on the host {busiest}, "
                "and share its CPUs, memory and network"
            )
            hits.append(Hit(one, most / one.case.nodes, evidence))
    if cluster.embedded:
        remedy = "measure on separate machines (--cluster) before you buy nodes"
        yield from merged("shared-host", hits, remedy, Severity.LOW)
    else:
        remedy = "start one raylet per machine, or take its nodes for one"
        yield from merged("shared-host", hits, remedy, Severity.HIGH)


def idle_workers(view: View) -> Iterator[Finding]:
    """Find workers, or whole nodes, that did little or no item work in most sessions."""
    few: list[Hit] = []
    idle: list[Hit] = []
    for one in view.parallel:
        if one.case.workers > one.case.size:
            spare = one.case.workers - one.case.size
            evidence = (
                f"{count(one.case.size, 'item')} for {one.case.workers} workers: "
                f"{count(spare, 'worker')} can get none"
            )
            few.append(Hit(one, spare / one.case.workers, evidence))
        elif (hit := _idle(one)) is not None:
            idle.append(hit)
    remedy = "use at most as many workers as items, or make smaller items"
    yield from merged("fewer-items-than-workers", few, remedy)
    remedy = "leave them out, or look at what keeps items from them: long batches, a late start"
    yield from merged("idle-workers", idle, remedy)


def unequal_nodes(view: View) -> Iterator[Finding]:
    """Find a node that takes longer for an item than the others, in too many sessions for chance.

    The longest item of each worker is left out: who gets it would look slow.
    """
    hits: list[Hit] = []
    for one in view.cases:
        if one.case.backend == RAY and one.case.nodes > 1:
            hits += _slow_nodes(one)
    remedy = "look at the slow node: another processor, less cooling, other work on it"
    yield from merged("unequal-nodes", hits, remedy)


def _idle(one: Measured) -> Hit | None:
    """Return what the idle workers of a case cost; coroutine slots cost nothing."""
    if one.case.workers < 2 or one.case.backend == ASYNCIO:
        return None
    sessions = [timed for timed in one.timed if _needs_all(timed)]
    found = [_idle_places(timed) for timed in sessions]
    lasting = [place for place in range(one.case.workers) if _mostly(place, found)]
    if not lasting:
        return None
    workers = sessions[-1].sample.workers
    share = len(lasting) / one.case.workers
    nodes = sorted({worker.node for worker in workers})
    empty = [n for n in nodes if all(k in lasting for k, w in enumerate(workers) if w.node == n)]
    if empty and len(nodes) > 1:
        who = f"{len(empty)} of {len(nodes)} nodes ({', '.join(name[:8] for name in empty)})"
    else:
        who = f"{len(lasting)} of {one.case.workers} workers"
    mean = sum(worker.busy_s for worker in workers) / len(workers)
    most = max(workers[place].busy_s for place in lasting) / mean
    evidence = f"{who} did at most {percent(most)} of a mean worker's work, in most sessions"
    return Hit(one, share, evidence)


def _needs_all(timed: Timed) -> bool:
    busiest = max(worker.busy_s for worker in timed.sample.workers)
    return busiest >= WORTH_SHARING * timed.sample.seconds


def _idle_places(timed: Timed) -> list[int]:
    limit = LITTLE * timed.busy_s / len(timed.sample.workers)
    workers = enumerate(timed.sample.workers)
    return [place for place, worker in workers if not worker.items or worker.busy_s < limit]


def _mostly(place: int, sessions: Sequence[list[int]]) -> bool:
    return 2 * sum(place in idle for idle in sessions) > len(sessions)


def _slow_nodes(one: Measured) -> Iterator[Hit]:
    rates = [_by_node(timed, lambda w: w.busy_s - w.longest_s) for timed in one.timed]
    used = [_by_node(timed, _steady_cpu_s) for timed in one.timed]
    for node in sorted({node for rate in rates for node in rate}):
        slower = _beside_others(node, rates)
        if len(slower) < LEAST_BLOCKS or (usual := median(slower)) < UNEQUAL:
            continue
        times = sum(value > 1 for value in slower)
        if _by_chance(times, len(slower)) * one.case.nodes > CHANCE:
            continue
        cpu = _beside_others(node, used)
        more_cpu = bool(cpu) and median(cpu) >= UNEQUAL
        why = "CPU time too: it computes slower" if more_cpu else "its CPU time is not: it waits"
        evidence = (
            f"node {node[:8]} took {ratio(usual)} times as long for an item as the others, "
            f"in {times} of {count(len(slower), 'session')} ({why})"
        )
        yield Hit(one, (1 - 1 / usual) / one.case.nodes, evidence)


def _steady_cpu_s(worker: WorkerSummary) -> float:
    if worker.cpu_s is None or worker.busy_s <= 0:
        return 0.0
    return worker.cpu_s * (1 - worker.longest_s / worker.busy_s)


def _by_node(timed: Timed, value: Value) -> dict[str, float]:
    """Return the mean over the items of each node, without the longest of each worker."""
    items: dict[str, int] = defaultdict(int)
    sums: dict[str, float] = defaultdict(float)
    for worker in timed.sample.workers:
        items[worker.node] += max(0, worker.items - 1)
        sums[worker.node] += max(0.0, value(worker))
    enough = all(number >= LEAST_ITEMS for number in items.values())
    return {node: sums[node] / items[node] for node in items} if enough else {}


def _beside_others(node: str, sessions: Sequence[dict[str, float]]) -> list[float]:
    """Return the node's value over the median of the others, for each session."""
    found = []
    for values in sessions:
        others = [value for name, value in values.items() if name != node]
        if node in values and others and (middle := median(others)) > 0:
            found.append(values[node] / middle)
    return found


def _by_chance(times: int, sessions: int) -> float:
    """Return how likely it is that equal nodes differ this way so often: the sign test."""
    return sum(comb(sessions, k) for k in range(times, sessions + 1)) / (1 << sessions)
