"""What is loaded until something is shown or measured: libraries take most of the time to start."""

from __future__ import annotations

import subprocess
import sys
import uuid
from hashlib import sha256
from pathlib import Path

import pytest

from scaling.measure.launch import Launcher, process_environment
from scaling.measure.messages import SessionTask
from scaling.model import Case, WorkloadSpec

ROOT = Path(__file__).parents[1]
SCHEDULERS = {"ray", "dask", "distributed", "joblib"}
HEAVY = {*SCHEDULERS, "pandas", "scipy", "matplotlib", "numpy", "PIL", "rich"}
SLOW = HEAVY | {"msgspec", "statistics", "uuid", "decimal", "scaling.model", "scaling.records"}
"""What a session of plain values has no use for either."""
ITEMS = 4
RUN = """
import sys
import cli
sys.argv = ["scale", *sys.argv[1:]]
try:
    cli.app()
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", *{name.partition(".")[0] for name in sys.modules})
"""
WORK = """
import os
import sys
from pathlib import Path
from scaling import workload

def note(part):
    Path(__file__).with_name(f"loaded-{os.getpid()}").write_text(" ".join(sys.modules))
    return part

class Last:
    # Told apart last of all that a session does with an answer.
    def __init__(self, parts):
        self.parts = parts

    def __reduce__(self):
        return note(Last), (self.parts,)

async def double_later(item):
    return note(item * 2)

@workload(items=range(4), combine=Last, asynchronous=double_later)
def double(item):
    return note(item * 2)
"""


def loaded_by_command(*arguments: str) -> set[str]:
    """Return the top-level modules that a command has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=ROOT,
        env=process_environment([], 1),
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.rpartition("loaded:")[2].split())


def loaded_by_session(folder: Path, backend: str) -> set[str]:
    """Return the modules of all processes of a session, with its sample taken."""
    file = folder / "work.py"
    file.write_text(WORK, encoding="utf-8")
    spec = WorkloadSpec(f"{file}:double")
    case = Case(spec.target, ITEMS, backend, 1, 1 if backend == "serial" else 2)
    task = SessionTask(
        session=uuid.uuid4().hex,
        case=case,
        block=1,
        spec=spec,
        code_digest=sha256(file.read_bytes()).hexdigest(),
        threads_per_worker=1,
        batch=None,
        tolerance=None,
        reference=str(folder / "answer"),
        reference_case=None,
        expected_digest=None,
        most_samples=1,
    )
    launcher = Launcher("tests", folder, process_environment([folder], 1))
    found = launcher.session(task, environment={}, sample_limit_s=60, on_sample=lambda _: None)
    assert found.status == "ok", found
    texts = [file.read_text(encoding="utf-8") for file in folder.glob("loaded-*")]
    assert len(texts) == 1 + (backend == "processes") * case.workers
    return set(" ".join(texts).split())


@pytest.mark.parametrize(
    "arguments", ["--help", "run --help", "compare --help", "workloads", "backends", "list"]
)
def test_commands_that_list_load_nothing_heavy(arguments: str) -> None:
    """What only tells what there is loads no library for it."""
    assert set() == loaded_by_command(*arguments.split()) & HEAVY


def test_show_loads_no_scheduler(simulated: Path) -> None:
    """A report is shown without Ray, Dask or joblib."""
    assert set() == loaded_by_command("show", str(simulated)) & {*SCHEDULERS, "matplotlib"}


@pytest.mark.parametrize("backend", ["serial", "threads", "processes", "asyncio"])
def test_sessions_load_nothing_that_the_work_does_not(tmp_path: Path, backend: str) -> None:
    """A local session has its sample before a library is loaded, in the driver and in workers."""
    assert set() == loaded_by_session(tmp_path, backend) & SLOW
