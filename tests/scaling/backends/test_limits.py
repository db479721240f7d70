"""The cap on inner threads, put on, lifted and put back."""

from __future__ import annotations

import subprocess
import sys

from scaling.backends import limits

LOOK = """
from scaling.backends import limits
print(limits.has_pools(), limits.inner_threads())
import numpy
print(limits.has_pools(), limits.inner_threads())
with limits.lifted(2):
    print(limits.inner_threads())
print(limits.inner_threads())
limits.apply(3)
print(limits.inner_threads())
"""


def test_cap_is_lifted_for_a_while() -> None:
    """Variables cap what is loaded later, and the cap can be lifted beyond what they say."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={**limits.variables(1), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "1", "True", "1", "2", "1", "3"]


def test_variables_name_every_library() -> None:
    """Each variable holds the number."""
    assert set(limits.variables(4)) == set(limits.VARIABLES)
    assert set(limits.variables(4).values()) == {"4"}
