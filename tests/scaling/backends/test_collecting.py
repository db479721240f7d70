"""What becomes of the parts."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import add

from hypothesis import given
from hypothesis import strategies as st

from scaling.backends.collecting import Folded, Kept


@given(st.lists(st.integers(1, 5), max_size=20), st.randoms())
def test_parts_are_in_the_order_of_the_items(sizes: list[int], chance: object) -> None:
    """However batches come back, all are kept in order, and folded as if in order."""
    bounds = [sum(sizes[:k]) for k in range(len(sizes) + 1)]
    batches = [(first, [f"{k}." for k in range(first, last)]) for first, last in pairwise(bounds)]
    wanted = [part for _, parts in batches for part in parts]
    chance.shuffle(batches)  # type: ignore[attr-defined]
    kept, folded = Kept(), Folded(add)
    for first, parts in batches:
        kept.add(first, parts)
        folded.add(first, parts)
    assert kept.parts() == wanted
    assert folded.parts() == ([reduce(add, wanted)] if wanted else [])
