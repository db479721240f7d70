"""One cap on inner threads that holds in every process of a study."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)

_LIBRARIES = ("numpy", "scipy", "sklearn", "torch", "numexpr")
_OWN_SETTERS = (
    ("cv2", "getNumThreads", "setNumThreads"),
    ("torch", "get_num_threads", "set_num_threads"),
)


def variables(threads: int) -> dict[str, str]:
    """Return the environment that caps inner threads of processes yet to start."""
    return dict.fromkeys(VARIABLES, str(threads))


def apply(threads: int) -> None:
    """Cap the libraries that this process has already loaded; those that read no environment."""
    if any(name in sys.modules for name in _LIBRARIES):
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=threads)
    for name, _, setter in _OWN_SETTERS:
        library = sys.modules.get(name)
        if library is not None:
            getattr(library, setter)(threads)


@contextmanager
def lifted(threads: int) -> Iterator[None]:
    """Let the loaded libraries use so many inner threads for a while.

    Those that take their number from the environment alone keep what they began with.
    """
    from threadpoolctl import threadpool_limits

    own = [
        (getattr(library, setter), getattr(library, getter)())
        for name, getter, setter in _OWN_SETTERS
        if (library := sys.modules.get(name)) is not None
    ]
    with threadpool_limits(limits=threads):
        for setter, _ in own:
            setter(threads)
        try:
            yield
        finally:
            for setter, before in own:
                setter(before)


def has_pools() -> bool:
    """Tell whether a library that computes in threads of its own is loaded."""
    if any(name in sys.modules for name, _, _ in _OWN_SETTERS):
        return True
    if not any(name in sys.modules for name in _LIBRARIES):
        return False
    from threadpoolctl import threadpool_info

    return bool(threadpool_info())


def inner_threads() -> int:
    """Return the threads of the largest pool of a numerical library in this process; 1 for none."""
    if not any(name in sys.modules for name in _LIBRARIES):
        return 1
    from threadpoolctl import threadpool_info

    return max((int(pool["num_threads"]) for pool in threadpool_info()), default=1)
