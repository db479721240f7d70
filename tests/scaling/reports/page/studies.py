"""Studies that a page can be made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaling.model import SERIAL
from scaling.records import ClusterRecord
from scaling.results import Study
from tests.scaling import finished

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def full(study: StudyBuilder, text: str = "item 17: killed") -> Study:
    """Return a troubled study that tells where its time went."""
    finished.troubled(study, text)
    finished.recorded(study)
    return Study(study.data)


def hostile(study: StudyBuilder, text: str) -> Study:
    """Return a study in which all that a user, a host or a library may say is this text."""
    found = finished.hostile(study, text).data
    environment = replace(
        found.header.environment,
        hostname=text,
        implementation=text,
        python=text,
        commit=text,
        versions=((text, text),),
    )
    facts = tuple(
        replace(one, name=text, commit=text, code_digest=text, blas=(text,))
        for one in found.header.facts
    )
    clusters = (ClusterRecord(text, False, (text,), (1.0,), (text,), 1.0),)
    header = replace(found.header, environment=environment, facts=facts)
    return Study(replace(found, header=header, clusters=clusters))


def growing(study: StudyBuilder) -> Study:
    """Return a weak study."""
    base = study.case(SERIAL, [1.0] * 6, size=100)
    study.case("processes", [1.0] * 6, workers=1, size=100)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    return Study(study.data)


def twins(study: StudyBuilder) -> Study:
    """Return a study of two equal cases."""
    study.case(SERIAL, [1.0, 1.0, 1.0, 1.0, 1.0, 1.02], twin="-a")
    study.case(SERIAL, [1.01, 1.0, 1.0, 1.0, 1.0, 1.0], twin="-b")
    study.plan = {"null": True}
    return Study(study.data)


def sizes(study: StudyBuilder) -> Study:
    """Return a study of two sizes."""
    for size in (10, 20):
        study.case(SERIAL, [size / 10] * 6, size=size)
        study.case("threads", [size / 15] * 6, size=size, workers=2)
    return Study(study.data)


def single(study: StudyBuilder) -> Study:
    """Return a study of one case in two blocks."""
    study.case(SERIAL, [1.0, 1.1])
    return Study(study.data)


def unusable(study: StudyBuilder) -> Study:
    """Return a study whose only case died."""
    case = study.case(SERIAL)
    study.session(case, 1, [], status="failed")
    return Study(study.data)


def lawful(study: StudyBuilder) -> Study:
    """Return a study that follows the universal scalability law, up to 32 workers."""
    study.environment = {"cpus": 64, "cpus_affinity": 64}
    for workers in (1, 2, 4, 8, 16, 32):
        slowed = 1 + 0.05 * (workers - 1) + 0.001 * workers * (workers - 1)
        times = [4 * slowed / workers * (1 + 0.001 * k) for k in (-3, -2, -1, 0, 1, 2, 3)]
        study.case("processes", times, workers=workers)
    return Study(study.data)


ODD = (growing, twins, sizes, single, unusable, lawful)
