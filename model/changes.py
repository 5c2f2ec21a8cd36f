"""Changes of a scenario while its world runs: the process that brings them about, morning by morning."""

from typing import Any

from events import catalogue as c
from model.economy import Economy, Process
from model.market.striking import strike


def start_changes(economy: Economy, futures: tuple[tuple[int, Any], ...]) -> None:
    """Each change waits for its morning; where there is none, nothing waits."""
    for number, (day, then) in enumerate(futures):
        economy.start(_change(economy, day, then), -len(futures) + number)


def _change(economy: Economy, day: int, then: Any) -> Process:
    """Record it, and let everybody read the new values."""
    yield economy.at(day)
    added = [name for name in sorted(then.shocks) if name not in economy.scenario.shocks]
    touched: dict[str, int] = {}
    for change in then.changes:
        if change.at_day == day:
            event = c.ScenarioChanged(path=change.path, value=change.value)
            record = economy.record(event, None, corr=change.path, actor="scenario")
            touched[change.path] = record.seq
    for name in then.shocks:
        if then.shocks[name] != economy.scenario.shocks.get(name):
            economy.changed_shocks[name] = _why(name, touched)
    economy.scenario = then
    for name, firm in economy.firms.items():
        firm.policy = economy.spec(name).policy
    for number, name in enumerate(added):
        economy.start(strike(economy, name), len(then.shocks) + number)


def _why(name: str, touched: dict[str, int]) -> int:
    """The change that a shock comes from: of its own path, or of all shocks."""
    own = [seq for path, seq in touched.items() if f"{path}.".startswith(f"shocks.{name}.")]
    return (own or list(touched.values()))[-1]
