import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from scaling.backends import limits
from scaling.errors import UsageError
from scaling.measure import probe
from scaling.model import WorkloadFacts, WorkloadSpec
from scaling.workloads.registry import load

Write = Callable[..., Path]

TEXT = """
    import threading
    import time

    GATE = threading.Event()

    def numbers():
        yield from range(1000)

    def endless():
        number = 0
        while True:
            yield number
            number += 1

    def stuck():
        yield 1
        GATE.wait(30)

    def silent():
        GATE.wait(30)
        yield 1

    def nothing():
        return []

    def broken():
        yield 1
        raise ValueError("bad row")

    ONCE = iter(range(5))

    def once():
        return ONCE

    def functions():
        return [lambda: 1]

    def locks():
        return [threading.Lock()]

    def tables():
        table = bytes(50_000)
        return [(k, table) for k in range(30)]

    def double(item):
        return bytes(2 * item + 1000)

    def burn(item):
        return sum(range(20_000))

    def wait(item):
        time.sleep(0.005)

    def fail(item):
        raise RuntimeError("no")

    def leave(item):
        raise SystemExit(3)

    def hang(item):
        GATE.wait(30)

    def made():
        raise OSError("no such model")

    def with_shared(item, shared):
        return item
"""


@pytest.fixture
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes a file of the user; what hangs in it is let go afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(text: str = TEXT, name: str = "my_probed.py") -> Path:
        path = tmp_path / name
        path.write_text(dedent(text))
        return path

    yield write
    load.cache_clear()
    module = sys.modules.pop("my_probed", None)
    if module is not None and hasattr(module, "GATE"):
        module.GATE.set()


def look(
    path: Path, name: str, items: str, *, sends: bool = True, plain: bool = True, **options: Any
) -> WorkloadFacts:
    """What the probe finds in a second at most."""
    spec = WorkloadSpec(f"{path}:{name}", items=items, **options)
    return probe.look(spec, sends=sends, plain=plain, limit_items=100_000, limit_s=1.0)


def refusal(path: Path, items: str, **options: Any) -> str:
    """The one line that refuses the items."""
    with pytest.raises(UsageError) as caught:
        look(path, "burn", items, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_busy_kernel(user_file: Write) -> None:
    """A kernel that computes has a CPU share near 1 and does not wait."""
    facts = look(user_file(), "burn", "range:1000")
    assert facts.name == "burn"
    assert facts.items == 1000
    assert not facts.waits
    assert facts.cpu_share is not None
    assert facts.cpu_share > 0.5
    assert facts.item_s is not None
    assert facts.item_s > 0
    assert facts.item_bytes is not None
    assert not facts.has_async


def test_waiting_kernel(user_file: Write) -> None:
    """A kernel that sleeps is found to wait."""
    facts = look(user_file(), "wait", "range:50")
    assert facts.waits
    assert facts.item_s is not None
    assert facts.item_s >= 0.005


def test_generators_are_counted(user_file: Write) -> None:
    """A generator is counted to its end, or to the size."""
    path = user_file()
    assert look(path, "burn", "numbers").items == 1000
    assert look(path, "burn", "endless", size=30).items == 30
    assert look(path, "burn", "numbers", size=5000).items == 1000


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ("endless", "give --size N"),
        ("stuck", "(1 came); give --size N"),
        ("silent", "no item of burn came within 1 s"),
        ("nothing", "the items of burn are empty"),
        ("broken", "fail: ValueError: bad row (my_probed.py, line 29)"),
        ("once", "are the same iterator twice"),
        ("functions", "or leave processes out with --backends"),
        ("locks", "items cannot be sent to a worker: "),
        ("lines:no-such-file", "no such file"),
    ],
)
def test_items_that_cannot_be(user_file: Write, items: str, said: str) -> None:
    """Items without end, without any, or that cannot travel, are refused in one line."""
    assert said in refusal(user_file(), items)


