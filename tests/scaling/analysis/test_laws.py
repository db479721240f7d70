"""Fitted laws agree with published fits, and doubts withhold what they must."""

from __future__ import annotations

import csv
import json
from math import inf, log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from scaling.analysis.law_doubts import Doubt, runs_chance
from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.law_fit import LawFit, fit_law
from scaling.analysis.laws import BackendFit, fit_points, fit_study
from scaling.analysis.points import Points, from_study, of_values
from scaling.analysis.speedup import karp_flatt
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference data are not beside this repository"
)
POWERS = (1, 2, 4, 8, 16, 32)
# SPEC SDM91 throughput of a Sun SPARCcenter 2000, in Gunther, Guerrilla Capacity Planning, 2007,
# table 5.1; fitted by the R package usl 3.0.3 in section 4.2 of its vignette
SDM91 = {1: 64.9, 18: 995.9, 36: 1652.4, 72: 1853.2, 108: 1828.9, 144: 1775.0, 216: 1702.2}


def points_of(values: dict[int, float]) -> Points:
    """Return points with one value at each N."""
    return of_values(
        {float(n): [value] for n, value in values.items()},
        name="file",
        counted="workers",
        unit="items/s",
        work=None,
    )


def points_from(law: Law, truth: Coefficients, counts: tuple[int, ...] = POWERS) -> Points:
    """Return the points that a law gives."""
    return points_of({n: truth.throughput(law, n) for n in counts})


def entry(name: str) -> tuple[dict[str, Any], dict[str, float], Points]:
    """Return the published answer of an entry, its tolerances and its points."""
    entries = json.loads((REFERENCE / "expected.json").read_text())["entries"]
    found = next(one for one in entries if one["id"] == name)
    with (REFERENCE / found["file"]).open() as lines:
        rows = {int(row["n"]): float(row["throughput"]) for row in csv.DictReader(lines)}
    return found["expected"], found["tol"], points_of(rows)


def doubts(one: LawFit | BackendFit) -> set[Doubt]:
    """Return the names of the doubts."""
    return {finding.doubt for finding in one.findings}


def withheld(fit: BackendFit) -> dict[str, bool]:
    """Tell which claims have no value."""
    return {claim.name: claim.value is None for claim in fit.derived}


def test_spec_sdm91_by_hand() -> None:
    """The published coefficients and peak of SPEC SDM91."""
    found = fit_law(points_of(SDM91), Law.USL).coefficients
    assert found.gamma == pytest.approx(89.9952384, rel=1e-6)
    assert found.alpha == pytest.approx(0.0277285, rel=1e-5)
    assert found.beta == pytest.approx(0.0001044, rel=1e-3)
    assert found.peak(Law.USL) == pytest.approx(96.51956, rel=1e-5)


@needs_reference
def test_spec_sdm91_as_published() -> None:
    """Every number of usl_specsdm91_3p that a fit gives."""
    answer, tolerance, points = entry("usl_specsdm91_3p")
    one = fit_law(points, Law.USL)
    found, number = one.coefficients, len(points.fitted)
    peak = found.peak(Law.USL)
    assert peak is not None
    top = found.throughput(Law.USL, peak)
    for value, name in ((found.alpha, "alpha"), (found.beta, "beta"), (found.gamma, "gamma"),
                        (peak, "n_peak"), (top, "x_peak"),
                        (found.knee, "n_opt"), (found.ceiling, "x_limit"),
                        (one.rss, "chi_square"), ((one.rss / answer["df"]) ** 0.5, "residual_se"),
                        (number * log(one.rss / number) + 6, "aic_lmfit"),
                        (number * log(one.rss / number) + 3 * log(number), "bic_lmfit"),
                        ):  # fmt: skip
        assert value == pytest.approx(answer[name], rel=tolerance["rel"]), name
    assert one.fitted == pytest.approx(answer["fitted"], abs=tolerance["abs_fitted"])
    assert one.residuals == pytest.approx(answer["residuals"], abs=tolerance["abs_residuals"])
    shares = [p.throughput / found.gamma / p.count for p in points.fitted]
    assert shares == pytest.approx(answer["efficiency_x_over_gamma_n"], abs=1e-4)


