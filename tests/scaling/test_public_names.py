"""The public surface: few names, imported on first use."""

from __future__ import annotations

import pytest

import scaling


def test_public_names() -> None:
    """These are the names, and each is there."""
    assert scaling.__all__ == ["Study", "load", "workload"]
    assert dir(scaling) == scaling.__all__
    for name in scaling.__all__:
        assert getattr(scaling, name) is not None


def test_unknown_name() -> None:
    """Another name is missing as in any module."""
    with pytest.raises(AttributeError, match="nothing"):
        _ = scaling.nothing
