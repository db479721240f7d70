"""Rules 5 to 7: what chance may do to the numbers."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.cautions import Caution
from scaling.analysis.points import from_study
from scaling.analysis.protocol import protocol
from scaling.analysis.speedup import CaseResult
from scaling.analysis.statistics import BOOTSTRAP_BLOCKS, LEAST_BLOCKS
from scaling.analysis.twelve_rules.check import Answer, Lack, judged, not_applicable
from scaling.analysis.twelve_rules.ground import Ground, named
from scaling.analysis.units import count

_MORE_BLOCKS = f"take {LEAST_BLOCKS} blocks or more"
_COMPUTED = "all times are computed from a law, the same every time"


def intervals(ground: Ground) -> Answer:
    """Rule 5: intervals for what is not deterministic."""
    if not ground.measured:
        return judged(_COMPUTED)
    without = [result for result in ground.measured if result.low_s is None]
    cases = count(len(ground.measured), "case")
    if len(without) == len(ground.measured):
        most = max(result.blocks for result in without)
        missing = f"with {count(most, 'block')} none of {cases} has an interval"
        return judged("times vary", [Lack(missing, _MORE_BLOCKS, whole=True)])
    told = f"{len(ground.measured) - len(without)} of {cases} have 95 % intervals by exact ranks"
    return judged(told, [*_few_blocks(ground), *_dependent(ground)])


def _few_blocks(ground: Ground) -> Iterator[Lack]:
    if without := [result for result in ground.measured if result.low_s is None]:
        yield Lack(f"no interval for {named(without)}", _MORE_BLOCKS)


def _dependent(ground: Ground) -> Iterator[Lack]:
    if found := ground.with_any(Caution.DRIFT, Caution.AUTOCORRELATED):
        yield Lack(
            f"the blocks do not vary by chance alone, so that intervals may be too narrow: "
            f"{named(found)}",
            "measure again on a machine with nothing else to do",
        )


def normality(ground: Ground) -> Answer:
    """Rule 6: no distribution assumed unchecked."""
    few = [r for r in ground.measured if r.blocks < LEAST_BLOCKS]
    method = protocol(ground.data).intervals
    told = {
        None: "no interval of a time or speedup is shown, and nothing is tested",
        "order statistics": "intervals rest on ranks, which assume no distribution",
        "bootstrap": (
            f"intervals rest on ranks and, of ratios from {BOOTSTRAP_BLOCKS} blocks on, on "
            "resampled blocks, which assume no distribution"
        ),
    }[method]
    if not few or not from_study(ground.data):
        return judged(told)
    missing = (
        f"laws fitted to fewer than {LEAST_BLOCKS} blocks have intervals that assume normal errors"
    )
    return judged(told, [Lack(missing, f"{_MORE_BLOCKS} before the intervals of a law are quoted")])


def comparisons(ground: Ground) -> Answer:
    """Rule 7: sound comparisons."""
    compared = [result for result in ground.compared if result in ground.measured]
    if not compared:
        why = _COMPUTED if ground.compared else "nothing is compared"
        return not_applicable(why)
    without = [result for result in compared if _low(result) is None]
    cases = count(len(compared), "case")
    if len(without) == len(compared):
        missing = f"without intervals, differences of {cases} from the base case may be chance"
        return judged("ratios are paired by block", [Lack(missing, _MORE_BLOCKS, whole=True)])
    told = (
        "ratios to the base case with a 95 % interval, paired by block: "
        f"{len(compared) - len(without)} of {len(compared)}; each stands for itself"
    )
    lacks = [Lack(f"no interval for {named(without)}", _MORE_BLOCKS)] if without else []
    return judged(told, lacks)


def _low(result: CaseResult) -> float | None:
    return result.speedup_low if result.speedup_low is not None else result.efficiency_low
