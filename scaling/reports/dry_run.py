"""What a run would do, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from scaling.analysis.estimate import CaseOutlook, Outlook, Span
from scaling.analysis.units import count, printable, seconds, seconds_range
from scaling.model import Case, Environment, Plan

HEADINGS = ("backend", "nodes", "workers", "items", "a sample", "a session")
WIDTH = 80
_RIGHT = {1, 2, 3, 4, 5}


@dataclass(frozen=True, slots=True)
class DryRun:
    """A run that was only planned."""

    plan: Plan
    environment: Environment
    outlook: Outlook


def text(one: DryRun) -> str:
    """Return the cases and the estimate, in 80 columns but for the user's own names."""
    outlook, plan = one.outlook, one.plan
    parts = [*wrap(_title(one), WIDTH), "", *_table(outlook.cases), ""]
    parts += [line for skip in plan.skipped for line in _hung(_skipped(skip.case, skip.reason))]
    parts += [*wrap(_blocks(plan, outlook), WIDTH), *wrap(_total(outlook), WIDTH)]
    for heading, sentences in (("It rests on", outlook.rests_on), ("Unknown", outlook.unknown)):
        for sentence in sentences:
            parts += _hung(f"{heading}: {sentence}")
    parts.append("Nothing was measured, written or started (--dry-run).")
    return printable("\n".join(parts)) + "\n"


def _hung(line: str) -> list[str]:
    return wrap(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def json_text(one: DryRun) -> str:
    """Return the document of ``--json``; null is not known."""
    return json.dumps(_document(one), indent=1, allow_nan=False) + "\n"


def _document(one: DryRun) -> dict[str, Any]:
    plan, outlook = one.plan, one.outlook
    return {
        "cases": [
            _of_case(item.case) | {"sample_s": _ends(item.sample), "session_s": _ends(item.session)}
            for item in outlook.cases
        ],
        "skipped": [_of_case(skip.case) | {"reason": skip.reason} for skip in plan.skipped],
        "baseline": list(plan.baseline),
        "blocks": plan.blocks,
        "max_blocks": plan.max_blocks or plan.blocks,
        "precision": plan.precision,
        "budget_s": plan.budget_s,
        "sessions": [outlook.least_sessions, outlook.most_sessions],
        "block_s": _ends(outlook.block),
        "total_s": _ends(outlook.total),
        "rests_on": list(outlook.rests_on),
        "unknown": list(outlook.unknown),
    }


def _of_case(case: Case) -> dict[str, Any]:
    return {
        "case": case.key,
        "workload": case.workload,
        "size": case.size,
        "backend": f"{case.backend}{case.twin}",
        "nodes": case.nodes,
        "workers": case.workers,
    }


def _ends(span: Span | None) -> list[float] | None:
    return None if span is None else [span.low, span.high]


def _title(one: DryRun) -> str:
    names = [item.case.workload for item in one.outlook.cases] or [one.plan.spec.target]
    machine = one.environment
    return (
        f"{names[0]}; {machine.processor}, {count(machine.usable_cpus, 'usable CPU')}, "
        f"{machine.implementation} {machine.python}"
    )


def _table(cases: Sequence[CaseOutlook]) -> Iterator[str]:
    rows = [HEADINGS, *(_row(item) for item in cases)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEADINGS))]
    for row in rows:
        yield "  ".join(
            cell.rjust(width) if k in _RIGHT else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()


def _row(item: CaseOutlook) -> tuple[str, ...]:
    case = item.case
    place = (f"{case.backend}{case.twin}", str(case.nodes), str(case.workers), str(case.size))
    return (*place, _span(item.sample), _span(item.session))


def _span(span: Span | None) -> str:
    if span is None:
        return "?"
    if seconds(span.high) == seconds(span.low):
        return seconds(span.low)
    return seconds_range(span.low, span.high)


def _skipped(case: Case, reason: str) -> str:
    return f"{case.label} is skipped: {reason}"


def _blocks(plan: Plan, outlook: Outlook) -> str:
    most = plan.max_blocks or plan.blocks
    blocks = (
        count(plan.blocks, "block") if most == plan.blocks else f"{plan.blocks} to {most} blocks"
    )
    least, sessions = outlook.least_sessions, outlook.most_sessions
    told = count(sessions, "session") if least == sessions else f"{least} to {sessions} sessions"
    a_block = "" if outlook.block is None else f", a block in {_span(outlook.block)}"
    return f"{count(len(outlook.cases), 'case')}, {blocks}: {told}{a_block}."


def _total(outlook: Outlook) -> str:
    if outlook.total is None:
        return "Estimate: none, since it is not known how long the items take."
    return f"Estimate: {_span(outlook.total)} in all."
