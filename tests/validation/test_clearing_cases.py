"""The published three banks of Eisenberg and Noe's clearing: a table with its outcome in the last columns."""

import pytest

from events.clearing import Owed, clear

BETWEEN = [Owed("1", "2", 400, 1), Owed("2", "3", 300, 1), Owed("3", "1", 200, 1)]
OUTSIDE_CENTS = {"1": 1700, "2": 1800, "3": 800}
ASSETS_CENTS = {"1": 2000, "2": 2000, "3": 1000}


def after_a_loss(loss_percent, outside_seniority):
    """Payments between the banks, to outsiders, and the banks' equity, each shape (3,), in cents."""
    outside = [Owed(bank, f"outside {bank}", cents, outside_seniority) for bank, cents in OUTSIDE_CENTS.items()]
    assets = {bank: cents * (100 - loss_percent) // 100 for bank, cents in ASSETS_CENTS.items()}

    cleared = clear(assets, BETWEEN + outside)

    paid = list(cleared.paid.values())
    return paid[:3], paid[3:], [cleared.equity[bank] for bank in "123"], cleared.defaulted


@pytest.mark.parametrize(
    "loss_percent, between, equity",
    [
        (0, [400, 300, 200], [100, 300, 300]),
        (10, [300, 300, 200], [-100, 0, 200]),
        (20, [0, 0, 0], [-500, -500, -200]),
    ],
)
def test_external_creditors_come_first(loss_percent, between, equity):
    paid, _, left, _ = after_a_loss(loss_percent, outside_seniority=0)

    assert (paid, left) == (between, equity)


@pytest.mark.parametrize(
    "loss_percent, between, outside, equity, defaulted",
    [
        (0, [400, 300, 200], [1700, 1800, 800], [100, 300, 300], ()),
        # bank 1 has 18 + 2 for 21: it pays 4 * 20/21 = 3.8095 and 17 * 20/21 = 16.1905
        (10, [381, 300, 200], [1619, 1800, 800], [-100, 81, 200], ("1",)),
        # bank 1 has 16 + 2 for 21: 3.4286 and 14.5714; bank 2 has 16 + 3.4286 for 21: 2.7755 and 16.6531;
        # bank 3 has 8 + 2.7755 for 10, and pays all
        (20, [343, 278, 200], [1457, 1665, 800], [-300, -157, 78], ("1", "2")),
        # bank 1 has 5 + r3, 2 has 5 + r1, 3 has 2.5 + r2, and pay on r1 = 4/21 (5 + r3), r2 = 3/21 (5 + r1),
        # r3 = 2/10 (2.5 + r2): so r1 = 790/731 = 1.0807, r2 = 0.8687, r3 = 0.6737
        (75, [108, 87, 67], [459, 521, 270], [-1533, -1492, -663], ("1", "2", "3")),
    ],
)
def test_all_creditors_rank_equally(loss_percent, between, outside, equity, defaulted):
    assert after_a_loss(loss_percent, outside_seniority=1) == (between, outside, equity, defaulted)
