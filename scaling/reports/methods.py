"""How a study was measured, as one paragraph of plain text for whoever hands it in.

It states what the twelve rules of Hoefler and Belli (SC15) ask for; every number is the study's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.base_case import base_cases
from scaling.analysis.bounds import RAY, SIMULATED, is_computed, waits
from scaling.analysis.protocol import Protocol
from scaling.analysis.speedup import CaseResult
from scaling.analysis.statistics import BOOTSTRAP_BLOCKS, LEAST_BLOCKS, RESAMPLES
from scaling.analysis.units import count, digits, listed, percent, printable, seconds, unit_of
from scaling.analysis.verdict import label, relative_to
from scaling.model import SERIAL, UNCAPPED, Plan
from scaling.reports import failure_texts, machine_text
from scaling.reports.table import shared_cores
from scaling.results import Study

MOST_FAILURES = 6
_ENDS = {
    None: "The run did not end by itself",
    "complete": "The number of blocks was fixed before",
    "precision": "Blocks were added until all intervals were narrow enough",
    "max-blocks": "Blocks were added up to the most that were allowed",
    "budget": "Blocks were added until the time budget was spent",
    "interrupted": "The run was interrupted",
    "stopped": "The run ended when no case was left to measure",
}


def paragraph(study: Study) -> str:
    """Return the paragraph, in one line without control characters."""
    sentences = (sentence for part in _PARTS for sentence in part(study))
    return printable(" ".join(" ".join(sentences).split()))


def _subject(study: Study) -> Iterator[str]:
    header = study.header
    plan, created = header.plan, header.created[:10]
    version = dict(header.environment.versions).get("rayscale")
    tool = f"rayscale {version}" if version else "rayscale"
    params = ", ".join(f"{key}={value}" for key, value in plan.spec.params)
    given = f", parameters {params}" if params else ""
    what = f"{name(study)} ({_sizes(plan)}{given})"
    yield f"{_kind(plan, what)}, {tool}, {created}."
    if plan.simulate is not None:
        yield f"All times of simulated cases are computed from the law {plan.simulate}."
    commits = dict.fromkeys(facts.commit for facts in header.facts if facts.commit)
    if commits:
        yield f"The workload's code is that of commit {listed(commits)}."


def name(study: Study) -> str:
    """Return the name of the workload."""
    cases = study.header.plan.cases
    return cases[0].workload if cases else study.header.plan.spec.target


def _kind(plan: Plan, what: str) -> str:
    if plan.null:
        return f"One case of {what} under two names"
    return f"{'Weak' if plan.weak else 'Strong'} scaling of {what}"


def _sizes(plan: Plan) -> str:
    sizes = sorted({case.size for case in plan.cases})
    if not sizes:
        return "no cases"
    if plan.weak and len(sizes) > 1:
        return f"{sizes[0]} to {count(sizes[-1], 'item')}, growing with the workers"
    first, last = ", ".join(map(str, sizes[:-1])), count(sizes[-1], "item")
    return f"{first} and {last}" if first else last


def _setting(study: Study) -> Iterator[str]:
    if not is_computed(study.header.plan):
        yield from machine_text.sentences(study)


def _cases(study: Study) -> Iterator[str]:
    plan = study.header.plan
    if not plan.cases:
        return
    groups: dict[str, list[int]] = {}
    for case in plan.cases:
        counts = groups.setdefault(f"{case.backend}{case.twin}", [])
        number = case.nodes if case.backend == RAY else case.workers
        if number not in counts:
            counts.append(number)
    told = "; ".join(_group(backend, counts, plan) for backend, counts in groups.items())
    cap = count(plan.threads_per_worker, "thread")
    limits = f"; libraries inside a worker were capped at {cap}, and no worker was bound to a CPU"
    yield f"Cases: {told}{'' if is_computed(plan) else limits}."


def _group(backend: str, counts: Sequence[int], plan: Plan) -> str:
    if backend == SERIAL:
        return "serial, the plain loop in one process without any framework"
    if backend == SERIAL + UNCAPPED:
        return f"{backend}, the same without a cap on inner threads"
    told, noun = listed(sorted(counts)), "node" if backend == RAY else "worker"
    each = f", {count(plan.workers_per_node, 'worker')} each" if backend == RAY else ""
    return f"{backend} with {told} {noun}{'s' * (counts != [1])}{each}"


def _base(study: Study) -> Iterator[str]:
    plan = study.header.plan
    if plan.null or len(study.results) < 2:
        return
    bases = base_cases(study.results, plan)
    if plan.weak:
        if bases:
            told = "; ".join(f"{label(base)}, {_absolute(base)}" for base in bases)
            yield f"Efficiency is T(1) / T(N), T(1) of the smallest case of a backend: {told}."
        return
    if not bases:
        yield "The base case has no value, so that no speedup is given."
        return
    several = len(plan.sizes) > 1
    times = "; ".join(
        _absolute(base) + f" at {count(base.size, 'item')}" * several for base in bases
    )
    parallel = ", which is parallel itself" if relative_to(plan) else ""
    yield f"Speedup is relative to {label(bases[0])}{parallel}: median {times}."


def _absolute(base: CaseResult) -> str:
    assert base.median_s is not None, "a base case has a time"
    length, unit = unit_of(base.median_s)
    told = seconds(base.median_s)
    if base.low_s is None or base.high_s is None:
        return told
    return f"{told} (95 % {digits(base.low_s / length)} to {digits(base.high_s / length)} {unit})"


def _measured(study: Study) -> list[CaseResult]:
    return [r for r in study.results if r.samples and r.backend != SIMULATED]


def _sampling(study: Study) -> Iterator[str]:
    measured = [result for result in _measured(study) if result.status == "ok"]
    if not measured:
        return
    known = " with a value" * any(result.status != "ok" for result in study.results)
    blocks = sorted({result.blocks for result in measured})
    span = str(blocks[0]) if len(blocks) == 1 else f"{blocks[0]} to {blocks[-1]}"
    several = "s" * (blocks != [1])
    samples = count(sum(result.samples for result in measured), "sample")
    yield (
        f"Each case{known} ran in {span} block{several}, in each as one fresh process, the cases "
        f"of a block in random order (seed {study.protocol.seed}, {samples} in all): it opened its "
        "workers, warmed them up and took samples, whose median is the value of the block. A "
        "sample lasts from just before the first item is asked for until the answer is combined, "
        "by the driver's monotonic clock; opening the workers is not in it."
    )
    yield _ending(study.protocol)


def _ending(protocol: Protocol) -> str:
    told = _ENDS[protocol.ended]
    if protocol.reached is not None:
        told += f"; the widest interval of a time is within {percent(protocol.reached)}"
        told += "" if protocol.wanted is None else f" ({percent(protocol.wanted)} wanted)"
    return f"{told}."


def _statistics(study: Study) -> Iterator[str]:
    method, measured = study.protocol.intervals, _measured(study)
    if not measured:
        return
    if method is None:
        yield "Times are medians over the blocks; with fewer than 6 of them no interval is given."
        return
    ratios = {
        "order statistics": "by exact order statistics of the ratios",
        "bootstrap": (
            f"by {RESAMPLES:,} resamples of the blocks (exact order statistics under "
            f"{BOOTSTRAP_BLOCKS} blocks)"
        ),
    }[method]
    yield (
        "Times are medians over the blocks with 95 % intervals by exact order statistics; "
        f"ratios are those of medians, paired by block, with 95 % intervals {ratios}. "
        "No distribution is assumed, and no sample was removed as an outlier."
    )
    if any(result.blocks < LEAST_BLOCKS for result in measured):
        yield f"Cases with fewer than {LEAST_BLOCKS} blocks have no interval."


def _answers(study: Study) -> Iterator[str]:
    if not _measured(study):
        return
    tolerance = study.header.plan.tolerance
    how = "exactly" if tolerance is None else f"within a tolerance of {tolerance:g}"
    yield f"Every answer was compared with that of a reference run, {how}."


def _bounds(study: Study) -> Iterator[str]:
    timed = [result for result in study.results if result.status == "ok"]
    if study.header.plan.null or len(timed) < 2:
        return
    most = max(result.bound for result in timed)
    waiting = any(waits(study.header, result.size) for result in timed)
    free = waiting or is_computed(study.header.plan)
    if study.header.plan.weak:
        limit = "" if free else ", up to as many workers as usable CPUs"
        yield f"The upper bound of an efficiency is 100 %{limit}."
    elif free:
        why = "The work waits, so that the" if waiting else "The"
        yield f"{why} upper bound of a speedup is the number of workers: {most} here."
    else:
        yield f"The upper bound of a speedup is set by workers and usable CPUs: {most} here."
    if told := shared_cores(study.results):
        yield f"{told}."


def _left_out(study: Study) -> Iterator[str]:
    told = failure_texts.reasons(study.results, brief=True)
    if more := len(told) - MOST_FAILURES:
        told[MOST_FAILURES:] = [f"{more} more"] if more > 0 else []
    if told:
        yield f"Without a value: {'; '.join(told)}."
    if study.notes:
        yield f"Of the records of the study: {'; '.join(study.notes)}."


_PARTS = (
    _subject,
    _setting,
    _cases,
    _base,
    _sampling,
    _statistics,
    _answers,
    _bounds,
    _left_out,
)
