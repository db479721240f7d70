"""The owner's side of sessions and probes: starts them, and ends those that take too long."""

from __future__ import annotations

import os
import pickle
import shutil
import site
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import scaling
from cluster.guard import Ended, Guarded, spawn
from scaling.backends import limits
from scaling.backends.failures import signal_name
from scaling.backends.progress import items_at
from scaling.errors import UsageError
from scaling.grain_model import Level
from scaling.measure.listen import Listener
from scaling.measure.messages import (
    TASK_FILE,
    Checking,
    Done,
    GrainTask,
    Message,
    Opened,
    ProbeTask,
    Refused,
    Sampling,
    SessionTask,
    Warmed,
)
from scaling.model import WorkloadFacts
from scaling.samples import Failure, Sample, WorkerFacts
from scaling.subject import Status, WorkloadSpec
from scaling.workloads.imports import refuse_hiding

OPENING_LIMIT_S = 300.0
"""For what is no sample: opening, and checking an answer; more where a sample may take more."""
PROBE_LIMIT_S = 120.0
_TRIAL_LIMIT_S = 15.0
"""For the kernel's trial, which limits itself to less unless the kernel stops its process."""
_CLOSED_S = 10.0
_OUTPUT_LINES = 12
_OUTPUT_BYTES = 1 << 16
_OUTPUT_FILE = "output"
_SESSION = "from scaling.measure.session import main; main()"
_GRAIN = "from scaling.measure.grain_session import main; main()"
_PROBE = "from scaling.measure.probe_process import main; main()"


_Task = SessionTask | GrainTask | ProbeTask


@dataclass(slots=True)
class SessionResult:
    """What the owner learns of a session while it runs."""

    phase: str = "while it opened"
    """What the session was doing last."""
    opening_s: float | None = None
    warmup_s: float | None = None
    workers: tuple[WorkerFacts, ...] = ()
    samples: list[Sample] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    done: Done | None = None
    output: str | None = None
    """Last lines that the work printed, when the session failed."""

    @property
    def status(self) -> Status:
        """How the session ended."""
        assert self.done is not None, "a session that ended says how"
        return self.done.status

    @property
    def failure(self) -> Failure | None:
        """Why it has no value."""
        return None if self.done is None else self.done.failure

    def hear(self, message: Message) -> None:
        """Take a message."""
        match message:
            case Opened(opening_s):
                self.opening_s, self.phase = opening_s, "in its warm-up"
            case Warmed(warmup_s, workers):
                self.warmup_s, self.workers = warmup_s, workers
            case Sampling():
                self.phase = "in a sample"
            case Checking():
                self.phase = "while its answer was checked"
            case Sample():
                self.samples.append(message)
            case Level():
                self.levels.append(message)
            case Done():
                self.done = message


