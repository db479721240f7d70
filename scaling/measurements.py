"""Anyone's measurements: a CSV file with one row for each, in any order."""

from __future__ import annotations

import csv
from array import array
from collections import defaultdict
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import TextIO

from scaling.analysis.points import Points, of_values
from scaling.errors import UsageError

MOST_COUNTS = 1000
"""More different N than this are no numbers of workers."""
_HEAD_BYTES = 65_536
_MOST_COUNT = 1e15
_LEAST_VALUE, _MOST_VALUE = 1e-150, 1e150
"""Squares of what lies between are still numbers."""


@dataclass(frozen=True, slots=True)
class _Columns:
    count: str
    value: str
    seconds: bool


def read(
    path: Path, *, x: str, throughput: str | None = None, seconds: str | None = None
) -> Points:
    """Read a column of N and one of throughput or seconds; equal N are repeats.

    Seconds are those of the same work at every N. Raises UsageError.
    """
    if (throughput is None) == (seconds is None):
        raise UsageError("give either --throughput COLUMN or --seconds COLUMN")
    value = seconds if throughput is None else throughput
    assert value is not None, "one of them was given"
    columns = _Columns(x, value, throughput is None)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            values = _values(path, file, columns)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a CSV file") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text; name a CSV file in UTF-8") from None
    except csv.Error as error:
        raise UsageError(f"{path} cannot be read as CSV: {error}") from None
    if len(values) < 2:
        only = next(iter(values))
        raise UsageError(f"{path} has only {x} = {only:g}; a law needs several different values")
    unit = "passes/s" if columns.seconds else value
    return of_values(
        values, name=path.name, counted=x, unit=unit, work=1.0 if columns.seconds else None
    )


def _values(path: Path, file: TextIO, columns: _Columns) -> dict[float, array[float]]:
    if "\0" in file.read(_HEAD_BYTES):
        raise UsageError(f"{path} is not text; name a CSV file in UTF-8")
    file.seek(0)
    rows = csv.reader(file)
    header = [name.strip() for name in next(rows, [])]
    if not any(header):
        raise UsageError(f"{path} is empty; its first row must name the columns")
    first, second = (_index(path, header, name) for name in (columns.count, columns.value))
    values: dict[float, array[float]] = defaultdict(lambda: array("d"))
    for row in rows:
        if not row:
            continue
        try:
            count, value = float(row[first]), float(row[second])
        except (ValueError, IndexError):
            count, value = nan, nan
        if not (1 <= count < _MOST_COUNT and _LEAST_VALUE < value < _MOST_VALUE):
            raise UsageError(f"{path}, line {rows.line_num}: {_wrong(row, header, columns)}")
        values[count].append(1 / value if columns.seconds else value)
        if len(values) > MOST_COUNTS:
            raise UsageError(
                f"{path} has more than {MOST_COUNTS} different values of {columns.count!r}; "
                "name the column of workers or nodes with --x"
            )
    if not values:
        raise UsageError(f"{path} has no rows below its header")
    return values


def _index(path: Path, header: list[str], name: str) -> int:
    found = [index for index, column in enumerate(header) if column == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{path} has {len(found)} columns {name!r}; rename all but one")
    known = ", ".join(column or "(no name)" for column in header[:20])
    more = f" and {len(header) - 20} more" * (len(header) > 20)
    raise UsageError(f"{path} has no column {name!r}; its columns are: {known}{more}")


def _wrong(row: list[str], header: list[str], columns: _Columns) -> str:
    """Say what is wrong with the first cell that is."""
    for name in (columns.count, columns.value):
        index = header.index(name)
        text = row[index].strip() if index < len(row) else ""
        if reason := _reason(text, count=name == columns.count):
            return f"{name} {reason}"
    return "it cannot be read"


def _reason(text: str, *, count: bool) -> str | None:
    if not text:
        return "is empty"
    shown = repr(text[:40])
    try:
        number = float(text)
    except ValueError:
        return f"is {shown}, which is no number"
    if not isfinite(number):
        return f"is {shown}, which is not finite"
    if count and number < 1:
        return f"is {shown}; it counts workers or nodes, from 1 on"
    if number <= 0:
        return f"is {shown}; it must be more than 0"
    most = _MOST_COUNT if count else _MOST_VALUE
    outside = number >= most or (not count and number <= _LEAST_VALUE)
    return f"is {shown}, which is out of all proportion" if outside else None
