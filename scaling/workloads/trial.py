"""The kernel on a few items: how long it takes, and whether it computes or waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaling.workloads.base import Workload

ENOUGH_S = 0.5
SHORTEST_S = 0.001
"""Below this the clock of CPU time says little."""
SETTLE_S = 0.15
"""Threads that were just started look for work, and use a CPU, for a fraction of this."""
INNER_S = 0.3
"""Enough of items whose inner threads are not capped."""

Uncap = Callable[[], AbstractContextManager[object] | None]
"""Lifts the cap on inner threads while it is entered; None where there is nothing to lift."""


def _no_cap() -> None:
    """Lift nothing."""


def _ignore(part: object) -> None:
    """Look at no part."""
    del part


@dataclass(slots=True)
class Trial:
    """Seconds of the kernel on some items."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    queued_s: list[float] = field(default_factory=list)
    """Ready to run, but the machine was busy with something else."""
    broken: bool = False
    """True when the kernel raised: the case itself will say so."""
    inner_cpus: float | None = None
    """CPU time over wall time without the cap on inner threads; None: not tried."""

    @property
    def cpu_share(self) -> float | None:
        """CPU time over the time in which the kernel ran or waited by its own will."""
        wall_s = sum(self._steady(self.wall_s)) - sum(self._steady(self.queued_s))
        if self.broken or wall_s < SHORTEST_S:
            return None
        return sum(self._steady(self.cpu_s)) / wall_s

    @property
    def item_s(self) -> float | None:
        """Mean time of an item."""
        steady = self._steady(self.wall_s)
        return sum(steady) / len(steady) if steady and not self.broken else None

    def run(
        self,
        workload: Workload,
        some: list[Any],
        *,
        on_part: Callable[[Any], None] = _ignore,
        uncap: Uncap = _no_cap,
    ) -> None:
        """Run the kernel on the items until there is enough to tell; ``on_part`` gets the parts.

        Then some run again without the cap on inner threads, where ``uncap`` lifts it and they
        take long enough to tell.
        """
        with ExitStack() as stack:
            inputs = _inputs(workload, stack)
            try:
                for item in some:
                    on_part(self._run_item(workload, item, inputs))
                    if sum(self.wall_s) > ENOUGH_S:
                        break
            except BaseException:  # noqa: BLE001 - the kernel is the user's
                self.broken = True
            if not self.broken and (self.item_s or 0.0) >= SHORTEST_S:
                self.inner_cpus = _inner_cpus(workload, some[: len(self.wall_s)], inputs, uncap)

    def _run_item(self, workload: Workload, item: Any, inputs: tuple[Any, ...]) -> Any:
        queued, cpu, wall = _queued_s(), time.process_time(), time.perf_counter()
        part = workload.kernel(item, *inputs)
        wall_s = time.perf_counter() - wall
        cpu_s = time.process_time() - cpu
        self.wall_s.append(wall_s)
        self.cpu_s.append(cpu_s)
        # The readings are not of one moment: what does not fit fell between them.
        self.queued_s.append(min(max(0.0, wall_s - cpu_s), _queued_s() - queued))
        return part

    @staticmethod
    def _steady(seconds: list[float]) -> list[float]:
        """Leave out the first item, which may import and compile, where there are others."""
        return seconds[1:] or seconds


def _inner_cpus(
    workload: Workload, some: list[Any], inputs: tuple[Any, ...], uncap: Uncap
) -> float | None:
    """Return CPU time over wall time of the kernel with as many inner threads as it likes."""
    lifted = uncap()
    if lifted is None:
        return None
    first, *others = some
    try:
        with lifted:
            if others:
                workload.kernel(first, *inputs)  # It may start the threads.
            time.sleep(SETTLE_S)
            before = _Reading.now()
            for item in others or some:
                workload.kernel(item, *inputs)
                if time.perf_counter() - before.wall_s > INNER_S:
                    break
            return _Reading.now().cpus_since(before)
    except BaseException:  # noqa: BLE001 - the kernel is the user's, and it did well with the cap
        return None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Clocks of this process, all its threads together."""

    wall_s: float
    cpu_s: float
    own_s: float
    """CPU time of the calling thread."""
    queued_s: float

    @classmethod
    def now(cls) -> _Reading:
        queued_s = sum(map(_queued_s, Path("/proc/self/task").glob("*/schedstat")))
        return cls(time.perf_counter(), time.process_time(), time.thread_time(), queued_s)

    def cpus_since(self, before: _Reading) -> float:
        """Return how many CPUs were used at once, as if the machine had done nothing else."""
        queued_s = max(0.0, self.queued_s - before.queued_s)
        # Threads queue at the same time: that much cannot always be taken off.
        least_s = self.own_s - before.own_s
        wall_s = max(least_s, self.wall_s - before.wall_s - queued_s)
        return (self.cpu_s - before.cpu_s) / wall_s


def _inputs(workload: Workload, stack: ExitStack) -> tuple[Any, ...]:
    if workload.shared is None:
        return ()
    made = workload.shared()
    return (stack.enter_context(made) if isinstance(made, AbstractContextManager) else made,)


def _queued_s(file: Path = Path("/proc/thread-self/schedstat")) -> float:
    """Read for how long a thread was ready but had no CPU (Linux, where it is counted)."""
    try:
        fields = file.read_text().split()
    except OSError:
        return 0.0
    return int(fields[1]) / 1e9
