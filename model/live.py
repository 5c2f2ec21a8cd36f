"""
Which parts of a scenario may change while its world runs.

A live part is read whenever it is needed; so a change holds from its morning on, and what was before stays as it was,
byte by byte. A contract that was signed changes by events of its own, never here.
"""

from collections.abc import Iterator
from typing import Any

from attrs import evolve

MARKETS = ("distress", "compute", "credit", "shares")


def frozen_parts(now: Any, then: Any, day: int) -> Iterator[str]:
    """The parts that differ between two states of a scenario although they are not live on this day, in words."""
    for name in sorted(now.shocks.keys() | then.shocks.keys()):
        old, new = now.shocks.get(name), then.shocks.get(name)
        if old == new:
            continue
        if new is None or (old is not None and old.start_day <= day):
            yield f"shock {name}, which has struck by then or would be gone,"
        elif new.start_day < day:
            yield f"the start of shock {name}, which would lie before the change,"
        elif old is not None and old.start_day != new.start_day:
            yield f"the start of shock {name}"
    for name in sorted(now.firms.keys() & then.firms.keys()):
        if evolve(then.firms[name], policy=now.firms[name].policy) != now.firms[name]:
            yield f"what firm {name} has, is or owes"
    if now.firms.keys() != then.firms.keys():
        yield "who is in the world"
    live = {"shocks": now.shocks, "firms": now.firms} | {name: getattr(now, name) for name in MARKETS}
    if evolve(then, **live) != now:
        yield "the contracts, the generations, or the frame of the world"
