"""The command line as a user meets it: a process, its output, its exit code, its files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.forked_command import run
from tests.kernels import KERNELS

Scale = Callable[..., Any]
Rows = Callable[[], dict[str, dict[str, str]]]

LOCAL = ("--workers", "2", "--max-blocks", "1", "--backends", "processes")
ITEMS = ("--items", "range:12")
SQUARE = ("compare", "work.py:square", *ITEMS, *LOCAL)
ROOT = Path(__file__).parents[1]
BAD = {
    "unknown workload": (("run", "sauces"), "sources"),
    "unknown backend": (("run", "primes", "--backends", "serial,rai"), "ray"),
    "unknown option": (("run", "--nodez", "4"), "nodez"),
    "no nodes": (("run", "--nodes", "0"), "--nodes 0"),
    "negative nodes": (("run", "--nodes", "-1"), "--nodes -1"),
    "nodes in letters": (("run", "--nodes", "x"), "--nodes x"),
    "repeated nodes": (("run", "--nodes", "4,1,4"), "4 is there more than once"),
    "far too many nodes": (("run", "--nodes", "99999999999"), "--nodes 99999999999"),
    "too many embedded nodes": (("run", "primes", "--nodes", "65"), "--cluster"),
    "too many workers": (("compare", "primes", "--workers", "1025"), "--workers"),
    "far too long a name": (("compare", "primes", "--output", "x" * 300), "--output"),
    "no blocks": (("run", "--blocks", "0"), "--blocks"),
    "bad batch": (("run", "--batch", "some"), "--batch some"),
    "bad timeout": (("run", "--timeout", "soon"), "--timeout soon"),
    "bad tolerance": (("run", "--tolerance", "-1"), "--tolerance"),
    "bad param": (("run", "primes", "--param", "x"), "--param x"),
    "unknown param": (("compare", "primes", "--param", "x=1"), "x"),
    "simulated beside others": (("compare", "primes", "--backends", "serial,simulated"), "alone"),
    "no async form": (("compare", "primes", "--backends", "asyncio"), "asynchronous"),
    "ray without nodes": (("compare", "primes", "--backends", "ray"), "scale run"),
    "no such file": (("compare", "gone.py:f", *ITEMS), "gone.py"),
    "no such name": (("compare", "work.py:squared", *ITEMS), "square"),
    "not callable": (("compare", "work.py:not_a_function", *ITEMS), "not_a_function"),
    "no items": (("compare", "work.py:square"), "--items"),
    "empty items": (("compare", "work.py:square", "--items", "none_at_all"), "item"),
    "endless items": (("compare", "work.py:square", "--items", "endless"), "--size"),
    "items not sendable": (("compare", "work.py:square", "--items", "locks"), "sent to a worker"),
    "bad items": (("compare", "work.py:square", "--items", "range:x"), "range:x"),
    "no such module": (("compare", "no.such.module:f", *ITEMS), "no"),
    "no such study": (("show", "nothing-here"), "nothing-here"),
    "no such cluster": (("run", "primes", "--cluster", "127.0.0.1:1"), "127.0.0.1:1"),
    "no resume": (("run", "--resume", "nothing-here"), "nothing-here"),
    "resume with others": (("run", "--resume", "x", "--nodes", "2"), "--nodes"),
}


@pytest.mark.parametrize("name", BAD)
def test_users_mistake(name: str, scale: Scale, work: Path) -> None:
    """A mistake is one line that names it, exit code 2, and nothing written."""
    arguments, named = BAD[name]
    before = {path for path in work.rglob("*") if "__pycache__" not in path.parts}
    done = scale(*arguments)
    assert (done.code, done.out) == (2, ""), done.err
    assert named in done.error
    assert "Traceback" not in done.err
    assert before == {path for path in work.rglob("*") if "__pycache__" not in path.parts}


def test_file_that_does_not_import(scale: Scale, work: Path) -> None:
    """The user's own error is shown, with its line."""
    (work / "broken.py").write_text("x = 1\ny = x / 0\n", encoding="utf-8")
    done = scale("compare", "broken.py:f", *ITEMS)
    assert done.code == 2
    assert "ZeroDivisionError: division by zero" in done.error
    assert "line 2" in done.error


