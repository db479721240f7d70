"""The page of a study: its sections, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.units import count
from scaling.reports import figures, methods
from scaling.reports.page import (
    case_tables,
    failures,
    findings,
    fits,
    method,
    outcome,
    setting,
    time_lost,
)
from scaling.reports.page.blocks import Page, Picture, Pictures, Section
from scaling.results import Study

LOSSES = "losses"


def contents(study: Study) -> Page:
    """Return all that the page of a study shows."""
    plan, environment = study.header.plan, study.header.environment
    what = "Two equal cases of" if plan.null else "Scaling of"
    subtitle = (
        f"{environment.processor}, {count(environment.usable_cpus, 'usable CPU')}, "
        f"{environment.implementation} {environment.python}; {study.header.created}"
    )
    return Page(f"{what} {methods.name(study)}", subtitle, tuple(_sections(study)))


def _sections(study: Study) -> Iterator[Section]:
    drawn = {picture.name: picture for picture in _pictures(study)}
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


def _pictures(study: Study) -> Iterator[Picture]:
    """Yield the figures at half width: two stand side by side, one fits a phone."""
    for kind in figures.kinds(study):
        drawing = figures.draw(study, kind.name, half=True)
        yield Picture(kind.name, drawing.encoded(".svg").decode("utf-8"))
