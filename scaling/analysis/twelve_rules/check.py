"""What comes of holding a rule against a study."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How far a study meets a rule."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not met"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that a rule asks for and the study does not have."""

    missing: str
    """What was found: a phrase without a full stop."""
    remedy: str
    """What to do: a phrase that begins with a verb."""
    whole: bool = False
    """True when the rule is not met at all without it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a study stands to a rule."""

    standing: Standing
    evidence: str
    """What was found in this very study: phrases without a full stop."""
    remedy: str | None = None
    """What to do to meet the rule; None where nothing is missing."""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and how a study stands to it."""

    number: int
    asks: str
    """What the rule asks for, in a sentence."""
    standing: Standing
    evidence: str
    remedy: str | None


def not_applicable(why: str) -> Answer:
    """Return the answer where a study has nothing that the rule is about."""
    return Answer(Standing.NOT_APPLICABLE, why)


def judged(evidence: str, lacks: Iterable[Lack] = ()) -> Answer:
    """Return the answer that follows from what is there and what is missing."""
    found = list(lacks)
    if not found:
        return Answer(Standing.MET, evidence)
    standing = Standing.NOT_MET if any(lack.whole for lack in found) else Standing.PARTLY
    return Answer(
        standing,
        "; ".join((evidence, *(lack.missing for lack in found))),
        "; ".join(dict.fromkeys(lack.remedy for lack in found)),
    )
