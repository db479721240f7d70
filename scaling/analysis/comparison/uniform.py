"""Did every case change by one factor? Then the machine may be what changed, and not the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.comparison.verdicts import Comparison, Verdict
from scaling.model import SERIAL


def of_changes(cases: Sequence[Comparison], threshold: float) -> Iterator[Remark]:
    """Yield a remark where all cases changed alike, the serial one too.

    Alike is a difference between their ratios that is not worth reporting. Slower kernels look the
    same: only a second BASE tells them from a slower machine.
    """
    ratios = [one.ratio for one in cases if one.ratio is not None and one.interval is not None]
    if len(ratios) < 2 or max(ratios) > (1 + threshold) * min(ratios):
        return
    for verdict in (Verdict.SLOWER, Verdict.FASTER):
        if any(one.case.backend == SERIAL and one.verdict is verdict for one in cases):
            span = f"{min(ratios):.3f} to {max(ratios):.3f}"
            text = (
                f"all cases, the serial one too, take {span} times as long: the kernels became "
                f"{verdict}, or the whole machine did; measure BASE again to tell"
            )
            yield Remark(Level.CAUTION, text)
            return
