"""Exact times from a scaling law: the answers are real, the clock is not."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scaling.backends.base import OpenRequest
from scaling.backends.producer import Producer
from scaling.backends.progress import open_progress
from scaling.backends.runner import Runner, bound_kernel
from scaling.errors import UnknownName, UsageError
from scaling.passes import BatchRecord, Mapped, Place

_CHUNK = 64
_KINDS = {"linear": (), "amdahl": ("serial",), "usl": ("alpha", "beta")}
_OPTIONAL = {"noise": 0.0, "seed": 0.0}
_FORM = "write KIND:name=value,... such as 'amdahl:serial=0.05,seconds=10,noise=0.02,seed=1'"


@dataclass(frozen=True, slots=True)
class Law:
    """Time of one pass as a function of the number of workers."""

    one_worker_s: float
    """Seconds with one worker."""
    serial: float = 0.0
    """Share of the time that one worker does while the others wait (Amdahl 1967)."""
    alpha: float = 0.0
    """Contention (universal scalability law, Gunther 2007)."""
    beta: float = 0.0
    """Coherency (universal scalability law, Gunther 2007)."""
    noise: float = 0.0
    """Standard deviation of the logarithm of a factor on each pass."""
    seed: int = 0

    def seconds(self, workers: int) -> float:
        """Return the time of a pass without noise."""
        parallel = self.serial + (1 - self.serial) / workers
        lost = self.alpha * (workers - 1) / workers + self.beta * (workers - 1)
        return self.one_worker_s * (parallel + lost)

    def alone_seconds(self, workers: int) -> float:
        """Return how long one works while the others wait: serial work, and contention."""
        return self.one_worker_s * (self.serial + self.alpha) * (1 - 1 / workers)

    def factor(self, *key: object) -> float:
        """Return the noise of the pass with this key: the same key gives the same factor."""
        if not self.noise:
            return 1.0
        text = "/".join(str(part) for part in (self.seed, *key))
        return math.exp(self.noise * random.Random(text).gauss(0, 1))  # noqa: S311 - no secret


def parse_law(text: str) -> Law:
    """Read ``linear:seconds=``, ``amdahl:serial=,seconds=`` or ``usl:alpha=,beta=,seconds=``.

    ``noise`` and ``seed`` may be added to each. Raises UsageError.
    """
    kind, _, rest = text.partition(":")
    if kind not in _KINDS:
        raise UnknownName("law", kind, list(_KINDS))
    needed = (*_KINDS[kind], "seconds")
    values: dict[str, float] = {}
    for pair in rest.split(",") if rest else ():
        name, value = _pair(text, pair, [*needed, *_OPTIONAL])
        if name in values:
            raise UsageError(f"the law {text!r} gives {name!r} twice; give it once")
        values[name] = value
    missing = [name for name in needed if name not in values]
    if missing:
        raise UsageError(f"the law {text!r} lacks {', '.join(missing)}; {_FORM}")
    return _law(values)


def _pair(text: str, pair: str, known: list[str]) -> tuple[str, float]:
    name, _, number = (piece.strip() for piece in pair.partition("="))
    if name not in known:
        raise UnknownName("parameter of the law", name, known)
    try:
        value = float(number)
    except ValueError:
        raise UsageError(f"the law {text!r} has no number for {name!r}; {_FORM}") from None
    wrong = _refusal(name, value)
    if wrong:
        raise UsageError(f"the law {text!r} has {name}={number}, but {wrong}")
    return name, value


def _refusal(name: str, value: float) -> str | None:
    if not math.isfinite(value) or value < 0:
        return "it must be a number that is not negative"
    if name == "seconds" and value == 0:
        return "it must be more than 0"
    if name == "serial" and value > 1:
        return "it must be at most 1"
    if name == "seed" and value != int(value):
        return "it must be a whole number"
    return None


def _law(values: dict[str, float]) -> Law:
    return Law(
        one_worker_s=values["seconds"],
        serial=values.get("serial", 0.0),
        alpha=values.get("alpha", 0.0),
        beta=values.get("beta", 0.0),
        noise=values.get("noise", 0.0),
        seed=int(values.get("seed", 0)),
    )


class SimulatedPool:
    """Runs the kernel here and tells what the law says of the time.

    The noise of a pass depends on the seed, the number of workers, the name of the session's
    folder and the number of the pass: sessions differ, and folders named after the case and the
    block make a whole study repeat exactly.
    """

    def __init__(self, law: Law, session: str, runner: Runner, workers: int) -> None:
        self._law, self._session, self._runner = law, session, runner
        self._now_ns, self._passes = 0, 0
        self.places = [Place(f"simulated-{worker}", "local") for worker in range(workers)]

    def clock(self) -> int:
        """Read the virtual clock, which only ``map`` moves."""
        return self._now_ns

    def spilled_bytes(self) -> None:
        """Spill nothing."""

    def map(self, items: Iterable[Any], expected: int | None) -> Mapped:
        """Run the kernel on every item, then move the clock by the law's time."""
        parts: list[Any] = []
        producer = Producer(items, expected)
        peak_rss = 0
        while taken := producer.take(_CHUNK):
            reply = self._runner.run(len(parts), taken)
            parts += reply.parts
            peak_rss = max(peak_rss, reply.record.peak_rss)
        records, produced = self._timeline(len(parts))
        if records:
            records[-1].peak_rss = peak_rss
        return Mapped(parts, records, produced=produced)

    def _timeline(self, items: int) -> tuple[list[BatchRecord], array[int]]:
        """Move the clock; share the items out in order, each worker's at the end of the pass.

        The workers together are busy for the time of one worker; what the law adds to an equal
        share of it is idle time before a worker's first item. What one does alone comes first, as
        if items were produced; coherency is on the way.
        """
        workers = len(self.places)
        factor = self._law.factor(workers, self._session, self._passes)
        start = self._now_ns
        end = start + round(self._law.seconds(workers) * factor * 1e9)
        busy = round(self._law.one_worker_s / workers * factor * 1e9)
        sent = min(start + round(self._law.alone_seconds(workers) * factor * 1e9), end)
        self._now_ns, self._passes = end, self._passes + 1
        bounds = [items * worker // workers for worker in range(workers + 1)]
        records = [
            _record(worker, first, last - first, (sent, end), min(busy, end - start))
            for worker, (first, last) in enumerate(pairwise(bounds))
            if last > first
        ]
        return records, array("q", (start, sent) if sent > start else ())


def _record(worker: int, first: int, count: int, span: tuple[int, int], busy: int) -> BatchRecord:
    sent, end = span
    ticks = array("q", (end - busy + busy * k // count for k in range(count + 1)))
    return BatchRecord(worker, first, ticks, busy, sent_ns=sent, received_ns=end)


class SimulatedBackend:
    """A scaling law instead of a machine."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[SimulatedPool]:
        """Read the law. Raises UsageError."""
        if request.law is None:
            raise UsageError(f"the backend 'simulated' needs a law; {_FORM}")
        law = parse_law(request.law)
        kernel = bound_kernel(request.workload, request.shared)
        runner = Runner(kernel, 0, open_progress(request.folder, 0))
        yield SimulatedPool(law, request.folder.name, runner, request.workers)
