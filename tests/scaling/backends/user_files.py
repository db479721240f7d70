"""What the user's files of these tests begin with."""

from __future__ import annotations

PRIVATE_BYTES = """
import os, time
from pathlib import Path
import numpy as np
from scaling.workloads.base import workload

def private_bytes():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))

BEFORE = private_bytes()  # a worker imports this before it takes the shared input
"""
"""Tells how much memory a worker has of its own since before it took the shared input."""
