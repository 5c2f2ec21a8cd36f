"""
An announcement moves a share at once, and for good.
"""

import pytest

from events import catalogue as c
from tests.kept import opened


def closes_of(move: str) -> tuple[dict[str, int], list]:
    """AMD's closes of October 2025 by date, and the records, with the deal's announcement moving it so much."""
    economy, kept = opened("baseline", [f"contracts.openai-amd-supply.moves={{amd: {move}}}"])
    economy.step()
    records = kept.records()
    days = [r for r in records if isinstance(r.event, c.MarketClosed)]
    return {r.date: dict(r.event.prices)["amd"] for r in days}, records


def test_amd_rises_on_the_day_of_the_deal_and_stays_up():
    """
    23.71 percent on 2025-10-06; without news the same luck moves it by a few percent.
    """
    calm, _ = closes_of("0 %")
    moved, records = closes_of("23.71 %")
    news = next(r for r in records if isinstance(r.event, c.NewsPriced))

    assert calm["2025-10-03"] == moved["2025-10-03"]
    assert moved["2025-10-06"] / calm["2025-10-06"] == pytest.approx(1.2371, abs=0.01)
    assert moved["2025-10-31"] / calm["2025-10-31"] == pytest.approx(1.2371, abs=0.03)
    assert isinstance(records[news.cause].event, c.ContractSigned)
