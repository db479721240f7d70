"""The serial run that everything is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.audit.finding import Finding, Severity
from scaling.analysis.audit.view import MORE_THAN_ONE, Measured, View
from scaling.analysis.units import ratio, seconds

FASTER = 1.1
"""More than what blocks differ by (10 %) makes a noisy case."""


def uncapped_serial(view: View) -> Iterator[Finding]:
    """Find a serial run that is faster without the cap on inner threads than the baseline."""
    for free in view.uncapped:
        capped = view.serial(free)
        if capped is None or not capped.slower(free, FASTER) or free.kernel_cpus < MORE_THAN_ONE:
            continue
        rivals = [
            one
            for one in view.parallel
            if one.case.size == free.case.size and free.case.size == capped.case.size
        ]
        best = min(rivals, key=lambda one: one.seconds, default=None)
        loses = best is not None and best.seconds >= free.seconds
        yield Finding(
            "uncapped-serial",
            Severity.HIGH if loses else Severity.MEDIUM,
            (free.case.key,),
            f"without the cap on inner threads a serial run takes {seconds(free.seconds)}, "
            f"{ratio(capped.seconds / free.seconds)} times as fast as the baseline"
            f"{_against(best, free, capped)}",
            "let the library use the CPUs instead of workers, or compare with this run"
            if loses
            else "compare with this run before you choose workers",
        )


def _against(best: Measured | None, free: Measured, capped: Measured) -> str:
    if best is None:
        return ""
    return (
        f"; against it {best.case.label} has a speedup of {ratio(free.seconds / best.seconds)}, "
        f"not {ratio(capped.seconds / best.seconds)}"
    )
