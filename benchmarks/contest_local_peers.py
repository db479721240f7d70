"""Other ways of mapping a function over items on one machine, each on a warm pool."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial

from benchmarks.contest_session import Mapper, Setup, Ways
from scaling.passes import Mapped

EXECUTOR = "ProcessPoolExecutor.map"
ADVISED = "ProcessPoolExecutor.map, large chunks"
POOL = "multiprocessing.Pool.map"
LOKY = "joblib loky"
DASK = "dask client.map"
DASK_BATCHES = "dask client.map, batch_size=1000"
CHUNKS = (4, 16, 64, 256, 1024, 4096)


def chunked(size: int) -> str:
    """Name the executor with chunks of this size."""
    return f"{EXECUTOR}, chunksize {size}"


@contextmanager
def executor(setup: Setup) -> Iterator[Ways]:
    """Use ``concurrent.futures``. Large chunks are what its documentation advises for many items.

    How large it leaves open: here as ``multiprocessing.Pool`` chooses, four for each worker.
    """
    with ProcessPoolExecutor(setup.workers) as opened:

        def made(chunksize: int | None) -> Mapper:
            def mapped(items: Sequence[int]) -> Mapped:
                size = chunksize or -(-len(items) // (4 * setup.workers))
                return Mapped(list(opened.map(setup.kernel, items, chunksize=size)))

            return mapped

        yield {
            EXECUTOR: lambda: made(1),
            ADVISED: lambda: made(None),
            **{chunked(size): partial(made, size) for size in CHUNKS},
        }


@contextmanager
def pool(setup: Setup) -> Iterator[Ways]:
    """Use ``multiprocessing``."""
    with multiprocessing.Pool(setup.workers) as opened:
        yield {POOL: lambda: lambda items: Mapped(opened.map(setup.kernel, items))}


@contextmanager
def loky(setup: Setup) -> Iterator[Ways]:
    """Use joblib's own processes; the pool is kept from pass to pass."""
    import joblib
    from joblib.externals.loky import get_reusable_executor

    call = joblib.delayed(setup.kernel)
    try:
        with joblib.Parallel(n_jobs=setup.workers, backend="loky") as parallel:
            yield {LOKY: lambda: lambda items: Mapped(parallel(call(item) for item in items))}
    finally:
        # They would wait for more work, and the session for them, for five minutes.
        get_reusable_executor().shutdown(wait=True)


@contextmanager
def dask(setup: Setup) -> Iterator[Ways]:
    """Use Dask, one future per item. Not ``pure``: equal items would be computed once."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=setup.workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            local_directory=str(setup.folder),
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):

        def made(batch_size: int | None) -> Mapper:
            def mapped(items: Sequence[int]) -> Mapped:
                futures = client.map(setup.kernel, items, pure=False, batch_size=batch_size)
                return Mapped(client.gather(futures))

            return mapped

        yield {DASK: lambda: made(None), DASK_BATCHES: lambda: made(1000)}
