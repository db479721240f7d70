"""Scaling laws fitted to measurements, with every doubt about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from scaling.analysis import law_doubts
from scaling.analysis.law_doubts import Claim, Doubt, Finding
from scaling.analysis.law_family import Law
from scaling.analysis.law_fit import LawFit, fit_laws
from scaling.analysis.points import Points, from_study
from scaling.analysis.statistics import Interval
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class Derived:
    """A claim that follows from a law, or why it is not made."""

    name: Literal["peak", "ceiling"]
    value: float | None
    interval: Interval | None
    withheld: tuple[str, ...]
    """Reasons; with any there is no value."""


@dataclass(frozen=True, slots=True)
class BackendFit:
    """All laws fitted to the points of one backend or file."""

    points: Points
    laws: tuple[LawFit, ...]
    """In the order of ``Law``; none with fewer than 3 points."""
    method: Literal["bootstrap", "profile"]
    """Where the intervals come from."""
    seed: int
    resamples: int
    headline: LawFit | None
    """The universal scalability law, or Amdahl's with fewer than 6 points."""
    chosen: LawFit | None
    """The law that the data support best; claims and predictions are its."""
    choice: str
    """Why that one."""
    findings: tuple[Finding, ...]
    """Doubts that hold for the chosen law."""
    headline_findings: tuple[Finding, ...]
    """Those that hold for the headline alone."""
    derived: tuple[Derived, ...]

    def withholding(self, claim: Claim) -> tuple[str, ...]:
        """Return why a claim of the chosen law cannot be made; empty where it can."""
        return _reasons(self.findings, claim)


def fit_study(data: StudyData) -> tuple[BackendFit, ...]:
    """Fit the laws to each backend that was measured at two numbers of workers or nodes."""
    return tuple(fit_points(points) for points in from_study(data))


def fit_points(points: Points) -> BackendFit:
    """Fit every law that has enough points."""
    from scaling.analysis import law_intervals as intervals

    laws = fit_laws(points)
    headline = _headline(laws)
    chosen, why = choose(laws)
    own = _findings(points, laws, chosen)
    enough = bool(laws) and laws[0].share_at_bound is not None
    return BackendFit(
        points=points,
        laws=laws,
        method="bootstrap" if enough else "profile",
        seed=intervals.SEED,
        resamples=intervals.RESAMPLES,
        headline=headline,
        chosen=chosen,
        choice=why,
        findings=own,
        headline_findings=tuple(f for f in headline.findings if f not in own) if headline else (),
        derived=tuple(_derived(chosen, own)) if chosen else (),
    )


def _findings(points: Points, laws: Sequence[LawFit], chosen: LawFit | None) -> tuple[Finding, ...]:
    """Return the doubts about the chosen law; superlinear data speak against every law."""
    if chosen is None:
        return tuple(law_doubts.of_points(points))
    headline = _headline(laws)
    others = headline.findings if headline and headline is not chosen else ()
    return chosen.findings + tuple(f for f in others if f.doubt is Doubt.SUPERLINEAR)


def _headline(laws: Sequence[LawFit]) -> LawFit | None:
    fitted = {one.law: one for one in laws}
    return fitted.get(Law.USL, fitted.get(Law.AMDAHL))


def _reasons(findings: Sequence[Finding], claim: Claim) -> tuple[str, ...]:
    return tuple(f"{f.doubt}: {f.detail}" for f in findings if claim in f.doubt.withholds)


def choose(laws: Sequence[LawFit]) -> tuple[LawFit | None, str]:
    """Return the law of least AICc, and why it.

    AICc = n ln(RSS / n) + 2 k + 2 k (k + 1) / (n - k - 1) (Hurvich & Tsai, Biometrika 76(2), 1989)
    with k one more than the law's parameters, for the noise. The log variant must win by 2: less
    is no evidence (Burnham & Anderson, Model Selection and Multimodel Inference, 2002, 2.6).
    """
    fitted = {one.law: one for one in laws}
    if Law.AMDAHL not in fitted:
        return None, f"no law is chosen: Amdahl's needs {Law.AMDAHL.least_points} points"
    if fitted[Law.AMDAHL].aicc is None:
        return fitted[Law.AMDAHL], "Amdahl's law stands unrivalled: AICc needs 5 points for it"
    best = min(laws, key=lambda one: _rank(one) + 2 * (one.law is Law.LOG_USL))
    shown = ", ".join(f"{one.law} {one.aicc:.1f}" for one in laws if one.aicc is not None)
    more = "" if Law.USL in fitted else "; the universal scalability law needs 6 points"
    return best, f"least AICc ({shown}){more}"


def _rank(one: LawFit) -> float:
    return inf if one.aicc is None else one.aicc


def _derived(chosen: LawFit, findings: Sequence[Finding]) -> Iterator[Derived]:
    found, law = chosen.coefficients, chosen.law
    yield _claim("peak", found.peak(law), chosen.peak_interval, findings, f"{law} never falls")
    yield _claim("ceiling", found.ceiling, None, findings, f"{law} as fitted has none")


def _claim(
    name: Literal["peak", "ceiling"],
    value: float | None,
    interval: Interval | None,
    findings: Sequence[Finding],
    none: str,
) -> Derived:
    if value is None:
        return Derived(name, None, None, (none,))
    reasons = _reasons(findings, name)
    return Derived(name, None, None, reasons) if reasons else Derived(name, value, interval, ())
