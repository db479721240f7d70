"""How a study was measured is told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.protocol import protocol, said
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.mark.parametrize(
    ("end", "words"),
    [("complete", "as planned"), ("precision", "narrow enough"), ("max-blocks", "the most"),
     ("budget", "budget was spent"), ("interrupted", "interrupted"), ("stopped", "no case"),
     (None, "did not end by itself")],
)  # fmt: skip
def test_every_end_has_its_words(study: StudyBuilder, end: str | None, words: str) -> None:
    """No way to end is left out."""
    study.case(SERIAL, [1.0] * 6)
    if end:
        study.end(end)
    told = said(protocol(study.data))
    assert told.startswith("6 blocks, ")
    assert words in told


def test_reached_is_computed_where_no_run_told_it(study: StudyBuilder) -> None:
    """The widest interval of all cases counts; a case without one leaves it unknown."""
    study.case(SERIAL, [1.0] * 5 + [1.2])
    study.case("threads", [1.0] * 5 + [1.1], workers=2)
    assert protocol(study.data).reached == pytest.approx(0.2)
    study.case("processes", [1.0] * 2, workers=2)
    assert protocol(study.data).reached is None


def test_quick_study_says_quick(study: StudyBuilder) -> None:
    """Two blocks give no intervals."""
    study.plan = {"quick": True, "blocks": 2}
    study.case(SERIAL, [1.0] * 2)
    study.end()
    told = said(protocol(study.data))
    assert told == "Quick: 2 blocks, as planned; no intervals. Random order from seed 1."


def test_many_blocks_are_resampled(study: StudyBuilder) -> None:
    """From ten blocks on the report names the bootstrap."""
    study.plan = {"max_blocks": 30}
    study.case(SERIAL, [1.0] * 10)
    study.end("max-blocks", 0.07)
    found = protocol(study.data)
    assert (found.intervals, found.reached, found.wanted) == ("bootstrap", 0.07, 0.05)
    assert "10,000 resamples" in said(found)
