"""All twelve rules, held against a study.

T. Hoefler, R. Belli: Scientific Benchmarking of Parallel Computing Systems. Twelve ways to tell the
masses when reporting performance results. SC15, doi:10.1145/2807591.2807644. What a rule asks is
said here in our words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scaling.analysis.speedup import CaseResult
from scaling.analysis.twelve_rules import noise, scope, setting, showing, summaries
from scaling.analysis.twelve_rules.check import Answer, Check, not_applicable
from scaling.analysis.twelve_rules.ground import Ground
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the twelve."""

    asks: str
    of: Callable[[Ground], Answer]
    needs_times: bool = True
    """False where a study without any time still has an answer."""


RULES = (
    Rule("Say what speedup is relative to, and its absolute time.", scope.base_case),
    Rule("Give the reason for showing a part of workloads or resources.", scope.resources),
    Rule("Arithmetic means for costs only, harmonic ones for rates.", summaries.means),
    Rule("Summarise costs or rates, not ratios of them.", summaries.ratios),
    Rule("Say what is deterministic; give intervals for the rest.", noise.intervals),
    Rule("Assume no normal distribution without a check.", noise.normality),
    Rule("Compare in a statistically sound way.", noise.comparisons),
    Rule("Ask whether mean or median is what matters, else give percentiles.", summaries.middle),
    Rule("Document all factors, their levels and the set-up.", setting.setup, needs_times=False),
    Rule("Say how was measured, synchronised and summarised.", setting.timing),
    Rule("Show upper bounds where there are any.", showing.upper_bounds),
    Rule("Plot what is needed; join points only where lines mean something.", showing.plots),
)
"""In their order; the first is rule 1."""


def checks(data: StudyData, results: Sequence[CaseResult]) -> tuple[Check, ...]:
    """Return how the study stands to each rule, in their order."""
    ground = Ground(data, tuple(results))
    return tuple(_check(number, rule, ground) for number, rule in enumerate(RULES, start=1))


def _check(number: int, rule: Rule, ground: Ground) -> Check:
    if rule.needs_times and not ground.timed:
        answer = not_applicable("no case has a time")
    else:
        answer = rule.of(ground)
    return Check(number, rule.asks, answer.standing, answer.evidence, answer.remedy)
