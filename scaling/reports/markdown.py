"""The report as GitHub-flavoured Markdown, for a pull request or an issue."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from scaling.analysis import protocol
from scaling.analysis.bounds import is_computed
from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, percent
from scaling.analysis.verdict import unusual
from scaling.model import SERIAL
from scaling.reports import failure_texts, methods
from scaling.reports.audit import MOST as MOST_FINDINGS
from scaling.reports.losses import KINDS, WORTH_TELLING, largest
from scaling.reports.markdown_text import code_block, details, escaped, table
from scaling.reports.table import (
    Table,
    case_name,
    caution_marks,
    shared_cores,
    tables,
)
from scaling.results import Study

_LEFT = ("backend", "notes")


def text(study: Study) -> str:
    """Return the report: verdict first, then the table and all that explains it."""
    return "\n\n".join(_parts(study)) + "\n"


def _parts(study: Study) -> Iterator[str]:
    yield f"## {escaped(_title(study))}"
    yield " ".join(escaped(sentence) for sentence in (f"{study.verdict()}", *study.advice))
    yield escaped(_setting(study))
    for one in tables(study.results, weak=study.header.plan.weak):
        yield from _grid(study, one)
    if below := "\n".join(f"- {line}" for line in _explanations(study)):
        yield below
    for heading, lines in (
        ("Failures", [escaped(line) for line in failure_texts.reasons(study.results)]),
        ("Where the worker-seconds went", list(_losses(study))),
        ("Findings, the worst first", list(_findings(study))),
    ):
        if lines:
            yield f"### {heading}"
            yield "\n".join(f"- {line}" for line in lines)
    yield from _folded(study)


def _title(study: Study) -> str:
    return f"Scaling of {methods.name(study)}"


def _setting(study: Study) -> str:
    """Say where it ran, and what the numbers are when they are not what they mostly are."""
    plan, environment = study.header.plan, study.header.environment
    where = (
        f"On {environment.processor}, {count(environment.usable_cpus, 'usable CPU')}, "
        f"{environment.implementation} {environment.python}"
    )
    if is_computed(plan):
        where = f"Computed from the law {plan.simulate}"
    kind = unusual(plan)
    return f"{where}; {protocol.said(study.protocol)}" + (f" {kind}." if kind else "")


def _grid(study: Study, one: Table) -> Iterator[str]:
    items = count(one.size, "item")
    yield f"**{items}{' and more' * study.header.plan.weak}**"
    yield table(one.headings, one.rows, _LEFT)


def _explanations(study: Study) -> Iterator[str]:
    if bound := shared_cores(study.results):
        yield escaped(bound)
    for caution, mark in caution_marks(study.results).items():
        yield f"**{mark}** {escaped(caution)}: {escaped(caution.explanation)}"
    yield from (escaped(note) for note in study.notes)


def _losses(study: Study) -> Iterator[str]:
    for result in study.results:
        if result.status == "ok" and result.backend != SERIAL and result.loss_balance is not None:
            yield escaped(_loss(study, result))


def _loss(study: Study, result: CaseResult) -> str:
    several = len({other.size for other in study.results}) > 1
    name = case_name(result) + f", {count(result.size, 'item')}" * several
    first = next(kind for kind in KINDS if kind.of(result) is not None)
    lost = [f"{percent(share)} {kind.name}" for kind, share in largest(result)]
    told = ", ".join(lost) or f"under {percent(WORTH_TELLING)} each"
    return f"{name}: {percent(first.of(result) or 0.0)} {first.name}; lost: {told}"


def _findings(study: Study) -> Iterator[str]:
    labels = {case.key: case.label for case in study.header.plan.cases}
    for finding in study.findings[:MOST_FINDINGS]:
        named = ", ".join(dict.fromkeys(labels.get(key, key) for key in finding.cases))
        place = f" ({named})" if named else ""
        remedy = finding.remedy[:1].upper() + finding.remedy[1:]
        yield (
            f"**{finding.severity}** {escaped(finding.rule + place)}: {escaped(finding.evidence)}. "
            f"*{escaped(remedy)}.*"
        )
    if (more := len(study.findings) - MOST_FINDINGS) > 0:
        yield f"{more} more with `scale show --json`"


def _folded(study: Study) -> Iterator[str]:
    said = [
        f"{escaped(who)}:\n\n{code_block(what, 'text')}" for who, what in failure_texts.told(study)
    ]
    if said:
        yield details("What the code said when it failed", "\n\n".join(said))
    command = code_block(shlex.join(study.header.command), "sh")
    how = f"{escaped(methods.paragraph(study))}\n\n{command}\n\nStudy {escaped(study.header.id)}."
    yield details("How it was measured", how)
