"""The machine and the software of a study, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis import cpu_settings
from scaling.analysis.bounds import RAY
from scaling.analysis.units import count, digits, listed
from scaling.model import Environment
from scaling.records import ClusterRecord
from scaling.results import Study

LIBRARIES = {"ray": RAY, "joblib": "joblib", "distributed": "dask", "numpy": None}
"""Distributions that are named, with the backend that they matter to; None for every study."""
MOST_HOSTS = 4


def sentences(study: Study) -> Iterator[str]:
    """Yield what a reader must know of where the study ran."""
    header = study.header
    environment, backends = header.environment, {case.backend for case in header.plan.cases}
    yield (
        f"Machine: {environment.processor}, {_cpus(environment)}, {environment.memory_mb} MiB of "
        f"memory, {environment.system}; {_software(environment, backends)}."
    )
    told = cpu_settings.said(environment.cpu_settings)
    yield f"{told[:1].upper()}{told[1:]}."
    found = cluster(study)
    if found is not None:
        yield nodes(found)
    if found is not None and not found.embedded:
        yield "Processors and software of its nodes were not recorded."


def cluster(study: Study) -> ClusterRecord | None:
    """Return the cluster that Ray's cases ran on; None where none ran."""
    ran = any(case.backend == RAY for case in study.header.plan.cases)
    return study.data.clusters[-1] if ran and study.data.clusters else None


def _cpus(environment: Environment) -> str:
    told = f"{count(environment.cpus, 'logical CPU')}, {environment.usable_cpus} of them usable"
    limits = []
    if environment.cpus_affinity < environment.cpus:
        limits.append(f"affinity {environment.cpus_affinity}")
    if environment.cpu_quota is not None:
        limits.append(f"quota {digits(environment.cpu_quota)}")
    return f"{told} ({', '.join(limits) or 'no quota'})"


def _software(environment: Environment, backends: set[str]) -> str:
    python = f"{environment.implementation} {environment.python}"
    gil = "" if environment.gil else " without the GIL"
    named = [
        f"{library} {version}"
        for library, version in environment.versions
        if library in LIBRARIES and LIBRARIES[library] in {None, *backends}
    ]
    return ", ".join([f"{python}{gil}", *named])


def nodes(found: ClusterRecord) -> str:
    """Say how many nodes Ray had, and where."""
    number = count(len(found.nodes), "node")
    if found.embedded:
        network = ": no network lay between them" if len(found.nodes) > 1 else ""
        return f"Ray had {number} on this one machine{network}."
    hosts = list(dict.fromkeys(found.hosts))
    more = f" and {len(hosts) - MOST_HOSTS} more" if len(hosts) > MOST_HOSTS else ""
    cpus = listed(dict.fromkeys(f"{cpus:g}" for cpus in found.cpus)).replace(" and ", " or ")
    noun = "CPU" if cpus == "1" else "CPUs"
    return f"Ray had {number} on {', '.join(hosts[:MOST_HOSTS])}{more}, with {cpus} {noun} each."
