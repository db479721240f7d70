"""The verdict says what the numbers bear, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.analysis.speedup import case_results
from scaling.analysis.verdict import verdict
from scaling.model import SERIAL
from scaling.records import Failure

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def say(study: StudyBuilder) -> str:
    """Return the verdict on a study."""
    return verdict(case_results(study.data), study.header.plan)


def test_fastest_and_best_of_ray(study: StudyBuilder) -> None:
    """The fastest case is named with its interval, and Ray beside it."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.0] * 6, workers=2)
    study.case("threads", [1.9] * 6, workers=2)
    study.case("ray", [1.25] * 6, workers=2, nodes=2)
    assert say(study) == (
        "Fastest: processes with 2 workers, 1.00 s, 2.00 times serial (95 % 2.00 to 2.00); "
        "Ray on 2 nodes with 2 workers reaches 1.60."
    )


def test_ray_fastest_names_the_best_local_backend(study: StudyBuilder) -> None:
    """Where Ray wins, what it wins against is named."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.25] * 6, workers=2)
    study.case("ray", [1.0] * 6, workers=2, nodes=1)
    assert "Ray on 1 node with 2 workers, 1.00 s" in say(study)
    assert "; processes with 2 workers reaches 1.60." in say(study)


def test_nothing_beats_the_baseline(study: StudyBuilder) -> None:
    """Slower cases are not called a gain."""
    study.case(SERIAL, [1.0] * 6)
    study.case("threads", [1.25] * 6, workers=2)
    assert say(study) == (
        "Nothing beats serial (1.00 s); the closest is threads with 2 workers, "
        "0.80 times serial (95 % 0.80 to 0.80)."
    )


def test_interval_that_holds_one_is_no_gain(study: StudyBuilder) -> None:
    """A difference within the noise is called that."""
    study.case(SERIAL, [1.0, 1.1, 1.0, 1.1, 1.0, 1.1])
    study.case("threads", [1.0, 0.9, 1.2, 1.0, 1.0, 1.0], workers=2)
    assert "The interval holds 1: the two cannot be told apart." in say(study)


def test_few_blocks_may_be_chance(study: StudyBuilder) -> None:
    """Without an interval the verdict is weak and says so."""
    study.case(SERIAL, [2.0] * 2)
    study.case("threads", [1.0] * 2, workers=2)
    assert say(study) == (
        "Fastest: threads with 2 workers, 1.00 s, 2.00 times serial. "
        "With 2 blocks there is no interval: this may be chance."
    )


def test_failures_and_wrong_answers_are_counted(study: StudyBuilder) -> None:
    """What went wrong is part of the verdict, and a wrong answer is never the fastest."""
    study.case(SERIAL, [2.0] * 6)
    wrong = study.case("threads", [0.1], workers=2)
    study.session(wrong, 2, [0.1], status="wrong", failure=Failure("wrong", "differs"))
    died = study.case("processes", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", "killed"))
    assert say(study) == (
        "Only serial was measured: 2.00 s. 1 case gave a wrong answer. 1 case failed."
    )


def test_answers_that_change_leave_nothing(study: StudyBuilder) -> None:
    """A workload that is not deterministic has no verdict but that."""
    serial = study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    failure = Failure("not-deterministic", "two serial runs differ")
    study.session(serial, 0, [2.0], status="wrong", failure=failure)
    assert say(study) == (
        "There is nothing to compare: serial gave an answer that cannot be relied on: "
        "two serial runs differ."
    )


def test_no_baseline(study: StudyBuilder) -> None:
    """Without a baseline the fastest has no speedup."""
    study.session(study.case(SERIAL), 1, [], status="timeout")
    study.case("threads", [1.0] * 6, workers=2)
    assert "so no speedup can be given. 1 case took too long." in say(study)


def test_nothing_at_all(study: StudyBuilder) -> None:
    """A study that was stopped before its first session has no verdict."""
    study.case(SERIAL)
    assert "serial was not measured: the run stopped before it." in say(study)


def test_shared_cores_and_laws_are_told(study: StudyBuilder) -> None:
    """What is no measurement of separate machines is not sold as one."""
    study.environment = {"cpus_affinity": 2}
    study.embedded()
    study.case(SERIAL, [2.0] * 6)
    study.case("ray", [1.0] * 6, workers=4, nodes=4)
    study.case("simulated", [0.1] * 6, workers=64)
    told = say(study)
    assert told.startswith("Fastest: Ray on 4 nodes")
    assert "The nodes share cores" in told
    assert "Simulated cases are computed" in told


def test_sizes_share_a_sentence(study: StudyBuilder) -> None:
    """The fastest of each size in one sentence, with no gain named where the baseline is it."""
    study.case(SERIAL, [1.0] * 6, size=10)
    study.case("threads", [1.5] * 6, workers=2, size=10)
    study.case(SERIAL, [4.0] * 6, size=20)
    study.case("threads", [2.0] * 6, workers=2, size=20)
    assert say(study) == (
        "Fastest: at 10 items serial (1.00 s); "
        "at 20 items threads with 2 workers (2.00 s, 2.00 times serial)."
    )


def test_doubt_that_all_sizes_share_is_said_once(study: StudyBuilder) -> None:
    """Two sizes without intervals are one doubt."""
    for size in (10, 20):
        study.case(SERIAL, [2.0] * 2, size=size)
        study.case("threads", [1.0] * 2, workers=2, size=size)
    assert say(study).count("With 2 blocks there is no interval: this may be chance.") == 1


def test_doubt_about_one_size_names_it(study: StudyBuilder) -> None:
    """Noise at one size is no doubt about the other; a size without values is left out."""
    study.case(SERIAL, [1.0, 1.1] * 3, size=10)
    study.case("threads", [1.0, 0.9, 1.2, 1.0, 1.0, 1.0], workers=2, size=10)
    study.case(SERIAL, [4.0] * 6, size=20)
    study.case("threads", [2.0] * 6, workers=2, size=20)
    study.case(SERIAL, size=30)
    told = say(study)
    assert "The interval holds 1: the two cannot be told apart (at 10 items)." in told
    assert "30 items" not in told
