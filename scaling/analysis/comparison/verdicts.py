"""Is NEW as fast as BASE? A verdict for each case, and one over all.

Two studies are independent: their blocks are not paired. Of each case the sessions' values of both
are compared. With the threshold t, the smallest change worth reporting:

    slower       the difference is beyond chance, corrected for the number of cases, and the ratio
                 of medians is 1 + t or more
    faster       likewise, and the ratio is 1 / (1 + t) or less
    same         the 90 % interval of the ratio lies within 1 / (1 + t) and 1 + t: two one-sided
                 tests at 5 % (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15(6),
                 1987). Over all is same only where each case is, which needs no correction
                 (Berger, Technometrics 24(4), 1982)
    cannot tell  anything else
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from scaling.analysis.statistics import LEAST_BLOCKS, Interval, median
from scaling.analysis.two_samples import cliffs_delta, factor_interval, holm, least_p, p_value
from scaling.analysis.units import count, percent
from scaling.model import Case

LEVEL = 0.05
"""Chance of an error that is accepted."""


class Verdict(StrEnum):
    """What is said of a case, and over all."""

    SAME = "same"
    FASTER = "faster"
    SLOWER = "slower"
    CANNOT_TELL = "cannot tell"
    BROKEN = "broken"
    """It had a value in BASE and has none in NEW, since it failed there."""

    @property
    def exit_code(self) -> int:
        """The exit code of a gate with this verdict."""
        return {Verdict.SLOWER: 1, Verdict.BROKEN: 1, Verdict.CANNOT_TELL: 3}.get(self, 0)


_GRAVEST = (Verdict.BROKEN, Verdict.SLOWER, Verdict.CANNOT_TELL, Verdict.FASTER)


@dataclass(frozen=True, slots=True)
class Pair:
    """A case that both studies have."""

    case: Case
    base: tuple[float, ...]
    """Its value in each block of BASE."""
    new: tuple[float, ...]
    lacking: str = ""
    """Why it is not judged, whatever the values are."""
    broken: str = ""
    """How it failed in NEW."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A case in BASE and NEW. None: not defined."""

    case: Case
    base_blocks: int
    new_blocks: int
    base: float | None
    """Median over the blocks, in seconds."""
    new: float | None
    ratio: float | None
    """NEW over BASE: above 1 is slower."""
    interval: Interval | None
    """95 % of the ratio."""
    narrow: Interval | None
    """90 % of the ratio, for ``same``."""
    delta: float | None
    """Cliff's: how much more often NEW takes longer than less long."""
    p: float | None
    """Mann and Whitney's, of no difference."""
    p_corrected: float | None
    """Corrected for the number of cases."""
    verdict: Verdict
    reason: str
    """Why it is that verdict."""


def compare(pairs: Sequence[Pair], threshold: float) -> tuple[Comparison, ...]:
    """Return the verdict on each case; ``threshold`` is a share above 0."""
    tests = {at: p_value(one.base, one.new) for at, one in enumerate(pairs) if _enough(one)}
    corrected = dict(zip(tests, holm(tuple(tests.values())), strict=True))
    return tuple(
        _judged(one, tests.get(at), corrected.get(at), len(tests), threshold)
        for at, one in enumerate(pairs)
    )


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the gravest verdict; nothing can be told of no case."""
    found = set(verdicts)
    if not found:
        return Verdict.CANNOT_TELL
    return next((one for one in _GRAVEST if one in found), Verdict.SAME)


def _enough(pair: Pair) -> bool:
    enough = min(len(pair.base), len(pair.new)) >= LEAST_BLOCKS
    return enough and min(*pair.base, *pair.new) > 0


def _judged(
    pair: Pair, p: float | None, corrected: float | None, tests: int, threshold: float
) -> Comparison:
    base, new = _median(pair.base), _median(pair.new)
    ratio = new / base if base and new else None
    one = Comparison(
        case=pair.case,
        base_blocks=len(pair.base),
        new_blocks=len(pair.new),
        base=base,
        new=new,
        ratio=ratio,
        interval=_interval(pair, ratio, 0.025) if p is not None else None,
        narrow=_interval(pair, ratio, LEVEL) if p is not None else None,
        delta=cliffs_delta(pair.base, pair.new) if pair.base and pair.new else None,
        p=p,
        p_corrected=corrected,
        verdict=Verdict.CANNOT_TELL,
        reason="",
    )
    verdict, reason = _verdict(pair, one, tests, threshold)
    return replace(one, verdict=verdict, reason=reason)


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _interval(pair: Pair, ratio: float | None, tail: float) -> Interval | None:
    """Return the interval, widened to hold the ratio of medians in the rare case it does not."""
    found = factor_interval(pair.base, pair.new, tail)
    if found is None or ratio is None:
        return None
    return Interval(min(found.low, ratio), max(found.high, ratio))


def _verdict(pair: Pair, one: Comparison, tests: int, threshold: float) -> tuple[Verdict, str]:
    if pair.broken:
        return Verdict.BROKEN, pair.broken
    if pair.lacking:
        return Verdict.CANNOT_TELL, pair.lacking
    if one.ratio is None or one.narrow is None or one.p_corrected is None:
        return Verdict.CANNOT_TELL, _too_little(pair)
    most = 1 + threshold
    if one.p_corrected <= LEVEL and not 1 / most < one.ratio < most:
        found = Verdict.SLOWER if one.ratio > 1 else Verdict.FASTER
        return found, f"beyond chance, and {percent(threshold)} or more"
    if 1 / most <= one.narrow.low and one.narrow.high <= most:
        return Verdict.SAME, f"the 90 % interval of the ratio is within {percent(threshold)}"
    return Verdict.CANNOT_TELL, _why_not(one, tests, threshold)


def _too_little(pair: Pair) -> str:
    for name, values in (("BASE", pair.base), ("NEW", pair.new)):
        if len(values) < LEAST_BLOCKS:
            return f"{count(len(values), 'block')} in {name}: an interval takes {LEAST_BLOCKS}"
    return "a time of zero has no ratio"


def _why_not(one: Comparison, tests: int, threshold: float) -> str:
    """Say what is missing for a verdict; ``one`` has an interval."""
    assert one.p is not None
    assert one.p_corrected is not None
    assert one.ratio is not None
    way = "slower" if one.ratio > 1 else "faster"
    if one.p_corrected <= LEVEL:
        return f"{way} beyond chance, but whether by {percent(threshold)} is open"
    if one.p <= LEVEL and tests > 1:
        if least_p(one.base_blocks, one.new_blocks) * tests > LEVEL:
            return f"{way}, but so few blocks prove nothing among {tests} cases: take more blocks"
        return f"{way}, but among {tests} cases that may be chance: take more blocks"
    return f"noise hides changes of {percent(threshold)}: take more blocks"
