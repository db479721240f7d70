"""Two studies to compare, for the tests of the gate and its reports."""

from __future__ import annotations

import random
from dataclasses import replace

from scaling.studydata import StudyData
from tests.scaling.conftest import StudyBuilder


def data_of(study: StudyBuilder, name: str = "base", code: str = "c0de") -> StudyData:
    """Return a study that is told apart from others, of this version of the workload's code."""
    data = study.data
    facts = tuple(replace(one, code_digest=code) for one in data.header.facts)
    return replace(data, header=replace(data.header, id=name, facts=facts))


def times(middle: float, blocks: int = 12, noise: float = 0.02, seed: int = 1) -> list[float]:
    """Return session values with lognormal noise."""
    chance = random.Random(f"{middle} {blocks} {seed}")  # noqa: S311 - noise, not a secret
    return [middle * chance.lognormvariate(0, noise) for _ in range(blocks)]
