"""A session of ``scale grain``: one open pool, the same items with ever other numbers of steps."""

from __future__ import annotations

import gc
import time
from pathlib import Path

from scaling.backends import heap, limits
from scaling.backends import registry as backends
from scaling.backends.base import OpenRequest, Pool
from scaling.errors import OpeningFailed
from scaling.grain_model import Level
from scaling.measure import grain_levels, workers
from scaling.measure.messages import (
    Checking,
    Done,
    GrainTask,
    Opened,
    Sampling,
    Warmed,
)
from scaling.measure.serving import Tell, serve
from scaling.measure.session import failure_of
from scaling.samples import Failure
from scaling.workloads import grain, origin
from scaling.workloads import registry as workloads
from scaling.workloads.base import Workload

FIRST_PASS_S = 0.25
"""A pass at the first level would take this long if the backend cost nothing."""
LEVEL_S = 0.3
"""A level is passed over again until its passes took this long together."""
MOST_PASSES = 9
_TRIED_STEPS = 20_000
_TRIES = 5


def main() -> None:
    """Run the session whose private folder is the first argument."""
    serve(GrainTask, lambda task, folder, tell: GrainSession(task, folder, tell).run())


class GrainSession:
    """Opens the pool of a case and takes its levels."""

    def __init__(self, task: GrainTask, folder: Path, tell: Tell) -> None:
        self._task, self._folder, self._tell = task, folder, tell

    def run(self) -> Done:
        """Return how the session ended."""
        try:
            self._measure()
        except _WrongAnswer as wrong:
            return Done("wrong", Failure("wrong", str(wrong)))
        except BaseException as error:  # noqa: BLE001 - the session reports it, whatever it is
            return Done("failed", failure_of(error))
        return Done("ok", None)

    def _measure(self) -> None:
        task = self._task
        workload = workloads.load(task.spec)
        if origin.code_digest(task.spec) != task.code_digest:
            raise OpeningFailed("the code of the workload was changed while the run went on")
        limits.apply(task.threads_per_worker)
        first = first_steps(step_seconds(), task.case.size, task.case.workers)
        start = time.perf_counter()
        with backends.load(task.case.backend).open(self._request(workload)) as pool:
            self._tell(Opened(time.perf_counter() - start))
            heap.freeze()
            self._warm(pool, first)
            grain_levels.search(
                lambda steps: self._level(pool, steps),
                first,
                items=task.case.size,
                threshold=task.threshold,
            )

    def _request(self, workload: Workload) -> OpenRequest:
        task = self._task
        return OpenRequest(
            spec=task.spec,
            workload=workload,
            shared=None,
            workers=task.case.workers,
            threads_per_worker=task.threads_per_worker,
            folder=self._folder,
            batch=task.batch,
            cluster=task.cluster,
        )

    def _warm(self, pool: Pool, steps: int) -> None:
        """Pass over the items once, so that every worker has run and batches have their size."""
        start = time.perf_counter()
        mapped = pool.map(grain.items(self._task.case.size, steps), self._task.case.size)
        self._tell(Warmed(time.perf_counter() - start, workers.facts(pool.places, mapped)))

    def _level(self, pool: Pool, steps: int) -> Level:
        items = grain.items(self._task.case.size, steps)
        seconds: list[float] = []
        while sum(seconds) < LEVEL_S and len(seconds) < MOST_PASSES:
            seconds.append(self._pass(pool, items))
        level = Level(steps, tuple(seconds))
        self._tell(level)
        return level

    def _pass(self, pool: Pool, items: list[grain.Item]) -> float:
        gc.collect()
        self._tell(Sampling())
        start = pool.clock()
        mapped = pool.map(items, len(items))
        seconds = (pool.clock() - start) * 1e-9
        self._tell(Checking())
        try:
            grain.check(mapped.parts, items)
        except AssertionError as error:
            raise _WrongAnswer(str(error)) from None
        return seconds


class _WrongAnswer(Exception):
    """Raised when the results of a level are not what they must be."""


def step_seconds() -> float:
    """Return the seconds of one step in a plain loop, the least of a few tries."""
    times = []
    for start in range(_TRIES):
        begun = time.perf_counter()
        grain.step((start, _TRIED_STEPS))
        times.append(time.perf_counter() - begun)
    return min(times) / _TRIED_STEPS


def first_steps(step_s: float, items: int, workers: int) -> int:
    """Return the power of two whose pass takes about ``FIRST_PASS_S`` on so many workers."""
    wanted = FIRST_PASS_S * workers / (items * step_s)
    return 1 << max(1, round(wanted)).bit_length() - 1