def process_environment(import_roots: Sequence[Path], threads: int) -> dict[str, str]:
    """Return the environment of every process of a study that runs the user's code.

    Raises UsageError when a file of the user would hide this toolkit.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    for root in import_roots:
        refuse_hiding(root)
    own, inherited = _own_root(), environment.get("PYTHONPATH")
    roots = [*map(str, import_roots), *([] if own is None else [str(own)])]
    environment["PYTHONPATH"] = os.pathsep.join(roots + ([inherited] if inherited else []))
    return environment | limits.variables(threads)


def _own_root() -> Path | None:
    """Return the folder that holds our packages, unless Python finds it by itself."""
    root = Path(scaling.__file__).resolve().parents[1]
    installed = [*site.getsitepackages(), site.getusersitepackages()]
    return None if str(root) in installed else root


class Launcher:
    """Starts the processes of one study, each under a guard."""

    def __init__(self, owner: str, folder: Path, environment: Mapping[str, str]) -> None:
        self._owner, self._folder, self._environment = owner, folder, dict(environment)

    def probe(self, spec: WorkloadSpec, *, sends: bool, plain: bool = True) -> WorkloadFacts:
        """Look at a workload in a process of its own. Raises UsageError."""
        with self._started("probe", _PROBE, ProbeTask(spec, sends, plain), {}) as (process, folder):
            listener = Listener(process, PROBE_LIMIT_S)
            facts = None
            for message in listener:
                if isinstance(message, WorkloadFacts):
                    facts = message
                    listener.allow(_TRIAL_LIMIT_S)
                if isinstance(message, Refused):
                    raise UsageError(message.message)
            if facts is not None:
                # The last ones told: a kernel that ended the process is a failure of its cases.
                return facts
            raise UsageError(_probe_problem(spec, process, folder, timed_out=listener.timed_out))

    def session(
        self,
        task: SessionTask | GrainTask,
        *,
        environment: Mapping[str, str],
        sample_limit_s: float,
        on_sample: Callable[[Sample], None],
    ) -> SessionResult:
        """Run a session to its end, whatever that is."""
        code = _GRAIN if isinstance(task, GrainTask) else _SESSION
        long_limit_s = max(OPENING_LIMIT_S, sample_limit_s)
        with self._started(task.session, code, task, environment) as (process, folder):
            listener = Listener(process, long_limit_s)
            result = SessionResult()
            for message in listener:
                timed = isinstance(message, Opened | Sampling)
                listener.allow(sample_limit_s if timed else long_limit_s)
                result.hear(message)
                if isinstance(message, Sample):
                    on_sample(message)
                if isinstance(message, Done):
                    break
            if result.done is None:
                limit_s = listener.limit_s if listener.timed_out else None
                result.done = _unfinished(result.phase, process, folder, limit_s)
            if result.done.status != "ok":
                result.output = _last_lines(folder)
            return result

    @contextmanager
    def _started(
        self, name: str, code: str, task: _Task, environment: Mapping[str, str]
    ) -> Iterator[tuple[Guarded, Path]]:
        folder = self._folder / name
        folder.mkdir(mode=0o700)
        try:
            (folder / TASK_FILE).write_bytes(_encode(task))
            with spawn(
                # -P: a file in the current folder must not shadow a library.
                [sys.executable, "-P", "-c", code, str(folder)],
                owner=self._owner,
                env={**self._environment, **environment},
                output=folder / _OUTPUT_FILE,
            ) as process:
                yield process, folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _encode(task: _Task) -> bytes:
    # It would become another name in the study file.
    for name in (task.spec.target, task.spec.items, task.spec.combine, task.spec.shared):
        try:
            (name or "").encode()
        except UnicodeEncodeError:
            raise UsageError(f"{name!r}: the name is not UTF-8; rename it") from None
    return pickle.dumps(task)


def _unfinished(phase: str, process: Guarded, folder: Path, limit_s: float | None) -> Done:
    """Describe a session that did not say how it ended; end it where it still runs."""
    at = items_at(folder)
    item = at[0] if at else None
    where = f"{phase}, at item {item}" if item is not None else phase
    if limit_s is not None:
        process.stop(0.0)
        message = f"nothing came back within {limit_s:.4g} s {where} (see --timeout)"
        return Done("timeout", Failure("timeout", message, item=item))
    message = f"the session {_how(_ended(process))} {where}"
    return Done("failed", Failure("died", message, item=item))


def _probe_problem(spec: WorkloadSpec, process: Guarded, folder: Path, *, timed_out: bool) -> str:
    if timed_out:
        return (
            f"{spec.target} could not be looked at within {PROBE_LIMIT_S:.0f} s; "
            "does the file do its work when it is imported?"
        )
    how = _how(_ended(process))
    printed = (_last_lines(folder) or "nothing").splitlines()[-1]
    return f"{spec.target} could not be looked at: its process {how}; it printed: {printed}"


def _ended(process: Guarded) -> Ended:
    """Return how a process ended that closed its channel; end it where it lives on."""
    return process.wait(_CLOSED_S) or process.stop(0.0)


def _how(ended: Ended) -> str:
    if ended.signal is not None:
        return f"was ended by {signal_name(ended.signal)}"
    return f"ended with exit code {ended.code}"


def _last_lines(folder: Path) -> str | None:
    with (folder / _OUTPUT_FILE).open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _OUTPUT_BYTES))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-_OUTPUT_LINES:]) or None
