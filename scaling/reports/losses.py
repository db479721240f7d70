"""Where the worker-seconds went, as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from textwrap import wrap

from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, seconds
from scaling.model import SERIAL
from scaling.reports.table import case_name
from scaling.results import Study

WIDTH = 80
BAR = 25
"""One letter is 4 %."""
WORTH_TELLING = 0.02
"""Of a case's worker-seconds; what is less is drawn where it fits, but not put into words."""
THREADS = "threads"
MUCH_SCHEDULING = 0.1
_GIL = (
    "On threads a kernel that holds the GIL keeps the driver and idle threads waiting, too: "
    "where batches take under 5 ms, that counts as scheduling."
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that worker-seconds go to."""

    letter: str
    name: str
    meaning: str
    of: Callable[[CaseResult], float | None]
    saved: str = ""
    """What a case did that spent less of it than the serial run."""


def _told_apart(result: CaseResult) -> bool:
    return result.loss_waiting is not None


def _useful(result: CaseResult) -> float | None:
    """Return the kernel time that serial needs too: what is not lost, and nothing that is saved."""
    if result.loss_serial is None:
        return None
    return max(0.0, 1 - sum(max(0.0, share) for share in _losses(result)))


def _losses(result: CaseResult) -> list[float]:
    found = (
        result.loss_serial,
        result.loss_balance,
        result.loss_scheduling,
        result.loss_work,
        result.loss_waiting,
    )
    return [share for share in found if share is not None]


def _in_kernel(result: CaseResult) -> float | None:
    return result.parallel_efficiency if result.loss_serial is None else None


def _serial(result: CaseResult) -> float | None:
    """Return the serial loss; where the serial run's own is not known, all of it."""
    own = _in_kernel(result)
    return result.loss_serial if own is None else 1 - own - sum(_losses(result))


KINDS = (
    Kind("#", "useful", "in the kernel, for no longer than in the serial run", _useful),
    Kind(
        "k",
        "kernel",
        "in the kernel; how much of it serial needs too is not known",
        _in_kernel,
    ),
    Kind(
        "S",
        "serial",
        "one does it, the others wait: items produced, parts combined",
        _serial,
        "left less to one alone than the serial run",
    ),
    Kind(
        "B",
        "balance",
        "nothing left to start while others still ran",
        lambda result: result.loss_balance,
    ),
    Kind(
        "Q",
        "scheduling",
        "an item waited: queue, serialisation, wire, driver",
        lambda result: result.loss_scheduling,
    ),
    Kind(
        "W",
        "work",
        "the same work took more CPU time",
        lambda result: result.loss_work if _told_apart(result) else None,
        "used less CPU time than the serial run",
    ),
    Kind(
        ".",
        "waiting",
        "in the kernel but off the CPU: the GIL, a shared core, I/O",
        lambda result: result.loss_waiting,
        "waited less in the kernel than the serial run",
    ),
    Kind(
        "L",
        "longer",
        "the same items took longer; they mostly wait, so it is not said why",
        lambda result: None if _told_apart(result) else result.loss_work,
        "took less time in the kernel than the serial run",
    ),
)
"""In the order in which they are drawn."""


def known(study: Study) -> list[CaseResult]:
    """Return the parallel cases of which it is known where their time went."""
    return [
        result
        for result in study.results
        if result.loss_balance is not None and result.status == "ok" and result.backend != SERIAL
    ]


def lines(study: Study) -> Iterator[str]:
    """Yield the lines of the terminal report; none where nothing is known."""
    told = known(study)
    if not told:
        return
    yield "Where the worker-seconds went, as shares of workers times time:"
    weak = study.header.plan.weak
    sizes = dict.fromkeys(None if weak else result.size for result in told)
    for size in sizes:
        if len(sizes) > 1 and size is not None:
            yield f"{count(size, 'item')}:"
        yield from _bars([result for result in told if size in {None, result.size}])
    yield from _legend(told)
    for sentence in sentences(study):
        yield from wrap(sentence, WIDTH)


def sentences(study: Study) -> Iterator[str]:
    """Yield what a reader of the shares must know; for studies with known shares alone."""
    told = known(study)
    for kind in KINDS:
        yield from _savings(kind, told)
    if study.header.environment.gil and any(_may_wait_for_the_gil(result) for result in told):
        yield _GIL
    yield "Shares are medians over the blocks: they sum to 100% only nearly."
    yield from _clocks(study)


def shares(result: CaseResult) -> dict[str, float]:
    """Return the shares to draw, by letter: none below zero, together 1."""
    found = {kind.letter: share for kind in KINDS if (share := kind.of(result)) and share > 0}
    total = sum(found.values())
    return {letter: share / total for letter, share in found.items()} if total else {}


def bar(result: CaseResult, width: int = BAR) -> str:
    """Return the shares as letters; each ends where the sum of shares so far does."""
    parts = shares(result)
    ends = [round(width * end) for end in accumulate(parts.values())]
    starts = [0, *ends]
    return "".join(
        letter * (end - start) for letter, start, end in zip(parts, starts, ends, strict=False)
    )


def largest(result: CaseResult) -> list[tuple[Kind, float]]:
    """Return the losses that are worth telling, the largest first."""
    found = [
        (kind, share)
        for kind in KINDS
        if kind.letter not in "#k" and (share := kind.of(result) or 0.0) >= WORTH_TELLING
    ]
    return sorted(found, key=lambda one: one[1], reverse=True)


def _bars(told: Sequence[CaseResult]) -> Iterator[str]:
    names = [f"{result.backend}{result.twin or ''}" for result in told]
    width = max(len(name) for name in ("backend", *names))
    scale = f"one letter is {1 / BAR:.0%}"
    yield f"{'backend':{width}} nodes workers  {scale:{BAR}}  most lost"
    for name, result in zip(names, told, strict=True):
        start = f"{name:{width}} {result.nodes:5} {result.workers:7}  {bar(result):{BAR}}  "
        yield start + _words(result, WIDTH - len(start))


def _words(result: CaseResult, room: int) -> str:
    """Return the largest loss, and the next one where there is room."""
    found = [f"{share:.0%} {kind.name}" for kind, share in largest(result)[:2]]
    if not found:
        return f"under {WORTH_TELLING:.0%} each"
    both = ", ".join(found)
    return both if len(both) <= room else found[0]


def _legend(told: Sequence[CaseResult]) -> Iterator[str]:
    seen = {letter for result in told for letter in bar(result)}
    seen |= {kind.letter for result in told for kind, _ in largest(result)[:2]}
    for kind in KINDS:
        if kind.letter in seen:
            yield f"  {kind.letter}  {kind.name}: {kind.meaning}"


def _savings(kind: Kind, told: Sequence[CaseResult]) -> Iterator[str]:
    """Say which case spent most less than the serial run, where one did."""
    if not kind.saved:
        return
    found = [(kind.of(result) or 0.0, result) for result in told]
    share, most = min(found, key=lambda one: one[0])
    if share > -WORTH_TELLING:
        return
    others = sum(one <= -WORTH_TELLING for one, _ in found) - 1
    more = f"; {count(others, 'other case')} saved less" if others else ""
    yield f"{case_name(most)} {kind.saved}, which saved {-share:.0%}{more}."


def _may_wait_for_the_gil(result: CaseResult) -> bool:
    return (
        result.backend == THREADS
        and result.workers > 1
        and (result.loss_scheduling or 0.0) >= MUCH_SCHEDULING
    )


def _clocks(study: Study) -> Iterator[str]:
    error = max((sample.clock_error_s for sample in study.data.samples), default=0.0)
    if error:
        yield (
            f"Clocks of other hosts are known to {seconds(error)}: balance and scheduling rest on "
            "them."
        )