@needs_reference
def test_spec_sdm91_standard_errors_as_published() -> None:
    """The slopes that linearised intervals rest on give the errors and correlations of R."""
    from scaling.analysis.prediction import _slopes

    answer, tolerance, points = entry("usl_specsdm91_3p")
    one = fit_law(points, Law.USL)
    slopes = np.array([_slopes(Law.USL, one.coefficients, p.count) for p in points.fitted])
    covariance = np.linalg.inv(slopes.T @ slopes) * one.rss / answer["df"]
    errors = np.sqrt(np.diag(covariance))
    published = [answer[f"se_{name}"] for name in ("gamma", "alpha", "beta")]
    assert errors.tolist() == pytest.approx(published, rel=tolerance["se_rel"])
    correlation = covariance / np.outer(errors, errors)
    for name, (row, column) in {"corr_gamma_alpha": (0, 1), "corr_alpha_beta": (1, 2),
                                "corr_gamma_beta": (0, 2)}.items():  # fmt: skip
        assert correlation[row, column] == pytest.approx(answer[name], abs=tolerance["corr_abs"])


@needs_reference
def test_spec_sdm91_normalised_as_published() -> None:
    """Gunther's two-parameter regression of N / C - 1, a cross-check that no report shows."""
    answer, tolerance, points = entry("usl_specsdm91_2p_normalised")
    counts = np.array([p.count for p in points.fitted])
    capacity = np.array([p.throughput for p in points.fitted]) / points.fitted[0].throughput
    terms = np.stack([(counts - 1) ** 2, counts - 1], axis=1)
    square, linear = np.linalg.lstsq(terms, counts / capacity - 1, rcond=None)[0].tolist()
    found = Coefficients(points.fitted[0].throughput, linear - square, square)
    assert found.alpha == pytest.approx(answer["sigma"], rel=tolerance["rel"])
    assert found.beta == pytest.approx(answer["kappa"], rel=tolerance["rel"])
    assert found.peak(Law.USL) == pytest.approx(answer["n_peak"], rel=tolerance["n_peak_rel"])
    fitted = [found.throughput(Law.USL, count) for count in counts.tolist()]
    assert fitted == pytest.approx(answer["fitted"], abs=tolerance["abs_fitted"])


@needs_reference
def test_raytracer_at_its_bound_as_published() -> None:
    """Beta rests at 0, exactly, and there is no peak; Amdahl's law is the same curve."""
    answer, tolerance, points = entry("usl_raytracer_constrained")
    one = fit_law(points, Law.USL)
    found, amdahl = one.coefficients, fit_law(points, Law.AMDAHL).coefficients
    assert found.beta == 0
    assert found.peak(Law.USL) is None
    assert Doubt.AT_BOUND in doubts(one)
    for value in (found, amdahl):
        assert value.alpha == pytest.approx(answer["alpha"], rel=tolerance["rel"])
        assert value.gamma == pytest.approx(answer["gamma"], rel=tolerance["rel"])
        assert value.knee == pytest.approx(answer["n_opt"], abs=0.05)
        assert value.ceiling == pytest.approx(answer["x_limit"], rel=tolerance["rel"])
    for count, value in answer["predict"].items():
        assert found.throughput(Law.USL, int(count)) == pytest.approx(value, rel=tolerance["rel"])
    shares = [p.throughput / found.gamma / p.count for p in points.fitted]
    assert shares == pytest.approx(answer["efficiency_x_over_gamma_n"], abs=1e-4)


