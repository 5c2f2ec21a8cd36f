"""Milestone equity: an investor owes a tranche when so much is deployed, and pays by its own rule.

By hand: Nvidia in OpenAI, 10 bn a gigawatt. At 1 GW deployed and demand at 95 % of expectation (`confidence` asks for
80 %), 10 bn is called and due in 10 days; at the last round's 500.00 USD a share it buys 20,000,000 shares. With
demand at 60 % the tranche waits; if confidence has not come back by the long stop, it lapses.
"""

from typing import Any

from events import catalogue as c
from events.conditions import Deployed, Met
from events.terms import EquityTranche, MilestoneEquity
from model.briefings import price_cents
from model.economy import Economy, Process
from model.readings import demand_ppm


def perform(terms: MilestoneEquity, economy: Economy, contract: str, signed: int) -> Process:
    """Call each tranche at its milestone, if the investor's rule lets it; what is late at the long stop lapses."""
    long_stop = economy.at(terms.long_stop_day)
    for number, tranche in enumerate(terms.tranches, start=1):
        milestone: Any = economy.when(Deployed(terms.investee, tranche.deployed_kw, terms.maker))
        yield milestone | long_stop
        if not milestone.processed:
            lapse(terms, tranche, number, economy, contract, signed, "the long stop has passed")
            continue
        while waits(terms, economy):
            yield economy.month_end() | long_stop
        if pays(terms, economy):
            yield from call(terms, tranche, number, economy, contract, milestone.value)
        else:
            lapse(
                terms,
                tranche,
                number,
                economy,
                contract,
                reason_seq(terms, economy, milestone.value),
                refusal(terms, economy),
            )
    economy.record(c.ContractEnded(contract=contract, reason="every tranche paid or lapsed"), signed, corr=contract)


def pays(terms: MilestoneEquity, economy: Economy) -> bool:
    """Whether the investor would pay today."""
    if terms.pays == "never" or economy.books.firms[terms.investee].defaulted_seq is not None:
        return False
    return terms.pays == "deployment" or demand_ppm(economy, terms.investee) >= terms.confidence_ppm


def waits(terms: MilestoneEquity, economy: Economy) -> bool:
    """A confident investor that has lost its confidence waits for it, until the long stop or a default."""
    gone = economy.books.firms[terms.investee].defaulted_seq is not None
    return terms.pays == "confidence" and not gone and not pays(terms, economy) and economy.day < terms.long_stop_day


def refusal(terms: MilestoneEquity, economy: Economy) -> str:
    """Why a tranche whose milestone was met is not paid."""
    if economy.books.firms[terms.investee].defaulted_seq is not None:
        return "the investee has defaulted"
    return "the investor never pays" if terms.pays == "never" else "the investor's confidence has not come back"


def reason_seq(terms: MilestoneEquity, economy: Economy, milestone: int) -> int:
    """The default, or the demand that cost the confidence; the milestone itself where the investor never pays."""
    defaulted = economy.books.firms[terms.investee].defaulted_seq
    if defaulted is not None:
        return defaulted
    return milestone if terms.pays == "never" else economy.books.market.demand_seq.get(terms.investee, milestone)


def call(
    terms: MilestoneEquity, tranche: EquityTranche, number: int, economy: Economy, contract: str, cause: int
) -> Process:
    """A called tranche is a claim; when it is paid, the shares are issued at the last round's price."""
    claim = economy.claim(contract)
    event = c.TrancheCalled(
        claim=claim, contract=contract, investor=terms.investor, investee=terms.investee, tranche=number,
        amount_cents=tranche.amount_cents, due_day=economy.day + terms.days_to_pay,
    )  # fmt: skip
    economy.record(event, cause, corr=contract, actor=terms.investor)
    met = yield economy.when(Met(claim))
    price = price_cents(economy, terms.investee)
    shares = c.SharesIssued(
        contract=contract, issuer=terms.investee, holder=terms.investor, shares=max(1, tranche.amount_cents // price),
        amount_cents=tranche.amount_cents, price_cents=price,
    )  # fmt: skip
    economy.record(shares, met, corr=contract, actor=terms.investee)


def lapse(
    terms: MilestoneEquity,
    tranche: EquityTranche,
    number: int,
    economy: Economy,
    contract: str,
    cause: int,
    reason: str,
) -> None:
    """A tranche that will not be paid."""
    event = c.TrancheLapsed(
        contract=contract, investor=terms.investor, investee=terms.investee, tranche=number,
        amount_cents=tranche.amount_cents, reason=reason,
    )  # fmt: skip
    economy.record(event, cause, corr=contract, actor=terms.investor)
