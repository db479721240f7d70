"""Did BASE and NEW run on the same machine, cluster and software?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis import cpu_settings
from scaling.analysis.bounds import RAY
from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.units import count
from scaling.model import Environment
from scaling.records import ClusterRecord

MEMORY_SHARE = 0.1
"""Memory that differs by less is the same machine: systems keep some of it for themselves."""


def of_machines(base: Environment, new: Environment) -> Iterator[Remark]:
    """Compare what decides how fast the machines are."""
    for what, one, other in (
        ("processor", base.processor, new.processor),
        ("number of usable CPUs", _usable(base), _usable(new)),
    ):
        if one != other:
            text = f"another machine: the {what} was {one} in BASE, {other} in NEW"
            yield Remark(Level.LIMIT, text)
    if base.cpus != new.cpus:
        text = f"the machine of BASE has {count(base.cpus, 'CPU')}, that of NEW {new.cpus}"
        yield Remark(Level.CAUTION, text)
    if abs(base.memory_mb - new.memory_mb) > MEMORY_SHARE * max(base.memory_mb, new.memory_mb):
        text = f"the memory was {base.memory_mb} MB in BASE, {new.memory_mb} MB in NEW"
        yield Remark(Level.CAUTION, text)
    if changed := cpu_settings.changes(base.cpu_settings, new.cpu_settings):
        text = f"other CPU settings: {', '.join(changed)}"
        yield Remark(Level.CAUTION, f"{text}: they make all work faster or slower")
    if base.hostname != new.hostname:
        text = f"another host ({base.hostname} in BASE, {new.hostname} in NEW)"
        yield Remark(
            Level.CAUTION, f"{text}: equal machines differ too, and so do their neighbours"
        )


def _usable(environment: Environment) -> str:
    """Return the CPUs that can be used; parts of one count, as a quota gives them."""
    affinity, quota = environment.cpus_affinity, environment.cpu_quota
    return f"{affinity if quota is None else min(affinity, quota):g}"


def of_software(base: Environment, new: Environment) -> Iterator[Remark]:
    """Compare the versions: an upgrade may be what is compared, so the verdict stands."""
    pairs = [
        (f"{base.implementation} {base.python}", f"{new.implementation} {new.python}"),
        (_gil(base), _gil(new)),
        (base.system, new.system),
        *_versions(dict(base.versions), dict(new.versions)),
    ]
    if changed := [f"{one} -> {other}" for one, other in pairs if one != other]:
        yield Remark(Level.CAUTION, f"other software: {', '.join(changed)}")
    if base.commit != new.commit:
        text = f"rayscale itself is another ({_commit(base)} in BASE, {_commit(new)} in NEW)"
        yield Remark(Level.NOTE, text)


def _gil(environment: Environment) -> str:
    return "with the GIL" if environment.gil else "without the GIL"


def _versions(base: dict[str, str], new: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys((*base, *new)):
        yield f"{name} {base.get(name, 'none')}", f"{name} {new.get(name, 'none')}"


def _commit(environment: Environment) -> str:
    if environment.commit is None:
        return "no commit"
    commit, plus, changes = environment.commit.partition("+")
    return f"{commit[:8]}{plus}{changes}"


def of_clusters(base: Sequence[ClusterRecord], new: Sequence[ClusterRecord]) -> Iterator[Remark]:
    """Compare what the nodes were: raylets on one machine, or machines of some CPUs."""
    if not base or not new:
        return
    ours, theirs = base[-1], new[-1]
    if ours.embedded and theirs.embedded:
        return
    if ours.embedded != theirs.embedded or set(ours.cpus) != set(theirs.cpus):
        text = f"another cluster: {_nodes(ours)} in BASE, {_nodes(theirs)} in NEW"
        yield Remark(Level.LIMIT, text, RAY)
    elif set(ours.hosts) != set(theirs.hosts):
        text = "the nodes of the cluster were other hosts: equal machines differ too"
        yield Remark(Level.CAUTION, text, RAY)


def _nodes(cluster: ClusterRecord) -> str:
    if cluster.embedded:
        return f"{count(len(cluster.nodes), 'node')} on one machine"
    cpus = " or ".join(f"{number:g}" for number in sorted(set(cluster.cpus)))
    return f"{count(len(cluster.nodes), 'node')} of {cpus} CPUs"
