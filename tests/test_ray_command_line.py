"""The user's own work on a Ray cluster, through the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaling import store

pytestmark = pytest.mark.cluster

Scale = Callable[..., Any]
Rows = Callable[[], dict[str, dict[str, str]]]
RUN = ("--nodes", "2", "--backends", "ray", "--max-blocks", "1", "--output", "out")
ONE = ("--workers-per-node", "1", *RUN)


def test_users_kernel(scale: Scale, work: Path, rows: Rows) -> None:
    """A kernel with its own multiprocessing runs on 2 nodes that are started for it."""
    done = scale("run", "work.py:own_pool", "--items", "range:3", *RUN)
    assert done.code == 0, done.err
    assert rows()["ray"]["status"] == "ok"
    assert rows()["ray"]["nodes"] == "2"


@pytest.mark.parametrize(("kernel", "items"), [("norm", "arrays"), ("loud", "range:12")])
def test_users_kernel_on_a_running_cluster(
    kernel: str, items: str, scale: Scale, work: Path, rows: Rows, running_cluster: str
) -> None:
    """With arrays or printing, it runs on 2 nodes that are there."""
    done = scale("run", f"work.py:{kernel}", "--items", items, "--cluster", running_cluster, *ONE)
    assert done.code == 0, done.err
    assert rows()["ray"]["status"] == "ok"
    assert rows()["ray"]["nodes"] == "2"
    assert "noise" not in done.out


def exit_on_ray(work: Path) -> None:
    """Let the kernel that exits do so on Ray alone."""
    source = (work / "work.py").read_text(encoding="utf-8")
    away = source.replace("os.getpid() != PARENT", "'ray' in sys.modules")
    (work / "work.py").write_text(away, encoding="utf-8")


@pytest.mark.parametrize(
    ("kernel", "named"),
    [
        ("raises", "ValueError: bad luck with 7"),
        ("exits", "at no known item"),
        ("unsendable", "item 5"),
    ],
)
def test_failure_on_ray(
    kernel: str, named: str, scale: Scale, work: Path, rows: Rows, running_cluster: str
) -> None:
    """A kernel that fails on a worker fails its case; serial goes on."""
    exit_on_ray(work)
    cluster = ("--cluster", running_cluster)
    done = scale("run", f"work.py:{kernel}", "--items", "range:12", *cluster, *ONE)
    assert done.code == 1, done.err
    assert rows()["ray"]["status"] == "failed"
    assert named in rows()["ray"]["reason"]


def test_item_of_a_worker_that_died(scale: Scale, work: Path, rows: Rows) -> None:
    """Where nodes are on this machine, the item that a worker died of is named."""
    exit_on_ray(work)
    assert scale("run", "work.py:exits", "--items", "range:12", *RUN).code == 1
    assert "while it ran item 5" in rows()["ray"]["reason"]


def test_exactly_the_nodes_of_the_case_are_used(scale: Scale, work: Path) -> None:
    """Every node of a case works, no other does, and the smaller set lies in the larger."""
    done = scale("run", "grain", "--size", "400", "--param", "steps=20000", *RUN)
    assert done.code == 0, done.err
    used: dict[str, set[str]] = {}
    for sample in store.read(work / "out").samples:
        assert sum(worker.items for worker in sample.workers) == 400
        if sample.case.startswith("ray"):
            assert all(worker.items for worker in sample.workers)
            used.setdefault(sample.case, set()).update(worker.node for worker in sample.workers)
    one, two = (nodes for _, nodes in sorted(used.items()))
    assert (len(one), len(two)) == (1, 2)
    assert one < two


def test_running_cluster(scale: Scale, work: Path, rows: Rows, running_cluster: str) -> None:
    """A running cluster is used as it is: the user's module travels there."""
    (work / "helper.py").write_text("def add(x):\n    return x + 1\n", encoding="utf-8")
    with (work / "work.py").open("a", encoding="utf-8") as file:
        file.write("\nfrom helper import add\n\ndef helped(x):\n    return add(x)\n")
    arguments = ("run", "work.py:helped", "--items", "range:40", "--cluster")
    done = scale(*arguments, running_cluster, *RUN)
    assert done.code == 0, done.err
    assert rows()["ray"]["status"] == "ok"
    too_many = scale(*arguments, running_cluster, "--nodes", "3", "--output", "other")
    assert too_many.code == 2
    assert "--nodes 2" in too_many.error
    assert not (work / "other").exists()
    assert os.environ["RAY_AUTH_MODE"] == "token"
