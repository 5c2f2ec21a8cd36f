"""GPU supply: each tranche is ordered a lead time ahead, serves one commitment, and is invoiced on delivery.

By hand: OpenAI-AMD, first gigawatt in two halves, due 2026-10-01 and 2027-04-01, lead 270 days. The first half is
ordered on 2026-01-04 (270 days before), at 15 bn a GW x 0.5 GW = 7.5 bn; invoiced on delivery, due 45 days later.
A contemplated tranche is ordered only while the lab's demand is at least nine tenths of what was expected.
"""

from events import catalogue as c
from events.terms import GpuSupply, SupplyTranche
from events.units import divide
from model.economy import Economy, Process
from model.market.chips import place_order
from model.readings import demand_ppm

KEEPS_UP_PPM = 900_000


def perform(terms: GpuSupply, economy: Economy, contract: str, signed: int) -> Process:
    """Order tranche after tranche; the maker's queue does the rest."""
    for tranche in terms.tranches:
        yield economy.at(max(tranche.day - terms.lead_days, economy.day + 1))
        if tranche.status == "firm" or demand_ppm(economy, terms.lab) >= KEEPS_UP_PPM:
            order(terms, tranche, economy, contract, signed)
        else:
            drop(terms, tranche, economy, contract)
    economy.record(c.ContractEnded(contract=contract, reason="all tranches ordered"), signed, corr=contract)


def order(terms: GpuSupply, tranche: SupplyTranche, economy: Economy, contract: str, signed: int) -> None:
    """One row of the gigawatt table."""
    place_order(
        economy, buyer=tranche.buyer, generation=tranche.generation, kw=tranche.kw, serves=tranche.serves,
        lead_days=max(0, tranche.day - economy.day), corr=contract, cause=signed,
    )  # fmt: skip


def drop(terms: GpuSupply, tranche: SupplyTranche, economy: Economy, contract: str) -> None:
    """A contemplated tranche that nobody needs any more."""
    price = economy.scenario.generations[tranche.generation].price_per_gw_cents
    event = c.OfferDeclined(
        firm=terms.maker, counterparty=terms.lab, asked="order", amount_cents=divide(tranche.kw * price, 1_000_000),
        reason="a contemplated tranche, and demand has not kept up",
    )  # fmt: skip
    economy.record(event, economy.books.market.demand_seq[terms.lab], corr=contract, actor=terms.lab)
