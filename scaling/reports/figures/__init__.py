"""Figures of studies and of grain results. matplotlib is loaded when one is drawn, not before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaling.errors import UnknownName, UsageError
from scaling.reports.figures import catalogue
from scaling.reports.figures.drawing import SUFFIXES, Drawing, Kind

if TYPE_CHECKING:
    from scaling.grains import Grain
    from scaling.results import Study

__all__ = ["SUFFIXES", "Drawing", "Kind", "book", "draw", "draw_grain", "encoded", "kinds"]


def kinds(study: Study) -> tuple[Kind, ...]:
    """Return the figures that this study has data for, in the order in which a report has them."""
    return tuple(entry.kind for entry in catalogue.ENTRIES if entry.missing(study) is None)


def draw(study: Study, name: str, *, half: bool = False) -> Drawing:
    """Draw one figure, as wide as a page or as one of its two columns.

    Raises UsageError for a name that there is not, and where the study has no data for it.
    """
    known = {entry.kind.name: entry for entry in catalogue.ENTRIES}
    if name not in known:
        raise UnknownName("figure", name, list(known))
    why = known[name].missing(study)
    if why is not None:
        raise UsageError(f"this study has no figure {name!r}: {why}")
    from scaling.reports.figures import painters

    return painters.draw(study, known[name].kind, half=half)


def draw_grain(grain: Grain, *, half: bool = False) -> Drawing:
    """Draw efficiency by length of the items. Raises UsageError where nothing was measured."""
    from scaling.reports.figures import painters

    return painters.draw_grain(grain, half=half)


def book(study: Study) -> bytes:
    """Return a PDF of all figures, one a page. Raises UsageError where there is none."""
    from scaling.reports.figures import encoding

    return encoding.book(draw(study, kind.name) for kind in _some(study))


def encoded(study: Study, suffix: str, name: str | None = None) -> bytes:
    """Return a figure as a file; without a name the first that there is, or all of them as PDF.

    Raises UsageError as ``draw`` does, and where the study has no figure at all.
    """
    if name is None and suffix == ".pdf":
        return book(study)
    chosen = _some(study)[0].name if name is None else name
    return draw(study, chosen).encoded(suffix)


def _some(study: Study) -> tuple[Kind, ...]:
    found = kinds(study)
    if not found:
        raise UsageError(f"this study has no figure: {'; '.join(dict.fromkeys(_reasons(study)))}")
    return found


def _reasons(study: Study) -> Iterator[str]:
    """Yield what is missing for the figures that every study could have."""
    for entry in catalogue.ENTRIES:
        why = entry.missing(study)
        if why is not None and entry.common:
            yield why
