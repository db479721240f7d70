"""Did every case change by one factor? Then the machine may be what changed, and not the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.comparison.verdicts import Comparison, Verdict
from scaling.model import SERIAL

CHANGED = {Verdict.SLOWER, Verdict.FASTER}


def of_changes(cases: Sequence[Comparison], threshold: float) -> Iterator[Remark]:
    """Yield a remark where all cases changed as the serial one did.

    That is, none is further from its ratio than the smallest change worth reporting. Slower kernels
    look the same: only a second BASE tells them from a slower machine.
    """
    serial = next((one for one in cases if one.case.backend == SERIAL), None)
    if serial is None or serial.ratio is None or serial.verdict not in CHANGED:
        return
    ratios = [one.ratio for one in cases if one.ratio is not None and one.interval is not None]
    apart = max(max(one / serial.ratio, serial.ratio / one) for one in ratios)
    if len(ratios) > 1 and apart < 1 + threshold:
        text = (
            f"all cases, the serial one too, take {min(ratios):.3f} to {max(ratios):.3f} times as "
            f"long: the kernels became {serial.verdict}, or the whole machine did; measure BASE "
            "again to tell"
        )
        yield Remark(Level.CAUTION, text)
