"""The serial fraction, as measured and as a law says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.law_fit import LawFit, fit_law
from scaling.analysis.points import Points, of_values
from scaling.analysis.serial_fraction import measured, of_law
from scaling.analysis.speedup import case_results, karp_flatt
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

COUNTS = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
shares = st.floats(0.0, 0.3)


def test_values_are_those_of_the_report(study: StudyBuilder) -> None:
    """From the speedup over the same backend's smallest case."""
    study.case(SERIAL, [8.0] * 6)
    for workers, seconds in ((1, 9.0), (2, 5.0), (4, 3.0)):
        study.case("threads", [seconds] * 6, workers=workers)
    expected = [r.karp_flatt for r in case_results(study.data) if r.karp_flatt is not None]
    assert expected == [one.value for one in measured(study.data)]
    assert [one.case.workers for one in measured(study.data)] == [2, 4]


def test_interval_is_that_of_the_speedup_upside_down(study: StudyBuilder) -> None:
    """The more speedup, the smaller the fraction."""
    study.case("threads", [4.0, 4.1, 4.2, 3.9, 4.0, 4.05], workers=1)
    study.case("threads", [2.4, 2.2, 2.3, 2.5, 2.1, 2.35], workers=2)
    (one,) = measured(study.data)
    assert one.interval is not None
    assert one.interval.low < one.value < one.interval.high
    assert karp_flatt(4.0 / 2.1, 2) < one.interval.high  # type: ignore[operator]


def test_few_blocks_have_no_interval(study: StudyBuilder) -> None:
    """Fewer than 6 give a value alone."""
    study.case("threads", [4.0, 4.1], workers=1)
    study.case("threads", [2.4, 2.2], workers=2)
    assert [one.interval for one in measured(study.data)] == [None]


def test_weak_scaling_has_none(study: StudyBuilder) -> None:
    """Items that grow have Gustafson's share instead."""
    study.plan = {"weak": True}
    for workers in (1, 2):
        study.case("threads", [2.0] * 6, workers=workers, size=100 * workers)
    assert measured(study.data) == ()


@cache
def flat(first: float) -> Points:
    """Points from a smallest N on that are all the same."""
    values = {n: [1.0] for n in COUNTS if n >= first}
    return of_values(values, name="x", counted="workers", unit="items/s", work=None)


@cache
def fitted(first: float, law: Law) -> LawFit:
    """Some fit of a law, whose coefficients are then replaced: to fit takes most of the time."""
    return fit_law(flat(first), law, sure=False)


@given(shares, shares, st.sampled_from([1.0, 2.0, 3.0]))
def test_curve_is_karp_flatt_of_the_laws_own_speedup(
    alpha: float, beta: float, first: float
) -> None:
    """For every law and every smallest N; alpha + beta N where that is 1 and the law the USL."""
    points = flat(first)
    for law in (Law.AMDAHL, Law.USL, Law.LOG_USL):
        own = Coefficients(1.0, alpha, beta if law is not Law.AMDAHL else 0.0)
        fit = replace(fitted(first, law), coefficients=own)
        counts = [n for n in COUNTS if n > first]
        curve = of_law(points, fit, counts)
        for count, value in zip(counts, curve.values, strict=True):
            speedup = own.throughput(law, count) / own.throughput(law, first)
            assert value == pytest.approx(karp_flatt(speedup, count / first), abs=1e-9)
            if first == 1 and law is Law.USL:
                assert value == pytest.approx(alpha + beta * count)


def test_band_holds_the_curve_and_is_that_of_the_resamples(study: StudyBuilder) -> None:
    """With six repeats of each N; narrow where they hardly differ."""
    truth = Coefficients(10.0, 0.05, 0.002)
    values = {
        n: [truth.throughput(Law.USL, n) * noise for noise in (0.98, 0.99, 1.0, 1.0, 1.01, 1.02)]
        for n in COUNTS
    }
    points = of_values(values, name="x", counted="workers", unit="items/s", work=None)
    fit = fit_law(points, Law.USL)
    curve = of_law(points, fit, COUNTS[1:])
    assert curve.band is not None
    for count, value, interval in zip(COUNTS[1:], curve.values, curve.band, strict=True):
        assert interval.low <= value <= interval.high
        assert interval.low <= 0.05 + 0.002 * count <= interval.high
    assert curve.band[-1].high - curve.band[-1].low < 0.05


def test_one_repeat_has_no_band() -> None:
    """There is nothing to resample."""
    values = {n: [n] for n in COUNTS}
    points = of_values(values, name="x", counted="workers", unit="items/s", work=None)
    assert of_law(points, fit_law(points, Law.AMDAHL), COUNTS[1:]).band is None
