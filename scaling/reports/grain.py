"""METG as people and other programs read it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from io import StringIO
from pathlib import Path
from textwrap import fill
from typing import Any

import msgspec

from scaling.analysis import units
from scaling.analysis.granularity import Bound, GrainResult, points
from scaling.analysis.statistics import LEAST_BLOCKS
from scaling.grains import Grain
from scaling.model import Case
from scaling.reports.saving import save

HEADINGS = ("backend", "nodes", "P", "METG", "95 %", "METG/P", "under", "over")
COLUMNS = tuple(field.name for field in fields(GrainResult))
WIDTH = 80
_LEFT = 1
"""Columns that begin on the left."""


def text(grain: Grain) -> str:
    """Return the table and what explains it, in 80 columns."""
    parts = [_title(grain), "", *_table(grain.results), ""]
    parts += [fill(line, WIDTH) for line in not_measured(grain.results)]
    parts += [*doubts(grain), *grain.data.notes]
    parts += ["", *explained(grain)]
    return units.printable("\n".join(parts).replace("\n\n\n", "\n\n").rstrip()) + "\n"


def csv_text(grain: Grain) -> str:
    """Return one row for each case: an empty cell is not defined."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(one, name) for name in COLUMNS] for one in grain.results)
    return out.getvalue()


def write_csv(grain: Grain, path: Path) -> None:
    """Write the table, whole or not at all. Raises UsageError."""
    save(path, csv_text(grain).encode("utf-8"))


def json_text(grain: Grain) -> str:
    """Return the document of ``--json``: the table, and the points of every session."""
    return json.dumps(json_document(grain), indent=1, allow_nan=False) + "\n"


def json_document(grain: Grain) -> dict[str, Any]:
    """Return the table with its header and all points."""
    plan = grain.data.header.plan
    return {
        "grain": msgspec.to_builtins(grain.data.header),
        "report": [asdict(one) for one in grain.results],
        "sessions": [
            {
                "case": session.case,
                "block": session.block,
                "status": session.status,
                "opening_s": session.opening_s,
                "failure": msgspec.to_builtins(session.failure),
                "points": [
                    asdict(point)
                    for point in points(
                        session.levels,
                        plan.case(session.case).size,
                        plan.case(session.case).workers,
                    )
                ],
            }
            for session in grain.data.sessions
        ],
        "ended": [msgspec.to_builtins(end) for end in grain.data.ends],
        "notes": list(grain.data.notes),
    }


def _title(grain: Grain) -> str:
    header = grain.data.header
    environment, batch = header.environment, header.plan.batch
    size = header.plan.spec.size or 0
    sent = "batches as each backend chooses" if batch is None else f"{batch} per message"
    return fill(
        f"{units.count(size, 'item')}, {sent}; {environment.processor}, "
        f"{units.count(environment.usable_cpus, 'usable CPU')}, "
        f"{environment.implementation} {environment.python}; METG at "
        f"{header.threshold:.0%} efficiency",
        WIDTH,
    )


def _table(results: Sequence[GrainResult]) -> list[str]:
    rows = [HEADINGS, *(cells(one) for one in results if one.status == "ok")]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEADINGS))]
    return [
        " ".join(
            cell.ljust(width) if k < _LEFT else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def cells(one: GrainResult) -> tuple[str, ...]:
    """Return the texts of a case that has a METG, one for each of ``HEADINGS``."""
    assert one.metg_s is not None
    assert one.metg_per_worker_s is not None
    sign = f"{one.bound} " if one.bound else ""
    return (
        one.backend,
        str(one.nodes),
        str(one.workers),
        f"{sign}{units.seconds(one.metg_s)}",
        _range(one.low_s, one.high_s, one.metg_s),
        f"{sign}{units.seconds(one.metg_per_worker_s)}",
        _point(one.under_granularity_s, one.under_efficiency),
        _point(one.over_granularity_s, one.over_efficiency),
    )


def _range(low: float | None, high: float | None, middle: float) -> str:
    if low is None or high is None:
        return ""
    length, _ = units.unit_of(middle)
    return f"{units.digits(low / length)}-{units.digits(high / length)}"


def _point(granularity_s: float | None, efficiency: float | None) -> str:
    if granularity_s is None or efficiency is None:
        return ""
    return f"{units.seconds(granularity_s)} {efficiency:.0%}"


_VERBS = {"failed": "failed", "wrong": "gave a wrong answer", "timeout": "took too long"}


def not_measured(results: Sequence[GrainResult]) -> Iterator[str]:
    """Yield a line for each case without a METG, with its reason."""
    for one in results:
        if one.status != "ok":
            name = Case(one.workload, one.items, one.backend, one.nodes, one.workers).label
            said = _VERBS.get(one.status, "was skipped")
            yield f"{name} {said}" + f": {one.reason}" * bool(one.reason)


def doubts(grain: Grain) -> Iterator[str]:
    """Yield what a reader must doubt."""
    bounds = {one.bound for one in grain.results if one.status == "ok"}
    if Bound.BELOW in bounds:
        yield "<  an item of one step is efficient enough: there is nothing shorter"
    if Bound.ABOVE in bounds:
        yield (
            ">  the rate still rose with the longest items that fit into a pass, so the peak\n"
            "   is higher: give fewer --items for longer ones"
        )
    measured = [one.blocks for one in grain.results if one.status == "ok"]
    if measured and min(measured) < LEAST_BLOCKS:
        yield f"no interval: fewer than {LEAST_BLOCKS} blocks"
    if disturbed := sum(one.disturbed for one in grain.results):
        total = sum(one.blocks for one in grain.results)
        yield (
            f"{disturbed} of {units.count(total, 'session')} disturbed: longer items ran slower "
            "than shorter ones,\nas beside other work; measure again when the machine has none"
        )
    if grain.oversubscribed:
        yield "more workers than usable CPUs: no measure of what separate machines would do"


def explained(grain: Grain) -> Iterator[str]:
    """Yield the lines that say what the columns are."""
    share = f"{grain.data.header.threshold:.0%}"
    yield f"METG({share}): the least mean time of an item, its share of the backend's cost"
    yield "included (wall time x P / items), at which the work still runs at"
    yield f"{share} of the case's own peak rate. METG/P: what an item costs where one driver"
    yield "serves all P workers. under, over: the measured points on each side."
