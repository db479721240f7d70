"""Items that are as short as asked for: to measure what one item costs a backend."""

from __future__ import annotations

from collections.abc import Iterable

from scaling.workloads.base import workload

FACTOR, ADDEND, MODULUS = 6364136223846793005, 1442695040888963407, 1 << 64
"""Linear congruential generator of Knuth's MMIX: each step depends on the one before."""

Item = tuple[int, int]


def items(size: int = 20_000, steps: int = 1_000) -> list[Item]:
    """Starts, each with its number of steps."""
    return [(start, steps) for start in range(size)]


def check(answer: list[int], items: Iterable[Item]) -> None:
    """Jump to the end of each item at once."""
    asked = list(items)
    assert len(answer) == len(asked), f"{len(answer)} results for {len(asked)} items"
    jumps = {steps: _jump(steps) for steps in {steps for _, steps in asked}}
    for (start, steps), found in zip(asked, answer, strict=True):
        factor, addend = jumps[steps]
        truth = (factor * start + addend) % MODULUS
        assert found == truth, f"{steps} steps from {start} lead to {truth}, not {found}"


@workload(name="grain", items=items, check=check)
def step(item: Item) -> int:
    """Take the item's number of steps from its start."""
    state, steps = item
    for _ in range(steps):
        state = (state * FACTOR + ADDEND) % MODULUS
    return state


def _jump(steps: int) -> tuple[int, int]:
    """Return the factor and addend of many steps at once, by repeated squaring."""
    factor, addend, base, offset = 1, 0, FACTOR, ADDEND
    while steps > 0:
        if steps % 2:
            factor, addend = factor * base % MODULUS, (addend * base + offset) % MODULUS
        base, offset = base * base % MODULUS, (base + 1) * offset % MODULUS
        steps //= 2
    return factor, addend
