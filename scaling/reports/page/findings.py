"""What the audit found."""

from __future__ import annotations

from collections.abc import Sequence

from scaling.analysis.audit.finding import Finding
from scaling.analysis.audit.rules import RULES
from scaling.reports.page.blocks import Notice, Notices, Prose, Section
from scaling.results import Study


def section(study: Study) -> Section:
    """Return all findings, the worst first."""
    labels = {case.key: case.label for case in study.header.plan.cases}
    notices = tuple(
        _notice(finding, [labels.get(key, key) for key in finding.cases])
        for finding in study.findings
    )
    block = Notices(notices) if notices else Prose(f"Its {len(RULES)} rules found nothing.")
    return Section("findings", "What the audit found", (block,))


def _notice(finding: Finding, cases: Sequence[str]) -> Notice:
    named = list(dict.fromkeys(cases))
    worst, also = ", ".join(named[:1]), ", ".join(named[1:])
    remedy = finding.remedy[:1].upper() + finding.remedy[1:]
    evidence = finding.evidence[:1].upper() + finding.evidence[1:]
    return Notice(finding.severity, finding.rule, worst, f"{evidence}.", also, f"{remedy}.")
