"""What else the machine did while BASE and NEW were measured, as the audit of each finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaling.analysis.audit import machine
from scaling.analysis.audit.finding import Finding, Severity
from scaling.analysis.audit.view import view
from scaling.analysis.comparison.remark import Level, Remark
from scaling.studydata import StudyData

BUSY = "busy-machine"
RULES = (
    machine.busy_machine,
    machine.throttled,
    machine.stolen,
    machine.memory_pressure,
    machine.busier_sessions,
)


def of_company(base: StudyData, new: StudyData) -> Iterator[Remark]:
    """Yield what kept the work from the machine in either study.

    Where it took a fourth or more of the machine, it and no code may be the difference: that limits
    the verdict. A quota or a hypervisor that did so in both is the machine that is compared on;
    other work is never alike in two runs.
    """
    if base.header.id == new.header.id:
        return
    ours, theirs = _findings(base), _findings(new)
    for rule in dict.fromkeys((*ours, *theirs)):
        found = {"BASE": ours.get(rule), "NEW": theirs.get(rule)}
        told = [f"in {name} {one.evidence}" for name, one in found.items() if one]
        grave = sum(one is not None and one.severity is Severity.HIGH for one in found.values())
        limits = grave > 0 if rule == BUSY else grave == 1
        text = f"the machine was not free ({rule}): {'; '.join(told)}"
        yield Remark(Level.LIMIT if limits else Level.CAUTION, text)


def _findings(data: StudyData) -> Mapping[str, Finding]:
    seen = view(data)
    return {finding.rule: finding for rule in RULES for finding in rule(seen)}
