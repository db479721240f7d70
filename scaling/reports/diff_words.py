"""A comparison of two studies in sentences, for the terminal, Markdown and JUnit alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scaling.analysis.comparison.asides import Aside
from scaling.analysis.comparison.cases import MOST_NAMED, label, some
from scaling.analysis.comparison.laws import LawChange
from scaling.analysis.comparison.parts import Cause, Moved
from scaling.analysis.comparison.remark import Remark
from scaling.analysis.comparison.verdicts import Comparison, Verdict
from scaling.analysis.statistics import Interval
from scaling.analysis.units import count, digits, percent, seconds, unit_of
from scaling.gate import Gate, Side
from scaling.model import Case

MEANINGS = {
    "kernel": "the kernels themselves, as the serial run shows",
    "serial": "one works, the others wait: items produced, parts combined",
    "balance": "nothing left to start while others still ran",
    "scheduling": "an item waited: queue, serialisation, wire, driver",
    "work": "the same work took more CPU time than in the serial run",
    "waiting": "in the kernel but off the CPU: the GIL, a shared core, I/O",
}


def verdict(gate: Gate) -> str:
    """Return the verdict over all, how many cases have each, and the cases that decided it."""
    found = gate.verdict
    if not gate.cases:
        return f"Verdict: {found}. No case has a value in both."
    tally = Counter(one.verdict for one in gate.cases)
    numbers = ", ".join(f"{tally[one]} {one}" for one in Verdict if tally[one])
    cases = f"{count(len(gate.cases), 'case')}: {numbers}"
    deciding = [one for one in gate.cases if one.verdict is found]
    told = "" if found is Verdict.SAME else f" {_named(gate, deciding)}"
    return f"Verdict: {found} ({cases}; threshold {percent(gate.threshold)}).{told}"


def _named(gate: Gate, cases: Sequence[Comparison]) -> str:
    if cases[0].verdict is Verdict.CANNOT_TELL:
        return f"Cannot tell: {' '.join(open_questions(gate))}"
    ordered = sorted(cases, key=lambda one: -abs((one.ratio or 1) - 1))
    named = [f"{name(gate, one.case)} {_how(one)}" for one in ordered[:MOST_NAMED]]
    more = f", and {len(ordered) - MOST_NAMED} more" if len(ordered) > MOST_NAMED else ""
    return f"{str(cases[0].verdict).capitalize()}: {'; '.join(named)}{more}."


def _how(one: Comparison) -> str:
    if one.ratio is None:
        return one.reason
    return f"{ratio(one.ratio)}{_interval(one.interval)} times BASE"


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f" (95 % {ratio(interval.low)} to {ratio(interval.high)})"


def open_questions(gate: Gate) -> Iterator[str]:
    """Yield each reason why a case cannot be told, with its cases."""
    reasons: dict[str, list[str]] = {}
    for one in gate.cases:
        if one.verdict is Verdict.CANNOT_TELL:
            reasons.setdefault(one.reason, []).append(name(gate, one.case))
    for reason, cases in reasons.items():
        yield f"{some(cases, len(gate.cases))}: {reason}."


def name(gate: Gate, case: Case) -> str:
    """Return how a sentence names a case."""
    return label(case, sized=gate.sized)


def side(one: Side) -> str:
    """Return how one of the two is named: where it is, when it began, how often it measured."""
    return f"{one.name}, begun {one.created}, {count(one.blocks, 'block')}"


def comparison(gate: Gate, one: Comparison) -> str:
    """Return all of one case in a sentence."""
    if one.base is None or one.new is None:
        return f"{one.verdict}: {one.reason}"
    times = f"{gate.quantity} {seconds(one.new)} instead of {seconds(one.base)}"
    parts = [f"{one.verdict}: {one.reason}; {times}"]
    if one.ratio is not None:
        parts.append(f"ratio {ratio(one.ratio)}{_interval(one.interval)}")
    if one.delta is not None:
        parts.append(f"Cliff's delta {delta(one.delta)}")
    if one.p_corrected is not None:
        parts.append(f"corrected p {p_text(one.p_corrected)}")
    return ", ".join(parts)


def ratio(value: float) -> str:
    """Return a ratio near 1 with three decimals: whole percents would hide small changes."""
    return f"{value:.3f}" if value < 10 else digits(value)


def delta(value: float) -> str:
    """Return Cliff's delta with its sign; what rounds to nothing has no minus."""
    return f"{round(value, 2) + 0.0:+.2f}"


def p_text(p: float) -> str:
    """Return a p value with two digits that count."""
    return "<0.0001" if p < 1e-4 else f"{p:.2g}"


def remark(one: Remark) -> str:
    """Return a remark as a sentence."""
    about = f" ({one.backend})" if one.backend else ""
    return f"{str(one.level).capitalize()}{about}: {one.text}."


def cause(gate: Gate, one: Cause) -> str:
    """Return what a case spends more or less of."""
    way = "more" if one.by > 0 else "less"
    start = f"{name(gate, one.case)}: {_amount(abs(one.by))} {way} in all"
    if not one.moved:
        return f"{start}; no part of it changed beyond chance."
    alike = f"; {' and '.join(one.alike)} by the same factor" if one.alike else ""
    return f"{start}; {', '.join(_part(part, one.by) for part in one.moved)}{alike}."


def _part(one: Moved, whole: float) -> str:
    share = f"{one.by / whole:.0%}" if whole else "all"
    return f"{one.name} {_signed(one.by)} (95 % {_span(one.interval)}), {share} of it"


def meanings(gate: Gate) -> dict[str, str]:
    """Return what the parts mean that are named."""
    named = {part.name for one in gate.causes for part in one.moved}
    return {part: meaning for part, meaning in MEANINGS.items() if part in named}


def _amount(value: float) -> str:
    length, unit = unit_of(value)
    return f"{digits(value / length)} worker-{unit}"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{seconds(value)}"


def _span(interval: Interval) -> str:
    length, unit = unit_of(max(abs(interval.low), abs(interval.high)))
    low, high = (f"{'+' if v > 0 else ''}{digits(v / length)}"
                 for v in (interval.low, interval.high))  # fmt: skip
    return f"{low} to {high} {unit}"


def law(one: LawChange) -> str:
    """Return a changed parameter as a sentence."""
    unit = f" {one.unit}" if one.unit else ""
    before = f"{digits(one.base)} (95 % {_range(one.base_interval)})"
    after = f"{digits(one.new)} (95 % {_range(one.new_interval)}){unit}"
    return f"{one.name}: {one.parameter} of the law {one.law} was {before}, is {after}."


def _range(interval: Interval) -> str:
    return f"{digits(interval.low)} to {digits(interval.high)}"


def aside(gate: Gate, one: Aside) -> str:
    """Return a change beside the times as a sentence."""
    case = name(gate, one.case)
    if one.what == "opening":
        return f"{case}: the pool opens in {seconds(one.new)}, it was {seconds(one.base)}."
    return f"{case}: peak memory is {digits(one.new)} MB, it was {digits(one.base)} MB."
