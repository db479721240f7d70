"""Ray's own ways of mapping a function over items, each on a warm pool of as many workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.contest_session import Mapper, Setup, Ways
from scaling.passes import Mapped

TASKS = "one task per item"
POOL = "multiprocessing.Pool on Ray"
POOL_SINGLE = "multiprocessing.Pool on Ray, chunksize 1"
ACTOR_POOL = "ActorPool.map"
JOBLIB = "joblib on Ray"


@contextmanager
def _connected(setup: Setup) -> Iterator[None]:
    import ray

    assert setup.cluster is not None
    ray.init(
        address=setup.cluster.address,
        log_to_driver=False,
        logging_level="ERROR",
        configure_logging=False,
    )
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def tasks(setup: Setup) -> Iterator[Ways]:
    """Submit one task per item, all before the first answer is asked for."""
    import ray

    with _connected(setup):
        task = ray.remote(setup.kernel)

        def mapped(items: Sequence[int]) -> Mapped:
            return Mapped(ray.get([task.remote(item) for item in items]))

        yield {TASKS: lambda: mapped}


@contextmanager
def pool(setup: Setup) -> Iterator[Ways]:
    """Use ``ray.util.multiprocessing``."""
    from ray.util.multiprocessing import Pool

    with _connected(setup), Pool(setup.workers) as opened:

        def made(chunksize: int | None) -> Mapper:
            return lambda items: Mapped(opened.map(setup.kernel, items, chunksize))

        yield {POOL: lambda: made(None), POOL_SINGLE: lambda: made(1)}


@contextmanager
def actor_pool(setup: Setup) -> Iterator[Ways]:
    """Use ``ray.util.ActorPool``."""
    import ray
    from ray.util import ActorPool

    kernel = setup.kernel

    class Worker:
        def work(self, item: int) -> object:
            return kernel(item)

    with _connected(setup):
        actor = ray.remote(Worker).options(num_cpus=1)
        actors = ActorPool([actor.remote() for _ in range(setup.workers)])

        def mapped(items: Sequence[int]) -> Mapped:
            return Mapped(list(actors.map(lambda one, item: one.work.remote(item), list(items))))

        yield {ACTOR_POOL: lambda: mapped}


@contextmanager
def joblib_on_ray(setup: Setup) -> Iterator[Ways]:
    """Use ``ray.util.joblib``; the pool is kept from pass to pass."""
    import joblib
    from ray.util.joblib import register_ray

    register_ray()
    call = joblib.delayed(setup.kernel)
    with (
        _connected(setup),
        joblib.parallel_config(backend="ray", n_jobs=setup.workers),
        joblib.Parallel() as parallel,
    ):
        yield {JOBLIB: lambda: lambda items: Mapped(parallel(call(item) for item in items))}
