"""Records that pass between the steps. Frozen, plain, standard library only."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Status = Literal["ok", "failed", "wrong", "timeout", "skipped"]

SERIAL = "serial"
REFERENCE_BLOCK = 0
"""The block of the session that gives the reference answer; it never enters statistics."""


@dataclass(frozen=True, slots=True)
class WorkloadSpec:
    """Where a workload is found. Every process of a study loads the workload from this."""

    target: str
    """A built-in name, ``/absolute/file.py:name`` or ``package.module:name``."""
    size: int | None = None
    """Number of items; None for the workload's own."""
    items: str | None = None
    """``range:N``, ``lines:FILE``, ``glob:PATTERN``, ``csv:FILE`` or ``module:name``."""
    combine: str | None = None
    """``module:name``, or a bare name in the workload's own file."""
    shared: str | None = None
    """``module:name``, or a bare name in the workload's own file."""
    params: tuple[tuple[str, str], ...] = ()
    """``--param`` pairs as the user wrote them."""


@dataclass(frozen=True, slots=True)
class WorkloadFacts:
    """What the probe learnt of a workload before anything was measured."""

    name: str
    items: int
    """Number of items in one pass."""
    code_digest: str
    """SHA-256 over the source of the module that holds the kernel."""
    waits: bool
    """True when the kernel mostly waits: declared, or CPU time under 20 % of its time."""
    has_async: bool
    cpu_share: float | None
    """CPU time over wall time of the probed items; None when they were too short to tell."""
    item_s: float | None
    """Mean seconds of the probed items."""
    item_bytes: int | None
    """Pickled size of the first item; None when it cannot be pickled."""
    commit: str | None = None
    """Git commit of the user's code, with ``+changes`` when the tree is not clean."""
    blas: tuple[str, ...] = ()
    """Thread pools of the numerical libraries in use: ``library=threads``."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured: a workload of one size on one backend with one number of workers."""

    workload: str
    size: int
    backend: str
    nodes: int
    workers: int
    """All workers together, over all nodes."""
    twin: str = ""
    """Tells the two names of one case apart (``--null``); empty otherwise."""

    @property
    def key(self) -> str:
        """A name that is unique in a study and safe in a file name."""
        return f"{self.backend}{self.twin}-n{self.nodes}-w{self.workers}-s{self.size}"

    @property
    def label(self) -> str:
        """How messages name the case."""
        place = f"{self.nodes} nodes, " if self.nodes > 1 else ""
        workers = f"{self.workers} worker{'s' * (self.workers != 1)}"
        return f"{self.backend}{self.twin} ({place}{workers})"


@dataclass(frozen=True, slots=True)
class SkippedCase:
    """A case chosen by default that cannot run here."""

    case: Case
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides what a study measures."""

    spec: WorkloadSpec
    """The workload; its size is one of ``sizes``."""
    sizes: tuple[int | None, ...]
    """``--size`` as the user gave it, in the order of the header's facts."""
    cases: tuple[Case, ...]
    skipped: tuple[SkippedCase, ...]
    baseline: tuple[str, ...]
    """Keys of the cases that speedup is relative to, one for each size."""
    blocks: int
    seed: int
    batch: int | None
    """Items per message; None lets the dispatcher choose."""
    threads_per_worker: int
    workers_per_node: int
    timeout_s: float | None
    """Limit of one sample; None for the default that grows with the serial time."""
    tolerance: float | None
    """Relative and absolute tolerance for floats in answers; None compares exactly."""
    cluster: str
    """``local`` or ``HOST:PORT``."""
    quick: bool = False
    simulate: str | None = None
    """Law of the simulated backend."""
    max_blocks: int | None = None
    """Most blocks; None for just ``blocks``."""
    precision: float = 0.05
    """No more blocks once every interval is this close to its median, relative to it."""
    budget_s: float | None = None
    """No block beyond ``blocks`` begins that would end later than this."""
    weak: bool = False
    """Items grow with the workers: ``sizes`` and the cases' sizes belong to each other."""
    null: bool = False
    """One case is measured twice under two names, to show what the machine can tell apart."""

    def case(self, key: str) -> Case:
        """Return the case with this key. Raises KeyError."""
        for case in self.cases:
            if case.key == key:
                return case
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Environment:
    """The machine and the software a study ran on."""

    hostname: str
    system: str
    processor: str
    cpus: int
    """Logical CPUs of the machine."""
    cpus_affinity: int
    """CPUs that this process may run on."""
    cpu_quota: float | None
    """CPUs that the control group allows; None without a limit."""
    memory_mb: int
    python: str
    implementation: str
    gil: bool
    versions: tuple[tuple[str, str], ...]
    """Name and version of the libraries that matter."""
    commit: str | None = None
    """Git commit of this toolkit when it runs from a clone."""
    load_1m: float | None = None

    @property
    def usable_cpus(self) -> int:
        """CPUs that can really be used: the least of affinity and quota, at least 1."""
        quota = self.cpus_affinity if self.cpu_quota is None else int(self.cpu_quota)
        return max(1, min(self.cpus_affinity, quota))


