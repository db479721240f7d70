"""The list of studies, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from textwrap import fill

from scaling.analysis.units import percent, printable, ratio
from scaling.model import Case
from scaling.study_list import Found
from scaling.summary import Summary

HEADINGS = ("when (UTC)", "workload", "items", "cases", "blocks", "ended", "speedup", "fastest")
WIDTH = 80
MOST_NAMED = 5
_RIGHT = {2, 3, 4, 6}
"""Columns of numbers."""
_WORKLOAD = 1
_LEAST_NAME = 8
_GAP = " "


def text(found: Found, width: int | None = WIDTH) -> str:
    """Return one line for each study, or two where one is too long for ``width``.

    None for lines as long as they like, each with all of a study, for other programs.
    """
    parts = ["\n".join(_table(found.summaries, width))] if found.summaries else []
    if not found.summaries:
        parts.append(f"no studies in {_one_line(found.folder)}; begin one with: scale run")
    parts += [
        line if width is None else fill(line, width, break_on_hyphens=False)
        for line in _problems(found)
    ]
    return printable("\n".join(parts)) + "\n"


def json_text(found: Found) -> str:
    """Return the document of ``--json``."""
    document = {
        "folder": found.folder,
        "studies": [asdict(one) for one in found.summaries],
        "broken": list(found.broken),
        "without_study": list(found.foreign),
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _table(summaries: Sequence[Summary], width: int | None) -> Iterator[str]:
    rows = [HEADINGS, *(_row(one) for one in summaries)]
    folders = ["folder", *(_one_line(one.folder) for one in summaries)]
    lines = _aligned(rows)
    longest = max(map(len, folders))
    if width is None or len(lines[0]) + len(_GAP) + longest <= width:
        yield from (f"{line}{_GAP}{folder}" for line, folder in zip(lines, folders, strict=True))
        return
    upper = _aligned(_narrowed([row[:-1] for row in rows], width))
    for line, folder, row in zip(upper, folders, rows, strict=True):
        yield line.rstrip()
        yield f"  {folder}  {row[-1]}".rstrip()


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        _GAP.join(
            cell.rjust(width) if k in _RIGHT else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _narrowed(rows: Sequence[tuple[str, ...]], width: int) -> list[tuple[str, ...]]:
    """Cut the names that a user chose until the rows fit."""
    excess = len(_aligned(rows)[0]) - width
    longest = max(len(row[_WORKLOAD]) for row in rows)
    most = max(_LEAST_NAME, longest - max(0, excess))
    return [
        (row[0], _cut(row[_WORKLOAD], most), *row[_WORKLOAD + 1 :]) if excess > 0 else row
        for row in rows
    ]


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 3]}..."


def _row(one: Summary) -> tuple[str, ...]:
    best = one.best
    return (
        _one_line(one.created)[:16].replace("T", " "),
        _one_line(one.workload),
        _sizes(one.sizes),
        str(one.cases),
        str(one.blocks),
        _ended(one),
        _gain(one),
        "" if best is None else _name(best.case),
    )


def _name(case: Case) -> str:
    nodes = f" on {case.nodes} nodes" if case.nodes > 1 else ""
    return f"{case.backend}{case.twin} {case.workers}{nodes}"


def _one_line(name: str) -> str:
    return " ".join(printable(name).split())


def _sizes(sizes: tuple[int, ...]) -> str:
    if len(sizes) < 2:
        return "".join(map(str, sizes))
    return f"{sizes[0]}-{sizes[-1]}"


def _ended(one: Summary) -> str:
    told = _one_line(one.ended or "unfinished")
    return f"{told}, {one.bad} bad" if one.bad else told


def _gain(one: Summary) -> str:
    if one.best is None:
        return ""
    if one.best.efficiency is not None:
        return f"{percent(one.best.efficiency)} eff."
    return "" if one.best.speedup is None else ratio(one.best.speedup)


def _problems(found: Found) -> Iterator[str]:
    yield from (_one_line(sentence) for sentence in found.broken)
    if found.foreign:
        names = ", ".join(_one_line(name) for name in found.foreign[:MOST_NAMED])
        more = len(found.foreign) - MOST_NAMED
        yield f"no study in: {names}" + (f" and {more} more" if more > 0 else "")
