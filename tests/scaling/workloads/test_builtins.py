"""What holds for every built-in workload."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from scaling.model import WorkloadSpec
from scaling.workloads.answers import digest
from scaling.workloads.base import Workload
from scaling.workloads.registry import load, names

SMALL: dict[str, WorkloadSpec] = {
    "sources": WorkloadSpec("sources", size=12),
    "primes": WorkloadSpec("primes", size=10),
    "features": WorkloadSpec("features", size=4),
    "fetch": WorkloadSpec("fetch", size=6, params=(("latency_ms", "5"),)),
    "matmul": WorkloadSpec("matmul", size=4, params=(("width", "64"), ("rows", "8"))),
    "options": WorkloadSpec("options", size=5, params=(("paths", "2000"),)),
    "grain": WorkloadSpec("grain", size=7, params=(("steps", "10"),)),
}


@dataclass
class Run:
    workload: Workload
    items: list[Any]
    shared: Any
    parts: list[Any]

    def combined(self, parts: list[Any]) -> Any:
        return self.workload.combine(parts) if self.workload.combine else parts

    def fails(self, parts: list[Any]) -> bool:
        """Tell whether the check, or already the combining, refuses the parts."""
        assert self.workload.check is not None
        try:
            self.workload.check(self.combined(parts))
        except (AssertionError, TypeError, ValueError, AttributeError, IndexError):
            return True
        return False


@contextmanager
def opened(workload: Workload) -> Iterator[Any]:
    """The shared input for as long as it is needed."""
    made = workload.shared() if workload.shared else None
    if isinstance(made, AbstractContextManager):
        with made as shared:
            yield shared
    else:
        yield made


@pytest.fixture(scope="module", params=names())
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """A small run of each built-in."""
    workload = load(SMALL[request.param])
    items = list(workload.items())
    with opened(workload) as shared:
        inputs = () if workload.shared is None else (shared,)
        yield Run(workload, items, shared, [workload.kernel(i, *inputs) for i in items])


def test_right_answer(run: Run) -> None:
    """The answer of the kernel passes, and size is the number of items."""
    assert not run.fails(run.parts)
    assert len(run.items) == SMALL[run.workload.name].size


def test_deterministic(run: Run) -> None:
    """A second run in another order gives equal parts."""
    inputs = () if run.workload.shared is None else (run.shared,)
    again = [run.workload.kernel(item, *inputs) for item in reversed(run.items)]
    assert digest(again[::-1]) == digest(run.parts)


def test_items_are_the_same_each_time(run: Run) -> None:
    """Each pass gives the same items."""
    assert digest(list(run.workload.items())) == digest(run.items)


WRONG: dict[str, Callable[[list[Any]], list[Any]]] = {
    "nothing": lambda parts: [None] * len(parts),
    "no parts": lambda _: [],
    "constant": lambda parts: [parts[1]] * len(parts),
    "zeros": lambda parts: [zeroed(part) for part in parts],
    "a part too few": lambda parts: parts[:-1],
    "one part wrong": lambda parts: [*parts[:-1], zeroed(parts[-1])],
}


def zeroed(part: Any) -> Any:
    """The part with all its numbers set to 0."""
    if isinstance(part, int | float):
        return type(part)(0)
    if isinstance(part, tuple):
        return type(part)(*map(zeroed, part))
    return part if isinstance(part, str) else part * 0


@pytest.mark.parametrize("how", WRONG)
def test_wrong_kernels_are_caught(run: Run, how: str) -> None:
    """The check refuses an empty, a constant and a wrong kernel."""
    assert run.fails(WRONG[how](run.parts))
