"""Frames of where the time of a study went, and of the laws fitted to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scaling.analysis.speedup import CaseResult
from scaling.model import UNCAPPED

if TYPE_CHECKING:
    import pandas as pd

    from scaling.analysis.law_fit import LawFit
    from scaling.analysis.laws import BackendFit

Cell = str | int | float | bool | None

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


def losses(results: Iterable[CaseResult]) -> pd.DataFrame:
    """Return one row for each case; a cell that is not known is <NA>."""
    return _frame(LOSSES, [_loss_row(result) for result in results])


def laws(fits: Iterable[BackendFit]) -> pd.DataFrame:
    """Return one row for each law that was fitted to a backend; what it does not have is <NA>.

    ``gamma`` is in the unit of the throughput, items per second; its interval may end at infinity.
    """
    return _frame(LAWS, [_law_row(fit, one) for fit in fits for one in fit.laws])


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
