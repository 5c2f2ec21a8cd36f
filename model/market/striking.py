"""Striking: each shock waits for its day and is then recorded; the log alone says why demand fell."""

from events import catalogue as c
from model.economy import Economy, Process


def start_shocks(economy: Economy) -> None:
    """Every shock waits for its day, in order of name."""
    for number, name in enumerate(sorted(economy.scenario.shocks)):
        economy.start(strike(economy, name), number)


def strike(economy: Economy, name: str) -> Process:
    """Record a shock on its day, as the scenario has it then; one that a change made has that for its cause."""
    yield economy.at(max(1, economy.scenario.shocks[name].start_day))
    shock, cause = economy.scenario.shocks[name], economy.changed_shocks.get(name)
    event = c.ShockStruck(
        shock=name, touches=shock.touches, shape=shock.shape, against=shock.against, depth_ppm=shock.depth_ppm,
        ends_day=economy.calendar.ends_day,
    )  # fmt: skip
    economy.record(event, cause, corr=name, actor="scenario")
