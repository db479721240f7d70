"""The event loop tells how long something held it up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from scaling.backends.base import OpenRequest
from scaling.backends.event_loop import EventLoopBackend
from scaling.model import WorkloadSpec
from scaling.workloads.base import Workload

MS = 1_000_000


async def blocks(item: int) -> int:
    """Hold the loop up for 60 ms."""
    time.sleep(0.06)  # noqa: ASYNC251 - the fault that is looked for
    return item


async def waits(item: int) -> int:
    """Wait as a coroutine should."""
    await asyncio.sleep(0.06)
    return item


def blocked_ns(kernel: Callable[[int], Awaitable[int]], folder: Path) -> int:
    """Run three items on two slots; return for how long the loop was held up."""
    made = Workload("test", int, lambda: [1, 2, 3], asynchronous=kernel)
    request = OpenRequest(
        spec=WorkloadSpec("test"),
        workload=made,
        shared=None,
        workers=2,
        threads_per_worker=1,
        folder=folder,
    )
    with EventLoopBackend().open(request) as pool:
        mapped = pool.map([1, 2, 3], 3)
    assert mapped.parts == [1, 2, 3]
    assert mapped.blocked_ns is not None
    return mapped.blocked_ns


def test_kernel_that_never_awaits_blocks_the_loop(tmp_path: Path) -> None:
    """Three items of 60 ms on two slots hold the loop up for 180 ms, less one beat."""
    assert blocked_ns(blocks, tmp_path) > 140 * MS


def test_kernel_that_awaits_leaves_the_loop_free(tmp_path: Path) -> None:
    """Waits of 120 ms in all hold it up for far less than the same time blocked."""
    assert blocked_ns(waits, tmp_path) < 100 * MS
