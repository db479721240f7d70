"""Items that sleep, for ``many_nodes.py``: a worker without a CPU of its own can do that."""

from __future__ import annotations

import time

from scaling import workload


def length(seconds: float = 0.0) -> float:
    """Return how long an item is."""
    return seconds


@workload(items=range(1), shared=length, waits=True)
def sleep(item: int, seconds: float) -> int:
    """Sleep; do nothing for 0 s."""
    if seconds:
        time.sleep(seconds)
    return item
