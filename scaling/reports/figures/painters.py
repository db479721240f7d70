"""What draws each figure. Loads matplotlib."""

from __future__ import annotations

from collections.abc import Callable

from scaling.grains import Grain
from scaling.reports.figures import (
    efficiency,
    karp_flatt,
    losses,
    metg,
    seconds,
    speedup,
    style,
    timeline,
    twins,
)
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.results import Study

_PAINTERS: dict[str, Callable[..., Drawing]] = {
    "speedup": speedup.draw,
    "twins": twins.draw,
    "efficiency": efficiency.draw,
    "seconds": seconds.draw,
    "losses": losses.draw,
    "karp-flatt": karp_flatt.draw,
    "timeline": timeline.draw,
}


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw a figure that the study has data for."""
    with style.applied(half=half):
        return _PAINTERS[kind.name](study, kind, half=half)


def draw_grain(grain: Grain, *, half: bool) -> Drawing:
    """Draw what ``scale grain`` found. Raises UsageError where it found nothing."""
    with style.applied(half=half):
        return metg.draw(grain, half=half)
