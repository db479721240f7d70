"""What is this workload? A first look at it, in a process of its own."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Any

from scaling.errors import UsageError
from scaling.model import WorkloadFacts, WorkloadSpec
from scaling.workloads import origin, registry
from scaling.workloads.base import Workload
from scaling.workloads.imports import error_line
from scaling.workloads.items import known_length
from scaling.workloads.trial import Trial

LIMIT_ITEMS = 50_000_000
LIMIT_S = 10.0
TRIED_ITEMS = 20
KERNEL_LIMIT_S = 5.0
WAITS_BELOW = 0.2
"""Share of CPU time under which a kernel mostly waits."""


def look(
    spec: WorkloadSpec,
    *,
    sends: bool,
    limit_items: int = LIMIT_ITEMS,
    limit_s: float = LIMIT_S,
    tell: Callable[[WorkloadFacts], None] | None = None,
) -> WorkloadFacts:
    """Return what can be learnt without measuring. Raises UsageError.

    ``sends``: items will travel to other processes. Threads that hang may be left behind.
    ``tell`` is given what is known before the kernel runs, since that may end the process.
    """
    workload = registry.load(spec)
    seen = _count(workload, spec, limit_items, limit_s)
    facts = WorkloadFacts(
        name=workload.name,
        items=seen.count,
        code_digest=origin.code_digest(spec),
        waits=bool(workload.waits),
        has_async=workload.asynchronous is not None,
        cpu_share=None,
        item_s=None,
        item_bytes=_pickled_bytes(seen.some, sends=sends),
        commit=origin.commit(spec),
        blas=_thread_pools(),
    )
    if tell is not None:
        tell(facts)
    trial = _try(workload, seen.some)
    probed = trial.cpu_share is not None and trial.cpu_share < WAITS_BELOW
    return replace(
        facts,
        waits=probed if workload.waits is None else workload.waits,
        cpu_share=trial.cpu_share,
        item_s=trial.item_s,
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
            if self.count <= TRIED_ITEMS:
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
        roots = registry.import_roots(spec)
        said = error_line(error, roots[0] if roots else None)
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
        return list(islice(items, TRIED_ITEMS))
    if not length:
        return []
    last, steps = length - 1, TRIED_ITEMS - 1
    later = sorted({k * last // steps for k in range(TRIED_ITEMS)} - {0})
    Random(0).shuffle(later)  # noqa: S311 - no secret
    return [items[place] for place in (0, *later)]


def _pickled_bytes(some: list[Any], *, sends: bool) -> int | None:
    """Return the size of the first item on its way. Raises UsageError."""
    sizes = []
    for item in some:
        try:
            frame = pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)
            pickle.loads(frame)
            sizes.append(len(frame))
        except Exception as error:
            if not sends:
                return None
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(f"items cannot be sent to a worker: {said}") from error
    return sizes[0]


def _try(workload: Workload, some: list[Any]) -> Trial:
    trial = Trial()
    try:
        _watched(lambda: trial.run(workload, some), KERNEL_LIMIT_S)
    except UsageError:
        raise
    except BaseException:  # noqa: BLE001 - the session will say that the shared input fails
        trial.broken = True
    return trial


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
