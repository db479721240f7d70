"""A comparison of two studies as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.comparison.verdicts import Comparison, Verdict
from scaling.analysis.statistics import Interval
from scaling.analysis.units import percent, seconds
from scaling.gate import Gate
from scaling.reports import diff_words as words
from scaling.reports.markdown_text import escaped

_MARK = "**"


def text(gate: Gate) -> str:
    """Return the comparison as Markdown."""
    return "\n".join(_lines(gate)) + "\n"


def _lines(gate: Gate) -> Iterator[str]:
    yield f"### {escaped(gate.workload)}: {gate.verdict}"
    yield ""
    yield escaped(words.verdict(gate))
    yield ""
    if gate.cases:
        yield from _table(gate)
        yield ""
    for which, side in (("BASE", gate.base), ("NEW", gate.new)):
        yield f"- {which}: {escaped(f'{words.side(side)}; {side.machine}')}"
    if gate.verdict is not Verdict.CANNOT_TELL:
        yield from (f"- Cannot tell: {escaped(one)}" for one in words.open_questions(gate))
    yield from (f"- {escaped(words.remark(one))}" for one in gate.remarks)
    yield from (f"- {escaped(sentence)}" for sentence in gate.not_compared)
    yield from _changes(gate)


def _table(gate: Gate) -> Iterator[str]:
    yield "| case | BASE | NEW | NEW / BASE (95 %) | Cliff's delta | p (Holm) | verdict |"
    yield "|---|--:|--:|--:|--:|--:|---|"
    for one in gate.cases:
        yield f"| {' | '.join(_row(gate, one))} |"


def _row(gate: Gate, one: Comparison) -> tuple[str, ...]:
    strong = _MARK if one.verdict.exit_code == 1 else ""
    return (
        escaped(words.name(gate, one.case)),
        "" if one.base is None else seconds(one.base),
        "" if one.new is None else seconds(one.new),
        "" if one.ratio is None else f"{words.ratio(one.ratio)}{_span(one.interval)}",
        "" if one.delta is None else words.delta(one.delta),
        "" if one.p_corrected is None else escaped(words.p_text(one.p_corrected)),
        f"{strong}{one.verdict}{strong}",
    )


def _span(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f" ({words.ratio(interval.low)}-{words.ratio(interval.high)})"


def _changes(gate: Gate) -> Iterator[str]:
    yield ""
    told = [
        *(words.cause(gate, one) for one in gate.causes),
        *(f"{part}: {meaning}." for part, meaning in words.meanings(gate).items()),
        *(words.law(one) for one in gate.laws),
        *(words.aside(gate, one) for one in gate.asides),
    ]
    if told:
        yield "What changed, in worker-seconds (workers times time), and beside it:"
        yield ""
        yield from (f"- {escaped(sentence)}" for sentence in told)
        yield ""
    yield f"Smallest change worth reporting: {percent(gate.threshold)}."
