"""A session: one fresh process that opens a pool, warms it, takes samples, and ends."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling.backends import heap, limits
from scaling.backends import registry as backends
from scaling.backends.base import OpenRequest, Pool
from scaling.backends.failures import error_text
from scaling.errors import (
    ItemNotSendable,
    KernelFailed,
    OpeningFailed,
    PartNotSendable,
    UsageError,
    WorkerDied,
)
from scaling.measure import workers
from scaling.measure.answer import AnswerCheck, WrongAnswer
from scaling.measure.messages import (
    Checking,
    Done,
    Opened,
    Sampling,
    SessionTask,
    Warmed,
)
from scaling.measure.sample import Timed, take
from scaling.measure.serving import Tell, serve
from scaling.samples import Failure, Sample
from scaling.workloads import origin
from scaling.workloads import registry as workloads
from scaling.workloads.base import Workload

WARMUP_S = 0.5
"""The warm-up hands out items for this long; every worker gets at least one."""


def main() -> None:
    """Run the session whose private folder is the first argument."""
    serve(SessionTask, lambda task, folder, tell: Session(task, folder, tell).run())


@dataclass(frozen=True, slots=True)
class Input:
    """The items of the session's passes."""

    items: Callable[[], Iterable[Any]]

    @classmethod
    def of(cls, workload: Workload) -> Input:
        """Ask for the items once where they are a sequence: it is input, not work."""
        found = workload.items()
        return cls((lambda: found) if isinstance(found, Sequence) else workload.items)

    def for_seconds(self, seconds: float) -> Iterator[Any]:
        """Yield items until the time is over."""
        deadline = time.perf_counter() + seconds
        for item in self.items():
            yield item
            if time.perf_counter() > deadline:
                return


class Session:
    """Opens the pool of a case and takes its samples."""

    def __init__(self, task: SessionTask, folder: Path, tell: Tell) -> None:
        self._task, self._folder, self._tell = task, folder, tell
        self._spilled: int | None = None

    def run(self) -> Done:
        """Return how the session ended. What the user's code raises is part of that."""
        try:
            with ExitStack() as stack:
                self._measure(stack)
        except WrongAnswer as wrong:
            return Done("wrong", wrong.failure, self._spilled)
        except BaseException as error:  # noqa: BLE001 - the session reports it, whatever it is
            return Done("failed", failure_of(error), self._spilled)
        return Done("ok", None, self._spilled)

    def _measure(self, stack: ExitStack) -> None:
        workload = workloads.load(self._task.spec)
        if origin.code_digest(self._task.spec) != self._task.code_digest:
            raise OpeningFailed("the code of the workload was changed while the study ran")
        limits.apply(self._task.threads_per_worker)
        shared = _make_shared(workload, stack)
        source = Input.of(workload)
        start = time.perf_counter()
        pool = stack.enter_context(self._open(workload, shared))
        opening_s = time.perf_counter() - start
        heap.freeze()
        self._tell(Opened(opening_s))
        self._warm(pool, source)
        self._sample(pool, workload, source, opening_s)

    def _open(self, workload: Workload, shared: object) -> AbstractContextManager[Pool]:
        task = self._task
        request = OpenRequest(
            spec=task.spec,
            workload=workload,
            shared=shared,
            workers=task.case.workers,
            threads_per_worker=task.threads_per_worker,
            folder=self._folder,
            batch=task.batch,
            cluster=task.cluster,
            law=task.law,
        )
        return backends.load(task.case.backend).open(request)

    def _warm(self, pool: Pool, source: Input) -> None:
        start = time.perf_counter()
        mapped = pool.map(source.for_seconds(WARMUP_S), None)
        self._tell(Warmed(time.perf_counter() - start, workers.facts(pool.places, mapped)))

    def _sample(self, pool: Pool, workload: Workload, source: Input, opening_s: float) -> None:
        check = AnswerCheck(self._task, workload)
        sampling_s = 0.0
        for index in range(self._task.most_samples):
            gc.collect()
            self._tell(Sampling())
            timed = take(pool, source.items, workload.combine, self._task.case.size)
            self._tell(Checking())
            if timed.items != self._task.case.size:
                raise OpeningFailed(
                    f"the items were {timed.items}, not {self._task.case.size} as when they were "
                    f"counted; if they end there, give --size {timed.items}"
                )
            self._spilled = pool.spilled_bytes()
            digest = check.digest(timed.answer)
            self._tell(self._record(timed, index, digest))
            sampling_s += timed.seconds
            if sampling_s >= opening_s:
                break

    def _record(self, timed: Timed, index: int, digest: str) -> Sample:
        return Sample(
            session=self._task.session,
            case=self._task.case.key,
            block=self._task.block,
            index=index,
            seconds=timed.seconds,
            combine_s=timed.combine_s,
            items=timed.items,
            workers=timed.timeline.summaries(),
            cpu_s=timed.cpu_s,
            digest=digest,
            peak_rss_mb=timed.peak_rss_mb,
            last_start_s=timed.timeline.last_start_s(),
            driver_cpu_s=timed.driver_cpu_s,
            producing_s=timed.timeline.producing_s(),
            blocked_s=timed.timeline.blocked_s(),
            clock_error_s=timed.timeline.clock_error_s(),
            machine=timed.machine,
            trace=self._keep_trace(timed, index),
        )

    def _keep_trace(self, timed: Timed, index: int) -> str | None:
        if self._task.study is None:
            return None
        from scaling.measure import trace

        return trace.keep(Path(self._task.study), f"{self._task.session}-{index}", timed)


def _make_shared(workload: Workload, stack: ExitStack) -> object:
    if workload.shared is None:
        return None
    made = workload.shared()
    if isinstance(made, AbstractContextManager):
        return stack.enter_context(made)
    return made


def failure_of(error: BaseException) -> Failure:
    """Describe what ended a session."""
    match error:
        case KernelFailed():
            return Failure(
                "raised",
                str(error),
                item=error.item,
                item_text=error.item_text,
                traceback=error.trace,
            )
        case WorkerDied():
            return Failure("died", str(error), item=error.item)
        case PartNotSendable() | ItemNotSendable():
            return Failure("unsendable", str(error), item=error.item, item_text=error.item_text)
        case OpeningFailed() | UsageError():
            return Failure("opening", str(error))
    import traceback

    trace = "".join(traceback.format_exception(error))
    return Failure("raised", error_text(error), traceback=trace)
