from math import sqrt

import pytest

from scaling.workloads import options


def test_published_price() -> None:
    """Hull, Options, Futures and Other Derivatives: a share at 42, a call at 40 costs 4.76."""
    price, _ = options.exact(options.Market(42, 40, 0.10, 0.20, 0.5))
    assert price == pytest.approx(4.76, abs=0.005)


def test_spread() -> None:
    """The deviation of a payoff is what many paths show."""
    price, deviation = options.exact(options.MARKET)
    found = options.price([options.simulate(item) for item in options.items(40)])
    assert found.error * sqrt(found.paths) == pytest.approx(deviation, rel=0.02)
    assert found.mean == pytest.approx(price, abs=4 * found.error)


def test_parts_depend_on_seed_and_number_alone() -> None:
    """Another seed gives other numbers; the same one gives the same."""
    one, two, other = options.Item(1, 3, 500), options.Item(1, 3, 500), options.Item(2, 3, 500)
    assert options.simulate(one) == options.simulate(two)
    assert options.simulate(one) != options.simulate(other)


def test_wrong_volatility_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that simulates another market fails."""
    items = options.items(20)
    monkeypatch.setattr(options, "MARKET", options.Market(volatility=0.21))
    answer = options.price([options.simulate(item) for item in items])
    monkeypatch.undo()
    with pytest.raises(AssertionError):
        options.check(answer, items)