@dataclass(frozen=True, slots=True)
class StudyHeader:
    """First line of a study file."""

    id: str
    created: str
    """UTC, ISO 8601."""
    command: tuple[str, ...]
    """The command line that began the study."""
    plan: Plan
    facts: tuple[WorkloadFacts, ...]
    """What the probe learnt, one for each size."""
    environment: Environment

    def spec(self, case: Case) -> WorkloadSpec:
        """Return where to find the workload of this case, in its size."""
        for facts, size in zip(self.facts, self.plan.sizes, strict=True):
            if facts.items == case.size:
                return replace(self.plan.spec, size=size)
        raise KeyError(case.key)

    def facts_of(self, case: Case) -> WorkloadFacts:
        """Return what the probe learnt of the workload in the size of this case."""
        return next(facts for facts in self.facts if facts.items == case.size)


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """What one worker did in one sample."""

    worker: str
    node: str
    items: int
    batches: int
    busy_s: float
    """Sum of its item times."""
    cpu_s: float | None
    """CPU time it spent in its batches; None where workers share a thread (asyncio)."""
    first_start_s: float | None
    """Start of its first item after the start of the sample; None when it got none."""
    last_end_s: float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One timed repetition of a case."""

    session: str
    case: str
    """Key of the case."""
    block: int
    index: int
    """Position in its session, from 0."""
    seconds: float
    """From just before the first item is asked for to the combined answer."""
    combine_s: float
    """The part of it after the last part was received."""
    items: int
    workers: tuple[WorkerSummary, ...]
    cpu_s: float
    """CPU time of the kernels, over all workers."""
    digest: str
    """Digest of the answer: equal digests mean equal answers."""
    peak_rss_mb: float
    """Largest peak of any one process of the case so far."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case has no value."""

    kind: Literal[
        "raised", "died", "timeout", "unsendable", "wrong", "not-deterministic", "opening"
    ]
    message: str
    """One line for the report."""
    item: int | None = None
    """Index of the item that was running, where it is known."""
    item_text: str | None = None
    """Short ``repr`` of the item, where it is known."""
    traceback: str | None = None
    """The user's own traceback."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """End of a session; without it the session does not count."""

    session: str
    case: str
    block: int
    status: Status
    started: str
    """UTC, ISO 8601."""
    opening_s: float | None
    """Until the pool answered and shared data had arrived."""
    warmup_s: float | None
    samples: int
    failure: Failure | None = None
    idle_load: float | None = None
    """Mean number of CPUs that the idle embedded cluster kept busy during the session."""
    output: str | None = None
    """Last lines that the work printed, when the session failed."""
    quiet: bool = True
    """False when actors of an earlier session were still there."""


@dataclass(frozen=True, slots=True)
class ClusterRecord:
    """The cluster that the later sessions used."""

    address: str
    embedded: bool
    nodes: tuple[str, ...]
    """Node ids in the order in which they are used."""
    cpus: tuple[float, ...]
    """CPUs of each node."""
    hosts: tuple[str, ...]
    """Host name of each node."""
    start_s: float


@dataclass(frozen=True, slots=True)
class EndRecord:
    """How a run of a study ended. A resumed study holds several."""

    reason: Literal["complete", "precision", "max-blocks", "budget", "interrupted", "stopped"]
    """``complete``: all blocks of a fixed number; ``stopped``: no case was left to measure."""
    ended: str
    seconds: float
    reached: float | None = None
    """Largest relative distance of an interval's end from its median; None without intervals."""


@dataclass(slots=True)
class BatchRecord:
    """What happened to one batch. Times in nanoseconds of ``perf_counter_ns``."""

    worker: int
    """Index into ``Pool.places``."""
    first: int
    """Index of its first item."""
    ticks: array[int]
    """``count + 1`` readings in the worker: item k ran from ``ticks[k]`` to ``ticks[k + 1]``."""
    cpu_ns: int
    """CPU time that the worker spent in the batch."""
    sent_ns: int = 0
    """Handed over by the driver (driver's clock)."""
    received_ns: int = 0
    """Parts in the driver's hands (driver's clock)."""
    peak_rss: int = 0
    """Largest resident size of the worker's process so far, bytes; 0 when not read."""

    @property
    def count(self) -> int:
        """Number of items."""
        return len(self.ticks) - 1


@dataclass(frozen=True, slots=True)
class Place:
    """One worker and the node it is on."""

    worker: str
    """Unique in the pool: ``thread-0``, ``process-1:4711``, a Ray actor id."""
    node: str
    """Node id; ``local`` for local backends."""


@dataclass(slots=True)
class Mapped:
    """Result of one pass over the items."""

    parts: list[Any]
    """In the order of the items."""
    batches: list[BatchRecord] = field(default_factory=list)
    cpu_ns: int | None = None
    """CPU time of the whole pass where it cannot be told by batch (asyncio)."""


@dataclass(frozen=True, slots=True)
class ClusterTarget:
    """How a session reaches a Ray cluster, and which nodes it uses."""

    address: str
    nodes: Sequence[str]
    """Ids of the nodes to use, in order; the session uses all of them."""
    ship: bool
    """True when the workers cannot import the user's module from this machine's files."""
    same_host: bool = False
    """True when workers see this machine's file system."""
