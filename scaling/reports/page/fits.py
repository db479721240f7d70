"""Scaling laws of each backend, and what they say of twice the largest measured N."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from scaling.analysis import laws, prediction
from scaling.analysis.law_fit import LawFit
from scaling.analysis.laws import BackendFit
from scaling.analysis.units import digits, percent
from scaling.reports.laws import FORMULAS, conclusions, interval_text, number, prediction_lines
from scaling.reports.page.blocks import (
    Block,
    Bullets,
    Column,
    Fact,
    Facts,
    Grid,
    Heading,
    Prose,
    Section,
)
from scaling.results import Study

_PARAMETERS = ("gamma", "alpha", "beta")


def section(study: Study) -> Section | None:
    """Return the laws and a prediction of each backend; None for two equal cases."""
    if study.header.plan.null:
        return None
    found = study.data.once(laws.fit_study)
    nothing = Prose("There is nothing to fit: no backend was measured at two numbers of workers.")
    blocks = tuple(block for fit in found for block in _backend(fit)) or (nothing,)
    return Section("laws", "Scaling laws and prediction", (*_formulas(found), *blocks))


def _formulas(found: Sequence[BackendFit]) -> Iterator[Block]:
    """Yield the laws that the tables below name, once for all of them."""
    used = dict.fromkeys(one.law for fit in found if fit.chosen for one in fit.laws)
    if used:
        yield Prose("X is the throughput with N workers or nodes:")
        yield Facts(tuple(Fact(law, FORMULAS[law]) for law in used))


def _backend(fit: BackendFit) -> Iterator[Block]:
    yield Heading(fit.points.name)
    if fit.chosen is None:
        yield Bullets((*conclusions(fit), *_next(fit)))
        return
    yield _points(fit)
    yield _laws(fit)
    yield Bullets(tuple(conclusions(fit)))
    first, *others = _prediction(fit)
    yield Prose(first)
    yield Bullets(tuple(others))


def _points(fit: BackendFit) -> Grid:
    points, chosen = fit.points, fit.chosen
    fitted = zip(chosen.fitted, chosen.residuals, strict=True) if chosen else ()
    rows = [
        (
            f"{point.count:g}",
            str(len(point.values)),
            digits(point.throughput),
            *((digits(told[0]), f"{told[1] / told[0]:+.1%}") if told else ("", "")),
        )
        for point, told in zip_longest(points.fitted, fitted)
    ]
    rows += [
        (f"{point.count:g}", str(len(point.values)), digits(point.throughput), "not fitted", "")
        for point in points.left_out
    ]
    grows = "; the work grows" * points.grows
    caption = f"{points.name}: throughput ({points.unit}) by {points.counted}{grows}"
    names = ("N", "blocks", "measured", "fitted", "off")
    return Grid(caption, tuple(Column(name) for name in names), tuple(rows))


def _laws(fit: BackendFit) -> Grid:
    columns = [Column("law", "text"), *(Column(name) for name in _PARAMETERS)]
    columns += [Column("residuals"), Column("AICc")]
    rows = tuple(_law(one) for one in fit.laws)
    caption = f"{fit.points.name}: laws, with 95 % intervals of their parameters"
    return Grid(caption, tuple(columns), rows)


def _law(one: LawFit) -> tuple[str, ...]:
    own = dict(zip(one.law.parameters, one.intervals or (None,) * 3, strict=False))
    values = []
    for name in _PARAMETERS:
        interval = own.get(name)
        told = number(getattr(one.coefficients, name)) if name in own else ""
        values.append(told if interval is None else f"{told} ({interval_text(interval)})")
    error = "" if one.relative_error is None else percent(one.relative_error)
    aicc = "" if one.aicc is None else f"{one.aicc:.1f}"
    return one.law, *values, error, aicc


def _prediction(fit: BackendFit) -> list[str]:
    twice = prediction.FARTHEST * fit.points.largest
    lines = prediction_lines(prediction.predict(fit, twice))
    return [line.strip() for line in lines]


def _next(fit: BackendFit) -> Iterator[str]:
    if fit.points.fitted:
        found = prediction.worth_measuring(fit)
        yield f"Measure next: N = {found.count:g}: {found.reason}."
