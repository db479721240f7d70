import pytest

from scaling.workloads import primes


@pytest.mark.parametrize("end", [10, 100, 1_000, 10_000, 1_000_000])
def test_sieve_agrees_with_published_counts(end: int) -> None:
    """The sieve of the check gives the published counts."""
    assert primes.sieved(end) == primes.PUBLISHED[end]


@pytest.mark.parametrize("span", [(0, 0), (0, 2), (0, 3), (2, 3), (0, 30), (23, 24), (24, 29)])
def test_small_spans(span: tuple[int, int]) -> None:
    """Small ranges are counted as the sieve does, ends left out."""
    assert primes.count(span) == primes.sieved(span[1]) - primes.sieved(span[0])


def test_beyond_the_sieve() -> None:
    """Where no truth is at hand, bounds catch a wrong count."""
    items = [(0, 2 * 10**8)]
    primes.check(11_078_937, items)
    with pytest.raises(AssertionError):
        primes.check(10_000_000, items)
