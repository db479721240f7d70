"""The page of a study: its sections, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.units import shortened
from scaling.reports import methods
from scaling.reports.page import (
    case_tables,
    failures,
    findings,
    fits,
    method,
    outcome,
    pictures,
    setting,
    time_lost,
)
from scaling.reports.page.blocks import Page, Pictures, Section
from scaling.results import Study

LOSSES = "losses"


def contents(study: Study) -> Page:
    """Return all that the page of a study shows."""
    plan = study.header.plan
    name = shortened(methods.name(study))
    what = "Two equal cases of" if plan.null else "Scaling of"
    subtitle = f"{setting.in_short(study.header.environment)}; {setting.when(study.header.created)}"
    return Page(f"{what} {name}", subtitle, tuple(_sections(study)))


def _sections(study: Study) -> Iterator[Section]:
    drawn = pictures.of_study(study)
    losses = drawn.pop(LOSSES, None)
    yield outcome.section(study)
    if drawn:
        yield Section("figures", "Figures", (Pictures(tuple(drawn.values())),))
    yield from case_tables.sections(study)
    for part in (
        failures.section(study),
        time_lost.section(study, losses),
        findings.section(study),
        fits.section(study),
    ):
        if part is not None:
            yield part
    yield setting.section(study)
    yield method.measured(study)
    yield method.again(study)
