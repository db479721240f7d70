"""Count the primes in ranges of numbers, by trial division."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt, log

from scaling.workloads.base import workload

PUBLISHED = {
    10: 4,
    100: 25,
    1_000: 168,
    10_000: 1_229,
    100_000: 9_592,
    1_000_000: 78_498,
    10_000_000: 664_579,
    100_000_000: 5_761_455,
    1_000_000_000: 50_847_534,
}
"""Primes up to powers of ten: https://oeis.org/A006880."""
SIEVED_AT_MOST = 100_000_000

Span = tuple[int, int]


def spans(size: int = 1_000, width: int = 1_000) -> list[Span]:
    """Neighbouring ranges of ``width`` numbers, from 0 on."""
    return [(k * width, (k + 1) * width) for k in range(size)]


def check(answer: int, items: Iterable[Span]) -> None:
    """Compare with the published count, that of a sieve, or bounds.

    The bounds: Rosser and Schoenfeld 1962, theorem 1 and its corollary 1.
    """
    end = max(stop for _, stop in items)
    known = PUBLISHED.get(end)
    if known is None and end <= SIEVED_AT_MOST:
        known = sieved(end)
    if known is None:
        lower = end / log(end)
        assert lower < answer < 1.26 * lower, f"{answer} is not the number of primes below {end}"
    else:
        assert answer == known, f"there are {known} primes below {end}, not {answer}"


@workload(name="primes", items=spans, combine=sum, check=check)
def count(span: Span) -> int:
    """Count the primes from the first number up to, not with, the last."""
    first, stop = max(span[0], 2), span[1]
    return sum(1 for number in range(first, stop) if _is_prime(number))


def _is_prime(number: int) -> bool:
    if number % 2 == 0:
        return number == 2
    return all(number % divisor for divisor in range(3, isqrt(number) + 1, 2))


def sieved(stop: int) -> int:
    """Count the primes below ``stop`` by the sieve of Eratosthenes."""
    if stop < 3:
        return 0
    prime = bytearray([1]) * stop
    prime[:2] = b"\0\0"
    for number in range(2, isqrt(stop - 1) + 1):
        if prime[number]:
            prime[number * number :: number] = bytes(len(range(number * number, stop, number)))
    return sum(prime)
