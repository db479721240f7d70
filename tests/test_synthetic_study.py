"""Studies that were never run are studies like any others."""

from __future__ import annotations

from pathlib import Path

import scaling
from benchmarks.synthetic_study import Shape, write


def test_study_of_a_shape_is_read_and_reported(tmp_path: Path) -> None:
    """It has a sample for each case, block and repeat, over all sizes, and a result for each."""
    write(tmp_path / "s", Shape(cases=9, blocks=10, samples=3, sizes=(100, 1000)))
    study = scaling.load(tmp_path / "s")
    assert len(study.data.samples) == 9 * 10 * 3
    assert [result.status for result in study.results] == ["ok"] * 9
    assert {result.size for result in study.results} == {100, 1000}
    assert study.advice
