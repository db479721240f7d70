"""Options of ``scale grain``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaling import grain_options
from scaling.errors import UsageError
from scaling.grain_options import GrainOptions


def build(**given: Any) -> GrainOptions:
    """Build options from the defaults of the command line."""
    texts: dict[str, Any] = {
        "nodes": "2",
        "workers": None,
        "workers_per_node": None,
        "backends": None,
        "blocks": None,
        "items": None,
        "batch": "auto",
        "threshold": "50%",
        "budget": None,
        "quick": False,
        "seed": 0,
        "cluster": "local",
        "output": None,
        "command": (),
    }
    return grain_options.build(**{**texts, **given})


def test_defaults() -> None:
    """Six sessions of 1,000 items on 1 and 2 nodes."""
    options = build()
    assert options.run.spec.size == 1000
    assert (options.run.blocks, options.run.max_blocks) == (6, 6)
    assert (options.run.nodes, options.run.batch) == ((1, 2), None)
    assert (options.threshold, options.budget_s) == (0.5, None)


def test_quick_takes_less() -> None:
    """Quick: two sessions of fewer items."""
    options = build(quick=True)
    assert (options.run.blocks, options.run.spec.size) == (2, 500)


def test_what_is_given_counts() -> None:
    """Numbers of the user stand."""
    options = build(
        items=300,
        blocks=9,
        batch="1",
        threshold="0.8",
        budget="2m",
        output=Path("out"),
        workers="3",
    )
    assert (options.run.spec.size, options.run.blocks, options.run.batch) == (300, 9, 1)
    assert (options.threshold, options.budget_s, options.run.workers) == (0.8, 120.0, (3,))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"backends": "serial,simulated"}, "name a real backend"),
        ({"items": 3}, "give 10 to 1,000,000"),
        ({"items": 10**7}, "give 10 to 1,000,000"),
        ({"threshold": "95%"}, "at most 90%"),
        ({"threshold": "half"}, "give a share"),
        ({"quick": True, "blocks": 3}, "leave out --blocks"),
        ({"batch": "none"}, "--batch none"),
        ({"budget": "soon"}, "--budget soon"),
    ],
)
def test_mistakes_are_named(given: dict[str, Any], said: str) -> None:
    """Each mistake is one line that says what to give."""
    with pytest.raises(UsageError, match=said):
        build(**given)
