"""What ``scale grain`` found, on a page."""

from __future__ import annotations

from dataclasses import replace

from scaling.grain_model import GrainData, GrainHeader, GrainSession, Level
from scaling.grains import Grain
from scaling.model import Case, WorkloadSpec
from scaling.records import Failure
from scaling.reports import page
from tests.scaling.examples import ENVIRONMENT, HOSTILE, PLAN
from tests.scaling.reports.page.reading import read

LEVELS = (Level(400, (0.42,)), Level(200, (0.22,)), Level(100, (0.16,)), Level(50, (0.15,)))
CASES = (Case("grain", 1000, "serial", 1, 1), Case("grain", 1000, "dask", 1, 2))


def grain(text: str, *, measured: bool = True) -> Grain:
    """Return a result with a METG and a failure, in which what a host says is this text."""
    serial, dask = CASES
    plan = replace(PLAN, spec=WorkloadSpec("grain", size=1000), sizes=(1000,), cases=CASES)
    machine = replace(ENVIRONMENT, processor=text, hostname=text)
    header = GrainHeader(text, text, ("scale", "grain", text), plan, 0.5, machine)
    sessions = [
        GrainSession(f"s{block}", serial.key, block, "ok", "now", 0.1, LEVELS)
        for block in range(1, 7)
    ]
    failure = Failure("opening", text)
    failed = GrainSession("d", dask.key, 1, "failed", "now", None, (), failure)
    found = (*(sessions if measured else []), failed)
    return Grain(GrainData(header, (), found, ()), "grain-1")


def test_page_has_the_table_the_figure_and_the_command() -> None:
    """METG with its points, what failed, and how to measure it again."""
    found = read(page.grain_text(grain("plain")))
    names = [one.attributes["id"] for one in found.all("section")]
    assert names == ["metg", "figures", "failures", "environment", "again"]
    row = next(one for one in found.all("tr") if one.text.startswith("serial"))
    assert row.text == "serial 1 1 155 us 155-155 155 us 150 us 35% 160 us 66%"
    assert "dask (2 workers) failed: plain" in found.one("failures").text
    assert "scale grain plain Seed 1" in found.one("again").text
    assert len(found.all("figure")[0].all("svg")) == 1


def test_hostile_texts_are_text() -> None:
    """They add no element."""
    found, harmless = (read(page.grain_text(grain(text))) for text in (" ".join(HOSTILE), "x"))
    for tree in (found, harmless):
        tree.all("figure")[0].parts.clear()
    assert [one.tag for one in found.walk()] == [one.tag for one in harmless.walk()]


def test_nothing_measured_is_told() -> None:
    """Without a METG there is no figure and no table, and the reason stands."""
    found = read(page.grain_text(grain("no port", measured=False)))
    assert "No case has a METG." in found.text
    assert not found.all("figure", "table")
    assert "no port" in found.one("failures").text
