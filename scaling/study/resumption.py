"""May a study go on here and now?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scaling.errors import UsageError
from scaling.measure.launch import Launcher
from scaling.model import Environment, StudyHeader


def refuse_by_value(output: Path, header: StudyHeader) -> None:
    """Raise UsageError when the work was never in a file: it is gone."""
    if header.plan.spec.by_value:
        raise UsageError(
            f"{output} cannot go on: its work came by value from a running Python and is gone "
            "with it; start a new study there"
        )


def refuse_changed_code(launcher: Launcher, header: StudyHeader) -> None:
    """Raise UsageError when the work is no longer that which the study began with."""
    for size, facts in zip(header.plan.sizes, header.facts, strict=True):
        now = launcher.probe(replace(header.plan.spec, size=size), sends=False)
        if now.code_digest != facts.code_digest:
            raise UsageError(
                f"the code of {facts.name} has changed since this study began; "
                "start a new study, since old and new samples would not be of the same work"
            )
        if now.items != facts.items:
            raise UsageError(
                f"{facts.name} now has {now.items} items, it had {facts.items} when this study "
                "began; start a new study"
            )


def refuse_other_machine(header: StudyHeader, now: Environment) -> None:
    """Raise UsageError when new samples would not be comparable with the old ones."""
    then = header.environment
    for what, old, new in (
        ("processor", then.processor, now.processor),
        ("number of usable CPUs", then.usable_cpus, now.usable_cpus),
        ("Python version", then.python, now.python),
        *_versions(then, now),
    ):
        if old != new:
            raise UsageError(
                f"this study began with another {what} ({old}, here {new}); "
                "go on where it began, or start a new study"
            )


def _versions(then: Environment, now: Environment) -> list[tuple[str, str, str]]:
    here = dict(now.versions)
    return [
        (f"version of {name}", version, here.get(name, "none"))
        for name, version in then.versions
        if name != "rayscale"
    ]
