"""Rules 9 and 10: the set-up, and how the clock was read in it."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis import cpu_settings
from scaling.analysis.bounds import RAY, shares_cores
from scaling.analysis.cautions import Caution
from scaling.analysis.twelve_rules.check import Answer, Lack, judged, not_applicable
from scaling.analysis.twelve_rules.ground import Ground, named
from scaling.analysis.units import count, listed, seconds

_DOUBTS = {
    Caution.SHORT: ("samples under 1 ms are too short to time", "take more items"),
    Caution.SLOW_FIRST: ("the warm-up was not enough", "give it more items, or longer ones"),
    Caution.IDLE_CLUSTER: (
        "an idle cluster took CPUs beside the sample",
        "measure the local cases by themselves with 'scale compare'",
    ),
    Caution.NOT_QUIET: (
        "workers of an earlier session were still there",
        "measure again on a quiet cluster",
    ),
    Caution.INCONSISTENT: (
        "clocks or records do not fit together",
        "do not quote where the time went",
    ),
}
"""What puts the timing itself in doubt: what was found, what to do."""
_FILES = ("lines:", "glob:", "csv:")
"""Items that are what the user's files hold."""


def setup(ground: Ground) -> Answer:
    """Rule 9: all factors, their levels and the set-up."""
    if ground.timed and not ground.measured:
        return judged("all times are computed from a law: no machine has a part in them")
    header = ground.header
    software = count(len(header.environment.versions), "library version")
    known = cpu_settings.known(header.environment.cpu_settings)
    told = (
        f"recorded are processor{f' ({known})' if known else ''}, usable CPUs, memory, system, "
        f"Python, {software}, digest of the code, parameters, cap on inner threads, order and "
        "seed; no worker is bound to a CPU"
    )
    return judged(told, [*_cpu_settings(ground), *_code(ground), *_nodes(ground)])


def _cpu_settings(ground: Ground) -> Iterator[Lack]:
    settings = ground.header.environment.cpu_settings
    if hidden := cpu_settings.unseen(settings):
        remedy = f"state {listed(hidden)} of the host in the text"
        yield Lack(cpu_settings.missing(settings), remedy)


def _code(ground: Ground) -> Iterator[Lack]:
    """A built-in workload comes with the version of this toolkit."""
    spec = ground.plan.spec
    if spec.by_value:
        missing = "work came by value from a running Python: no file tells what it was"
        yield Lack(missing, "put kernel and items into a file of their own, and name it")
        return
    if (spec.items or "").startswith(_FILES):
        yield Lack(
            f"what was in the files of --items {spec.items} is not recorded",
            "hand these files in, or say where they are kept",
        )
    if ":" not in spec.target:
        return
    commits = {facts.commit for facts in ground.header.facts}
    if None in commits:
        yield Lack("the workload is in no Git commit", "commit its code, or hand it in")
    elif any((commit or "").endswith("+changes") for commit in commits):
        yield Lack("the workload's commit was not clean", "commit its changes before measuring")


def _nodes(ground: Ground) -> Iterator[Lack]:
    cases = [case for case in ground.plan.cases if case.backend == RAY]
    if any(shares_cores(ground.data, case) and case.nodes > 1 for case in cases):
        yield Lack(
            "no network lies between nodes on one machine", "say that no network was measured"
        )
    elif cases and not shares_cores(ground.data, cases[0]):
        yield Lack(
            "of the cluster's nodes only hosts and CPUs are recorded",
            "state their processors, CPU settings, memory, network and software",
        )


def timing(ground: Ground) -> Answer:
    """Rule 10: how was measured, synchronised and summarised."""
    if not ground.measured:
        return not_applicable("all times are computed from a law: nothing was timed")
    error = max((sample.clock_error_s for sample in ground.data.samples), default=0.0)
    clocks = f"; clocks of other hosts are known to {seconds(error)}" if error else ""
    told = (
        "a sample is timed by the driver's monotonic clock, from just before the first item is "
        "asked for until the answer is combined; all workers are there and warm before; the median "
        f"of the samples stands for a session, the median of the sessions for the case{clocks}"
    )
    return judged(told, _timing_doubts(ground))


def _timing_doubts(ground: Ground) -> Iterator[Lack]:
    for caution, (missing, remedy) in _DOUBTS.items():
        if cases := ground.with_any(caution):
            yield Lack(f"{missing}: {named(cases)}", remedy)
