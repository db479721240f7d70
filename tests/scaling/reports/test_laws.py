"""Reports of laws fit a terminal, are JSON, and withhold what is in doubt."""

from __future__ import annotations

import json

import pytest

from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.laws import BackendFit, fit_points
from scaling.analysis.points import of_values
from scaling.analysis.prediction import predict
from scaling.reports.law_documents import fit_document, predict_document
from scaling.reports.laws import fit_text, predict_text


def fit_of(truth: Coefficients, counts: tuple[int, ...] = (1, 2, 4, 8, 16, 32)) -> BackendFit:
    """Fit the universal law to exact points of it."""
    values = {float(n): [truth.throughput(Law.USL, n)] * 6 for n in counts}
    return fit_points(of_values(values, name="f.csv", counted="n", unit="rate", work=None))


BENT, STRAIGHT = Coefficients(10, 0.05, 0.005), Coefficients(10, 0.05, 0.0)


@pytest.mark.parametrize("truth", [BENT, STRAIGHT, Coefficients(1e-9), Coefficients(1e9, 1, 1)])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 6])
def test_text_fits_80_columns_in_ascii(truth: Coefficients, number: int) -> None:
    """No line is longer than 80, whatever was fitted, and any terminal can show it."""
    fit = fit_of(truth, (1, 2, 4, 8, 16, 32)[:number])
    for text in (fit_text([fit]), predict_text(predict(fit, 8)), predict_text(predict(fit, 999))):
        assert max(len(line) for line in text.splitlines()) <= 80
        assert text.isascii()
        assert text.endswith("\n")


def test_coefficients_are_printed_and_claims_where_they_hold() -> None:
    """Past the bend the peak is given, not rounded."""
    text = fit_text([fit_of(BENT)])
    assert "usl (headline): X = gamma N / (1 + alpha (N - 1) + beta N (N - 1))" in text
    assert "  alpha  0.05000      95 % 0.05000 to 0.05000; without bounds 0.05000" in text
    assert "Peak: most throughput at N = 13.8 (95 % 13.78 to 13.78), not rounded." in text


def test_withheld_claims_say_why() -> None:
    """With four points there are coefficients, and no peak or ceiling."""
    text = fit_text([fit_of(STRAIGHT, (1, 2, 4, 8))])
    assert "  alpha  0.05000" in text
    assert "Doubt: few-points: only 4 different N; three parameters need 6." in text
    assert "No ceiling is given: few-points:" in text


def test_nothing_to_fit_is_said() -> None:
    """A study of one number of workers has no curve."""
    assert fit_text([]).startswith("There is nothing to fit")
    assert fit_document([]) == {"fits": []}


def test_refusal_names_its_reason_and_the_next_measurement() -> None:
    """Past twice the largest N nothing is predicted, and the text says so."""
    text = predict_text(predict(fit_of(STRAIGHT), 100))
    assert "f.csv at 100 n: no prediction." in text
    assert "past twice the largest measured N (32)" in text
    assert "Measure next: N = " in text
    assert "FAR BEYOND" in predict_text(predict(fit_of(STRAIGHT), 100, far=True))


@pytest.mark.parametrize("number", [1, 3, 4, 6])
def test_documents_are_json(number: int) -> None:
    """Documents hold no NaN or infinity; what is withheld is null with its reasons."""
    fit = fit_of(BENT, (1, 2, 4, 8, 16, 32)[:number])
    document = json.loads(json.dumps(fit_document([fit]), allow_nan=False))
    (one,) = document["fits"]
    assert len(one["points"]) == number
    for claim in one["derived"].values():
        assert (claim["value"] is None) == bool(claim["withheld"])
    found = json.loads(json.dumps(predict_document(predict(fit, 999)), allow_nan=False))
    assert found["throughput"] is None
    assert found["reasons"]
