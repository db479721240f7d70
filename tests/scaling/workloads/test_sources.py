from typing import Any

import pytest

from scaling.model import WorkloadSpec
from scaling.workloads import sources
from scaling.workloads.registry import load


@pytest.fixture(scope="module")
def parts() -> list[sources.Measure]:
    """Measures of some modules."""
    return [sources.measure(item) for item in sources.modules(80)]


def verdict(parts: list[Any]) -> None:
    """Raise when the check does."""
    sources.check(sources.survey(parts), sources.modules(80))


def test_right_answer_passes(parts: list[sources.Measure]) -> None:
    """The survey of real modules passes its check."""
    verdict(parts)


@pytest.mark.parametrize(
    "change",
    [
        {"bytes": 0},
        {"lines": 1},
        {"functions": 0},
        {"classes": 0},
        {"nodes": 1},
        {"depth": 99},
        {"functions": 10_000},
    ],
)
def test_wrong_kernels_fail(parts: list[sources.Measure], change: dict[str, Any]) -> None:
    """A kernel that gets one number wrong is caught."""
    with pytest.raises(AssertionError):
        verdict([part._replace(**change) for part in parts])


def test_one_wrong_part_fails(parts: list[sources.Measure]) -> None:
    """One module measured twice in place of another is caught."""
    with pytest.raises(AssertionError):
        verdict([parts[0], parts[0], *parts[2:]])


def test_empty_kernel_fails() -> None:
    """A kernel that returns nothing is caught."""
    workload = load(WorkloadSpec("sources", size=4))
    assert workload.check is not None
    with pytest.raises(AssertionError):
        workload.check(None)


def test_modules_are_the_library() -> None:
    """All modules come once, without tests; more than all begin again."""
    found = sources.modules()
    assert len(found) == len(set(found)) > 300
    assert "json/decoder.py" in found
    assert not any({"test", "tests", "site-packages"} & set(path.split("/")) for path in found)
    assert sources.modules(len(found) + 2) == [*found, *found[:2]]
