"""What limits a case now, and what to change first."""

from __future__ import annotations

from collections.abc import Sequence

from scaling.analysis.advice.ground import Standing
from scaling.analysis.advice.remedies import remedy
from scaling.analysis.audit.finding import Finding, Severity
from scaling.analysis.units import count, percent
from scaling.analysis.verdict import label
from scaling.studydata import StudyData

LEAST = 0.05
"""Losses under this share of P T are small."""
WORDS = {
    "serial": "the serial part: one works, the others wait for {share} of the worker time",
    "balance": "imbalance: for {share} of the worker time nothing was left to start",
    "scheduling": "scheduling and transfer: items waited for {share} of the worker time",
    "work": "more work: the same items took more CPU time, {share} of the worker time",
    "waiting": "waiting (GIL, shared cores, I/O): kernels were off the CPU for {share} "
    "of the worker time",
}
LONGER = "longer items: the same kernels took longer, {share} of the worker time"
"""Where work and waiting are not told apart."""


def largest_loss(one: Standing) -> tuple[str, float] | None:
    """Return the name and the share of the largest loss; None where none is known."""
    result = one.result
    known = {
        "serial": result.loss_serial,
        "balance": result.loss_balance,
        "scheduling": result.loss_scheduling,
        "work": result.loss_work,
        "waiting": result.loss_waiting,
    }
    losses = [(name, share) for name, share in known.items() if share is not None]
    return max(losses, key=lambda loss: loss[1], default=None)


def limit(one: Standing, *, named: bool) -> str | None:
    """Say what the case loses most to; None where nothing is known."""
    loss = largest_loss(one)
    if loss is None:
        return None
    name, share = loss
    where = f"What limits {label(one.case) if named else 'it'} now is"
    if share < LEAST:
        lost = f"{label(one.case)} loses nothing big" if named else "Nothing big is lost"
        return (
            f"{lost[:1].upper()}{lost[1:]}: the largest loss ({name}) is "
            f"{percent(max(share, 0.0))} of the worker time."
        )
    words = LONGER if name == "work" and one.result.loss_waiting is None else WORDS[name]
    return f"{where} {words.format(share=percent(share))}."


def change(
    data: StudyData, one: Standing, findings: Sequence[Finding], others: Sequence[Standing]
) -> str | None:
    """Say what to change first: what the worst finding asks for, else the largest loss."""
    if (found := _worst(data, one, findings)) is not None:
        return f"First, {found.remedy} ({found.evidence}{_of_another(data, one, found)})."
    loss = largest_loss(one)
    if loss is None or loss[1] < LEAST:
        return None
    told = remedy(data, one, loss[0], others)
    return f"First, {told}." if told else None


def _worst(data: StudyData, one: Standing, findings: Sequence[Finding]) -> Finding | None:
    """Return the worst finding that gives a number and concerns the case.

    One about the whole study does, and one about what the case is compared with.
    """
    keys = {one.case.key, *_baselines(data, one)}
    for severity in (Severity.HIGH, Severity.MEDIUM):
        for found in findings:
            concerns = not found.cases or not keys.isdisjoint(found.cases)
            if found.severity is severity and concerns and _has_digit(found.evidence):
                return found
    return None


def _baselines(data: StudyData, one: Standing) -> set[str]:
    plan = data.header.plan
    return {
        key for key in plan.baseline if plan.weak or plan.case(key).size == one.case.size
    }  # fmt: skip


def _of_another(data: StudyData, one: Standing, found: Finding) -> str:
    """Name the case whose numbers the evidence holds, the first, where it is not the one meant."""
    if not found.cases or found.cases[0] in {one.case.key, *_baselines(data, one)}:
        return ""
    case = data.header.plan.case(found.cases[0])
    where = f" at {count(case.size, 'item')}" if case.size != one.case.size else ""
    return f", seen with {label(case)}{where}"


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
