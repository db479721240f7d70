"""What Dask runs in its worker processes."""

from __future__ import annotations

import time
from pathlib import Path

from distributed.protocol import pickle

from scaling.backends.failures import error_text, first_unsendable, short_text
from scaling.backends.presence import here
from scaling.backends.progress import open_progress
from scaling.backends.runner import Runner, bound_kernel
from scaling.errors import KernelFailed, OpeningFailed, PartNotSendable, ScaleError
from scaling.passes import Presence
from scaling.subject import WorkloadSpec

_here: list[Runner] = []
"""The runner of this worker process."""

Sent = bytes | ScaleError
"""A pickled reply, or what went wrong."""


def open_worker(
    worker: int, spec: WorkloadSpec, threads: int, folder: Path, shared: bytes
) -> Presence | OpeningFailed:
    """Load the workload and the shared input; return what the worker tells of itself."""
    from scaling.backends import heap, limits
    from scaling.workloads import registry

    try:
        # Before the shared input: its classes may live in the user's module.
        workload = registry.load(spec)
        kernel = bound_kernel(workload, pickle.loads(shared))
    except BaseException as error:  # noqa: BLE001 - told to the driver, whatever it is
        return OpeningFailed(error_text(error))
    limits.apply(threads)
    heap.freeze()
    # Dask's own threads run beside the kernel; inner threads belong to the kernel.
    clock = time.thread_time_ns if threads == 1 else time.process_time_ns
    _here[:] = [Runner(kernel, worker, open_progress(folder, worker), clock)]
    return here()


def run_batch(first: int, frame: bytes) -> Sent:
    """Run a pickled list of items."""
    items = pickle.loads(frame)
    try:
        reply = _here[0].run(first, items)
    except KernelFailed as failure:
        return failure
    try:
        return dumps(reply)
    except Exception as error:  # noqa: BLE001 - any class may refuse to be pickled in its own way
        found = first_unsendable(first, reply.parts, items, dumps)
        return found or PartNotSendable(first, short_text(items[0]), error_text(error))


def dumps(value: object) -> bytes:
    """Pickle as Dask does: by value what cannot go by reference."""
    frame: bytes = pickle.dumps(value, protocol=5)
    return frame
