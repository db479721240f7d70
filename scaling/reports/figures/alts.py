"""Figures in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count
from scaling.reports.figures.curves import is_hollow
from scaling.reports.figures.measures import Measure
from scaling.reports.figures.series import Panel, Series

Written = Callable[[float], str]
Pick = Callable[[Series], CaseResult]


def one_of_each(
    begin: str, panels: Sequence[Panel], measure: Measure, written: Written, pick: Pick
) -> str:
    """Say the value of one case of each backend, of the largest size where there are several."""
    panel = panels[-1]
    size = panel.size if len(panels) > 1 else None
    at = "" if size is None else f"At {count(size, 'item')}: "
    told = (f"{one.backend} {said(pick(one), measure, written)}" for one in panel.series)
    return f"{begin} {at}{'; '.join(told)}."


def most_workers(one: Series) -> CaseResult:
    """Return the case with the most workers."""
    return one.results[-1]


def best(measure: Measure) -> Pick:
    """Return what picks the case with the largest value."""
    return lambda one: max(one.results, key=lambda result: measure.value(result) or 0.0)


def least(measure: Measure) -> Pick:
    """Return what picks the case with the smallest value."""
    return lambda one: min(one.results, key=lambda result: measure.value(result) or 0.0)


def said(result: CaseResult, measure: Measure, written: Written) -> str:
    """Say the value of a case, where, and its interval."""
    low, high = measure.low(result), measure.high(result)
    text = f"{written(measure.value(result) or 0.0)} with {count(result.workers, 'worker')}"
    if result.nodes > 1:
        text += f" on {result.nodes} nodes"
    if low is not None and high is not None:
        text += f" (95 % {written(low)} to {written(high)})"
    return f"{text}, on shared cores" if is_hollow(result) else text
