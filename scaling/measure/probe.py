"""What is this workload? A first look at it, in a process of its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from scaling.backends import limits
from scaling.control_groups import cpu_quota
from scaling.errors import UsageError
from scaling.measure.payload import LEAST_REPEATED_BYTES, Load, repeated_bytes
from scaling.model import WorkloadFacts
from scaling.subject import WorkloadSpec
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
    plain: bool = True,
    limit_items: int = LIMIT_ITEMS,
    limit_s: float = LIMIT_S,
    tell: Callable[[WorkloadFacts], None] | None = None,
) -> WorkloadFacts:
    """Return what can be learnt without measuring. Raises UsageError.

    ``sends``: items will travel to other processes; ``plain``: some of these take no code by value.
    Threads that hang may be left behind.
    ``tell`` is given what is known before the kernel runs, since that may end the process.
    """
    workload = registry.load(spec)
    seen = _count(workload, spec, limit_items, limit_s)
    items = _weigh(seen.some)
    if sends:
        _refuse_unsendable(items, plain=plain)
    facts = WorkloadFacts(
        name=workload.name,
        items=seen.count,
        code_digest=origin.code_digest(spec),
        waits=bool(workload.waits),
        has_async=workload.asynchronous is not None,
        cpu_share=None,
        item_s=None,
        item_bytes=items.mean_bytes,
        commit=origin.commit(spec),
        blas=_thread_pools(),
        repeated_bytes=_repeated_bytes(items, seen.some),
        by_value=items.by_value,
    )
    if tell is not None:
        tell(facts)
    parts = Load()
    trial = _try(workload, seen.some, parts)
    probed = trial.cpu_share is not None and trial.cpu_share < WAITS_BELOW
    return replace(
        facts,
        waits=probed if workload.waits is None else workload.waits,
        cpu_share=trial.cpu_share,
        item_s=trial.item_s,
        part_bytes=parts.mean_bytes,
        by_value=items.by_value or parts.by_value,
        inner_cpus=trial.inner_cpus,
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


def _weigh(values: Iterable[object]) -> Load:
    load = Load()
    for value in values:
        load.take(value)
    return load


def _repeated_bytes(items: Load, some: Sequence[Any]) -> int:
    """Return what every item holds alike; 0 at once where items are too small for it."""
    if items.mean_bytes is None or items.mean_bytes < LEAST_REPEATED_BYTES:
        return 0
    return repeated_bytes(some)


def _refuse_unsendable(items: Load, *, plain: bool) -> None:
    refusal = items.plain_refusal if plain else items.refusal
    if refusal is not None:
        said = " ".join(f"{type(refusal).__name__}: {refusal}".split())
        way_out = (
            ""
            if items.refusal is not None
            else "; give their code a name in a module, or leave processes out with --backends"
        )
        raise UsageError(f"items cannot be sent to a worker: {said}{way_out}") from refusal


def _try(workload: Workload, some: list[Any], parts: Load) -> Trial:
    trial = Trial()
    try:
        _watched(
            lambda: trial.run(workload, some, on_part=parts.take, uncap=_uncap), KERNEL_LIMIT_S
        )
    except UsageError:
        raise
    except BaseException:  # noqa: BLE001 - the session will say that the shared input fails
        trial.broken = True
    return trial


def _uncap() -> AbstractContextManager[None] | None:
    """Lift the cap on inner threads to the usable CPUs, where there are several and pools."""
    cpus = _usable_cpus()
    return limits.lifted(cpus) if cpus > 1 and limits.has_pools() else None


def _usable_cpus() -> int:
    try:
        cpus = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        cpus = os.cpu_count() or 1
    quota = cpu_quota(Path("/"))
    return cpus if quota is None else max(1, min(cpus, int(quota)))


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
