"""The page of what ``scale grain`` found."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.units import count
from scaling.grains import Grain
from scaling.reports import grain as report
from scaling.reports.page import method, pictures, setting
from scaling.reports.page.blocks import (
    Bullets,
    Column,
    Fact,
    Facts,
    Grid,
    Page,
    Pictures,
    Prose,
    Section,
)


def contents(grain: Grain) -> Page:
    """Return all that the page of a grain result shows."""
    header = grain.data.header
    subtitle = f"{setting.in_short(header.environment)}; {setting.when(header.created)}"
    title = f"METG at {header.threshold:.0%} efficiency"
    return Page(title, subtitle, tuple(_sections(grain)))


def _sections(grain: Grain) -> Iterator[Section]:
    header = grain.data.header
    measured = [one for one in grain.results if one.status == "ok"]
    yield Section("metg", "How short items may be", tuple(_found(grain)))
    if measured:
        yield Section("figures", "Figure", (Pictures((pictures.of_grain(grain),)),))
    failed = tuple(report.not_measured(grain.results))
    if failed:
        yield Section("failures", "What failed or was left out", (Bullets(failed),))
    yield Section(
        "environment", "Environment", (Facts(tuple(setting.machine(header.environment))),)
    )
    facts = Facts(
        (
            Fact("Seed", str(header.plan.seed)),
            Fact("Commit of rayscale", header.environment.commit or "not in a clone"),
            Fact("Result", header.id),
        )
    )
    yield Section("again", "How to reproduce", (method.to_type(header.command), facts))


def _found(grain: Grain) -> Iterator[Grid | Prose | Bullets]:
    rows = tuple(report.cells(one) for one in grain.results if one.status == "ok")
    if rows:
        kinds = (
            Column(name, "number" if name != "backend" else "text") for name in report.HEADINGS
        )
        yield Grid(
            f"METG of {count(grain.data.header.plan.spec.size or 0, 'item')}", tuple(kinds), rows
        )
    else:
        yield Prose("No case has a METG.")
    yield Prose(" ".join(report.explained(grain)))
    doubts = (*report.doubts(grain), *grain.data.notes)
    if doubts:
        yield Bullets(doubts)
