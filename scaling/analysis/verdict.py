"""What a study says, in a sentence or two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scaling.analysis.bounds import RAY, SIMULATED
from scaling.analysis.cautions import Caution
from scaling.analysis.doubts import has_absolute_speedup
from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, percent, ratio, seconds
from scaling.model import UNCAPPED, Case, Plan


def verdict(results: Sequence[CaseResult], plan: Plan) -> str:
    """Return the verdict on every size of a study, or on all where they grow with the workers."""
    if plan.weak:
        return _of_growing(results)
    sizes = list(dict.fromkeys(result.size for result in results))
    return _of_size(results, plan) if len(sizes) < 2 else _of_sizes(results, plan, sizes)


def relative_to(plan: Plan) -> str | None:
    """Return what speedup is relative to where it is not absolute, else None."""
    if plan.weak or not plan.baseline or has_absolute_speedup(plan):
        return None
    return label(plan.case(plan.baseline[0]))


def unusual(plan: Plan) -> str | None:
    """Say what the numbers are when they are not what they mostly are, without a full stop."""
    if plan.weak:
        return "Weak scaling: the items grow with the workers; efficiency is T(1) / T(N)"
    if plan.null:
        return "One case under two names: what the machine shows where nothing differs"
    name = relative_to(plan)
    return f"Speedup relative to {name}, not absolute" if name else None


def label(result: CaseResult | Case) -> str:
    """Return how a sentence names a case."""
    twin = result.twin or ""
    if result.backend == "serial":
        return "serial with inner threads" if twin == UNCAPPED else f"serial{twin}"
    name = ("Ray" if result.backend == RAY else result.backend) + twin
    place = f" on {count(result.nodes, 'node')}" if result.backend == RAY else ""
    return f"{name}{place} with {count(result.workers, 'worker')}"


def _of_size(results: Sequence[CaseResult], plan: Plan) -> str:
    timed = _timed(results)
    if not timed:
        return _nothing(results)
    baseline = _baseline(timed, plan)
    parts = [_comparison(_measured(timed), baseline), *_relative(plan), *_remarks(results)]
    return " ".join(parts)


def _of_sizes(results: Sequence[CaseResult], plan: Plan, sizes: Sequence[int]) -> str:
    """Name the fastest of each size in one sentence; the tables hold the intervals."""
    told, doubts = [], []
    for size in sizes:
        timed = _timed([result for result in results if result.size == size])
        if not timed:
            continue
        first, baseline = min(_measured(timed), key=_time), _baseline(timed, plan)
        gain = ""
        if baseline is not None and first is not baseline:
            gain = f", {ratio(first.speedup or 0)} times {label(baseline)}"
            doubts.append((size, _doubt(first, baseline)))
        told.append(f"at {count(size, 'item')} {label(first)} ({seconds(_time(first))}{gain})")
    if not told:
        return _nothing(results)
    parts = [f"Fastest: {'; '.join(told)}.", *_shared_doubts(doubts), *_relative(plan)]
    return " ".join([*parts, *_remarks(results)])


def _shared_doubts(doubts: Sequence[tuple[int, str]]) -> Iterable[str]:
    """Say each doubt once, with the sizes that it is about where it is not about all."""
    for doubt in dict.fromkeys(doubt for _, doubt in doubts if doubt):
        sizes = [str(size) for size, other in doubts if other == doubt]
        where = "" if len(sizes) == len(doubts) else f" (at {', '.join(sizes)} items)"
        yield f"{doubt.strip().removesuffix('.')}{where}."


def _timed(results: Sequence[CaseResult]) -> list[CaseResult]:
    return [r for r in results if r.status == "ok" and r.median_s is not None]


def _measured(timed: Sequence[CaseResult]) -> Sequence[CaseResult]:
    """Leave out what was computed, unless there is nothing else."""
    return [r for r in timed if r.backend != SIMULATED] or timed


def _baseline(timed: Sequence[CaseResult], plan: Plan) -> CaseResult | None:
    keys = {(c.backend, c.nodes, c.workers, c.size) for c in plan.cases if c.key in plan.baseline}
    capped = (r for r in timed if r.twin != UNCAPPED)
    return next((r for r in capped if (r.backend, r.nodes, r.workers, r.size) in keys), None)


def _relative(plan: Plan) -> Iterable[str]:
    if name := relative_to(plan):
        yield f"Speedup is relative to {name}; there is no absolute one."


def _of_growing(results: Sequence[CaseResult]) -> str:
    timed = [r for r in results if r.status == "ok" and r.efficiency is not None]
    if not timed:
        return _nothing(results)
    most = max(r.workers for r in timed)
    best = max((r for r in timed if r.workers == most), key=lambda r: r.efficiency or 0)
    told = f"Weak scaling: {label(best)} has an efficiency of {percent(best.efficiency or 0)}"
    if best.efficiency_low is not None and best.efficiency_high is not None:
        told += f" (95 % {percent(best.efficiency_low)} to {percent(best.efficiency_high)})"
    else:
        told += f"; with {count(best.blocks, 'block')} there is no interval: this may be chance"
    if best.serial_share is not None:
        told += f"; Gustafson's serial share is {percent(best.serial_share)}"
    return " ".join([f"{told}.", *_remarks(results)])


def _nothing(results: Sequence[CaseResult]) -> str:
    wrong = [r for r in results if r.status == "wrong"]
    failed = wrong or [r for r in results if r.status in {"failed", "timeout"}] or results
    if not failed:
        return "There is nothing to compare: the study has no cases."
    first = failed[0]
    why = f": {first.reason}" if first.reason else ""
    return f"There is nothing to compare: {label(first)} {_ENDED[first.status]}{why}."


_ENDED = {
    "ok": "has no value",
    "failed": "failed",
    "timeout": "took too long",
    "wrong": "gave an answer that cannot be relied on",
    "skipped": "was not measured",
}


def _comparison(measured: Sequence[CaseResult], baseline: CaseResult | None) -> str:
    fastest = min(measured, key=_time)
    if baseline is None:
        return (
            f"Fastest: {label(fastest)}, {seconds(_time(fastest))}; the baseline has no value, "
            f"so no speedup can be given."
        )
    others = [r for r in measured if r is not baseline]
    if not others:
        return f"Only {label(baseline)} was measured: {seconds(_time(baseline))}."
    if fastest is baseline:
        return _nothing_faster(baseline, min(others, key=_time))
    told = f"Fastest: {label(fastest)}, {seconds(_time(fastest))}, {_times(fastest, baseline)}"
    return f"{told}{_runner_up(fastest, others)}.{_doubt(fastest, baseline)}"


def _nothing_faster(baseline: CaseResult, closest: CaseResult) -> str:
    return (
        f"Nothing beats {label(baseline)} ({seconds(_time(baseline))}); the closest is "
        f"{label(closest)}, {_times(closest, baseline)}.{_doubt(closest, baseline)}"
    )


def _times(result: CaseResult, baseline: CaseResult) -> str:
    text = f"{ratio(result.speedup or 0)} times {label(baseline)}"
    if result.speedup_low is None or result.speedup_high is None:
        return text
    return f"{text} (95 % {ratio(result.speedup_low)} to {ratio(result.speedup_high)})"


def _runner_up(fastest: CaseResult, others: Iterable[CaseResult]) -> str:
    """Name the best of the other kind: of Ray beside a local backend, or the reverse."""
    rivals = [r for r in others if (r.backend == RAY) != (fastest.backend == RAY)]
    if fastest.backend != RAY:
        rivals = [r for r in rivals if r.backend == RAY]
    if not rivals:
        return ""
    best = min(rivals, key=_time)
    return f"; {label(best)} reaches {ratio(best.speedup or 0)}"


def _doubt(result: CaseResult, baseline: CaseResult) -> str:
    if result.speedup_low is None or result.speedup_high is None:
        blocks = min(result.blocks, baseline.blocks)
        return f" With {count(blocks, 'block')} there is no interval: this may be chance."
    if result.speedup_low <= 1 <= result.speedup_high:
        return " The interval holds 1: the two cannot be told apart."
    return ""


def _remarks(results: Sequence[CaseResult]) -> Iterable[str]:
    if any(Caution.OVERSUBSCRIBED in r.cautions for r in results):
        yield "The nodes share cores, so this says little of separate machines."
    if any(Caution.SIMULATED in r.cautions for r in results):
        yield "Simulated cases are computed, not measured."
    for status, text in (("wrong", "gave a wrong answer"), ("failed", "failed"),
                         ("timeout", "took too long")):  # fmt: skip
        if number := sum(r.status == status for r in results):
            yield f"{count(number, 'case')} {text}."


def _time(result: CaseResult) -> float:
    assert result.median_s is not None, "only cases with a time are compared"
    return result.median_s
