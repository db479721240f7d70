"""What else the machine did while BASE and NEW were measured, as the audit of each finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaling.analysis.audit import machine
from scaling.analysis.audit.finding import Finding, Severity
from scaling.analysis.audit.view import view
from scaling.analysis.bounds import SIMULATED
from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.units import count, digits
from scaling.model import StudyHeader
from scaling.studydata import StudyData

BUSY = "busy-machine"
CROWDED = 2.0
"""Processes that want to run, for each CPU. A study that ended just before leaves about one."""
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
    for name, data, found in (("BASE", base, ours), ("NEW", new, theirs)):
        if BUSY not in found:
            yield from _of_load(name, data.header)
    for rule in dict.fromkeys((*ours, *theirs)):
        sides = {"BASE": ours.get(rule), "NEW": theirs.get(rule)}
        told = [f"in {name} {one.evidence}" for name, one in sides.items() if one]
        grave = sum(one is not None and one.severity is Severity.HIGH for one in sides.values())
        limits = grave > 0 if rule == BUSY else grave == 1
        text = f"the machine was not free ({rule}): {'; '.join(told)}"
        yield Remark(Level.LIMIT if limits else Level.CAUTION, text)


def _of_load(name: str, header: StudyHeader) -> Iterator[Remark]:
    """Tell of other work that samples are too short to show, or no serial case is there to."""
    load, cpus = header.environment.load_1m, header.environment.cpus
    measured = any(case.backend != SIMULATED for case in header.plan.cases)
    if measured and load is not None and load >= CROWDED * cpus:
        text = f"the load was {digits(load)} on {count(cpus, 'CPU')} before {name}"
        yield Remark(Level.CAUTION, f"{text}: much else ran on the machine, or had just ended")


def _findings(data: StudyData) -> Mapping[str, Finding]:
    seen = view(data)
    return {finding.rule: finding for rule in RULES for finding in rule(seen)}
