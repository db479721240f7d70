"""Rules on what travels between processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scaling.analysis.audit.data import byte_text
from scaling.analysis.audit.finding import Severity

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene


def test_large_items(measured: Scene) -> None:
    """P T = 16, U = 10: 38 % of the time without an item; the smaller loss comes second."""
    measured.facts = {"item_bytes": 1_000_000}
    measured.add("threads", [5.0, 5.0], 8.0)
    measured.add("ray", [5.0, 5.0], 6.25, nodes=2)
    measured.add("processes", [5.0, 5.0], 8.0)
    found = measured.found("large-items")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.cases == ("processes-n1-w2-s100", "ray-n2-w2-s100")
    assert found.evidence == (
        "an item is 1 MB pickled, 100 MB a sample; workers waited for items 38% of the time"
    )


@pytest.mark.parametrize(("size", "seconds"), [(102_399, 8.0), (1_000_000, 5.5)])
def test_items_that_are_small_or_not_waited_for(measured: Scene, size: int, seconds: float) -> None:
    """Under 100 KiB, or with 9.1 % of waiting, their size changes nothing."""
    measured.facts = {"item_bytes": size}
    measured.add("processes", [5.0, 5.0], seconds)
    assert measured.found("large-items") is None


def test_repeated_value(measured: Scene) -> None:
    """What every item repeats is told apart from what it has of its own, and is no large item."""
    measured.facts = {"item_bytes": 1_000_000, "repeated_bytes": 999_000}
    measured.add("processes", [5.0, 5.0], 8.0)
    found = measured.found("repeated-value")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "every item holds the same value of 999 kB, 99.9 MB a sample; workers waited for items "
        "38% of the time"
    )
    assert measured.found("large-items") is None


@pytest.mark.parametrize(("size", "repeated"), [(100, 9_999), (99, 10_000)])
def test_little_that_is_repeated(scene: Scene, size: int, repeated: int) -> None:
    """A few kilobytes, or under a megabyte together, may well be sent again."""
    scene.facts = {"repeated_bytes": repeated}
    scene.serial(size=size)
    scene.add("processes", [5.0, 5.0], 8.0, size=size)
    assert scene.found("repeated-value") is None


@pytest.mark.parametrize(("seconds", "severity"), [(8.0, Severity.MEDIUM), (5.0, Severity.LOW)])
def test_code_by_value(measured: Scene, seconds: float, severity: Severity) -> None:
    """Code that travels is good to know, and more where workers wait."""
    measured.facts = {"by_value": True}
    measured.add("processes", [5.0, 5.0], seconds)
    found = measured.found("code-by-value")
    assert found is not None
    assert found.severity == severity
    assert "it travels with each of 100 items" in found.evidence


def test_code_that_stays(measured: Scene) -> None:
    """Threads send nothing."""
    measured.facts = {"by_value": True}
    measured.add("threads", [5.0, 5.0], 8.0)
    assert measured.found("code-by-value") is None


def test_large_parts(measured: Scene) -> None:
    """The driver computes 4 of 8 s while workers wait 6 of 16 s."""
    measured.facts = {"part_bytes": 2_500_000}
    measured.add("processes", [5.0, 5.0], 8.0, sample={"driver_cpu_s": 4.0})
    found = measured.found("large-parts")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "a part is 2.5 MB pickled, 250 MB a sample; the driver was on the CPU 50% of 8.00 s, and "
        "workers waited 38% of the time"
    )


@pytest.mark.parametrize(
    ("size", "seconds", "driver"),
    [(None, 8.0, 4.0), (102_399, 8.0, 4.0), (2_500_000, 8.0, 0.79), (2_500_000, 8.0, None),
     (2_500_000, 5.5, 4.0)],
)  # fmt: skip
def test_parts_that_do_not_matter(
    measured: Scene, size: int | None, seconds: float, driver: float | None
) -> None:
    """Small parts, a driver that is hardly on the CPU, or workers that do not wait."""
    measured.facts = {"part_bytes": size}
    sample: dict[str, Any] = {"driver_cpu_s": driver}
    measured.add("processes", [5.0, 5.0], seconds, sample=sample)
    assert measured.found("large-parts") is None


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (2.5e9, "2.5 GB")],
)
def test_bytes_in_words(number: float, text: str) -> None:
    """Units are powers of 1000."""
    assert byte_text(number) == text
