"""Where items come from: texts such as ``range:1000``, and fresh passes over any source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from itertools import islice
from pathlib import Path
from typing import Any

from scaling.errors import UsageError

KEPT_AT_MOST = 1_000_000
"""Items that are held in memory when they can be passed over only once."""

Make = Callable[[], Iterable[Any]]


def from_text(text: str) -> Make | None:
    """Return what makes the items of ``range: lines: glob: csv:``; None for another text.

    Raises UsageError for bad syntax; files are looked for when the items are asked for.
    """
    scheme, colon, rest = text.partition(":")
    kinds: dict[str, Callable[[str], Make]] = {
        "range": _range,
        "lines": lambda rest: lambda: _Lines(rest),
        "glob": lambda rest: lambda: _glob(rest),
        "csv": lambda rest: lambda: _Rows(rest),
    }
    if not colon or scheme not in kinds:
        return None
    if not rest.strip():
        raise UsageError(f"--items {text} is not complete; write for example {EXAMPLES[scheme]}")
    return kinds[scheme](rest)


def is_text(name: str) -> bool:
    """Tell whether this is one of the texts, and not the name of a function."""
    scheme, colon, _ = name.partition(":")
    return bool(colon) and scheme in EXAMPLES


EXAMPLES = {
    "range": "range:1000",
    "lines": "lines:FILE",
    "glob": "glob:'data/*.png'",
    "csv": "csv:FILE",
}


class Passes:
    """Gives a fresh pass over the items at each call."""

    def __init__(self, make: Make, first: int | None, label: str) -> None:
        self._make, self._first, self._label = make, first, label
        self._last: object = None

    def __call__(self) -> Iterable[Any]:
        """Raise UsageError when what the user gave is not usable as items."""
        made = self._make()
        self._check(made)
        self._last = made if is_one_shot(made) else None
        if self._first is None:
            return made
        if isinstance(made, list | tuple | range):
            return made[: self._first]
        return First(made, self._first)

    def _check(self, made: object) -> None:
        if isinstance(made, str | bytes) or not isinstance(made, Iterable):
            raise UsageError(f"{self._label} are of type {type(made).__name__}, not a list")
        if type(made).__name__ == "DataFrame":
            raise UsageError(
                f"{self._label} are a DataFrame, which gives the names of its columns one by one; "
                "give its rows, frame.to_dict('records'), or a list of frames"
            )
        if isinstance(made, set | frozenset):
            raise UsageError(
                f"{self._label} are a set, whose order changes from process to process; "
                "give a sorted list"
            )
        if made is self._last:
            raise UsageError(
                f"{self._label} are the same iterator twice, which is used up by then; "
                "make a new one at each call"
            )


class Kept:
    """Holds the items of an iterator that can be passed over only once."""

    def __init__(self, once: Iterator[Any], first: int | None) -> None:
        self._once, self._first = once, first
        self._items: list[Any] | None = None

    def __call__(self) -> list[Any]:
        """Raise UsageError when there are too many to hold."""
        if self._items is None:
            self._items = self._take()
        return self._items

    def _take(self) -> list[Any]:
        wanted = KEPT_AT_MOST + 1 if self._first is None else self._first
        items = list(islice(self._once, min(wanted, KEPT_AT_MOST)))
        if wanted > KEPT_AT_MOST and next(self._once, self) is not self:
            raise UsageError(
                f"the items are an iterator of over {KEPT_AT_MOST:,} items; "
                "give a function that returns a new one, or --size N"
            )
        return items


class First:
    """The first items of an iterable, without touching the others."""

    def __init__(self, inner: Iterable[Any], count: int) -> None:
        self._inner, self._count = inner, count

    def __iter__(self) -> Iterator[Any]:
        return islice(iter(self._inner), self._count)

    def __len__(self) -> int:
        if not isinstance(self._inner, Sized):
            raise TypeError("the number of items is not known")
        return min(len(self._inner), self._count)


def known_length(items: Iterable[Any]) -> int | None:
    """Return the number of items where it is known without a pass."""
    try:
        return len(items)  # type: ignore[arg-type]
    except TypeError:
        return None


def is_one_shot(items: object) -> bool:
    """Tell whether the items can be passed over only once."""
    return isinstance(items, Iterator) and iter(items) is items


def _range(rest: str) -> Make:
    try:
        bounds = [int(part) for part in rest.split(",")]
        numbers = range(*bounds)
    except (TypeError, ValueError):
        raise UsageError(
            f"--items range:{rest} is not a range; write range:N, range:A,B or range:A,B,STEP"
        ) from None
    if not numbers:
        raise UsageError(f"--items range:{rest} holds no numbers")
    return lambda: numbers


class _Lines:
    """Lines of a text file without their ends, read as they are asked for."""

    def __init__(self, file: str) -> None:
        self._file = _existing(file, "lines")

    def __iter__(self) -> Iterator[str]:
        try:
            with self._file.open(encoding="utf-8") as lines:
                for line in lines:
                    yield line.rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise UsageError(f"{self._file} is not UTF-8 text: {error.reason}") from error


class _Rows:
    """Rows of a CSV file with a header, each a dict of texts, read as they are asked for."""

    def __init__(self, file: str) -> None:
        self._file = _existing(file, "csv")

    def __iter__(self) -> Iterator[dict[str, str]]:
        import csv

        try:
            with self._file.open(encoding="utf-8-sig", newline="") as lines:
                yield from csv.DictReader(lines)
        except UnicodeDecodeError as error:
            raise UsageError(f"{self._file} is not UTF-8 text: {error.reason}") from error
        except csv.Error as error:
            raise UsageError(f"{self._file} is not a CSV file: {error}") from error


def _glob(pattern: str) -> list[str]:
    from glob import iglob

    # Absolute, since workers may have another current folder.
    found = iglob(str(Path(pattern).expanduser().absolute()), recursive=True)  # noqa: PTH207 - takes absolute ones
    files = sorted(path for path in found if Path(path).is_file())
    if not files:
        raise UsageError(f"--items glob:{pattern} matches no file")
    return files


def _existing(file: str, scheme: str) -> Path:
    path = Path(file).expanduser()
    if path.is_dir():
        raise UsageError(f"--items {scheme}:{file} is a folder; give a file")
    if not path.is_file():
        raise UsageError(f"--items {scheme}:{file}: there is no such file")
    return path
