"""A study from Python is the same as one from the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import scaling
from cluster.model import Connection
from scaling import api, store
from scaling.analysis.cautions import Caution
from scaling.errors import UnknownName, UsageError
from scaling.reports.notebook_progress import OneLine
from scaling.reports.progress import PlainLines, Quiet

ROOT = Path(__file__).parents[2]
LOOK = 'quick=True, output="out", progress=False'
SIMULATED = f'backends="simulated", workers=1, {LOOK}'
Scale = Callable[..., Any]


def python(folder: Path, *arguments: str, text: str | None = None, **more: str) -> Any:
    """Run Python in the user's folder; ``text`` is its standard input."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **more},
        input=text,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


def script(folder: Path, code: str, name: str = "my_script.py") -> Any:
    """Run code as a script of the user."""
    (folder / name).write_text(dedent(code), encoding="utf-8")
    return python(folder, name)


def cautions(folder: Path) -> set[str]:
    """Return all cautions of the study in the folder ``out``."""
    return {str(one) for result in scaling.load(folder / "out").results for one in result.cautions}


def test_plan_is_that_of_the_command_line(work: Path, scale: Scale) -> None:
    """The same options make the same plan, whatever types they have in Python."""
    code = """
    import scaling
    import work
    if __name__ == "__main__":
        scaling.run(
            work.square, items=range(40), combine=work.total, size=(10, 20), nodes=(1, 2),
            backends=["simulated"], workers=(1, 4), max_blocks=1, precision=0.1, budget=90,
            batch=3, seed=7, timeout="2m", tolerance=0.5, trace=True, output="out",
            threads_per_worker=2, workers_per_node=1, simulate="linear:seconds=1",
            progress=False,
        )
    """
    assert script(work, code).returncode == 0
    told = (
        "run work.py:square --items range:40 --combine work.py:total --size 10,20 --nodes 1,2 "
        "--backends simulated --workers 1,4 --max-blocks 1 --precision 10% --budget 90 --batch 3 "
        "--seed 7 --timeout 2m --tolerance 0.5 --trace --output told --threads-per-worker 2 "
        "--workers-per-node 1 --simulate linear:seconds=1"
    )
    assert scale(*told.split()).code == 0
    assert store.read(work / "out").header.plan == store.read(work / "told").header.plan