@needs_reference
def test_raytracer_without_bounds_as_published() -> None:
    """The free fit has the negative beta, beside the bounded one."""
    answer, tolerance, points = entry("usl_raytracer_unconstrained")
    one = fit_law(points, Law.USL)
    for name in ("alpha", "beta", "gamma"):
        assert getattr(one.free, name) == pytest.approx(answer[name], rel=tolerance["rel"])
    assert one.free_rss == pytest.approx(answer["rss"], rel=tolerance["rel"])
    assert one.rss == pytest.approx(answer["rss_constrained"], rel=tolerance["rel"])


@needs_reference
def test_raytracer_with_five_points_as_published() -> None:
    """Five points can be fitted, with a warning; a report leaves the law out."""
    answer, tolerance, points = entry("usl_raytracer_first5")
    first = points_of({int(p.count): p.throughput for p in points.fitted[:5]})
    one = fit_law(first, Law.USL)
    assert one.coefficients.gamma == pytest.approx(answer["gamma"], rel=tolerance["gamma_rel"])
    assert one.coefficients.alpha == pytest.approx(answer["alpha"], abs=tolerance["alpha_abs"])
    assert one.coefficients.beta == pytest.approx(answer["beta"], abs=tolerance["beta_abs"])
    assert Doubt.FEW_POINTS in doubts(one)
    assert [one.law for one in fit_points(first).laws] == [Law.LINEAR, Law.AMDAHL]


@needs_reference
def test_clients_without_one_as_published() -> None:
    """N = 1 may be missing: three parameters are fitted, with a warning."""
    answer, tolerance, points = entry("usl_clients_no_n1")
    one = fit_law(points, Law.USL)
    assert one.coefficients.alpha == pytest.approx(answer["sigma"], rel=tolerance["rel"])
    assert one.coefficients.beta == pytest.approx(answer["kappa"], rel=tolerance["rel"])
    assert one.coefficients.gamma == pytest.approx(answer["gamma"], rel=tolerance["rel"])
    assert Doubt.NO_N1 in doubts(one)
    shares = [p.throughput / one.coefficients.gamma / p.count for p in points.fitted]
    assert min(shares) == pytest.approx(answer["efficiency_min"], rel=tolerance["rel"])
    assert max(shares) == pytest.approx(answer["efficiency_max"], rel=tolerance["rel"])


@needs_reference
def test_kmeans_as_published() -> None:
    """Means, deviations, speedups and serial fractions of the ten trials; E > 1 is not clipped."""
    entries = json.loads((REFERENCE / "expected.json").read_text())["entries"]
    found = next(one for one in entries if one["id"] == "scaling_kmeans_openmp")
    answer, tolerance = found["expected"], found["tol"]
    times: dict[int, list[float]] = {}
    with (REFERENCE / found["file"]).open() as lines:
        for row in csv.DictReader(lines):
            times.setdefault(int(row["n"]), []).append(float(row["time_s"]))
    means = [float(np.mean(values)) for values in times.values()]
    speedups = [means[0] / mean for mean in means]
    shares = [100 * s / n for n, s in zip(times, speedups, strict=True)]
    fractions = [karp_flatt(s, n) for n, s in zip(times, speedups, strict=True)]
    assert means == pytest.approx(answer["mean"], abs=tolerance["mean_abs"])
    assert [float(np.std(v, ddof=1)) for v in times.values()] == pytest.approx(
        answer["sd"], abs=tolerance["sd_abs"]
    )
    assert speedups == pytest.approx(answer["speedup"], abs=tolerance["speedup_abs"])
    assert shares == pytest.approx(answer["efficiency_pct"], abs=tolerance["efficiency_abs"])
    assert shares[2] > 100
    assert fractions[0] is None
    assert fractions[1:] == pytest.approx(answer["karp_flatt"][1:], abs=tolerance["karp_flatt_abs"])


@given(alpha=st.floats(0.001, 1), beta=st.floats(1e-6, 0.1), count=st.integers(2, 1000))
def test_karp_flatt_of_the_universal_law(alpha: float, beta: float, count: int) -> None:
    """The serial fraction is alpha + beta N, exactly (identity_karpflatt_usl)."""
    speedup = Coefficients(1, alpha, beta).throughput(Law.USL, count)
    assert karp_flatt(speedup, count) == pytest.approx(alpha + beta * count, rel=1e-10)


