"""Keeps the garbage collector off what a worker loaded before its work began."""

from __future__ import annotations

import gc


def freeze() -> None:
    """Take all objects there are out of later collections.

    Called in every worker of every backend once it is open. A library's own objects, some hundred
    thousand for Ray, would be scanned again and again while the kernel allocates: that took 30 %
    of the time of ``sources`` on Ray, and would be counted as the kernel's.
    """
    gc.collect()
    gc.freeze()
