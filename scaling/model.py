"""What a study measures, and where. Frozen records, plain, standard library only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scaling.subject import UNCAPPED, Case, Status, WorkloadSpec

__all__ = [
    "REFERENCE_BLOCK",
    "SERIAL",
    "UNCAPPED",
    "Case",
    "CpuSettings",
    "Environment",
    "Plan",
    "SkippedCase",
    "Status",
    "StudyHeader",
    "WorkloadFacts",
    "WorkloadSpec",
]

SERIAL = "serial"
REFERENCE_BLOCK = 0
"""The block of the session that gives the reference answer; it never enters statistics."""


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
    """Mean pickled size of the probed items; None when they cannot be pickled."""
    commit: str | None = None
    """Git commit of the user's code, with ``+changes`` when the tree is not clean."""
    blas: tuple[str, ...] = ()
    """Thread pools of the numerical libraries in use: ``library=threads``."""
    part_bytes: int | None = None
    """Mean pickled size of the parts of the probed items; None when there are none to pickle."""
    repeated_bytes: int = 0
    """Pickled size of the largest value that every probed item holds alike."""
    by_value: bool = False
    """True when items hold code that no worker can import: it travels with each of them."""
    inner_cpus: float | None = None
    """CPU time over wall time of the kernel without a cap on inner threads; None: not tried."""


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
    trace: bool = False
    """The whole record of every sample is kept."""

    def case(self, key: str) -> Case:
        """Return the case with this key. Raises KeyError."""
        for case in self.cases:
            if case.key == key:
                return case
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class CpuSettings:
    """How the CPUs are run, as far as the system tells: in many virtual machines it does not."""

    governors: tuple[str, ...] = ()
    """Frequency governors of the CPUs that this process may run on, each once; empty: not told."""
    turbo: bool | None = None
    """True when the frequency may rise over the nominal one; None where it is not told."""
    smt: bool | None = None
    """True when cores run several threads at once; None where it is not told."""


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
    slurm_cpus_per_task: int | None = None
    """CPUs that SLURM gives each task of the job; None outside of one, or where it is not told."""
    slurm_cpus_on_node: int | None = None
    """CPUs that the SLURM job has on this node."""
    cpu_settings: CpuSettings | None = None
    """None in a study from before they were recorded."""

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