def test_plain_function(scale: Scale, work: Path, rows: Rows) -> None:
    """A plain function with items runs on every local backend, and all agree."""
    done = scale(
        "compare", "work.py:square", *ITEMS, "--combine", "total", "--max-blocks", "1",
        "--output", "out", "--csv", "copy.csv",
    )  # fmt: skip
    assert done.code == 0, done.err
    found = rows()
    for backend in ("serial", "threads", "processes", "joblib", "dask"):
        assert found[backend]["status"] == "ok", found[backend]
    assert found["asyncio"]["status"] == "skipped"
    assert (work / "copy.csv").read_text() == (work / "out" / "report.csv").read_text()


def test_json_is_all_that_is_printed(scale: Scale, work: Path) -> None:
    """With --json, stdout is one JSON document, even when the kernel prints."""
    done = scale("compare", "work.py:loud", *ITEMS, *LOCAL, "--json")
    assert done.code == 0, done.err
    assert {row["backend"] for row in json.loads(done.out)["report"]} == {"serial", "processes"}


def test_numpy_arguments(scale: Scale, work: Path, rows: Rows) -> None:
    """Items may be arrays."""
    done = scale("compare", "work.py:norm", "--items", "arrays", *LOCAL, "--output", "out")
    assert done.code == 0, done.err
    assert rows()["processes"]["size"] == "20"


def test_own_multiprocessing(scale: Scale, work: Path) -> None:
    """A kernel may use multiprocessing itself."""
    done = scale("compare", "work.py:own_pool", "--items", "range:2", *LOCAL, "--output", "out")
    assert done.code == 0, done.err


FAILURES = {
    "raises": ("ValueError: bad luck with 7", "failed"),
    "unsendable": ("item 5", "failed"),
    "killed": ("SIGKILL", "failed"),
    "leaves": ("SystemExit: enough", "failed"),
    "random_answer": ("not deterministic", "wrong"),
}


@pytest.mark.parametrize("kernel", FAILURES)
def test_failure_of_a_case(kernel: str, scale: Scale, work: Path, rows: Rows) -> None:
    """A failure is a row with its status and cause, and exit code 1."""
    named, status = FAILURES[kernel]
    done = scale("compare", f"work.py:{kernel}", *ITEMS, *LOCAL, "--output", "out")
    assert done.code == 1, done.err
    row = rows()["processes"]
    assert row["status"] == status, row
    assert (row["speedup"], row["efficiency"]) == ("", "")
    assert named in " ".join((done.out + done.err).split()), done.out


def test_item_that_was_running_is_named(scale: Scale, work: Path, rows: Rows) -> None:
    """When a worker dies, the item it was at is named; other backends go on."""
    source = (work / "work.py").read_text(encoding="utf-8")
    (work / "work.py").write_text(
        source.replace("os.getpid() != PARENT", "multiprocessing.parent_process()"),
        encoding="utf-8",
    )
    done = scale("compare", "work.py:exits", *ITEMS, *LOCAL, "--output", "out")
    assert done.code == 1
    found = rows()
    assert found["serial"]["status"] == "ok"
    assert "exited with code 3 while it ran item 5" in found["processes"]["reason"]


def test_kernel_that_never_returns(scale: Scale, work: Path, rows: Rows) -> None:
    """A kernel that hangs is a timeout, with its item; the command ends."""
    done = scale(
        "compare", "work.py:hangs", *ITEMS, *LOCAL, "--timeout", "1", "--output", "out",
        timeout_s=60,
    )  # fmt: skip
    assert done.code == 1
    assert rows()["processes"]["status"] == "timeout"
    assert "item 5" in rows()["processes"]["reason"]