@given(
    law=st.sampled_from([Law.AMDAHL, Law.USL, Law.LOG_USL]),
    gamma=st.floats(1e-6, 1e9),
    alpha=st.floats(0.001, 0.9),
    beta=st.floats(1e-3, 0.1),
)
def test_fit_finds_the_law_that_made_the_data(
    law: Law, gamma: float, alpha: float, beta: float
) -> None:
    """Without noise the parameters come back, bounded and free alike."""
    truth = Coefficients(gamma, alpha, beta if law is not Law.AMDAHL else 0)
    one = fit_law(points_from(law, truth), law, sure=False)
    for found in (one.coefficients, one.free):
        assert found.gamma == pytest.approx(gamma, rel=1e-4)
        assert found.alpha == pytest.approx(alpha, rel=1e-3, abs=1e-6)
        assert found.beta == pytest.approx(truth.beta, rel=1e-3)


@settings(max_examples=50)
@example([6.0, 1.0, 1.0, 1.0, 1.0, 4.0])
@given(st.lists(st.floats(0.1, 100), min_size=6, max_size=6))
def test_no_fit_is_worse_than_scipys(values: list[float]) -> None:
    """On any data the squares are at most those that scipy reaches within the bounds."""
    counts, measured = np.array(POWERS), np.array(values)

    def misses(x: Any) -> Any:
        below = 1 + x[1] * (counts - 1) + x[2] * counts * (counts - 1)
        return x[0] * counts / below - measured

    limits = ([1e-9, 0, 0], [inf, 1, 1])
    reached = min(
        2 * least_squares(misses, start, bounds=limits, x_scale=[10, 0.1, 0.01]).cost
        for start in ([measured.max(), 0.01, 1e-4], [measured[0], 0.5, 0.1])
    )  # fmt: skip
    one = fit_law(points_of(dict(zip(POWERS, values, strict=True))), Law.USL, sure=False)
    assert one.rss <= reached * (1 + 1e-6) + 1e-9
    assert 0 <= one.coefficients.alpha <= 1
    assert 0 <= one.coefficients.beta <= 1
    assert one.coefficients.gamma > 0


@settings(max_examples=12)
@given(st.dictionaries(st.integers(1, 10**6), st.floats(1e-9, 1e12), min_size=1, max_size=12))
def test_any_measurements_can_be_fitted(values: dict[int, float]) -> None:
    """No positive data end in an error; coefficients are finite, doubts have their reasons."""
    fit = fit_points(points_of(values))
    for one in fit.laws:
        assert np.isfinite([one.coefficients.gamma, one.coefficients.alpha, one.rss]).all()
    for claim in fit.derived:
        assert (claim.value is None) == bool(claim.withheld)


def test_peak_of_the_log_variant_is_where_it_turns() -> None:
    """Throughput on both sides of the peak is less."""
    truth = Coefficients(10, 0.02, 0.01)
    peak = truth.peak(Law.LOG_USL)
    assert peak is not None
    top = truth.throughput(Law.LOG_USL, peak)
    assert top > truth.throughput(Law.LOG_USL, peak * 1.01)
    assert top > truth.throughput(Law.LOG_USL, peak / 1.01)


def test_amdahl_needs_four_points_and_the_universal_law_six() -> None:
    """Each law is fitted from its least number of points on."""
    truth = Coefficients(10, 0.05, 0.001)
    for number, laws in ((2, 0), (3, 1), (4, 2), (5, 2), (6, 4)):
        fit = fit_points(points_from(Law.USL, truth, POWERS[:number]))
        assert len(fit.laws) == laws
        assert (fit.chosen is None) == (number < 4)
        assert (Doubt.FEW_POINTS in doubts(fit)) == (number < 6)


