"""What is known of the CPU settings is told, and what is not known too."""

from __future__ import annotations

import pytest

from scaling.analysis.cpu_settings import changes, said, unseen
from scaling.model import CpuSettings

KNOWN = CpuSettings(("performance",), turbo=False, smt=True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (KNOWN, "frequency governor performance, turbo off, SMT on"),
        (None, "frequency governor, turbo and SMT were not recorded"),
        (
            CpuSettings(),
            "frequency governor, turbo and SMT were not visible to the system",
        ),
        (
            CpuSettings(("performance", "powersave"), smt=False),
            (
                "frequency governor performance and powersave, SMT off; "
                "turbo was not visible to the system"
            ),
        ),
    ],
)
def test_known_and_unknown_are_told(settings: CpuSettings | None, told: str) -> None:
    """Whether nobody looked or there was nothing to see makes a difference."""
    assert said(settings) == told


def test_names_of_what_is_not_known() -> None:
    """For whoever has to look them up."""
    assert unseen(KNOWN) == []
    assert unseen(None) == unseen(CpuSettings()) == ["frequency governor", "turbo", "SMT"]


def test_changes_are_those_known_of_both() -> None:
    """A setting that one study does not know has not changed."""
    other = CpuSettings(("powersave",), turbo=False)
    assert changes(KNOWN, other) == ["frequency governor performance -> powersave"]
    assert changes(KNOWN, KNOWN) == changes(None, KNOWN) == changes(KNOWN, None) == []
