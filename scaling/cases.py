"""Which cases a study has: backends, nodes, workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scaling.backends import registry
from scaling.errors import MissingLibrary, UsageError
from scaling.model import SERIAL, UNCAPPED, Case, Environment, WorkloadFacts
from scaling.options import RunOptions

SIMULATED = "simulated"
RUN_BACKENDS = (SERIAL, "threads", "processes", "ray")
COMPARE_BACKENDS = (SERIAL, "threads", "processes", "asyncio", "joblib", "dask")
OVERLAPPING = ("threads", "asyncio")
"""Backends whose workers cost so little that waits are overlapped by many of them."""
MOST_WAITERS = 32
MOST_EMBEDDED_NODES = 64
MOST_LOCAL_WORKERS = 1024
SIMULATED_WORKERS = (1, 2, 4, 8, 16, 32)
USES_INNER_THREADS = 1.2
"""CPUs that a kernel uses by itself from which on it counts as using inner threads."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What bounds the workers."""

    environment: Environment
    per_node: int
    """Workers on each node, the same over the sweep."""


def machine(options: RunOptions, environment: Environment, node_cpus: int | None) -> Machine:
    """Choose the workers per node.

    ``node_cpus`` is the smallest CPU count of the nodes of a running cluster, None for the embedded
    one, whose nodes share the CPUs of this machine.
    """
    if max(options.workers or (1,)) > MOST_LOCAL_WORKERS:
        raise UsageError(f"--workers: at most {MOST_LOCAL_WORKERS} on one machine")
    if node_cpus is None:
        largest = max(options.nodes, default=1)
        if largest > MOST_EMBEDDED_NODES:
            raise UsageError(
                f"--nodes {largest}: an embedded cluster has at most {MOST_EMBEDDED_NODES} nodes; "
                "use --cluster HOST:PORT for a real one"
            )
        share = max(1, environment.usable_cpus // largest)
        return Machine(environment, options.workers_per_node or share)
    wanted = options.workers_per_node or node_cpus
    if wanted > node_cpus:
        raise UsageError(
            f"--workers-per-node {wanted}: the smallest of the nodes has {node_cpus} CPUs"
        )
    return Machine(environment, wanted)


def backends(options: RunOptions) -> tuple[str, ...]:
    """Return the backends of a study; serial is among them unless a baseline was named."""
    if options.null:
        return _null_backend(options)
    chosen = options.backends
    if chosen is None:
        chosen = RUN_BACKENDS if options.nodes else COMPARE_BACKENDS
        named = False
    else:
        named = True
    for name in chosen:
        registry.entry(name)
    if SIMULATED in chosen:
        return _simulated_alone(chosen)
    if options.baseline is None:
        return tuple(dict.fromkeys((SERIAL, *chosen)))
    registry.entry(options.baseline.backend)
    kept = chosen if named else tuple(name for name in chosen if name != SERIAL)
    return tuple(dict.fromkeys((options.baseline.backend, *kept)))


def _simulated_alone(chosen: tuple[str, ...]) -> tuple[str, ...]:
    if chosen != (SIMULATED,):
        raise UsageError(
            "--backends: simulated times cannot stand beside measured ones; "
            "use --backends simulated alone"
        )
    return chosen


def _null_backend(options: RunOptions) -> tuple[str, ...]:
    chosen = options.backends or (SERIAL,)
    if len(chosen) > 1 or options.weak or options.baseline is not None:
        raise UsageError(
            "--null measures one case twice; name one with --backends and --workers, "
            "without --weak and --baseline"
        )
    registry.entry(chosen[0])
    return chosen


def of_backend(
    backend: str, options: RunOptions, facts: WorkloadFacts, on: Machine
) -> Iterator[Case]:
    """Yield the backend's cases for the workload in one size."""
    if registry.entry(backend).on_cluster:
        if not options.nodes:
            raise UsageError(f"--backends: {backend} needs nodes; use: scale run --nodes N")
        for nodes in options.nodes:
            yield Case(facts.name, facts.items, backend, nodes, nodes * on.per_node)
        return
    for workers in _worker_counts(backend, options, facts, on.environment):
        yield Case(facts.name, facts.items, backend, 1, workers)


def twins(found: list[Case]) -> list[Case]:
    """Return the largest of the cases under two names."""
    return [replace(found[-1], twin=name) for name in ("-a", "-b")]


def uncapped(found: list[Case], options: RunOptions, facts: WorkloadFacts, on: Machine) -> bool:
    """Tell whether the serial case is measured a second time, without the cap on inner threads.

    The cap slows the baseline of a kernel that computes in threads of its own, so that speedup is
    more than such a user would see.
    """
    return (
        options.baseline is None
        and not options.weak
        and not options.null
        and [case.backend for case in found] == [SERIAL]
        and (facts.inner_cpus or 0.0) > USES_INNER_THREADS
        and options.threads_per_worker < on.environment.usable_cpus
    )


def without_cap(case: Case) -> Case:
    """Return the case under its other name."""
    return replace(case, twin=UNCAPPED)


def problem(backend: str, facts: WorkloadFacts) -> UsageError | MissingLibrary | None:
    """Return why the backend cannot run the workload here."""
    if registry.entry(backend).needs_async and not facts.has_async:
        return UsageError(
            f"{facts.name} has no asynchronous form, which {backend} needs; "
            "give one with @workload(asynchronous=...)"
        )
    return registry.missing_library(backend)


def _worker_counts(
    backend: str, options: RunOptions, facts: WorkloadFacts, environment: Environment
) -> tuple[int, ...]:
    if backend == SERIAL:
        return (1,)
    if options.workers is not None:
        return _with_baseline(backend, options, options.workers)
    if backend == SIMULATED:
        return SIMULATED_WORKERS
    most = environment.usable_cpus
    counts = {2**k for k in range(most.bit_length()) if 2**k <= most} | {most}
    if facts.waits and backend in OVERLAPPING:
        counts |= {2**k for k in range(MOST_WAITERS.bit_length())}
    return _with_baseline(backend, options, tuple(sorted(counts)))


def _with_baseline(backend: str, options: RunOptions, counts: tuple[int, ...]) -> tuple[int, ...]:
    """Leave out smaller cases than the baseline: they would take even longer."""
    choice = options.baseline
    if choice is None or choice.workers is None:
        return counts
    least = choice.workers
    own = {least} if backend == choice.backend else set()
    if options.workers is not None:
        return tuple(sorted(own | set(counts)))
    return tuple(sorted(own | {count for count in counts if count >= least})) or (least,)