UNEVEN = """
import multiprocessing
from scaling import workload

def lengths():
    return [k % 7 * 1000 for k in range(300)]

def joined(so_far, part):
    return f"{so_far} {part}"

@workload(items=lengths, combine=joined, cost=float)
def told(item):
    return str(sum(range(item)))

def rude(item):
    return -1.0

@workload(items=lengths, cost=rude)
def untold(item):
    return item

@workload(items=lambda: range(40), cost=float)
def late(item):
    if item == 39 and multiprocessing.parent_process():
        raise ValueError("the costliest")
    return item
"""


def test_told_costs_and_a_fold_give_the_same_answer(scale: Scale, work: Path, rows: Rows) -> None:
    """Handed out by cost and folded in the order of the items, on every local backend."""
    (work / "uneven.py").write_text(UNEVEN, encoding="utf-8")
    done = scale(
        "compare", "uneven.py:told", "--workers", "2", "--max-blocks", "1", "--output", "out"
    )
    assert done.code == 0, done.err
    found = {name: row["status"] for name, row in rows().items()}
    backends = ("serial", "threads", "processes", "joblib", "dask")
    assert [found[name] for name in backends] == ["ok"] * 5


@pytest.mark.parametrize(
    ("kernel", "said"), [("untold", "cost of item 0 is -1.0"), ("late", "item 39 (39)")]
)
def test_failures_with_costs_name_the_item(
    kernel: str, said: str, scale: Scale, work: Path, rows: Rows
) -> None:
    """By its own index, though it was handed out first."""
    (work / "uneven.py").write_text(UNEVEN, encoding="utf-8")
    done = scale("compare", f"uneven.py:{kernel}", *LOCAL, "--output", "out")
    assert done.code == 1
    assert said in rows()["processes"]["reason"]


