"""Rules 1 and 2: what was measured, against what, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.base_case import key_of
from scaling.analysis.bounds import SIMULATED, most_speedup, shares_cores, usable_cpus, waits
from scaling.analysis.twelve_rules.check import Answer, Lack, judged, not_applicable
from scaling.analysis.twelve_rules.ground import Ground, absolute
from scaling.analysis.units import count
from scaling.analysis.verdict import label, relative_to
from scaling.model import SERIAL


def base_case(ground: Ground) -> Answer:
    """Rule 1: what speedup is relative to, and how long that takes."""
    plan, bases = ground.plan, ground.bases
    if plan.null:
        return not_applicable(
            "one case was measured under two names: their ratio shows noise, not speedup"
        )
    if len(ground.timed) < 2:
        return not_applicable("one case has a time: no speedup is shown")
    if not bases:
        missing = "the baseline has no value, so that no speedup has a base"
        remedy = "mend the baseline, or name another with --baseline BACKEND:WORKERS"
        return judged("times are shown", [Lack(missing, remedy, whole=True)])
    if plan.weak:
        told = ", ".join(f"{label(base)} {absolute([base], sizes=False)}" for base in bases)
        return judged(f"efficiency is relative to the smallest case of each backend: {told}")
    times = absolute(bases, sizes=len(plan.sizes) > 1)
    return judged(f"speedup is relative to {_kind(ground)}: {times}", _sizes_without_base(ground))


def _kind(ground: Ground) -> str:
    name = relative_to(ground.plan)
    if name is not None:
        return f"{name}, a parallel run that is not the best serial one"
    (first, *_) = ground.bases
    if first.backend == SERIAL:
        return "serial, one process that runs the plain loop without any framework"
    return f"{label(first)}, as its law computes it"


def _sizes_without_base(ground: Ground) -> Iterator[Lack]:
    known = {base.size for base in ground.bases}
    for size in dict.fromkeys(result.size for result in ground.timed):
        if size not in known:
            missing = f"the baseline has no value at {count(size, 'item')}"
            yield Lack(missing, "mend the baseline, or leave this size out")


def resources(ground: Ground) -> Answer:
    """Rule 2: the reason for what was left out."""
    environment = ground.header.environment
    told = "all times are computed from a law, which needs no CPU"
    if ground.measured:
        cpus = count(environment.cpus, "logical CPU")
        told = f"{environment.usable_cpus} of {cpus} were usable"
    if valueless := [result for result in ground.results if result.status != "ok"]:
        told += f", {count(len(valueless), 'case')} without a value shown with the reason"
    return judged(told, [*_shared_nodes(ground), *_unused_cpus(ground), *_one_size(ground)])


def _shared_nodes(ground: Ground) -> Iterator[Lack]:
    shared = [
        case for case in ground.plan.cases if case.nodes > 1 and shares_cores(ground.data, case)
    ]
    if shared:
        nodes = max(case.nodes for case in shared)
        yield Lack(
            f"the {nodes} nodes were started on one machine, which says nothing of {nodes} "
            "machines",
            "measure on machines of their own with --cluster, or call the nodes what they are",
            whole=True,
        )


def _unused_cpus(ground: Ground) -> Iterator[Lack]:
    """Tell where no case that computes had a worker for each CPU; waiting needs none."""
    valued = {key_of(result) for result in ground.measured}
    planned = [
        case
        for case in ground.plan.cases
        if case.backend != SIMULATED and not waits(ground.header, case.size)
    ]
    computing = [case for case in planned if case.key in valued]
    if not computing:
        return
    widest = max(computing, key=lambda case: most_speedup(ground.data, case))
    used, usable = most_speedup(ground.data, widest), usable_cpus(ground.data, widest)
    if used >= usable:
        return
    told = f"no more than {used} of {count(usable, 'usable CPU')} were used"
    if any(most_speedup(ground.data, case) > used for case in planned):
        yield Lack(f"{told}: cases of more have no value", "mend the cases without a value")
    else:
        remedy = f"measure up to {usable} workers, or give the reason for fewer"
        yield Lack(f"{told}, for no recorded reason", remedy)


def _one_size(ground: Ground) -> Iterator[Lack]:
    if len({result.size for result in ground.timed}) == 1 and not ground.plan.null:
        yield Lack(
            "one workload was measured in one size",
            "measure several with --size a,b,c, or say why this one is enough",
        )
