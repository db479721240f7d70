"""How a user's code uses the toolkit, for the type checker alone: nothing here is ever run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, assert_type

import scaling
from scaling import Study, errors, load, run, workload

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def numbers(size: int = 100) -> Iterator[int]:
    """Yield items."""
    yield from range(size)


async def later(item: int) -> int:
    """Stand for the asynchronous form."""
    return item


@workload(items=numbers, combine=sum, asynchronous=later, cost=float, check=bool)
def square(item: int) -> int:
    """Stay a typed function."""
    return item * item


def plain(item: int) -> int:
    """Stand for a function that knows nothing of the toolkit."""
    return item + 1


def calls() -> None:
    """Give every option in each of its types."""
    assert_type(square(3), int)
    assert_type(run("primes"), Study)
    run(square, size=10, nodes=4, backends="serial,threads", budget="4m", precision="5%")
    run(plain, items=range(10), nodes=(1, 2, 4), workers=(1, 2), backends=["threads"], budget=240)
    run(plain, items=[1, 2], nodes=None, workers=2, workers_per_node=1, dense=True, batch=4)
    run(plain, items=iter([1, 2]), shared=dict, combine=lambda parts: parts, batch="auto")
    run(plain, items=numbers, param={"depth": 3}, size=(10, 20), seed=1, quick=True, trace=True)
    run(plain, items="lines:names.txt", output=Path("out"), progress=False, tolerance=1e-9)
    run("primes", blocks=6, max_blocks=8, precision=0.1, timeout=60, baseline="processes:2")
    run("primes", weak=True, null=False, cluster="local", simulate=None, threads_per_worker=1)


def results() -> None:
    """Read a study."""
    study = load("scale-results/primes")
    assert_type(study, Study)
    assert_type(study.failed, bool)
    assert_type(study.folder, Path | None)
    assert_type(study.verdict(), str)
    frames: list[pd.DataFrame] = [study.report(), study.samples(), study.losses(), study.laws()]
    figure: Figure = study.plot("speedup")
    study.export("report.csv")
    study.export(Path("report.json"))
    for result in study.results:
        assert_type(result.speedup, float | None)
    del frames, figure


def mistakes() -> str | None:
    """Tell failures apart."""
    try:
        scaling.run("primes")
    except errors.UsageError as error:
        return str(error)
    except scaling.errors.Interrupted as stopped:
        return str(stopped.folder)
    return None
