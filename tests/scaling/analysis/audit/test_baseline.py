"""The rule on the cap of inner threads and the serial baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.analysis.audit.finding import Severity
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene


def test_uncapped_serial_is_faster(measured: Scene) -> None:
    """10 s capped, 8 s without; 5 s on processes are 1.6 times as fast as that, not 2."""
    measured.add(SERIAL, [8.0], 8.0, twin="-uncapped", worker={"cpu_s": 8.8})
    measured.add("processes", [5.0, 5.0], 5.0)
    found = measured.found("uncapped-serial")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.evidence == (
        "without the cap on inner threads a serial run takes 8.00 s, 1.25 times as fast as the "
        "baseline; against it processes (2 workers) has a speedup of 1.60, not 2.00"
    )


def test_uncapped_serial_is_the_fastest(measured: Scene) -> None:
    """5 s without the cap are as fast as any backend: the workers are not needed."""
    measured.add(SERIAL, [5.0], 5.0, twin="-uncapped", worker={"cpu_s": 9.0})
    measured.add("processes", [5.0, 5.0], 5.0)
    found = measured.found("uncapped-serial")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence.endswith("a speedup of 1.00, not 2.00")
    assert found.remedy.startswith("let the library use the CPUs")


def test_uncapped_serial_is_hardly_faster(measured: Scene) -> None:
    """10 s over 9.1 s is under 1.1."""
    measured.add(SERIAL, [9.1], 9.1, twin="-uncapped", worker={"cpu_s": 18.0})
    assert measured.found("uncapped-serial") is None


def test_uncapped_serial_on_one_cpu_was_lucky(measured: Scene) -> None:
    """A kernel that uses 1.09 CPUs is not faster for its threads."""
    measured.add(SERIAL, [5.0], 5.0, twin="-uncapped", worker={"cpu_s": 5.45})
    assert measured.found("uncapped-serial") is None


def test_uncapped_serial_that_is_faster_in_half_the_blocks(measured: Scene) -> None:
    """Twice as fast in 4 of 6 blocks, and slower in 2: it may be chance."""
    case = measured.add(SERIAL, [5.0], 5.0, twin="-uncapped", blocks=4, worker={"cpu_s": 9.0})
    for block in (5, 6):
        measured.block(case, block, [11.0], 11.0, worker={"cpu_s": 18.0})
    assert measured.found("uncapped-serial") is None


def test_uncapped_case_is_no_other_rules_case(measured: Scene) -> None:
    """It uses many CPUs on purpose."""
    measured.add(SERIAL, [9.1], 9.1, twin="-uncapped", worker={"cpu_s": 18.0, "more_threads": 5})
    assert measured.found("own-threads") is None
