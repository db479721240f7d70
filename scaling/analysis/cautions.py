"""The named doubts about a case."""

from __future__ import annotations

from enum import StrEnum


class Caution(StrEnum):
    """A doubt that a reader of the report must know of."""

    QUICK = "quick"
    FEW_BLOCKS = "few-blocks"
    OVERSUBSCRIBED = "OVERSUBSCRIBED"
    MORE_WORKERS_THAN_CPUS = "more-workers-than-cpus"
    SIMULATED = "simulated"
    NO_BASELINE = "no-baseline"
    NO_SERIAL = "no-serial"
    LATE_BASE = "late-base"
    SHORT = "short"
    NOISY = "noisy"
    SLOW_FIRST = "slow-first"
    DRIFT = "drift"
    AUTOCORRELATED = "autocorrelated"
    SUPERLINEAR = "superlinear"
    IDLE_CLUSTER = "idle-cluster"
    NOT_QUIET = "not-quiet"
    INCONSISTENT = "inconsistent-records"
    INTERRUPTED = "interrupted"
    BUDGET = "budget"
    NOT_REACHED = "not-reached"
    BY_VALUE = "by-value"

    @property
    def explanation(self) -> str:
        """One sentence for the reader of the report."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    Caution.QUICK: "a quick look: too few blocks to defend any number",
    Caution.FEW_BLOCKS: "fewer than 6 blocks: no 95 % interval can be given",
    Caution.OVERSUBSCRIBED: (
        "the nodes share the cores of one machine and have more workers than it has usable CPUs: "
        "this is no measure of what separate machines would do"
    ),
    Caution.MORE_WORKERS_THAN_CPUS: "more workers than usable CPUs: they take turns",
    Caution.SIMULATED: "computed from a law, not measured",
    Caution.NO_BASELINE: "the baseline has no value: no speedup can be given",
    Caution.NO_SERIAL: (
        "no serial baseline: speedup is relative to the case that was named, it is not absolute"
    ),
    Caution.LATE_BASE: (
        "this backend's smallest case has no value: its relative speedup starts from a larger one"
    ),
    Caution.SHORT: "a sample takes under 1 ms, too short to time well: take more items",
    Caution.NOISY: "the blocks differ by 10 % or more (standard deviation over mean)",
    Caution.SLOW_FIRST: (
        "the first sample of a session is slower than the later ones by more than the precision: "
        "the warm-up was not enough"
    ),
    Caution.DRIFT: (
        "its times rose or fell over the blocks by more than the precision, and not by chance "
        "(p < 0.01): the machine changed"
    ),
    Caution.AUTOCORRELATED: (
        "each block resembles the one before (or its opposite): its intervals may be too narrow"
    ),
    Caution.SUPERLINEAR: (
        "more speedup than its workers and CPUs explain, beyond noise: "
        "look at caches, memory and the baseline"
    ),
    Caution.IDLE_CLUSTER: (
        "the idle cluster took 5 % or more of the usable CPUs beside this case: it is slowed by it"
    ),
    Caution.NOT_QUIET: "workers of an earlier session were still there when it was measured",
    Caution.INCONSISTENT: (
        "its records account for more worker-seconds than there were, by over 0.5 %: "
        "clocks or records do not fit together, so do not trust where its time went"
    ),
    Caution.INTERRUPTED: "the run ended before all its blocks: go on with --resume",
    Caution.BUDGET: "the time budget ran out before all its blocks: go on with --resume --budget",
    Caution.NOT_REACHED: (
        "its interval is wider than the precision asked for: "
        "go on with --resume --budget --max-blocks"
    ),
    Caution.BY_VALUE: (
        "its work came by value from a running Python (a notebook, a closure, a list): no file "
        "tells what was measured, and the study cannot be resumed or run again"
    ),
}
