"""What a caller gives becomes the texts of the command line."""

from __future__ import annotations

import math
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from scaling import handover
from scaling.errors import UsageError
from scaling.handover import name_work
from scaling.subject import BY_VALUE
from scaling.workloads import by_value, items


def kernel(x: int) -> int:
    """Stand for a function of a module that other processes do not find."""
    return x


def test_texts_stay_as_they_are() -> None:
    """They mean what they mean on the command line."""
    names = name_work("w.py:f", items="lines:a.txt", combine="merge", shared="m:table")
    assert (names.workload, names.items) == ("w.py:f", "lines:a.txt")
    assert (names.combine, names.shared, names.handed) == ("merge", "m:table", None)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        (range(10), "range:10"),
        (range(3, 10), "range:3,10"),
        (range(10, 0, -2), "range:10,0,-2"),
        (range(0, 10, 5), "range:0,10,5"),
    ],
)
def test_range_is_a_text(numbers: range, text: str) -> None:
    """It needs no pickle, and gives the same numbers."""
    assert name_work(math.sqrt, items=numbers).items == text
    made = items.from_text(text)
    assert made is not None
    assert list(made()) == list(numbers)


def test_what_has_a_name_is_not_handed_over() -> None:
    """A function of a module goes by its name."""
    names = name_work(math.sqrt, items=range(3), combine=sum)
    assert (names.workload, names.combine, names.handed) == ("math:sqrt", "builtins:sum", None)


def test_what_has_no_name_is_handed_over_together() -> None:
    """One module holds all of it."""
    names = name_work(lambda x: x, items=[1, 2], combine=lambda parts: parts)
    assert (names.workload, names.items) == (f"{BY_VALUE}:kernel", f"{BY_VALUE}:items")
    assert names.handed is not None
    assert set(by_value.unpack("here", names.handed.payload)) >= {"kernel", "items", "combine"}


def test_iterator_is_taken_once_and_kept() -> None:
    """Every sample passes over the items again."""
    names = name_work(math.sqrt, items=(x * x for x in range(4)))
    assert names.handed is not None
    assert by_value.unpack("here", names.handed.payload) == {"items": [0, 1, 4, 9]}


def test_endless_iterator_needs_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a size, just so many are taken; without, there is an end to waiting."""
    names = name_work(math.sqrt, items=count(), most=3)
    assert names.handed is not None
    assert by_value.unpack("here", names.handed.payload) == {"items": [0, 1, 2]}
    monkeypatch.setattr(handover, "KEPT_AT_MOST", 10)
    with pytest.raises(UsageError, match="size=N"):
        name_work(math.sqrt, items=count())


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (3, "of type int"),
        (kernel, "kernel is a plain function.*items="),
        (dict, "dict is a class"),
        (iter([1]), "of type list_iterator"),
    ],
)
def test_mistakes(work: Any, said: str) -> None:
    """Refused at once, with what to do."""
    with pytest.raises(UsageError, match=said):
        name_work(work)


def test_generator_function_is_no_kernel() -> None:
    """A kernel returns its part."""

    def several(x: int) -> Any:
        yield x

    with pytest.raises(UsageError, match="several is a generator"):
        name_work(several, items=range(3))


def test_folder_of_the_caller_comes_along() -> None:
    """A closure of a module may use the modules beside it; of this one, nobody finds any."""
    names = name_work(kernel, items=range(3))
    assert names.handed is not None
    assert all(isinstance(root, Path) for root in names.handed.roots)
