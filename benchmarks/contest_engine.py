"""This toolkit in the contests: its pools as they are, and with batches of a fixed size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.contest_session import Mapper, Setup, Ways
from scaling.backends import registry
from scaling.backends.base import OpenRequest
from scaling.backends.dispatch import DispatchedPool, Wishes
from scaling.model import WorkloadSpec
from scaling.workloads import registry as workloads

BATCHES = (1, 4, 16, 64, 256, 1024, 4096)
SPEC = WorkloadSpec(f"{Path(__file__).with_name('contest_work.py')}:spin")


def ours(backend: str) -> str:
    """Name the pool as it is."""
    return f"ours, {backend}"


def priced(backend: str) -> str:
    """Name the pool that is told the cost of each item."""
    return f"ours, {backend}, cost="


def fixed(backend: str, batch: int) -> str:
    """Name the pool with batches of a fixed size."""
    return f"{backend}, batch {batch}"


@contextmanager
def opened(backend: str, setup: Setup) -> Iterator[Ways]:
    """Open a pool of the backend, for all ways of using it."""
    request = OpenRequest(
        spec=SPEC,
        workload=workloads.load(SPEC),
        shared=None,
        workers=setup.workers,
        threads_per_worker=1,
        folder=setup.folder,
        cluster=setup.cluster,
    )
    with registry.load(backend).open(request) as pool:
        assert isinstance(pool, DispatchedPool)
        yield {
            ours(backend): _maker(pool, Wishes()),
            priced(backend): _maker(pool, Wishes(cost=float)),
            **{fixed(backend, size): _maker(pool, Wishes(batch=size)) for size in BATCHES},
        }


def _maker(pool: DispatchedPool, wishes: Wishes) -> Callable[[], Mapper]:
    def make() -> Mapper:
        # On the same workers, so that a way differs from another by nothing else.
        transport = pool._transport  # noqa: SLF001
        fresh = DispatchedPool(transport, pool.places, wishes)
        return lambda items: fresh.map(items, len(items))

    return make


processes = partial(opened, "processes")
threads = partial(opened, "threads")
on_ray = partial(opened, "ray")
