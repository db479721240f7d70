"""A session of ``scale grain`` on a pool whose clock is exact."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scaling.analysis.granularity import metg
from scaling.backends import heap, limits, registry
from scaling.backends.base import OpenRequest
from scaling.grain_model import Level
from scaling.measure import grain_session, messages
from scaling.measure.grain_session import GrainSession
from scaling.measure.listen import decode
from scaling.measure.messages import Done, GrainTask, Opened, Warmed
from scaling.model import Case, WorkloadSpec
from scaling.passes import Mapped, Place
from scaling.workloads import grain, origin

ITEMS = 100
STEP_NS, COST_NS = 100, 20_000
SPEC = WorkloadSpec("grain", size=ITEMS)


class ExactPool:
    """One worker whose items cost a fixed time; its results are right up to some steps."""

    places = (Place("w0", "local"),)

    def __init__(self, right_up_to: int) -> None:
        self._now = 0
        self._right_up_to = right_up_to

    def clock(self) -> int:
        """Nanoseconds that the items so far must have taken."""
        return self._now

    def map(self, items: Iterable[grain.Item], expected: int | None) -> Mapped:
        """Jump to the results."""
        assert expected == ITEMS
        parts = []
        for start, steps in items:
            self._now += COST_NS + steps * STEP_NS
            factor, addend = grain._jump(steps)
            parts.append((factor * start + addend) % grain.MODULUS)
            if steps > self._right_up_to:
                parts[-1] = 0
        return Mapped(parts)

    def spilled_bytes(self) -> int | None:
        """Nothing is known of that."""
        return None


class ExactBackend:
    """Opens that pool."""

    def __init__(self, right_up_to: int) -> None:
        self._right_up_to = right_up_to

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[ExactPool]:
        """Give the pool."""
        assert request.batch == 7
        yield ExactPool(self._right_up_to)


def told(monkeypatch: pytest.MonkeyPatch, folder: Path, right_up_to: int) -> list[object]:
    """Run a session in this process and return what it told its owner."""
    monkeypatch.setattr(registry, "load", lambda _: ExactBackend(right_up_to))
    monkeypatch.setattr(limits, "apply", lambda _: None)
    monkeypatch.setattr(heap, "freeze", lambda: None)
    monkeypatch.setattr(gc, "collect", lambda: 0)
    monkeypatch.setattr(grain_session, "step_seconds", lambda: STEP_NS * 1e-9)
    case = Case("grain", ITEMS, "threads", 1, 1)
    task = GrainTask("s", case, SPEC, 1, 7, origin.code_digest(SPEC), 0.5)
    heard: list[messages.Message] = []
    heard.append(GrainSession(task, folder, heard.append).run())
    return [decode(messages.encode(message)) for message in heard]


def test_levels_lead_to_metg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Items that cost 20 us each have a METG of 40 us; each level is told as it is taken."""
    heard = told(monkeypatch, tmp_path, 10**9)
    assert heard[-1] == Done("ok", None)
    assert isinstance(heard[0], Opened)
    assert isinstance(heard[1], Warmed)
    levels = [one for one in heard if isinstance(one, Level)]
    # 0.25 s for 100 items of 100 ns a step: 25,000 steps, so 16,384.
    assert [level.steps for level in levels[:3]] == [16384, 32768, 65536]
    assert metg(levels, ITEMS, 1, 0.5).seconds == pytest.approx(40e-6, rel=0.04)


def test_short_passes_are_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A level is passed over until 0.3 s are over, at most 9 times."""
    passes = {
        level.steps: len(level.seconds)
        for level in told(monkeypatch, tmp_path, 10**9)
        if isinstance(level, Level)
    }
    assert passes[32768] == 1
    assert passes[16384] == 2
    assert passes[64] == 9


def test_wrong_results_end_the_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each level is checked: one with wrong results is not told, and the case is wrong."""
    heard = told(monkeypatch, tmp_path, 20_000)
    done = heard[-1]
    assert isinstance(done, Done)
    assert done.failure is not None
    assert (done.status, done.failure.kind) == ("wrong", "wrong")
    assert "32768 steps from 0" in done.failure.message
    assert [level.steps for level in heard if isinstance(level, Level)] == [16384]


def test_changed_code_ends_the_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Code that is no longer that of the run's beginning is not measured."""
    digests = iter(["before", "after"])
    monkeypatch.setattr(origin, "code_digest", lambda _: next(digests))
    done = told(monkeypatch, tmp_path, 10**9)[-1]
    assert isinstance(done, Done)
    assert done.failure is not None
    assert "was changed" in done.failure.message
