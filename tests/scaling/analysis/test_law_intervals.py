"""Intervals of fitted laws."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.law_intervals import peaks


@pytest.mark.parametrize("law", [Law.USL, Law.LOG_USL])
def test_peaks_of_many_are_the_peaks_of_each(law: Law) -> None:
    """Peaks of many at once."""
    rows = [[100.0, 0.1, 0.01], [100.0, 0.1, 0.0], [100.0, 1.0, 0.01], [9.0, 0.0, 1e-9]]
    each = [Coefficients(*row).peak(law) or inf for row in rows]
    assert peaks(law, np.array(rows)).tolist() == pytest.approx(each)
