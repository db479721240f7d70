"""What is this workload? A first look at it, in a process of its own."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from scaling.errors import UsageError
from scaling.model import WorkloadFacts, WorkloadSpec
from scaling.workloads import origin, registry
from scaling.workloads.base import Workload
from scaling.workloads.imports import error_line
from scaling.workloads.items import known_length

LIMIT_ITEMS = 50_000_000
LIMIT_S = 10.0
TIMED_ITEMS = 20
TIMED_S = 0.5
KERNEL_LIMIT_S = 5.0
SHORTEST_S = 0.001
"""Below this the clock of CPU time says little."""
WAITS_BELOW = 0.2
"""Share of CPU time under which a kernel mostly waits."""


def look(
    spec: WorkloadSpec,
    *,
    sends: bool,
    limit_items: int = LIMIT_ITEMS,
    limit_s: float = LIMIT_S,
) -> WorkloadFacts:
    """Return what can be learnt without measuring. Raises UsageError.

    ``sends``: items will travel to other processes. Threads that hang may be left behind.
    """
    workload = registry.load(spec)
    seen = _count(workload, spec, limit_items, limit_s)
    item_bytes = _pickled_bytes(seen.some, sends=sends)
    timed = _time(workload, seen.some)
    cpu_share = timed.cpu_share
    probed = cpu_share is not None and cpu_share < WAITS_BELOW
    return WorkloadFacts(
        name=workload.name,
        items=seen.count,
        code_digest=origin.code_digest(spec),
        waits=probed if workload.waits is None else workload.waits,
        has_async=workload.asynchronous is not None,
        cpu_share=cpu_share,
        item_s=timed.item_s,
        item_bytes=item_bytes,
        commit=origin.commit(spec),
        blas=_thread_pools(),
    )


@dataclass(slots=True)
class Seen:
    """What a pass over the items shows."""

    count: int = 0
    some: list[Any] = field(default_factory=list)
    """A few of them, the first one first."""
    ended: bool = False

    def go_over(self, items: Iterable[Any], limit_items: int, deadline: float) -> None:
        """Count to the end, or to a limit."""
        for item in items:
            self.count += 1
            if self.count <= TIMED_ITEMS:
                self.some.append(item)
            if self.count > limit_items or time.monotonic() > deadline:
                return
        self.ended = True


def _count(workload: Workload, spec: WorkloadSpec, limit_items: int, limit_s: float) -> Seen:
    try:
        seen = _see(workload, limit_items, limit_s)
    except UsageError:
        raise
    except Exception as error:
        root = registry.import_root(spec)
        said = error_line(error, None if root is None else Path(root))
        raise UsageError(f"the items of {workload.name} fail: {said}") from error
    if not seen.count:
        raise UsageError(
            f"the items of {workload.name} are empty; give at least one"
            if seen.ended
            else f"no item of {workload.name} came within {limit_s:g} s; what do they wait for?"
        )
    if not seen.ended:
        if spec.size is None:
            raise UsageError(
                f"the end of the items was not seen within {limit_s:g} s and {limit_items:,} items "
                f"({seen.count:,} came); give --size N"
            )
        # The thread that counts may still come back.
        return Seen(spec.size, list(seen.some))
    return seen


def _see(workload: Workload, limit_items: int, limit_s: float) -> Seen:
    items = workload.items()
    length = known_length(items)
    if length is not None:
        return Seen(length, _spread(items, length), ended=True)
    seen = Seen()
    deadline = time.monotonic() + limit_s
    # A generator may block for ever: then its thread is left alone.
    _watched(lambda: seen.go_over(items, limit_items, deadline), limit_s)
    if seen.ended:
        workload.items()  # Raises UsageError when there is no second pass.
    return seen


def _spread(items: Iterable[Any], length: int) -> list[Any]:
    """Return some items from all over a sequence, the first one first, then in random order."""
    if not isinstance(items, Sequence):
        return list(islice(items, TIMED_ITEMS))
    if not length:
        return []
    last, steps = length - 1, TIMED_ITEMS - 1
    later = sorted({k * last // steps for k in range(TIMED_ITEMS)} - {0})
    Random(0).shuffle(later)  # noqa: S311 - no secret
    return [items[place] for place in (0, *later)]


def _pickled_bytes(some: list[Any], *, sends: bool) -> int | None:
    """Return the size of the first item on its way. Raises UsageError."""
    sizes = []
    for item in some:
        try:
            sizes.append(len(pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)))
        except Exception as error:
            if not sends:
                return None
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(f"items cannot be sent to a worker: {said}") from error
    return sizes[0]


@dataclass(slots=True)
class Timed:
    """Seconds of the kernel on some items."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    broken: bool = False
    """True when the kernel raised: the case itself will say so."""

    @property
    def cpu_share(self) -> float | None:
        """CPU time over wall time."""
        wall_s = sum(self._steady(self.wall_s))
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
                    if sum(self.wall_s) > TIMED_S:
                        return
            except BaseException:  # noqa: BLE001 - the kernel is the user's
                self.broken = True

    def _run_item(self, workload: Workload, item: Any, inputs: tuple[Any, ...]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        workload.kernel(item, *inputs)
        self.cpu_s.append(time.process_time() - cpu)
        self.wall_s.append(time.perf_counter() - wall)

    @staticmethod
    def _steady(seconds: list[float]) -> list[float]:
        """Leave out the first item, which may import and compile, where there are others."""
        return seconds[1:] or seconds


def _inputs(workload: Workload, stack: ExitStack) -> tuple[Any, ...]:
    if workload.shared is None:
        return ()
    made = workload.shared()
    return (stack.enter_context(made) if isinstance(made, AbstractContextManager) else made,)


def _time(workload: Workload, some: list[Any]) -> Timed:
    timed = Timed()
    try:
        _watched(lambda: timed.run(workload, some), KERNEL_LIMIT_S)
    except UsageError:
        raise
    except BaseException:  # noqa: BLE001 - the session will say that the shared input fails
        timed.broken = True
    return timed


def _watched(work: Callable[[], None], limit_s: float) -> None:
    """Run ``work`` in a thread for as long as the limit; raises what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit_s)
    if raised:
        raise raised[0]


def _thread_pools() -> tuple[str, ...]:
    from threadpoolctl import threadpool_info

    pools = {f"{pool['internal_api']}={pool['num_threads']}" for pool in threadpool_info()}
    return tuple(sorted(pools))
