"""Which cases ``scale grain`` measures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaling import cases
from scaling.errors import MissingLibrary, UsageError
from scaling.model import WorkloadFacts, WorkloadSpec
from scaling.options import RunOptions
from scaling.study import grain
from tests.scaling.examples import ENVIRONMENT

FACTS = WorkloadFacts("grain", 100, "c0de", False, False, 1.0, 1e-4, 10)
RUN = RunOptions(spec=WorkloadSpec("grain", size=100), sizes=(100,), nodes=(1, 2))


def test_every_backend_that_can_is_measured() -> None:
    """All local backends and Ray; asyncio has no form of these items, and says so."""
    made = grain.make_plan(RUN, FACTS, ENVIRONMENT, None)
    assert [(case.backend, case.nodes, case.workers) for case in made.cases] == [
        ("serial", 1, 1),
        *((name, 1, workers) for name in ("threads", "processes", "joblib", "dask")
          for workers in (1, 2, 4)),
        ("ray", 1, 2),
        ("ray", 2, 4),
    ]  # fmt: skip
    assert [one.case.backend for one in made.skipped] == ["asyncio"]
    assert "asynchronous form" in made.skipped[0].reason


def test_named_backends_alone_are_measured() -> None:
    """No serial case comes along: nothing is relative to it."""
    made = grain.make_plan(replace(RUN, backends=("ray",)), FACTS, ENVIRONMENT, None)
    assert [case.backend for case in made.cases] == ["ray", "ray"]
    assert made.skipped == ()


def test_named_backend_that_cannot_is_an_error() -> None:
    """What was asked for by name is not left out in silence."""
    with pytest.raises(UsageError, match="no asynchronous form"):
        grain.make_plan(replace(RUN, backends=("serial", "asyncio")), FACTS, ENVIRONMENT, None)


def test_missing_library_is_skipped_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend whose library is not there is no reason to end."""
    missing = MissingLibrary("the backend 'dask'", "distributed", "dask")
    monkeypatch.setattr(cases, "problem", lambda name, _: missing if name == "dask" else None)
    made = grain.make_plan(RUN, FACTS, ENVIRONMENT, None)
    assert "dask" not in {case.backend for case in made.cases}
    assert [one.case.backend for one in made.skipped] == ["dask"]
    assert "pip install" in made.skipped[0].reason
