"""Predictions are within what was measured, or refused with a reason."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.laws import BackendFit, fit_points
from scaling.analysis.points import of_values
from scaling.analysis.prediction import Prediction, Refusal, predict

AMDAHL = Coefficients(10, 0.05)


def drawn(
    counts: tuple[int, ...], law: Law = Law.AMDAHL, truth: Coefficients = AMDAHL, repeats: int = 6
) -> BackendFit:
    """Fit a law to points drawn from it with 1 % noise."""
    noise = np.random.default_rng(3)
    values = {
        float(n): (
            truth.throughput(law, n) * np.exp(0.01 * noise.standard_normal(repeats))
        ).tolist()
        for n in counts
    }
    return fit_points(of_values(values, name="f", counted="workers", unit="1/s", work=100.0))


@pytest.mark.parametrize("repeats", [1, 6])
def test_prediction_holds_the_truth(repeats: int) -> None:
    """At twice the largest N, from six repeats or one, with its interval and seconds."""
    found = predict(drawn((1, 2, 4, 8, 16, 32), repeats=repeats), 64)
    assert isinstance(found, Prediction)
    truth = AMDAHL.throughput(Law.AMDAHL, 64)
    assert found.interval.low < truth < found.interval.high
    assert found.throughput == pytest.approx(truth, rel=0.05)
    assert found.seconds == pytest.approx(100 / found.throughput)
    assert found.seconds_interval is not None
    assert found.seconds_interval.low < 100 / truth < found.seconds_interval.high
    assert not found.far


def test_speedup_is_against_the_measured_base() -> None:
    """Against N = 1 where it was measured, else against gamma."""
    found, without = predict(drawn((1, 2, 3, 4)), 8), predict(drawn((2, 3, 4, 5)), 8)
    assert isinstance(found, Prediction)
    assert isinstance(without, Prediction)
    assert found.base_measured
    assert not without.base_measured
    assert found.speedup == pytest.approx(8 / 1.35, rel=0.1)


def test_past_twice_the_largest_is_refused_unless_far() -> None:
    """65 after 32 is refused; far predicts it and says so."""
    fit = drawn((1, 2, 4, 8, 16, 32))
    refused, far = predict(fit, 65), predict(fit, 65, far=True)
    assert isinstance(refused, Refusal)
    assert "past twice the largest measured N (32)" in refused.reasons[0]
    assert isinstance(far, Prediction)
    assert far.far


def test_too_few_points_are_refused() -> None:
    """Three points fit no law that could bend; the next one is named."""
    found = predict(drawn((1, 2, 4)), 8)
    assert isinstance(found, Refusal)
    assert found.reasons == ("few-points: 3 different N; a prediction needs 4",)
    assert found.next is not None
    assert found.next.count == 3
    assert found.held_out is None


def test_superlinear_data_are_not_extrapolated() -> None:
    """What no law explains is not predicted."""
    values = {float(n): [n**1.3] for n in (1, 2, 4, 8, 16, 32)}
    fit = fit_points(of_values(values, name="f", counted="workers", unit="1/s", work=None))
    found = predict(fit, 40)
    assert isinstance(found, Refusal)
    assert any(reason.startswith("superlinear") for reason in found.reasons)


def test_hold_out_tells_how_far_off_it_was() -> None:
    """Fitted without N = 32, the law meets what was measured there."""
    held = predict(drawn((1, 2, 4, 8, 16, 32)), 64).held_out
    assert held is not None
    assert held.count == 32
    assert abs(held.error) < 0.05
    assert held.error == pytest.approx(held.predicted / held.measured - 1)


def test_missing_one_is_worth_measuring() -> None:
    """Everything is relative to N = 1."""
    following = predict(drawn((2, 4, 8, 16)), 20).next
    assert following is not None
    assert following.count == 1


def test_first_point_past_the_peak_is_worth_measuring() -> None:
    """The peak at 43.6 lies ahead of 32: the first whole number past it."""
    fit = drawn((1, 2, 4, 8, 16, 24, 28, 32), Law.USL, Coefficients(10, 0.05, 0.0005), repeats=6)
    exact = fit_points(
        of_values(
            {p.count: [Coefficients(10, 0.05, 0.0005).throughput(Law.USL, p.count)]
             for p in fit.points.fitted},
            name="f", counted="workers", unit="1/s", work=None,
        )
    )  # fmt: skip
    following = predict(exact, 40).next
    assert following is not None
    assert following.count == 45
    assert "falls" in following.reason


@settings(max_examples=20)
@given(
    st.dictionaries(st.integers(1, 1000), st.floats(1e-6, 1e9), min_size=1, max_size=8),
    st.floats(0.5, 2000),
)
def test_anything_is_predicted_or_refused(values: dict[int, float], count: float) -> None:
    """A refusal has a reason, a prediction a finite middle inside its interval."""
    fit = fit_points(
        of_values(
            {float(n): [v] for n, v in values.items()},
            name="f", counted="workers", unit="1/s", work=1.0,
        )
    )  # fmt: skip
    found = predict(fit, count)
    if isinstance(found, Refusal):
        assert found.reasons
    else:
        assert isfinite(found.throughput)
        assert found.interval.low <= found.throughput <= found.interval.high
