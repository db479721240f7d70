"""From a study or a CSV file to fitted laws, and from these to predictions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scaling.errors import UsageError

if TYPE_CHECKING:
    from scaling.analysis.laws import BackendFit
    from scaling.analysis.prediction import Prediction, Refusal


def fits(
    source: Path, *, x: str | None, throughput: str | None, seconds: str | None
) -> tuple[BackendFit, ...]:
    """Fit the laws to a study, or to the columns of a CSV file. Raises UsageError."""
    from scaling import measurements, store
    from scaling.analysis import laws

    if source.suffix.lower() == ".csv":
        if x is None:
            raise UsageError("a CSV file needs --x COLUMN and --throughput or --seconds COLUMN")
        return (
            laws.fit_points(measurements.read(source, x=x, throughput=throughput, seconds=seconds)),
        )
    if x is not None or throughput is not None or seconds is not None:
        raise UsageError("--x, --throughput and --seconds are for a CSV file, not for a study")
    found = laws.fit_study(store.read(source))
    if not found:
        raise UsageError(
            f"{source} has no backend that was measured at two numbers of workers or nodes"
        )
    return found


def predictions(
    study: Path, *, nodes: int | None, workers: int | None, far: bool
) -> tuple[Prediction | Refusal, ...]:
    """Predict every backend that is counted in nodes, or in workers. Raises UsageError."""
    from scaling.analysis import prediction

    if (nodes is None) == (workers is None):
        raise UsageError("give either --nodes N for Ray, or --workers N for the local backends")
    counted, count = ("nodes", nodes) if nodes is not None else ("workers", workers)
    assert count is not None, "one of them was given"
    found = [
        fit
        for fit in fits(study, x=None, throughput=None, seconds=None)
        if fit.points.counted == counted
    ]
    if not found:
        raise UsageError(f"{study} has no backend that was measured at two numbers of {counted}")
    return tuple(prediction.predict(fit, count, far=far) for fit in found)


def is_prediction(one: Prediction | Refusal) -> bool:
    """Tell a prediction from a refusal."""
    from scaling.analysis import prediction

    return isinstance(one, prediction.Prediction)