def test_function_of_the_script(work: Path) -> None:
    """It is imported again from its file, so nothing has to be doubted."""
    code = f"""
    import scaling
    def kernel(x):
        return x + 1
    if __name__ == "__main__":
        study = scaling.run(kernel, items=range(5), {SIMULATED})
        print(repr(study))
        print(study)
    """
    done = script(work, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<Study of kernel, 1 case in out>\nkernel, 5 items;")
    assert done.stderr == ""
    header = store.read(work / "out").header
    assert header.plan.spec.target == f"{work / 'my_script.py'}:kernel"
    assert header.command == ("python", "my_script.py")
    assert (work / "out" / "report.csv").is_file()
    assert Caution.BY_VALUE not in cautions(work)


def test_script_without_a_guard_is_refused(work: Path) -> None:
    """It would begin itself again in each process; one line says what to do."""
    code = f"""
    import scaling
    def kernel(x):
        return x + 1
    scaling.run(kernel, items=range(5), {SIMULATED})
    """
    done = script(work, code)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "UsageError" in last
    assert "if __name__ == '__main__':" in last
    assert not (work / "out").exists()


def test_closure_goes_by_value_with_a_caution(work: Path, scale: Scale) -> None:
    """It runs on processes too; such a study says so, and cannot be resumed."""
    code = f"""
    import scaling
    def maker(step):
        def stepped(x):
            return x + step
        return stepped
    if __name__ == "__main__":
        study = scaling.run(maker(3), items=[1, 2, 3], backends="processes", workers=2, {LOOK})
        assert not study.failed, study
    """
    done = script(work, code)
    assert done.returncode == 0, done.stderr
    assert Caution.BY_VALUE in cautions(work)
    shown = scale("show", "out")
    assert "by-value" in shown.out
    assert "cannot be resumed" in " ".join(shown.out.split())
    again = scale("run", "--resume", "out")
    assert again.code == 2
    assert "by value" in again.error


NOTEBOOK = f"""
import asyncio
from dataclasses import dataclass
import scaling

@dataclass
class Point:
    x: int

def move(point):
    return Point(point.x + OFFSET)

OFFSET = 2

async def cell():
    backends = ("threads", "processes", "joblib")
    points = [Point(i) for i in range(6)]
    return scaling.run(move, items=points, backends=backends, workers=2, nodes=None, {LOOK})

study = asyncio.run(cell())
assert not study.failed, study
print(study._repr_html_())
"""


def test_notebook(work: Path) -> None:
    """In a Python without a file, beside a running event loop, items of the cell's own class."""
    done = python(work, "-", text=NOTEBOOK)
    assert done.returncode == 0, done.stderr
    assert "<table" in done.stdout
    assert Caution.BY_VALUE in cautions(work)
    assert store.read(work / "out").header.command == ("scaling.run",)


@pytest.mark.cluster
def test_by_value_on_a_cluster(work: Path) -> None:
    """Ray's workers find what was handed over, too."""
    code = f"""
    import scaling
    def half(x):
        return x / 2
    study = scaling.run(half, items=[1, 2, 3], backends="ray", nodes=(1,), {LOOK})
    assert not study.failed, study
    """
    done = python(work, "-", text=dedent(code))
    assert done.returncode == 0, done.stderr


@pytest.mark.cluster
def test_by_value_on_a_running_cluster(
    work: Path, cluster_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was handed over is sent to nodes that are older than the run."""
    for name, value in cluster_connection.environment:
        if name.startswith("RAY_AUTH"):
            monkeypatch.setenv(name, value)
    code = f"""
    import scaling
    def half(x):
        return x / 2
    study = scaling.run(
        half, items=[1, 2, 3], backends="ray", nodes=(1,), workers_per_node=1, {LOOK},
        cluster="{cluster_connection.address}",
    )
    assert not study.failed, study
    """
    done = python(work, "-", text=dedent(code))
    assert done.returncode == 0, done.stderr


def test_one_node_count_in_a_sequence_is_just_that(work: Path) -> None:
    """A number means the powers of two up to it, as on the command line."""
    code = f"""
    import scaling
    from scaling import study
    seen = []
    study.start = lambda options, observer: seen.append(options.nodes) or 1 / 0
    for nodes in (4, (4,), [4, 1], None):
        try:
            scaling.run("primes", nodes=nodes, {LOOK})
        except ZeroDivisionError:
            pass
    print(seen)
    """
    assert script(work, code).stdout.strip() == "[(1, 2, 4), (4,), (1, 4), ()]"


def test_failed_case_does_not_raise(work: Path) -> None:
    """It is a row of the report."""
    code = f"""
    import scaling
    import work
    if __name__ == "__main__":
        study = scaling.run(
            work.raises, items=range(9), backends="threads", workers=1, {LOOK}
        )
        print(study.failed, study.report()["status"].tolist())
    """
    done = script(work, code)
    assert done.stdout.strip() == "True ['failed', 'failed']", done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"work": "sauces"}, "sources"),
        ({"work": "primes", "nodes": 0}, "--nodes 0"),
        ({"work": "primes", "workers": 2.5}, "--workers 2.5"),
        ({"work": "primes", "blocks": 0}, "--blocks 0"),
        ({"work": "primes", "precision": 2}, "--precision 2"),
        ({"work": "primes", "batch": "some"}, "--batch some"),
        ({"work": "primes", "tolerance": -1}, "--tolerance -1"),
        ({"work": "primes", "quick": True, "blocks": 3}, "--quick"),
        ({"work": "primes", "param": {"x": 1}}, "'x'"),
        ({"work": "gone.py:f", "items": range(3)}, "gone.py"),
        ({"work": abs}, "items="),
        ({"work": "primes", "weak": 1}, "--weak 1: give True or False"),
        ({"work": "primes", "trace": "no"}, "--trace 'no'"),
        ({"work": "primes", "cluster": None}, "--cluster None"),
        ({"work": "primes", "baseline": 2}, "--baseline 2"),
        ({"work": "primes", "backends": 3}, "--backends 3"),
        ({"work": "primes", "backends": [1]}, r"--backends \[1\]"),
        ({"work": "primes", "param": [("x", 1)]}, "--param"),
        ({"work": abs, "items": 5}, "of type int"),
        ({"work": abs, "items": b"ab"}, "of type bytes"),
        ({"work": abs, "items": [1], "combine": 5}, "combine is of type int"),
    ],
)
def test_mistakes_raise(options: dict[str, Any], said: str, work: Path) -> None:
    """The refusals of the command line are exceptions, and nothing is written."""
    with pytest.raises(UsageError, match=said):
        scaling.run(**options, output=work / "out", progress=False)
    assert not (work / "out").exists()


@pytest.mark.parametrize("path", [5, "~no-such-user-here/out"])
def test_output_that_is_no_path_raises(path: Any) -> None:
    """Before the work is looked at."""
    with pytest.raises(UsageError, match="--output"):
        scaling.run("primes", output=path, progress=False)


def test_texts_may_be_of_a_class_of_their_own(tmp_path: Path) -> None:
    """Members of an enumeration and NumPy's texts are saved, and read again, as plain texts."""
    study = scaling.run(
        np.str_("primes"), size=4, backends=[np.str_("simulated")], workers=1, quick=np.True_,  # type: ignore[arg-type]
        simulate=np.str_("linear:seconds=1"), output=tmp_path / "out", progress=False,
    )  # fmt: skip
    assert not study.failed


def test_unknown_backend_raises() -> None:
    """With the near one."""
    with pytest.raises(UnknownName, match="threads"):
        scaling.run("primes", backends=("thread",), progress=False)


def test_signal_handlers_stay_the_callers(tmp_path: Path) -> None:
    """A library changes nothing of the program that uses it."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    scaling.run("primes", size=4, backends="simulated", workers=1, quick=True,
                output=tmp_path / "out", progress=False)  # fmt: skip
    assert [signal.getsignal(number) for number in numbers] == before


def test_progress_goes_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines where there is no terminal; nothing on stdout."""
    scaling.run("primes", size=4, backends="simulated", workers=1, quick=True,
                output=tmp_path / "out")  # fmt: skip
    said = capsys.readouterr()
    assert "block 2" in said.err
    assert said.out == ""


def test_notebook_keeps_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hundred lines of progress would bury the result; a terminal has its bar as ever."""
    monkeypatch.setattr(sys, "stderr", StringIO())
    assert isinstance(api._observer(shown=True), PlainLines)
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    assert isinstance(api._observer(shown=True), OneLine)
    assert isinstance(api._observer(shown=False), Quiet)
    monkeypatch.setattr(sys, "stderr", None)
    assert isinstance(api._observer(shown=True), Quiet)


def test_stream_that_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that log put objects of their own in the place of stderr."""

    class Log:
        def write(self, text: str) -> None:
            raise AssertionError(text)

    class Flushed(Log):
        def flush(self) -> None:
            raise AssertionError

    monkeypatch.setattr(sys, "stderr", Log())
    assert isinstance(api._observer(shown=True), Quiet)
    monkeypatch.setattr(sys, "stderr", Flushed())
    assert isinstance(api._observer(shown=True), PlainLines)


def test_report_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The study was measured and saved: it is returned, and the caller's line is named."""

    def full(*_: object) -> None:
        raise UsageError("cannot write report.csv: the disk is full")

    monkeypatch.setattr("scaling.reports.folder.write", full)
    with pytest.warns(UserWarning, match=r"report\.csv") as told:
        study = scaling.run("primes", size=4, backends="simulated", workers=1, quick=True,
                            output=tmp_path / "out", progress=False)  # fmt: skip
    assert [Path(one.filename) for one in told] == [Path(__file__)]
    assert study.report()["status"].tolist() == ["ok"]


LONG = """
import signal, sys
import scaling
from scaling import errors
{extra}
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        scaling.run({work}, items=range(40), backends="processes", workers=2, output="out",
                    max_blocks=2, progress=False)
    except errors.Interrupted as stopped:
        print("stopped:", stopped, stopped.folder)
        sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("kernel", "way"), [("work.slow", "--resume out"), ("lambda x: work.slow(x)", "is in out")]
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_stopped_study_is_saved_and_leaves_nothing(work: Path, kernel: str, way: str) -> None:
    """Ctrl-C raises, with the folder; no process is left while the caller lives on."""
    code = LONG.format(extra="import work", work=kernel)
    (work / "my_script.py").write_text(code, encoding="utf-8")
    mark = uuid.uuid4().hex
    with subprocess.Popen(
        [sys.executable, "my_script.py"],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RAYSCALE_TEST": mark},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_for(lambda: sessions(work / "out") >= 1)
            process.send_signal(signal.SIGINT)
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("stopped: interrupted")
            assert way in line
            assert line.endswith(" out\n")
            wait_for(lambda: not marked(mark), 10)
        finally:
            process.kill()
    assert store.read(work / "out").ends[-1].reason == "interrupted"


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sessions(study: Path) -> int:
    """Count the sessions that a study has saved."""
    file = study / "study.jsonl"
    return file.read_text().count('"kind":"session"') if file.exists() else 0


def marked(mark: str) -> list[str]:
    """Return the processes of a study that this test began."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            text = path.read_bytes()
        except OSError:
            continue
        if b"RAYSCALE_OWNER=" in text and mark.encode() in text:
            found.append(path.parent.name)
    return found