def test_aicc_only_where_it_is_defined() -> None:
    """Parameters + 3 points are needed, and the choice says so."""
    fit = fit_points(points_from(Law.AMDAHL, Coefficients(10, 0.05), (1, 2, 3, 4)))
    assert [one.aicc is None for one in fit.laws] == [False, True]
    assert fit.choice == "Amdahl's law stands unrivalled: AICc needs 5 points for it"


@pytest.mark.parametrize(
    ("law", "truth"),
    [(Law.LINEAR, Coefficients(5)), (Law.AMDAHL, Coefficients(5, 0.1)),
     (Law.USL, Coefficients(5, 0.05, 0.01)), (Law.LOG_USL, Coefficients(5, 0.05, 0.1))],
)  # fmt: skip
def test_choice_finds_the_law(law: Law, truth: Coefficients) -> None:
    """Exact data of a law choose it, not one with more parameters."""
    chosen = fit_points(points_from(law, truth)).chosen
    assert chosen is not None
    assert chosen.law is law


def test_point_past_the_bend_allows_the_peak() -> None:
    """With N = 32 past the peak at 13.8 nothing is withheld."""
    fit = fit_points(points_from(Law.USL, Coefficients(5, 0.05, 0.005)))
    assert withheld(fit) == {"peak": False, "ceiling": False}
    assert fit.derived[0].value == pytest.approx((0.95 / 0.005) ** 0.5)


def test_no_point_past_the_bend_withholds_the_peak() -> None:
    """Coefficients stay; the peak at 97 is not claimed from N up to 32."""
    fit = fit_points(points_from(Law.USL, Coefficients(5, 0.05, 0.0001)))
    assert fit.headline is not None
    assert fit.headline.coefficients.beta == pytest.approx(0.0001, rel=1e-3)
    assert Doubt.NO_POINT_PAST_THE_BEND in doubts(fit)
    assert withheld(fit)["peak"]


def test_superlinear_data_are_shown_as_found() -> None:
    """Throughput of N to the 1.2: the free alpha is negative, and nothing is predicted."""
    values = {n: float(n) ** 1.2 for n in POWERS}
    fit = fit_points(points_of(values))
    assert Doubt.SUPERLINEAR in doubts(fit)
    assert fit.withholding("prediction")
    assert fit.headline is not None
    assert fit.headline.free.alpha < 0
    assert [p.throughput for p in fit.points.fitted] == list(values.values())


def test_noise_around_a_line_is_not_superlinear() -> None:
    """A free alpha a little under 0 is at its bound, no more."""
    noise = (1.004, 0.99, 1.012, 0.995, 1.003, 1.001)
    values = {n: n * off for n, off in zip(POWERS, noise, strict=True)}
    assert Doubt.SUPERLINEAR not in doubts(fit_points(points_of(values)))


def test_plateau_is_a_misfit() -> None:
    """Perfect scaling to 8 and none beyond is no law's curve."""
    counts = (1, 2, 4, 6, 8, 12, 16, 24, 32)
    fit = fit_points(points_of({n: float(min(n, 8)) for n in counts}))
    assert any("level" in f.detail for f in fit.findings if f.doubt is Doubt.MISFIT)
    assert fit.withholding("prediction")


def test_gamma_far_from_the_first_point_is_a_misfit() -> None:
    """SPEC SDM91: 90.0 fitted against 64.9 measured withholds what follows from the fit."""
    fit = fit_points(points_of(SDM91))
    assert Doubt.MISFIT in doubts(fit)
    assert withheld(fit) == {"peak": True, "ceiling": True}


@pytest.mark.parametrize(
    ("signs", "chance"), [("++--", 2 / 6), ("+-+-", 1.0), ("++++", 1.0), ("+++---", 2 / 20)]
)
def test_chance_of_few_runs(signs: str, chance: float) -> None:
    """Two of the six orders of ++-- have two runs."""
    assert runs_chance([1.0 if s == "+" else -1.0 for s in signs]) == pytest.approx(chance)


