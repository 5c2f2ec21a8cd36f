"""Priority supply: a class in a maker's queue, looked up when an order is placed; it only has to be in force.

By hand: Nvidia can build 100 MW in a month. CoreWeave (class 1) and Microsoft (class 5) both have 80 MW due.
CoreWeave's is built; of the 20 MW left Microsoft's order cannot be built, so it waits a month (`OrderDelayed`).
"""

from events import catalogue as c
from events.terms import PrioritySupply
from model.economy import Economy, Process


def perform(terms: PrioritySupply, economy: Economy, contract: str, signed: int) -> Process:
    """In force until its last day."""
    yield economy.at(terms.end_day)
    economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)
