"""How long the items of a study are beside what each backend needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scaling.analysis import units
from scaling.analysis.granularity import Bound
from scaling.analysis.item_length import ItemLength
from scaling.model import Case

if TYPE_CHECKING:
    from scaling.results import Study


def lines(study: Study) -> Iterator[str]:
    """Yield the lines of the terminal report; none without a grain result."""
    grain = study.grain
    if grain is None:
        return
    found = grain.beside(study.data)
    share = f"METG({grain.data.header.threshold:.0%})"
    if not found:
        yield f"{grain.name} has no {share} of the cases of this study"
        return
    several = len({one.size for one in found}) > 1
    sizes = dict.fromkeys((one.size, one.item_s) for one in found)
    means = ", ".join(
        units.seconds(item_s) + f" ({units.count(size, 'item')})" * several
        for size, item_s in sizes
    )
    yield f"Mean item {means}; {share} from {grain.name}:"
    yield from (f"  {_line(one)}" for one in found)
    yield from (f"  {doubt}" for doubt in grain.doubts_for(study.data))


def document(study: Study) -> dict[str, Any] | None:
    """Return the same for ``--json``; None without a grain result."""
    grain = study.grain
    if grain is None:
        return None
    return {
        "from": grain.name,
        "threshold": grain.data.header.threshold,
        "items": [asdict(one) for one in grain.beside(study.data)],
        "doubts": list(grain.doubts_for(study.data)),
    }


def _line(one: ItemLength) -> str:
    name = Case("", one.size, one.backend, one.nodes, one.workers).label
    above = one.times >= 1
    times = _times(one.times if above else 1 / one.times)
    # A METG that is only bounded bounds this too, where the bound points the right way.
    if one.bound is Bound.BELOW:
        times = f"at least {times}" if above else f"at most {times}"
    if one.bound is Bound.ABOVE:
        times = f"at most {times}" if above else f"at least {times}"
    sign = f"{one.bound} " if one.bound else ""
    place = "above" if above else "below"
    return f"{name}: {times} times {place} ({sign}{units.seconds(one.metg_s)})"


def _times(value: float) -> str:
    return units.digits(value, 2) if value < 100 else f"{value:,.0f}"
