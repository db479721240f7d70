"""Taking items from their source."""

from __future__ import annotations

import time
from collections.abc import Iterator

from scaling.backends.producer import Producer


def test_slow_source_is_sent_as_it_comes() -> None:
    """A batch is sent unfilled when its items are slow to come."""

    def slow() -> Iterator[int]:
        for item in range(3):
            time.sleep(0.006)
            yield item

    producer = Producer(slow(), None)
    assert producer.take(10) == [0]
    assert not producer.exhausted


def test_remaining_counts_down() -> None:
    """What is left is known for sequences and where it was told."""
    sequence, told, unknown = Producer([1, 2, 3], None), Producer(iter([1]), 5), Producer([], 9)
    sequence.take(2)
    told.take(1)
    assert (sequence.remaining, told.remaining, unknown.remaining) == (1, 4, 0)
    assert Producer(iter([1]), None).remaining is None


def test_end_of_the_source_is_noticed() -> None:
    """An empty batch means that there are no more items."""
    producer = Producer(iter([1]), None)
    assert (producer.take(4), producer.take(4), producer.exhausted) == ([1], [], True)


def test_weights_say_how_many_items_are_taken() -> None:
    """Items of 5, 1, 1, 1: never less than one item, never more weight than asked for."""
    producer = Producer("abcd", None, until=[5.0, 6.0, 7.0, 8.0])
    assert producer.remaining == 8
    assert producer.take(2.5) == ["a"]
    assert producer.remaining == 3
    assert producer.take(2.5) == ["b", "c"]
    assert producer.weight(0, 2) == 6
    assert (producer.take(9), producer.take(9)) == (["d"], [])


def test_weight_of_items_without_one_is_their_number() -> None:
    """Less than one stands for one."""
    producer = Producer([1, 2, 3], None)
    assert producer.take(0.2) == [1]
    assert producer.weight(1, 2) == 2