def study_of(study: StudyBuilder, law: Law, truth: Coefficients, blocks: int = 6) -> None:
    """Measure a law on Ray with a little noise."""
    noise = np.random.default_rng(1)
    study.environment = {"cpus_affinity": 64}
    for count in POWERS:
        seconds = 100 / truth.throughput(law, count)
        values = seconds * np.exp(0.02 * noise.standard_normal(blocks))
        study.case("threads", values.tolist(), workers=count)


def test_study_is_fitted_with_bootstrap_intervals(study: StudyBuilder) -> None:
    """Six blocks are resampled; intervals hold the truth and the estimate, the same each time."""
    study.case(SERIAL, [1.0] * 6)
    study_of(study, Law.USL, Coefficients(10, 0.05, 0.005))
    (fit,), (again,) = fit_study(study.data), fit_study(study.data)
    assert fit == again
    assert fit.method == "bootstrap"
    assert fit.headline is not None
    assert fit.headline.intervals is not None
    for interval, truth in zip(fit.headline.intervals, (10, 0.05, 0.005), strict=True):
        assert interval.low <= truth <= interval.high
    assert fit.headline.share_without_peak == 0


def test_few_blocks_have_profile_intervals(study: StudyBuilder) -> None:
    """Two blocks cannot be resampled; the medians still bound the parameters."""
    study_of(study, Law.AMDAHL, Coefficients(10, 0.05), blocks=2)
    (fit,) = fit_study(study.data)
    assert fit.method == "profile"
    amdahl = fit.laws[1]
    assert amdahl.intervals is not None
    assert amdahl.intervals[1].low < amdahl.coefficients.alpha < amdahl.intervals[1].high


def test_profile_interval_of_a_line_is_students() -> None:
    """For a linear law, profile likelihood is the t interval of regression through 0."""
    values = {1: 1.1, 2: 1.9, 3: 3.2, 4: 3.9}
    one = fit_law(points_of(values), Law.LINEAR)
    assert one.intervals is not None
    error = (one.rss / 3 / sum(n * n for n in values)) ** 0.5
    assert one.intervals[0].high == pytest.approx(one.coefficients.gamma + 3.182446 * error)
    assert one.intervals[0].low == pytest.approx(one.coefficients.gamma - 3.182446 * error)


def test_oversubscribed_points_are_shown_and_not_fitted(study: StudyBuilder) -> None:
    """Four workers on two CPUs take turns: the point is there, the law does not see it."""
    study.environment = {"cpus_affinity": 2}
    for workers in (1, 2, 4):
        study.case("processes", [1.0 / min(workers, 2)] * 6, workers=workers)
    (points,) = from_study(study.data)
    assert [p.count for p in points.fitted] == [1, 2]
    assert [p.count for p in points.left_out] == [4]
    assert Doubt.OVERSUBSCRIBED_LEFT_OUT in doubts(fit_points(points))


def test_failed_cases_and_lone_ones_are_no_points(study: StudyBuilder) -> None:
    """A wrong case is left out, and one number of workers makes no curve."""
    study.case(SERIAL, [1.0] * 6)
    study.case("threads", [1.0] * 6, workers=1)
    wrong = study.case("threads", workers=2)
    study.session(wrong, 1, [0.5], status="wrong")
    assert from_study(study.data) == ()


def test_ray_is_fitted_over_nodes(study: StudyBuilder) -> None:
    """Two workers on each node: N counts nodes, throughput items in a second."""
    study.environment = {"cpus_affinity": 64}
    for nodes in (1, 2):
        study.case("ray", [2.0 / nodes] * 6, workers=2 * nodes, nodes=nodes)
    (points,) = from_study(study.data)
    assert (points.counted, [p.count for p in points.fitted]) == ("nodes", [1, 2])
    assert [p.throughput for p in points.fitted] == [50, 100]
    assert points.work == 100
