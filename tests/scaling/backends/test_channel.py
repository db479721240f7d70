"""Messages over a socket."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaling.backends.channel import BlockingChannel, Closed, DriverChannel, encode

SMALL_BUFFER = 2048


def ends() -> tuple[socket.socket, socket.socket]:
    """Make a pair of ends whose buffers hold next to nothing."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    return ours, theirs


@pytest.fixture
def pair() -> Iterator[tuple[DriverChannel, BlockingChannel, socket.socket]]:
    """Return the driver's channel, the worker's, and the worker's socket."""
    ours, theirs = ends()
    with ours, theirs:
        yield DriverChannel(ours), BlockingChannel(theirs), theirs


arrays = st.integers(0, 20_000).map(lambda size: np.arange(size, dtype=np.uint16))
messages = st.recursive(
    st.one_of(st.none(), st.integers(), st.binary(max_size=9000), st.text(max_size=50), arrays),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=8,
)


def equal(left: object, right: object) -> bool:
    """Compare messages that may hold arrays."""
    if isinstance(left, np.ndarray):
        return isinstance(right, np.ndarray) and bool(np.array_equal(left, right))
    if isinstance(left, list | tuple):
        assert isinstance(right, list | tuple)
        return len(left) == len(right) and all(map(equal, left, right))
    return left == right


def echo(end: socket.socket) -> None:
    """Send back whatever comes, until the other end is closed."""
    channel = BlockingChannel(end)
    try:
        while True:
            channel.send(channel.receive())
    except Closed:
        pass


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(messages, max_size=6))
def test_messages_come_back_as_they_were(sent: list[Any]) -> None:
    """Any messages cross in both directions at once, over buffers that hold a fraction of one."""
    ours, theirs = ends()
    with ours, theirs:
        worker = threading.Thread(target=echo, args=(theirs,))
        worker.start()
        driver = DriverChannel(ours)
        for message in sent:
            driver.send(encode(message))
        received: list[Any] = []
        while len(received) < len(sent):
            driver.flush()
            received += driver.receive()
        ours.shutdown(socket.SHUT_RDWR)
        worker.join()
    assert equal(sent, received)


def test_driver_takes_a_message_byte_by_byte(
    pair: tuple[DriverChannel, BlockingChannel, socket.socket],
) -> None:
    """A message is there when its last byte is, and not before."""
    driver, _, theirs = pair
    frame = b"".join(encode(("text", np.arange(5))))
    for position in range(len(frame) - 1):
        theirs.send(frame[position : position + 1])
        assert driver.receive() == []
    theirs.send(frame[-1:])
    [(text, numbers)] = driver.receive()
    assert (text, [0, 1, 2, 3, 4]) == ("text", list(numbers))


def test_several_messages_at_once(
    pair: tuple[DriverChannel, BlockingChannel, socket.socket],
) -> None:
    """What arrived together is returned together."""
    driver, _, theirs = pair
    theirs.send(b"".join(b"".join(encode(number)) for number in range(3)))
    assert driver.receive() == [0, 1, 2]


def test_driver_never_blocks(pair: tuple[DriverChannel, BlockingChannel, socket.socket]) -> None:
    """A message that nobody reads waits in the driver."""
    driver, _, _ = pair
    driver.send(encode(bytes(1_000_000)))
    assert driver.pending
    assert driver.receive() == []


def test_arrays_arrive_writable(
    pair: tuple[DriverChannel, BlockingChannel, socket.socket],
) -> None:
    """A kernel may change the arrays it was sent."""
    driver, worker, _ = pair
    driver.send(encode(np.zeros(10)))
    array = worker.receive()
    array += 1
    assert array.sum() == 10


@pytest.mark.parametrize("part", [0, 3, 15, 40])
def test_worker_sees_that_the_driver_is_gone(part: int) -> None:
    """An end in the middle of a message is the end."""
    ours, theirs = ends()
    with theirs:
        with ours:
            ours.send(b"".join(encode(bytes(100)))[:part])
        with pytest.raises(Closed):
            BlockingChannel(theirs).receive()


def test_driver_gets_the_last_messages_of_a_worker_that_is_gone() -> None:
    """Messages that were complete count; then the channel is closed."""
    ours, theirs = ends()
    with ours:
        with theirs:
            BlockingChannel(theirs).send("last words")
        driver = DriverChannel(ours)
        assert driver.receive() == ["last words"]
        with pytest.raises(Closed):
            driver.receive()


def test_sending_to_nobody() -> None:
    """A worker learns that nobody listens; the driver learns it when it reads."""
    ours, theirs = ends()
    theirs.close()
    with ours:
        driver = DriverChannel(ours)
        driver.send(encode("hello"))
        assert not driver.pending
        with pytest.raises(Closed):
            driver.receive()
    ours, theirs = ends()
    ours.close()
    with theirs, pytest.raises(Closed):
        BlockingChannel(theirs).send("hello")


def test_nothing_is_sent_of_what_cannot_be_pickled(
    pair: tuple[DriverChannel, BlockingChannel, socket.socket],
) -> None:
    """After a message that cannot be pickled, the channel is as before."""
    driver, worker, _ = pair
    with pytest.raises(TypeError):
        worker.send([1, threading.Lock()])
    worker.send("next")
    assert driver.receive() == ["next"]


def test_an_open_file_goes_before_the_first_message(
    pair: tuple[DriverChannel, BlockingChannel, socket.socket], tmp_path: Path
) -> None:
    """The worker gets a descriptor of its own, which a program it starts does not inherit."""
    driver, worker, _ = pair
    with (tmp_path / "file").open("w+b") as file:
        driver.send_descriptor(file.fileno())
        os.pwrite(file.fileno(), b"words", 0)
    driver.send(encode("next"))
    descriptor = worker.receive_descriptor()
    assert descriptor is not None
    assert os.pread(descriptor, 10, 0) == b"words"
    assert not os.get_inheritable(descriptor)
    os.close(descriptor)
    assert worker.receive() == "next"


def test_no_file_to_hand_over(pair: tuple[DriverChannel, BlockingChannel, socket.socket]) -> None:
    """Where there is none, the worker learns just that."""
    driver, worker, _ = pair
    driver.send_descriptor(None)
    assert worker.receive_descriptor() is None


def test_handing_a_file_to_nobody() -> None:
    """The driver learns it when it reads; a worker without a driver at once."""
    ours, theirs = ends()
    theirs.close()
    with ours:
        driver = DriverChannel(ours)
        driver.send_descriptor(None)
        with pytest.raises(Closed):
            driver.receive()
    ours, theirs = ends()
    ours.close()
    with theirs, pytest.raises(Closed):
        BlockingChannel(theirs).receive_descriptor()
