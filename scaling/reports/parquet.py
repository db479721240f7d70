"""The frames of a study as Parquet files, whose schema says what they are and in which units.

pandas keeps the notes of a frame (``attrs``) in the schema, as JSON under ``PANDAS_ATTRS``, and
gives them back when it reads the file. Needs pyarrow, which only this module asks for.
"""

from __future__ import annotations

import shlex
from io import BytesIO
from typing import TYPE_CHECKING

from scaling.errors import MissingLibrary
from scaling.results import Study

if TYPE_CHECKING:
    import pandas as pd

_UNITS = {"_per_s": "1/s", "_s": "s", "_mb": "MiB", "seconds": "s"}
"""Unit by the end of a column's name; other numbers are counts or ratios."""


def report(study: Study) -> bytes:
    """Return the report as a Parquet file. Raises MissingLibrary."""
    return _encoded(study, study.report())


def samples(study: Study) -> bytes:
    """Return all samples as a Parquet file. Raises MissingLibrary."""
    return _encoded(study, study.samples())


def _encoded(study: Study, frame: pd.DataFrame) -> bytes:
    header, out = study.header, BytesIO()
    frame.attrs = {
        "study": header.id,
        "created": header.created,
        "command": shlex.join(header.command),
        "rayscale": dict(header.environment.versions).get("rayscale", ""),
        "units": {name: unit for name in frame.columns if (unit := _unit(str(name)))},
    }
    try:
        frame.to_parquet(out, engine="pyarrow", index=False)
    except ImportError:
        raise MissingLibrary("a Parquet file", "pyarrow", "parquet") from None
    return out.getvalue()


def _unit(column: str) -> str | None:
    return next((unit for end, unit in _UNITS.items() if column.endswith(end)), None)
