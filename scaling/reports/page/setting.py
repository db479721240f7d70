"""The machine, the software and the workload of a study."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from scaling.analysis import cpu_settings
from scaling.analysis.units import count, digits, percent, seconds, shortened
from scaling.model import Environment, WorkloadFacts
from scaling.records import ClusterRecord
from scaling.reports.page.blocks import Block, Fact, Facts, Heading, Section
from scaling.results import Study


def section(study: Study) -> Section:
    """Return where a study ran, and what it ran."""
    blocks: list[Block] = [Facts(tuple(machine(study.header.environment)))]
    if study.data.clusters:
        blocks += [Heading("Cluster"), Facts(tuple(_cluster(study.data.clusters[-1])))]
    several = len(study.header.facts) > 1
    for facts in study.header.facts:
        name = f"Workload, {count(facts.items, 'item')}" if several else "Workload"
        blocks += [Heading(name), Facts(tuple(_workload(facts)))]
    return Section("environment", "Environment", tuple(blocks))


def machine(environment: Environment) -> Iterator[Fact]:
    """Yield what is known of the machine and its software."""
    yield Fact("Host", environment.hostname)
    yield Fact("System", environment.system)
    yield Fact("Processor", environment.processor)
    yield Fact("CPUs", _cpus(environment))
    yield Fact("CPU settings", cpu_settings.said(environment.cpu_settings))
    yield Fact("Memory", f"{environment.memory_mb} MiB")
    if environment.load_1m is not None:
        yield Fact("Load before", f"{digits(environment.load_1m)} (mean of a minute)")
    gil = "" if environment.gil else ", without the GIL"
    yield Fact("Python", f"{environment.implementation} {environment.python}{gil}")
    if environment.versions:
        told = ", ".join(f"{name} {version}" for name, version in environment.versions)
        yield Fact("Libraries", told)


def in_short(environment: Environment) -> str:
    """Return in a line where it ran."""
    return (
        f"{shortened(environment.processor)}, "
        f"{count(environment.usable_cpus, 'usable CPU')}, "
        f"{environment.implementation} {environment.python}"
    )


def when(created: str) -> str:
    """Return to the minute when it was begun, in UTC; a text that is no time as it is."""
    try:
        found = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{found:%Y-%m-%d %H:%M} UTC" if found.utcoffset() == timedelta() else created


def _cpus(environment: Environment) -> str:
    told = f"{environment.cpus} logical, {environment.usable_cpus} usable"
    limits = [f"affinity {environment.cpus_affinity}"]
    if environment.cpu_quota is not None:
        limits.append(f"quota {digits(environment.cpu_quota)}")
    if environment.slurm_cpus_on_node is not None:
        limits.append(f"SLURM {environment.slurm_cpus_on_node} on the node")
    if environment.slurm_cpus_per_task is not None:
        limits.append(f"SLURM {environment.slurm_cpus_per_task} a task")
    return f"{told} ({', '.join(limits)})"


def _cluster(cluster: ClusterRecord) -> Iterator[Fact]:
    kind = "embedded: all nodes on this machine" if cluster.embedded else cluster.address
    yield Fact("Kind", kind)
    pairs = zip(cluster.hosts, cluster.cpus, strict=False)
    nodes = ", ".join(f"{host} ({cpus:g} CPU{'s' * (cpus != 1)})" for host, cpus in pairs)
    yield Fact(count(len(cluster.nodes), "node"), nodes)
    yield Fact("Start", seconds(cluster.start_s))


def _workload(facts: WorkloadFacts) -> Iterator[Fact]:
    yield Fact("Name", facts.name)
    yield Fact("Items", str(facts.items))
    if facts.item_s is not None:
        yield Fact("Mean item", seconds(facts.item_s))
    if facts.cpu_share is not None:
        yield Fact("On the CPU", f"{percent(facts.cpu_share)} of the time of an item")
    if facts.item_bytes is not None:
        yield Fact("Mean size of an item", f"{facts.item_bytes} bytes, pickled")
    if facts.part_bytes is not None:
        yield Fact("Mean size of a result", f"{facts.part_bytes} bytes, pickled")
    if facts.blas:
        yield Fact("Numerical libraries", ", ".join(facts.blas))
