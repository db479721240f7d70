"""Finished studies that tests of whole reports share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaling.model import SERIAL, Case, SkippedCase
from scaling.records import Failure, Sample
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

SERIAL_S = (2.58, 2.60, 2.55, 2.61, 2.57, 2.58)
FASTER_S = (1.40, 1.41, 1.43, 1.39, 1.41, 1.42)


def small(study: StudyBuilder) -> Study:
    """Return a study of six blocks in which processes gain."""
    study.environment = {"versions": (("rayscale", "0.1.0"), ("ray", "2.60.0"))}
    study.case(SERIAL, SERIAL_S)
    study.case("processes", FASTER_S, workers=2)
    study.end()
    return Study(study.data)


def troubled(study: StudyBuilder, text: str = "item 17: killed") -> Study:
    """Return a study with a failed case, a wrong answer, a skipped backend and shared cores.

    ``text`` is what the user's files and code say.
    """
    study.environment = {"cpus_affinity": 2, "processor": text, "system": text}
    study.embedded()
    study.case(SERIAL, SERIAL_S)
    study.case("processes", FASTER_S, workers=2)
    study.case("ray", (1.50, 1.61, 1.80, 1.60, 1.65, 1.70), workers=4, nodes=4)
    died, wrong = study.case("joblib", workers=2), study.case("threads", workers=2)
    failure = Failure("died", text, traceback=f"Traceback:\n  {text}\nDied: {text}")
    study.session(died, 1, [], status="failed", failure=failure, output=f"{text} (printed)")
    differs = Failure("wrong", f"item 3 differs: {text}")
    study.session(wrong, 1, [1.0], status="wrong", failure=differs)
    study.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 2), f"not installed: {text}"))
    study.end()
    return Study(study.data)


def hostile(study: StudyBuilder, text: str) -> Study:
    """Return a troubled study in which every text that a user may give is this one."""
    data = troubled(study, text).data
    plan = data.header.plan
    cases = tuple(replace(case, workload=text) for case in plan.cases)
    spec = replace(plan.spec, params=((text, text),))
    header = replace(
        data.header,
        plan=replace(plan, cases=cases, spec=spec),
        command=("scale", "run", text),
        id=text,
        created=text,
    )
    return Study(replace(data, header=header, notes=(text,)))


def recorded(study: StudyBuilder) -> None:
    """Let the samples so far tell where their time went: half of it in the kernel."""
    study.records[:] = [
        replace(record, last_start_s=record.seconds / 2, cpu_s=0.9)
        if isinstance(record, Sample)
        else record
        for record in study.records
    ]
