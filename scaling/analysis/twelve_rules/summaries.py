"""Rules 3, 4 and 8: how many values became one."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.cautions import Caution
from scaling.analysis.twelve_rules.check import Answer, Lack, judged, not_applicable
from scaling.analysis.twelve_rules.ground import Ground, named
from scaling.analysis.units import count
from scaling.model import SERIAL

_SPREAD = {
    Caution.NOISY: "the blocks differ by 10 % or more",
    Caution.DRIFT: "the times rose or fell over the blocks",
    Caution.SLOW_FIRST: "the first sample of a session is slower than the later ones",
}
"""What one middle value hides, in the order in which it is told."""


def means(ground: Ground) -> Answer:
    """Rule 3: the right mean."""
    cases = count(len(ground.timed), "case")
    return judged(
        f"no mean is shown: the times of {cases} are medians, and items per second are the items "
        "over the median time"
    )


def ratios(ground: Ground) -> Answer:
    """Rule 4: no summary of ratios."""
    shares = [r for r in ground.timed if r.backend != SERIAL and r.loss_balance is not None]
    if not ground.compared and not shares:
        return not_applicable("no ratio is shown")
    lacks = []
    if shares:
        lacks.append(
            Lack(
                f"the shares of lost time of {count(len(shares), 'case')} are medians of shares",
                "quote these shares as such, or take the worker-seconds from study.jsonl",
            )
        )
    return judged("speedups and efficiencies are ratios of median times, never averaged", lacks)


def middle(ground: Ground) -> Answer:
    """Rule 8: whether the middle value is what matters."""
    return judged(
        "the median of a whole pass is shown, which suits work that is awaited as a whole; every "
        "sample is kept in study.jsonl",
        _hidden(ground),
    )


def _hidden(ground: Ground) -> Iterator[Lack]:
    for caution, found in _SPREAD.items():
        if cases := ground.with_any(caution):
            yield Lack(
                f"a median hides that {found}: {named(cases)}",
                "show the samples or their percentiles too: Study.samples(), .samples.parquet",
            )
