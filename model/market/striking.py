"""Striking: each shock waits for its day and is then recorded; the log alone says why demand fell."""

from events import catalogue as c
from model.economy import Economy, Process
from model.schema import Shock


def start_shocks(economy: Economy) -> None:
    """Every shock waits for its day, in order of name."""
    for number, (name, shock) in enumerate(sorted(economy.scenario.shocks.items())):
        economy.start(strike(economy, name, shock), number)


def strike(economy: Economy, name: str, shock: Shock) -> Process:
    """Record a shock on its day."""
    yield economy.at(max(1, shock.start_day))
    event = c.ShockStruck(
        shock=name, touches=shock.touches, shape=shock.shape, against=shock.against, depth_ppm=shock.depth_ppm,
        ends_day=economy.calendar.ends_day,
    )  # fmt: skip
    economy.record(event, None, corr=name, actor="scenario")
