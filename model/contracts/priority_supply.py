"""Priority supply: a class in a maker's queue, looked up when an order is placed; it only has to be in force.

By hand: Nvidia builds 1,200 MW a year, 3.29 a day. CoreWeave (class 1) and Microsoft (class 5) order 120 MW each for
day 100: 36 days on the line, which works 30 days ahead at most. Both come to it on day 34: CoreWeave's is built until
day 70, and delivered on day 100; Microsoft's begins on day 70 and comes on day 106.
"""

from events import catalogue as c
from events.terms import PrioritySupply
from model.economy import Economy, Process


def perform(terms: PrioritySupply, economy: Economy, contract: str, signed: int) -> Process:
    """In force until its last day."""
    yield economy.at(terms.end_day)
    economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)
