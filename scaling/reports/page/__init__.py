"""report.html: a study on one page that needs no network and no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaling.grains import Grain
    from scaling.results import Study

__all__ = ["grain_text", "text"]


def text(study: Study) -> str:
    """Return the page of a study."""
    from scaling.reports.page import rendering, study_page

    return rendering.html(study_page.contents(study))


def grain_text(grain: Grain) -> str:
    """Return the page of what ``scale grain`` found."""
    from scaling.reports.page import grain_page, rendering

    return rendering.html(grain_page.contents(grain))
