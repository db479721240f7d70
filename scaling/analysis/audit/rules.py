"""All rules of the audit, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scaling.analysis.audit import baseline, contention, cpus, data, items, machine, nodes, start
from scaling.analysis.audit.finding import Finding, Severity
from scaling.analysis.audit.view import View, view
from scaling.studydata import StudyData

Rule = Callable[[View], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    machine.busy_machine,
    machine.throttled,
    machine.stolen,
    machine.memory_pressure,
    baseline.uncapped_serial,
    cpus.inner_threads,
    cpus.pinned_workers,
    cpus.more_workers_than_cpus,
    contention.threads_held_up,
    items.dominant_item,
    items.slow_producer,
    data.repeated_value,
    data.large_items,
    data.large_parts,
    data.by_value,
    items.too_fine,
    items.driver_bound,
    items.blocked_loop,
    nodes.idle_workers,
    nodes.unequal_nodes,
    nodes.shared_host,
    contention.more_cpu_time,
    contention.off_the_cpu,
    cpus.own_threads,
    cpus.own_processes,
    machine.spilled,
    machine.busier_sessions,
    machine.cpu_pressure,
    start.costly_opening,
    start.slow_first_calls,
)
"""In the order in which findings of one severity are told: what puts all numbers in doubt first."""


def findings(study: StudyData) -> tuple[Finding, ...]:
    """Return what the rules find, the worst first."""
    order = list(Severity)
    return tuple(sorted(_all(view(study)), key=lambda finding: order.index(finding.severity)))


def _all(seen: View) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(seen)