def test_endless_items_with_a_size(scale: Scale, work: Path, rows: Rows) -> None:
    """Of items that never end, a size takes the first."""
    done = scale(
        "compare", "work.py:square", "--items", "endless", "--size", "30", *LOCAL,
        "--output", "out",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert rows()["serial"]["size"] == "30"


def test_wrong_answer_has_no_speedup(scale: Scale, work: Path, rows: Rows) -> None:
    """A backend that gives another answer than serial is wrong, and has no speedup."""
    done = scale("compare", "work.py:by_process", *ITEMS, *LOCAL, "--output", "out")
    assert done.code == 1
    found = rows()
    assert (found["serial"]["status"], found["processes"]["status"]) == ("ok", "wrong")
    assert found["processes"]["speedup"] == ""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's file and a study of it in the folder ``out``."""
    folder = tmp_path_factory.mktemp("once")
    (folder / "work.py").write_text(KERNELS, encoding="utf-8")
    assert run(*SQUARE, "--output", "out", cwd=folder).code == 0
    return folder


@pytest.fixture
def measured(once: Path, work: Path) -> Path:
    """A copy of it in the user's folder."""
    copytree(once, work, dirs_exist_ok=True)
    return work / "out"


def test_output_that_holds_a_study(scale: Scale, measured: Path) -> None:
    """A study is never written over."""
    before = (measured / "study.jsonl").read_bytes()
    done = scale(*SQUARE, "--output", "out")
    assert done.code == 2
    assert "--resume" in done.error
    assert before == (measured / "study.jsonl").read_bytes()


def test_resume_of_a_whole_study_measures_nothing(scale: Scale, measured: Path) -> None:
    """There is nothing left of a study that is complete."""
    before = (measured / "study.jsonl").read_text().count('"kind":"session"')
    assert scale("run", "--resume", "out").code == 0
    assert before == (measured / "study.jsonl").read_text().count('"kind":"session"')


def test_resume_after_the_code_changed(once: Path) -> None:
    """Samples of old and new code never stand in one study."""
    (once / "work.py").write_text(f"{KERNELS}\n# changed\n", encoding="utf-8")
    done = run("run", "--resume", "out", cwd=once)
    (once / "work.py").write_text(KERNELS, encoding="utf-8")
    assert done.code == 2
    assert "changed since" in done.error


def test_show_and_export(scale: Scale, work: Path, measured: Path) -> None:
    """A study is shown and exported again without measuring."""
    shown = scale("show", "out")
    assert shown.code == 0
    assert "processes" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert scale("export", "out", "-o", "again.csv").code == 0
    assert (work / "again.csv").read_text() == (measured / "report.csv").read_text()
    assert scale("export", "out", "-o", "again.json").code == 0
    assert json.loads((work / "again.json").read_text())["report"]
    assert scale("export", "out", "-o", "again.xyz").code == 2


def test_lists(scale: Scale) -> None:
    """Workloads and backends are listed, as text and as JSON."""
    assert "sources" in scale("workloads").out
    assert "joblib" in scale("backends").out
    assert {line["name"] for line in json.loads(scale("workloads", "--json").out)} >= {"sources"}
    assert {line["name"] for line in json.loads(scale("backends", "--json").out)} >= {"ray"}


def test_simulated_study_is_exact(scale: Scale, work: Path, rows: Rows) -> None:
    """A law's speedup comes out of the whole pipe exactly, and the report says simulated."""
    done = scale(
        "compare", "work.py:square", *ITEMS, "--backends", "simulated", "--workers", "1,4",
        "--simulate", "amdahl:serial=0.1,seconds=10", "--max-blocks", "6", "--output", "out",
    )  # fmt: skip
    assert done.code == 0, done.err
    row = rows()["simulated"]
    assert float(row["median_s"]) == pytest.approx(10 * (0.1 + 0.9 / 4), rel=1e-6)
    assert float(row["speedup"]) == pytest.approx(1 / (0.1 + 0.9 / 4), rel=1e-6)
    assert "simulated" in row["cautions"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_closed_standard_stream(number: int, work: Path, rows: Rows) -> None:
    """Without stdin, stdout or stderr, as under cron, a study is measured all the same."""
    redirected = ["<&-", ">&-", "2>&-"][number]
    command = " ".join([sys.executable, "-P", "-m", "cli", *SQUARE, "--output", "out", redirected])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["/bin/sh", "-c", command], cwd=work, env=environment, check=False)
    assert done.returncode == 0
    assert rows()["processes"]["status"] == "ok"


def test_full_device_under_the_result(work: Path) -> None:
    """A result that cannot be written is one line."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "cli", "workloads"],
            cwd=work, env=environment, check=False, stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error: the result cannot be written")


def test_csv_behind_a_link(scale: Scale, work: Path) -> None:
    """A link stays a link: what it leads to is written."""
    (work / "real.csv").touch()
    (work / "link.csv").symlink_to("real.csv")
    assert scale(*SQUARE, "--csv", "link.csv").code == 0
    assert (work / "link.csv").is_symlink()
    assert (work / "real.csv").read_text().startswith("workload,")


def test_neighbour_that_hides_a_module(scale: Scale, work: Path) -> None:
    """A random.py beside the user's file is refused with what to do."""
    (work / "random.py").write_text("", encoding="utf-8")
    done = scale(*SQUARE)
    assert done.code == 2
    assert "random.py would hide" in done.error


def test_items_that_are_fewer_than_they_say(scale: Scale, work: Path) -> None:
    """Items whose length is not their number fail the case with what to do."""
    with (work / "work.py").open("a", encoding="utf-8") as file:
        file.write(
            "\nclass Liar:\n    def __len__(self):\n        return 5\n"
            "    def __iter__(self):\n        return iter([1])\nliar = Liar()\n"
        )
    done = scale("compare", "work.py:square", "--items", "liar", *LOCAL)
    assert done.code == 1
    assert "--size 1" in " ".join(done.out.split())


def test_no_command_shows_help(scale: Scale) -> None:
    """Without a command there is help."""
    done = scale()
    assert done.code == 0
    assert "Commands:" in done.out
