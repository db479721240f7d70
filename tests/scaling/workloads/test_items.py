from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scaling.errors import UsageError
from scaling.workloads import items
from scaling.workloads.items import First, Kept, Passes, from_text, known_length


def made(text: str) -> list[Any]:
    """Items of the text, the same in two passes."""
    make = from_text(text)
    assert make is not None
    first, second = list(make()), list(make())
    assert first == second
    return first


def refusal(text: str) -> str:
    """The one line that refuses the text."""
    with pytest.raises(UsageError) as caught:
        made(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("range:3", [0, 1, 2]),
        ("range:2,5", [2, 3, 4]),
        ("range:9,0,-4", [9, 5, 1]),
    ],
)
def test_range(text: str, expected: list[int]) -> None:
    """Ranges are Python's."""
    assert made(text) == expected


@pytest.mark.parametrize("text", ["range:", "range:a", "range:1,2,3,4", "range:1,5,0", "range:0"])
def test_wrong_range(text: str) -> None:
    """A range that is none, or empty, is refused."""
    assert "range:" in refusal(text)


def test_large_range_is_not_held() -> None:
    """A range of any length costs nothing and has a length."""
    make = from_text("range:1000000000000")
    assert make is not None
    assert known_length(make()) == 10**12


def test_lines(tmp_path: Path) -> None:
    """Lines come without their ends; inner and trailing blanks stay."""
    file = tmp_path / "names.txt"
    file.write_bytes(b"ab \r\n\nc")
    assert made(f"lines:{file}") == ["ab ", "", "c"]


def test_csv(tmp_path: Path) -> None:
    """A row is a dict of texts; a byte-order mark is not part of the first name."""
    file = tmp_path / "rows.csv"
    file.write_text("\ufeffname,n\nx,1\n'y',2\n", encoding="utf-8")
    assert made(f"csv:{file}") == [{"name": "x", "n": "1"}, {"name": "'y'", "n": "2"}]


def test_glob_is_sorted_and_deep(tmp_path: Path) -> None:
    """Files of all depths come in order; folders do not come."""
    for name in ("b.txt", "a.txt", "sub.txt/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    expected = [str(tmp_path / name) for name in ("a.txt", "b.txt", "sub.txt/c.txt")]
    assert made(f"glob:{tmp_path}/**/*.txt") == expected


def test_glob_gives_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative pattern gives paths that hold in every process."""
    (tmp_path / "a.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert made("glob:*.txt") == [str(tmp_path / "a.txt")]


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """Missing files, folders and empty patterns are refused."""
    assert "no such file" in refusal(f"lines:{tmp_path}/none.txt")
    assert "is a folder" in refusal(f"csv:{tmp_path}")
    assert "matches no file" in refusal(f"glob:{tmp_path}/*.none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in refusal(f"lines:{tmp_path}/binary")


def test_other_texts_are_no_scheme() -> None:
    """A name of a module is left to the registry."""
    assert from_text("my_data:rows") is None
    assert from_text("rows") is None


def test_iterator_is_kept() -> None:
    """An iterator that can be passed over once is passed over again from memory."""
    kept = Kept(iter([1, 2, 3]), None)
    assert kept() == kept() == [1, 2, 3]


def test_endless_iterator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the limit is refused, unless a size says how many."""
    monkeypatch.setattr(items, "KEPT_AT_MOST", 5)
    with pytest.raises(UsageError, match="over 5 items"):
        Kept(iter(range(6)), None)()
    assert Kept(iter(range(5)), None)() == [0, 1, 2, 3, 4]
    assert Kept(iter(range(99)), 5)() == [0, 1, 2, 3, 4]


def test_first_is_lazy() -> None:
    """The first items of a generator are taken without asking for more."""

    def numbers() -> Any:
        yield 1
        yield 2
        raise AssertionError

    assert list(First(numbers(), 2)) == [1, 2]
    assert known_length(First(numbers(), 2)) is None
    assert known_length(First([1, 2, 3], 2)) == 2


def test_same_iterator_twice() -> None:
    """A function that returns one iterator each time is told so."""
    once = iter([1])
    passes = Passes(lambda: once, None, "the items of f")
    passes()
    with pytest.raises(UsageError, match="same iterator twice"):
        passes()


@pytest.mark.parametrize("wrong", [5, "abc", {1, 2}, None])
def test_what_cannot_be_items(wrong: Any) -> None:
    """Numbers, texts and sets are no list of items."""
    with pytest.raises(UsageError, match="the items of f are "):
        Passes(lambda: wrong, None, "the items of f")()


def test_frame_is_refused_with_the_way_out() -> None:
    """It gives the names of its columns, and counts its rows."""
    rows = pd.DataFrame({"a": [1, 2]})
    with pytest.raises(UsageError, match=r"frame\.to_dict"):
        Passes(lambda: rows, None, "the items of f")()
