"""One cap on inner threads that holds in every process of a study."""

from __future__ import annotations

import sys

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


def variables(threads: int) -> dict[str, str]:
    """Return the environment that caps inner threads of processes yet to start."""
    return dict.fromkeys(VARIABLES, str(threads))


def apply(threads: int) -> None:
    """Cap the libraries that this process has already loaded; those that read no environment."""
    if any(name in sys.modules for name in _LIBRARIES):
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=threads)
    for name, setter in (("cv2", "setNumThreads"), ("torch", "set_num_threads")):
        library = sys.modules.get(name)
        if library is not None:
            getattr(library, setter)(threads)


def inner_threads() -> int:
    """Return the threads of the largest pool of a numerical library in this process; 1 for none."""
    if not any(name in sys.modules for name in _LIBRARIES):
        return 1
    from threadpoolctl import threadpool_info

    return max((int(pool["num_threads"]) for pool in threadpool_info()), default=1)
