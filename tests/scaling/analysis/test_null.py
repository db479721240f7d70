"""Equal cases show what cannot be told apart."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from scaling.analysis.null import Null, null_result, said
from scaling.model import SERIAL
from tests.scaling.conftest import StudyBuilder


def twins(first: Sequence[float], second: Sequence[float]) -> Null | None:
    """Return what two equal cases with these times show."""
    study = StudyBuilder(plan={"null": True})
    study.case(SERIAL, first, twin="-a")
    study.case(SERIAL, second, twin="-b")
    return null_result(study.data)


def test_floor_worked_by_hand() -> None:
    """Ratio 1, interval 1 / 1.02 to 1.04: the longer way is 4 %."""
    found = twins([1.0, 1.02, 1.0, 1.0, 1.0, 1.04], [1.02, 1.0, 1.0, 1.0, 1.02, 1.0])
    assert found is not None
    assert (found.blocks, found.case) == (6, "serial with 1 worker")
    assert found.difference == pytest.approx(0)
    assert found.floor == pytest.approx(0.04)
    assert said(found) == (
        "Two equal cases (serial with 1 worker) differed by 0.0%; differences under 4.0% cannot "
        "be told from noise here with 6 blocks."
    )


def test_difference_does_not_depend_on_the_order() -> None:
    """A twin that is 10 % slower differs by 10 %, first or second."""
    for times in (([1.0] * 6, [1.1] * 6), ([1.1] * 6, [1.0] * 6)):
        found = twins(*times)
        assert found is not None
        assert found.difference == pytest.approx(0.1)
        assert found.floor == pytest.approx(0)
        assert "not steady enough" in said(found)


def test_few_blocks_have_no_floor() -> None:
    """Two blocks show a difference and bound nothing."""
    found = twins([1.0, 1.0], [1.0, 1.1])
    assert found is not None
    assert found.floor is None
    assert "nothing can be said of the noise" in said(found)


def test_twins_without_times_show_nothing() -> None:
    """A study that ended early, and one without twins, have no null result."""
    assert twins([1.0] * 6, []) is None
    study = StudyBuilder()
    study.case(SERIAL, [1.0] * 6)
    assert null_result(study.data) is None


@pytest.mark.parametrize("blocks", [6, 9])
def test_equal_cases_differ_by_less_than_their_floor(blocks: int) -> None:
    """In 95 % of studies with noise of 3 % within blocks and 5 % between them."""
    chance = random.Random(20)  # noqa: S311 - noise, not a secret

    def study() -> Null | None:
        slow = [chance.lognormvariate(0, 0.05) for _ in range(blocks)]
        return twins(*([s * chance.lognormvariate(0, 0.03) for s in slow] for _ in "ab"))

    found = [study() for _ in range(400)]
    within = [n is not None and n.floor is not None and n.difference < n.floor for n in found]
    assert sum(within) / len(within) >= 0.95
