"""Figures as they stand in a page: of half width, so that two fit a desk and one fits a phone."""

from __future__ import annotations

from scaling.grains import Grain
from scaling.reports import figures
from scaling.reports.page.blocks import Picture
from scaling.results import Study


def of_study(study: Study) -> dict[str, Picture]:
    """Return the figures that the study has data for, by name, in the order of a report."""
    names = [kind.name for kind in figures.kinds(study)]
    return {name: _picture(figures.draw(study, name, half=True)) for name in names}


def of_grain(grain: Grain) -> Picture:
    """Return the one figure of a grain result. Raises UsageError where nothing was measured."""
    return _picture(figures.draw_grain(grain, half=True))


def _picture(drawing: figures.Drawing) -> Picture:
    return Picture(drawing.name, drawing.encoded(".svg").decode("utf-8"))