def test_slow_items_with_a_size(user_file: Write) -> None:
    """Where a size is given, the end need not be seen."""
    assert look(user_file(), "burn", "stuck", size=7).items == 7


def test_items_that_stay_here(user_file: Write) -> None:
    """Items need not be sendable when no worker is another process."""
    assert look(user_file(), "burn", "locks", sends=False).item_bytes is None


def test_code_travels_by_value_where_backends_take_it(user_file: Write) -> None:
    """Functions without a name are refused for plain pickle alone; a lock is refused for all."""
    facts = look(user_file(), "burn", "functions", plain=False)
    assert facts.by_value
    assert not look(user_file(), "burn", "numbers").by_value
    with pytest.raises(UsageError, match="cannot be sent"):
        look(user_file(), "burn", "locks", plain=False)


def test_sizes_of_items_and_parts(user_file: Write) -> None:
    """Items of 50 kB hold one table; parts of 0 to 38 bytes more than 1000 are 1019 on average."""
    facts = look(user_file(), "burn", "tables")
    assert facts.item_bytes is not None
    assert facts.item_bytes == pytest.approx(50_000, abs=50)
    assert facts.repeated_bytes == pytest.approx(50_000, abs=50)
    facts = look(user_file(), "double", "range:20")
    assert facts.part_bytes == pytest.approx(1019 + 15, abs=10)
    assert facts.repeated_bytes == 0
    assert look(user_file(), "burn", "functions", sends=False).part_bytes is not None


def test_inner_threads_are_tried_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel of a numerical library is tried without the cap, not with one CPU."""
    spec = WorkloadSpec("matmul", size=4, params=(("width", "512"), ("rows", "512")))
    monkeypatch.setattr(probe, "_usable_cpus", lambda: 1)
    assert probe.look(spec, sends=True).inner_cpus is None
    before = limits.inner_threads()
    monkeypatch.setattr(probe, "_usable_cpus", lambda: 2)
    tried = probe.look(spec, sends=True).inner_cpus
    assert tried is not None
    assert tried > 0
    assert limits.inner_threads() == before


@pytest.mark.parametrize("kernel", ["fail", "leave"])
def test_kernel_that_raises(user_file: Write, kernel: str) -> None:
    """What a kernel raises is left for its case to tell."""
    facts = look(user_file(), kernel, "range:5")
    assert facts.cpu_share is None
    assert facts.item_s is None
    assert not facts.waits


def test_kernel_that_hangs(user_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that never returns is given up."""
    monkeypatch.setattr(probe, "KERNEL_LIMIT_S", 0.2)
    facts = look(user_file(), "hang", "range:5")
    assert (facts.cpu_share, facts.item_s) == (None, None)


def test_shared_input_that_fails(user_file: Write) -> None:
    """A shared input that cannot be made is left for the session to tell."""
    assert look(user_file(), "with_shared", "range:5", shared="made").item_s is None


def test_built_in_that_waits() -> None:
    """The probe opens and closes the shared input of a built-in, and knows its async form."""
    spec = WorkloadSpec("fetch", size=10, params=(("latency_ms", "5"),))
    facts = probe.look(spec, sends=True)
    assert facts.waits
    assert facts.has_async
    assert facts.item_s is not None
    assert facts.item_s >= 0.005
    assert facts.commit is None


def test_thread_pools_are_named() -> None:
    """The libraries that compute in threads are named with their number."""
    facts = probe.look(WorkloadSpec("matmul", size=2, params=(("width", "16"),)), sends=True)
    assert all(
        name and int(count) >= 1 for name, _, count in (p.partition("=") for p in facts.blas)
    )


def test_probed_items_come_from_all_over() -> None:
    """Of a long sequence the first, the last and others between are run."""
    some = probe._spread(range(1000), 1000)
    assert some[0] == 0
    assert {0, 999} < set(some)
    assert len(some) == len(set(some)) == probe.TRIED_ITEMS
    assert sorted(probe._spread([7, 8], 2)) == [7, 8]
    assert probe._spread([], 0) == []
