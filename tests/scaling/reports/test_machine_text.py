"""The machine in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.model import SERIAL, CpuSettings
from scaling.records import ClusterRecord
from scaling.reports.machine_text import sentences
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

LIBRARIES = (("ray", "2.60.0"), ("joblib", "1.6.0"), ("numpy", "2.4.6"), ("msgspec", "0.22.0"))


def told(study: StudyBuilder) -> list[str]:
    """Return the sentences."""
    return list(sentences(Study(study.data)))


def test_only_libraries_that_matter_are_named(study: StudyBuilder) -> None:
    """Those of the backends, and NumPy."""
    study.environment = {"versions": LIBRARIES, "gil": False}
    study.case(SERIAL)
    study.case("joblib")
    assert told(study) == [
        (
            "Machine: a processor, 4 logical CPUs, 4 of them usable (no quota), 8000 MiB of "
            "memory, Linux; CPython 3.11.7 without the GIL, joblib 1.6.0, numpy 2.4.6."
        ),
        "Frequency governor, turbo and SMT were not recorded.",
    ]


def test_cpu_settings_are_told(study: StudyBuilder) -> None:
    """What the system says of them, and what it does not."""
    study.environment = {"cpu_settings": CpuSettings(("performance",), turbo=False)}
    assert told(study)[-1] == (
        "Frequency governor performance, turbo off; SMT was not visible to the system."
    )


def test_limits_are_named(study: StudyBuilder) -> None:
    """Why not all CPUs are usable."""
    study.environment = {"cpus": 8, "cpus_affinity": 4, "cpu_quota": 2.5}
    assert "8 logical CPUs, 2 of them usable (affinity 4, quota 2.50)" in told(study)[0]


def test_nodes_on_one_machine_are_told(study: StudyBuilder) -> None:
    """No network lies between them."""
    study.embedded()
    study.case("ray", nodes=2, workers=2)
    assert told(study)[-1] == ("Ray had 2 nodes on this one machine: no network lay between them.")


def test_hosts_of_a_cluster_are_named(study: StudyBuilder) -> None:
    """A few of many, with the CPUs of each."""
    hosts = tuple(f"h{number}" for number in range(6))
    study.records.append(ClusterRecord("h0:1", False, hosts, (8.0,) * 6, hosts, 0.0))
    study.case("ray", nodes=2, workers=2)
    assert told(study)[-2:] == [
        "Ray had 6 nodes on h0, h1, h2, h3 and 2 more, with 8 CPUs each.",
        "Processors and software of its nodes were not recorded.",
    ]


def test_nodes_of_one_cpu_or_several(study: StudyBuilder) -> None:
    """Each number once, in a sentence."""
    study.records.append(ClusterRecord("a:1", False, ("a", "b"), (1.0, 1.0), ("a", "b"), 0.0))
    study.case("ray", nodes=2, workers=2)
    assert "with 1 CPU each" in told(study)[-2]
    study.records.append(ClusterRecord("a:1", False, ("a", "b"), (4.0, 8.0), ("a", "b"), 0.0))
    assert "with 4 or 8 CPUs each" in told(study)[-2]
