"""Items in the order of their cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.backends.ordering import costliest_first
from scaling.errors import (
    ItemNotSendable,
    KernelFailed,
    OpeningFailed,
    PartNotSendable,
    WorkerDied,
)


@given(st.lists(st.floats(0, 1e9), min_size=2))
def test_the_costliest_come_first_and_parts_come_back_in_place(costs: list[float]) -> None:
    """Whatever the costs, the order is a permutation that can be undone."""
    order = costliest_first(costs, float)
    if order is None:
        assert len(set(costs)) == 1 or not sum(costs)
        return
    assert order.arranged(costs) == sorted(costs, reverse=True)
    assert order.restored(order.arranged(costs)) == costs
    assert order.until[-1] == pytest.approx(len(costs), rel=1e-3)


def test_equal_costs_need_no_order() -> None:
    """The same cost for all, nothing for all, and no items at all."""
    assert costliest_first([1, 2, 3], lambda _: 7.0) is None
    assert costliest_first([0, 0], float) is None
    assert costliest_first([], float) is None


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1.0, "dear"])
def test_what_is_no_cost_is_said(wrong: object) -> None:
    """The item is named."""
    with pytest.raises(OpeningFailed, match="cost of item 1 "):
        costliest_first([1.0, wrong], lambda item: item)


@pytest.mark.parametrize(
    "error",
    [
        KernelFailed("no", item=0, item_text="x", trace=""),
        ItemNotSendable(0, "x", "no"),
        PartNotSendable(0, "x", "no"),
        WorkerDied("w", "ended", 0),
    ],
)
def test_errors_name_the_item_by_its_own_index(error: Exception) -> None:
    """The first to be handed out is item 2, the costliest."""
    order = costliest_first([1, 2, 3], float)
    assert order is not None
    renumbered = order.renumbered(error)
    assert type(renumbered) is type(error)
    assert renumbered.item == 2  # type: ignore[attr-defined]
    assert "item 2" in str(renumbered)


def test_errors_without_an_item_stay() -> None:
    """A worker that ended between items is told as it is."""
    order = costliest_first([1, 2], float)
    assert order is not None
    death = WorkerDied("w", "ended", None)
    assert order.renumbered(death) is death
