"""The plain loop in this process, which everything else is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scaling.backends.base import OpenRequest
from scaling.backends.dispatch import DispatchedPool, Wishes
from scaling.backends.presence import here
from scaling.backends.progress import open_progress
from scaling.backends.runner import Reply, Runner, bound_kernel
from scaling.backends.sizing import BatchCost
from scaling.passes import Place


class InlineTransport:
    """Runs a batch where it is sent. Batches only keep item times apart from producing items."""

    batch_cost = BatchCost(fixed_ns=50_000, driver_ns=0)
    """Some times what the record of a batch takes: under 1 % of the time of the baseline."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._replies: list[Reply] = []

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Run the batch now."""
        assert worker == 0
        self._replies.append(self._runner.run(first, items))

    def receive(self) -> list[Reply]:
        """Return what has been run."""
        replies, self._replies = self._replies, []
        return replies


class SerialBackend:
    """One worker: the loop itself."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[DispatchedPool]:
        """Open nothing: the kernel is here."""
        kernel = bound_kernel(request.workload, request.shared)
        runner = Runner(kernel, 0, open_progress(request.folder, 0))
        place = Place("serial", "local", here())
        wishes = Wishes.of(request.workload, request.batch)
        yield DispatchedPool(InlineTransport(runner), [place], wishes)
