"""From options to a plan: cases, baseline, blocks."""

from __future__ import annotations

import random

from scaling import cases
from scaling.backends import registry
from scaling.cases import SIMULATED, Machine
from scaling.errors import UsageError
from scaling.model import SERIAL, Case, Environment, Plan, SkippedCase, WorkloadFacts
from scaling.options import RunOptions

DEFAULT_LAW = "amdahl:serial=0.05,seconds=1"


def make(
    options: RunOptions,
    facts: tuple[WorkloadFacts, ...],
    environment: Environment,
    node_cpus: int | None,
) -> Plan:
    """Return the plan of a study.

    ``facts`` holds one entry for each of ``options.sizes``. Raises UsageError when a backend that
    was named cannot run the workload.
    """
    _refuse_equal_sizes(options, facts)
    on = cases.machine(options, environment, node_cpus)
    chosen, skipped = _choose(options, facts, on)
    return Plan(
        spec=options.spec,
        sizes=options.sizes,
        cases=tuple(chosen),
        skipped=tuple(skipped),
        baseline=_baselines(options, chosen),
        blocks=options.blocks,
        seed=options.seed,
        batch=options.batch,
        threads_per_worker=options.threads_per_worker,
        workers_per_node=on.per_node,
        timeout_s=options.timeout_s,
        tolerance=options.tolerance,
        cluster=options.cluster,
        quick=options.quick,
        simulate=_law(options),
        max_blocks=options.max_blocks,
        precision=options.precision,
        budget_s=options.budget_s,
        weak=options.weak,
        null=options.null,
        trace=options.trace,
    )


def order(plan: Plan, block: int) -> list[Case]:
    """Return the cases in the block's own random order, the same for the same seed."""
    shuffled = list(plan.cases)
    random.Random(f"{plan.seed}:{block}").shuffle(shuffled)  # noqa: S311 - an order, not a secret
    return shuffled


def sends_items(options: RunOptions) -> bool:
    """Tell whether items travel to other processes in any case that will be chosen."""
    return any(registry.entry(name).sends for name in cases.backends(options))


def takes_no_code(options: RunOptions) -> bool:
    """Tell whether items travel by plain pickle, which leaves code behind, in any such case."""
    entries = [registry.entry(name) for name in cases.backends(options)]
    return any(entry.sends and not entry.by_value for entry in entries)


def grown_sizes(
    options: RunOptions,
    facts: WorkloadFacts,
    environment: Environment,
    node_cpus: int | None,
) -> tuple[int, ...]:
    """Return the sizes of a weak study: the items of one worker, times each number of workers."""
    if len(options.sizes) > 1:
        raise UsageError("--weak grows the items itself; give one --size, that of one worker")
    on = cases.machine(options, environment, node_cpus)
    counts = {
        case.workers
        for backend in cases.backends(options)
        for case in cases.of_backend(backend, options, facts, on)
    }
    return tuple(facts.items * count for count in sorted(counts))


def _choose(
    options: RunOptions, facts: tuple[WorkloadFacts, ...], on: Machine
) -> tuple[list[Case], list[SkippedCase]]:
    chosen: list[Case] = []
    skipped: list[SkippedCase] = []
    for own in facts:
        for backend in cases.backends(options):
            found = [
                case
                for case in cases.of_backend(backend, options, own, on)
                if not options.weak or case.size == case.workers * facts[0].items
            ]
            problem = cases.problem(backend, own)
            if problem is None:
                chosen += cases.twins(found) if options.null else found
                if cases.uncapped(found, options, own, on):
                    chosen += [cases.without_cap(case) for case in found]
            elif options.backends is not None:
                raise problem
            else:
                skipped += [SkippedCase(case, str(problem)) for case in found[:1]]
    return chosen, skipped


def _refuse_equal_sizes(options: RunOptions, facts: tuple[WorkloadFacts, ...]) -> None:
    seen: dict[int, int | None] = {}
    for own, size in zip(facts, options.sizes, strict=True):
        if options.weak and size is not None and own.items != size:
            raise UsageError(
                f"--weak needs {size} items and {own.name} has {own.items}; "
                "give a smaller --size, that of one worker"
            )
        if own.items in seen:
            raise UsageError(
                f"--size {seen[own.items]} and --size {size} give the same {own.items} items; "
                "leave one out"
            )
        seen[own.items] = size


def _baselines(options: RunOptions, chosen: list[Case]) -> tuple[str, ...]:
    """Return the key of the baseline of each size; of a weak study, of the smallest alone."""
    if options.null:
        return (chosen[0].key,)
    choice = options.baseline
    first: dict[int, str] = {}
    for case in chosen:
        fits = (
            case.backend in {SERIAL, SIMULATED} and case.workers == 1 and not case.uncapped
            if choice is None
            else case.backend == choice.backend and choice.workers in {None, case.workers}
        )
        if fits and not (options.weak and first):
            first.setdefault(case.size, case.key)
    if choice is not None and not first:
        raise UsageError(
            f"--baseline {choice.backend}:{choice.workers}: the study has no such case; "
            "choose workers that it measures"
        )
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
