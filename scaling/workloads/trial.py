"""The kernel on a few items: how long it takes, and whether it computes or waits."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaling.workloads.base import Workload

ENOUGH_S = 0.5
SHORTEST_S = 0.001
"""Below this the clock of CPU time says little."""


@dataclass(slots=True)
class Trial:
    """Seconds of the kernel on some items."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    queued_s: list[float] = field(default_factory=list)
    """Ready to run, but the machine was busy with something else."""
    broken: bool = False
    """True when the kernel raised: the case itself will say so."""

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

    def run(self, workload: Workload, some: list[Any]) -> None:
        """Run the kernel on the items until there is enough to tell."""
        with ExitStack() as stack:
            inputs = _inputs(workload, stack)
            try:
                for item in some:
                    self._run_item(workload, item, inputs)
                    if sum(self.wall_s) > ENOUGH_S:
                        return
            except BaseException:  # noqa: BLE001 - the kernel is the user's
                self.broken = True

    def _run_item(self, workload: Workload, item: Any, inputs: tuple[Any, ...]) -> None:
        queued, cpu, wall = _queued_s(), time.process_time(), time.perf_counter()
        workload.kernel(item, *inputs)
        wall_s = time.perf_counter() - wall
        cpu_s = time.process_time() - cpu
        self.wall_s.append(wall_s)
        self.cpu_s.append(cpu_s)
        # The readings are not of one moment: what does not fit fell between them.
        self.queued_s.append(min(max(0.0, wall_s - cpu_s), _queued_s() - queued))

    @staticmethod
    def _steady(seconds: list[float]) -> list[float]:
        """Leave out the first item, which may import and compile, where there are others."""
        return seconds[1:] or seconds


def _inputs(workload: Workload, stack: ExitStack) -> tuple[Any, ...]:
    if workload.shared is None:
        return ()
    made = workload.shared()
    return (stack.enter_context(made) if isinstance(made, AbstractContextManager) else made,)


def _queued_s() -> float:
    """Read for how long this thread was ready but had no CPU (Linux, where it is counted)."""
    try:
        fields = Path("/proc/thread-self/schedstat").read_text().split()
    except OSError:
        return 0.0
    return int(fields[1]) / 1e9
