"""The figures that there are, and what a study must hold for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zipfile import is_zipfile

from scaling.reports import losses
from scaling.reports.figures.drawing import Kind
from scaling.reports.figures.measures import EFFICIENCY, SECONDS, SPEEDUP, Measure
from scaling.results import Study

_EQUAL = "two equal cases (--null) are compared with each other alone"


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure, and whether a study has it."""

    kind: Kind
    missing: Callable[[Study], str | None]
    """Says what a study lacks for it, None where nothing is missing."""
    common: bool = True
    """False when most studies are not meant to have it."""


def _fewer_than(study: Study, least: int, measure: Measure) -> bool:
    values = (measure.value(result) for result in study.results if measure.drawn(result))
    return sum(value is not None for value in values) < least


def _speedup(study: Study) -> str | None:
    if study.header.plan.null:
        return _EQUAL
    if study.header.plan.weak:
        return "weak scaling has no speedup; its figure is efficiency"
    if _fewer_than(study, 2, SPEEDUP):
        return "speedup takes two cases with a value, one of them the base case"
    return None


def _efficiency(study: Study) -> str | None:
    if study.header.plan.null:
        return _EQUAL
    if _fewer_than(study, 2, EFFICIENCY):
        return "efficiency takes two cases with a value, one of them the base case"
    return None


def _seconds(study: Study) -> str | None:
    if study.header.plan.null:
        return _EQUAL
    return "no case has a value" if _fewer_than(study, 1, SECONDS) else None


def _losses(study: Study) -> str | None:
    if losses.known(study):
        return None
    return "no parallel case has a record of where its time went"


def _karp_flatt(study: Study) -> str | None:
    if study.header.plan.weak:
        return "the serial fraction (Karp-Flatt) is one of strong scaling"
    if any(result.karp_flatt is not None and result.status == "ok" for result in study.results):
        return None
    return "the serial fraction takes a backend with a value at two numbers of workers"


def _timeline(study: Study) -> str | None:
    from scaling.reports.trace import traced

    samples = [sample for found in traced(study).values() for sample in found]
    if not samples or study.folder is None:
        return "the times of the items were not kept; measure again with: scale run --trace"
    if not all(is_zipfile(study.folder / str(sample.trace)) for sample in samples):
        return "some of its traces are missing in the study folder, or damaged"
    return None


def _twins(study: Study) -> str | None:
    if not study.header.plan.null:
        return "it shows two equal cases; measure them with: scale run --null"
    return None if study.null else "one of the two equal cases has no value"


ENTRIES = (
    Entry(Kind("speedup", "Speedup"), _speedup),
    Entry(Kind("twins", "Two equal cases"), _twins, common=False),
    Entry(Kind("efficiency", "Efficiency"), _efficiency),
    Entry(Kind("seconds", "Time"), _seconds),
    Entry(Kind("losses", "Where the worker-seconds went"), _losses),
    Entry(Kind("karp-flatt", "Serial fraction (Karp-Flatt)"), _karp_flatt),
    Entry(Kind("timeline", "Who ran what when"), _timeline, common=False),
)
"""In the order in which a report has them."""
