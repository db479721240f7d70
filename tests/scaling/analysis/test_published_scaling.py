"""A published strong-scaling table comes out as it was printed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from scaling.analysis.speedup import karp_flatt
from scaling.analysis.statistics import relative_deviation

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"


@pytest.fixture
def entry() -> dict[str, Any]:
    """Ten trials of k-means at each of ten worker counts."""
    if not REFERENCE.is_dir():
        pytest.skip("the reference data are not beside this repository")
    entries = json.loads((REFERENCE / "expected.json").read_text())["entries"]
    found: dict[str, Any] = next(e for e in entries if e["id"] == "scaling_kmeans_openmp")
    return found


def test_kmeans_table(entry: dict[str, Any]) -> None:
    """Deviation and Karp-Flatt of the published means; its superlinear point stays negative."""
    times: dict[int, list[float]] = {}
    with (REFERENCE / entry["file"]).open() as file:
        for row in csv.DictReader(file):
            times.setdefault(int(row["n"]), []).append(float(row["time_s"]))
    expected, tolerance = entry["expected"], entry["tol"]
    for k, (workers, values) in enumerate(times.items()):
        mean = fmean(values)
        deviation = relative_deviation(values)
        assert deviation is not None
        assert mean == pytest.approx(expected["mean"][k], abs=tolerance["mean_abs"])
        assert deviation * mean == pytest.approx(expected["sd"][k], abs=tolerance["sd_abs"])
        speedup = fmean(times[1]) / mean
        assert speedup == pytest.approx(expected["speedup"][k], abs=tolerance["speedup_abs"])
        published = expected["karp_flatt"][k]
        assert karp_flatt(speedup, workers) == (
            None if published is None else pytest.approx(published, abs=6e-4)
        )
    third = karp_flatt(fmean(times[1]) / fmean(times[3]), 3)
    assert third is not None
    assert third < 0
