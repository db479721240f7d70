"""What ``scale grain`` found, for other programs: the suffix of the file says which."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from scaling.errors import UsageError
from scaling.grains import Grain
from scaling.reports import grain as report
from scaling.reports.export import suffix_of
from scaling.reports.figures.drawing import SUFFIXES
from scaling.reports.saving import save


def write(found: Grain, path: Path, *, figure: str | None = None) -> None:
    """Write the table or the figure, whole or not at all. Raises UsageError."""
    exporter = EXPORTERS.get(suffix_of(path))
    if exporter is None:
        raise UsageError(
            f"cannot write what 'scale grain' found as {str(path)!r}; "
            f"its name must end in {', '.join(EXPORTERS)}"
        )
    if figure is not None:
        raise UsageError("what 'scale grain' found has one figure; leave out --figure")
    save(path, exporter(found))


def _csv(found: Grain) -> bytes:
    return report.csv_text(found).encode("utf-8")


def _json(found: Grain) -> bytes:
    return report.json_text(found).encode("utf-8")


def _html(found: Grain) -> bytes:
    from scaling.reports import page

    return page.grain_text(found).encode("utf-8")


def _drawn(found: Grain, suffix: str) -> bytes:
    from scaling.reports import figures

    return figures.draw_grain(found).encoded(suffix)


EXPORTERS: dict[str, Callable[[Grain], bytes]] = {
    ".csv": _csv,
    ".json": _json,
    ".html": _html,
    **{suffix: partial(_drawn, suffix=suffix) for suffix in SUFFIXES},
}
"""What can be written, by suffix."""
