"""The findings of the audit, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from scaling.analysis.audit.finding import Finding, Severity
from scaling.results import Study

WIDTH = 80
MOST = 8
"""Findings that are shown: nobody mends more at once."""
MOST_CASES = 3
"""Cases that are named for a finding."""
_INDENT = " " * (max(map(len, Severity)) + 2)


def lines(study: Study) -> Iterator[str]:
    """Yield the lines of the terminal report; none without findings."""
    found = study.findings
    if not found:
        return
    yield "Findings, the worst first:"
    labels = {case.key: case.label for case in study.header.plan.cases}
    for finding in found[:MOST]:
        yield from _told(finding, [labels.get(key, key) for key in finding.cases])
    if len(found) > MOST:
        yield f"{_INDENT}{len(found) - MOST} more with --json"


def _told(finding: Finding, cases: Sequence[str]) -> Iterator[str]:
    """Yield the evidence for the worst case, the other cases, and the remedy."""
    named = list(dict.fromkeys(cases))
    worst = f"  {named[0]}:" if named else ":"
    also = f"; also {_others(named[1:])}" if named[1:] else ""
    text = f"{finding.rule}{worst} {finding.evidence}{also}."
    head = f"{finding.severity:<{len(_INDENT)}}"
    yield from wrap(text, WIDTH, initial_indent=head, subsequent_indent=_INDENT,
                    break_on_hyphens=False)  # fmt: skip
    remedy = finding.remedy[:1].upper() + finding.remedy[1:]
    yield from wrap(f"-> {remedy}.", WIDTH, initial_indent=_INDENT,
                    subsequent_indent=f"{_INDENT}   ", break_on_hyphens=False)  # fmt: skip


def _others(cases: Sequence[str]) -> str:
    more = f" and {len(cases) - MOST_CASES} more" if len(cases) > MOST_CASES else ""
    return f"{', '.join(cases[:MOST_CASES])}{more}"
