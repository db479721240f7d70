"""What a finished study leaves in its folder beside its data."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scaling.reports import export
from scaling.results import Study

TABLE = "report.csv"
PAGE = "report.html"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    files: tuple[Path, ...]
    problem: str | None
    """Why there is no page, in one line; None where there is one."""


def write(study: Study, folder: Path, csv: Path | None = None) -> Written:
    """Write the table, to ``csv`` too, and the page. Raises UsageError for the table alone."""
    tables = (folder / TABLE, *(() if csv is None else (csv,)))
    for file in tables:
        export.write(study, file, ".csv")
    page = folder / PAGE
    problem = _write_page(study, page)
    return Written((*tables, *(() if problem else (page,))), problem)


def _write_page(study: Study, page: Path) -> str | None:
    """Return why it cannot be made: a broken drawing library must not lose the report."""
    try:
        export.write(study, page)
    except Exception as error:  # noqa: BLE001 - whatever a library of others raises
        # What an earlier run left would tell of other numbers.
        with suppress(OSError):
            page.unlink()
        return f"{page} was not written: {type(error).__name__}: {' '.join(str(error).split())}"
    return None
