"""From options to cases and blocks."""

from __future__ import annotations

import random
from collections.abc import Iterator

from scaling.backends import registry
from scaling.errors import MissingLibrary, UsageError
from scaling.model import SERIAL, Case, Environment, Plan, SkippedCase, WorkloadFacts
from scaling.options import QUICK_BLOCKS, RunOptions

SIMULATED = "simulated"
RUN_BACKENDS = (SERIAL, "threads", "processes", "ray")
COMPARE_BACKENDS = (SERIAL, "threads", "processes", "asyncio", "joblib", "dask")
OVERLAPPING = ("threads", "asyncio")
"""Backends whose workers cost so little that waits are overlapped by many of them."""
MOST_WAITERS = 32
SIMULATED_WORKERS = (1, 2, 4, 8, 16, 32)
DEFAULT_LAW = "amdahl:serial=0.05,seconds=1"


def make(
    options: RunOptions,
    facts: tuple[WorkloadFacts, ...],
    environment: Environment,
    node_cpus: int | None,
) -> Plan:
    """Return the plan of a study.

    ``facts`` holds one entry for each size. ``node_cpus`` is the smallest CPU count of the nodes of
    a running cluster, None for the embedded one. Raises UsageError when a backend that was named
    cannot run the workload.
    """
    _refuse_equal_sizes(options, facts)
    per_node = _workers_per_node(options, environment, node_cpus)
    cases: list[Case] = []
    skipped: list[SkippedCase] = []
    for own in facts:
        for backend in _backends(options):
            found = list(_cases(backend, options, own, environment, per_node))
            problem = _problem(backend, own)
            if problem is None:
                cases += found
            elif options.backends is not None:
                raise problem
            else:
                skipped.append(SkippedCase(found[0], str(problem)))
    return Plan(
        spec=options.spec,
        sizes=options.sizes,
        cases=tuple(cases),
        skipped=tuple(skipped),
        baseline=_baselines(cases),
        blocks=QUICK_BLOCKS if options.quick else options.blocks,
        seed=options.seed,
        batch=options.batch,
        threads_per_worker=options.threads_per_worker,
        workers_per_node=per_node,
        timeout_s=options.timeout_s,
        tolerance=options.tolerance,
        cluster=options.cluster,
        quick=options.quick,
        simulate=_law(options),
    )


def order(plan: Plan, block: int) -> list[Case]:
    """Return the cases in the block's own random order, the same for the same seed."""
    cases = list(plan.cases)
    random.Random(f"{plan.seed}:{block}").shuffle(cases)  # noqa: S311 - an order, not a secret
    return cases


def sends_items(options: RunOptions) -> bool:
    """Tell whether items travel to other processes in any case that will be chosen."""
    return any(registry.entry(name).sends for name in _backends(options))


def _refuse_equal_sizes(options: RunOptions, facts: tuple[WorkloadFacts, ...]) -> None:
    seen: dict[int, int | None] = {}
    for own, size in zip(facts, options.sizes, strict=True):
        if own.items in seen:
            raise UsageError(
                f"--size {seen[own.items]} and --size {size} give the same {own.items} items; "
                "leave one out"
            )
        seen[own.items] = size


def _backends(options: RunOptions) -> tuple[str, ...]:
    if options.backends is None:
        return RUN_BACKENDS if options.nodes else COMPARE_BACKENDS
    for name in options.backends:
        registry.entry(name)
    if SIMULATED in options.backends:
        if options.backends != (SIMULATED,):
            raise UsageError(
                "--backends: simulated times cannot stand beside measured ones; "
                "use --backends simulated alone"
            )
        return options.backends
    return tuple(dict.fromkeys((SERIAL, *options.backends)))


def _cases(
    backend: str,
    options: RunOptions,
    facts: WorkloadFacts,
    environment: Environment,
    per_node: int,
) -> Iterator[Case]:
    if registry.entry(backend).on_cluster:
        if not options.nodes:
            raise UsageError(f"--backends: {backend} needs nodes; use: scale run --nodes N")
        for nodes in options.nodes:
            yield Case(facts.name, facts.items, backend, nodes, nodes * per_node)
        return
    for workers in _worker_counts(backend, options, facts, environment):
        yield Case(facts.name, facts.items, backend, 1, workers)


def _worker_counts(
    backend: str, options: RunOptions, facts: WorkloadFacts, environment: Environment
) -> tuple[int, ...]:
    if backend == SERIAL:
        return (1,)
    if options.workers is not None:
        return options.workers
    if backend == SIMULATED:
        return SIMULATED_WORKERS
    most = environment.usable_cpus
    counts = {2**k for k in range(most.bit_length()) if 2**k <= most} | {most}
    if facts.waits and backend in OVERLAPPING:
        counts |= {2**k for k in range(MOST_WAITERS.bit_length())}
    return tuple(sorted(counts))


def _workers_per_node(options: RunOptions, environment: Environment, node_cpus: int | None) -> int:
    if node_cpus is not None:
        wanted = options.workers_per_node or node_cpus
        if wanted > node_cpus:
            raise UsageError(
                f"--workers-per-node {wanted}: the smallest of the nodes has {node_cpus} CPUs"
            )
        return wanted
    largest = max(options.nodes, default=1)
    return options.workers_per_node or max(1, environment.usable_cpus // largest)


def _problem(backend: str, facts: WorkloadFacts) -> UsageError | MissingLibrary | None:
    if registry.entry(backend).needs_async and not facts.has_async:
        return UsageError(
            f"{facts.name} has no asynchronous form, which {backend} needs; "
            "give one with @workload(asynchronous=...)"
        )
    return registry.missing_library(backend)


def _baselines(cases: list[Case]) -> tuple[str, ...]:
    wanted = (SERIAL, SIMULATED)
    first: dict[int, str] = {}
    for case in cases:
        if case.backend in wanted and case.workers == 1:
            first.setdefault(case.size, case.key)
    return tuple(first.values())


def _law(options: RunOptions) -> str | None:
    if options.backends == (SIMULATED,):
        from scaling.backends.simulated import parse_law

        law = options.simulate or DEFAULT_LAW
        parse_law(law)
        return law
    if options.simulate is not None:
        raise UsageError("--simulate is for --backends simulated")
    return None
