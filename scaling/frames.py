"""Frames of a study: its report, its samples, where the time went, the laws fitted to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scaling.analysis.speedup import CaseResult
from scaling.model import UNCAPPED
from scaling.studydata import StudyData

if TYPE_CHECKING:
    import pandas as pd

    from scaling.analysis.law_fit import LawFit
    from scaling.analysis.laws import BackendFit

Cell = str | int | float | bool | None

_NO_NUMBERS = {
    "workload": "string",
    "size": "Int64",
    "backend": "string",
    "nodes": "Int64",
    "workers": "Int64",
    "blocks": "Int64",
    "samples": "Int64",
    "status": "string",
    "cautions": "string",
    "bound": "Int64",
    "reason": "string",
    "twin": "string",
}
"""Types of the columns of the report; the others hold numbers."""

_OF_CASE = ("workload", "size", "backend", "nodes", "workers")

SAMPLES = {
    "session": "string",
    "case": "string",
    "block": "Int64",
    "index": "Int64",
    "workload": "string",
    "size": "Int64",
    "backend": "string",
    "nodes": "Int64",
    "workers": "Int64",
    "seconds": "Float64",
    "combine_s": "Float64",
    "items": "Int64",
    "digest": "string",
    "peak_rss_mb": "Float64",
    "opening_s": "Float64",
    "status": "string",
}
"""Columns of the samples and their types."""

_CASE = {
    "workload": "string",
    "size": "Int64",
    "backend": "string",
    "nodes": "Int64",
    "workers": "Int64",
    "twin": "string",
    "status": "string",
}
_SHARES = {
    "efficiency": "Float64",
    "parallel_efficiency": "Float64",
    "loss_serial": "Float64",
    "loss_balance": "Float64",
    "loss_scheduling": "Float64",
    "loss_work": "Float64",
    "loss_waiting": "Float64",
}
_LOST = ("serial", "balance", "scheduling", "work", "waiting")
LOSSES = {
    **_CASE,
    "worker_seconds": "Float64",
    **_SHARES,
    **{f"{name}_s": "Float64" for name in _LOST},
}
"""Columns of the losses and their types. Those that end in ``_s`` are in worker-seconds."""

_PARAMETERS = ("gamma", "alpha", "beta")
LAWS = {
    "backend": "string",
    "counted": "string",
    "law": "string",
    "chosen": "boolean",
    **{f"{name}{end}": "Float64" for name in _PARAMETERS for end in ("", "_low", "_high")},
    "relative_error": "Float64",
    "r_squared": "Float64",
    "aicc": "Float64",
    "doubts": "string",
}
"""Columns of the laws and their types."""


def report(columns: Iterable[str], rows: Sequence[Mapping[str, Cell]]) -> pd.DataFrame:
    """Return the rows of the report; a cell that is not defined is <NA>."""
    return _frame({name: _NO_NUMBERS.get(name, "Float64") for name in columns}, rows)


def samples(data: StudyData) -> pd.DataFrame:
    """Return one row for each sample; one of no planned case has no case's columns."""
    return _frame(SAMPLES, list(_sample_rows(data)))


def losses(results: Iterable[CaseResult]) -> pd.DataFrame:
    """Return one row for each case; a cell that is not known is <NA>."""
    return _frame(LOSSES, [_loss_row(result) for result in results])


def laws(fits: Iterable[BackendFit]) -> pd.DataFrame:
    """Return one row for each law that was fitted to a backend; what it does not have is <NA>.

    ``gamma`` is in the unit of the throughput, items per second; its interval may end at infinity.
    """
    return _frame(LAWS, [_law_row(fit, one) for fit in fits for one in fit.laws])


def _sample_rows(data: StudyData) -> Iterator[dict[str, Cell]]:
    cases = {case.key: case for case in data.header.plan.cases}
    sessions = {session.session: session for session in data.sessions}
    for sample in data.samples:
        case, session = cases.get(sample.case), sessions[sample.session]
        yield {
            "session": sample.session,
            "case": sample.case,
            "block": sample.block,
            "index": sample.index,
            "seconds": sample.seconds,
            "combine_s": sample.combine_s,
            "items": sample.items,
            "digest": sample.digest,
            "peak_rss_mb": sample.peak_rss_mb,
            "opening_s": session.opening_s,
            "status": session.status,
            **{name: getattr(case, name, None) for name in _OF_CASE},
        }


def _loss_row(result: CaseResult) -> dict[str, Cell]:
    # Nobody knows how many workers a case has whose inner threads are not capped.
    alone = None if result.twin == UNCAPPED else result.median_s
    paid = None if alone is None else result.workers * alone
    row: dict[str, Cell] = {name: getattr(result, name) for name in (*_CASE, *_SHARES)}
    row["worker_seconds"] = paid
    for name in _LOST:
        share = getattr(result, f"loss_{name}")
        row[f"{name}_s"] = None if share is None or paid is None else share * paid
    return row


def _law_row(fit: BackendFit, one: LawFit) -> dict[str, Cell]:
    findings = fit.findings if one is fit.chosen else one.findings
    row: dict[str, Cell] = {
        "backend": fit.points.name,
        "counted": fit.points.counted,
        "law": str(one.law),
        "chosen": one is fit.chosen,
        "relative_error": one.relative_error,
        "r_squared": one.r_squared,
        "aicc": one.aicc,
        "doubts": ";".join(dict.fromkeys(str(found.doubt) for found in findings)) or None,
    }
    for index, name in enumerate(one.law.parameters):
        row[name] = getattr(one.coefficients, name)
        if one.intervals is not None:
            interval = one.intervals[index]
            row[f"{name}_low"], row[f"{name}_high"] = interval.low, interval.high
    return row


def _frame(columns: Mapping[str, str], rows: Sequence[Mapping[str, Cell]]) -> pd.DataFrame:
    import pandas as pd

    plain = [[row.get(name) for name in columns] for row in rows]
    return pd.DataFrame(plain, columns=list(columns), dtype=object).astype(dict(columns))
