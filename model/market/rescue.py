"""
Rescue: whoever would lose most by a default pays in, if that is more than it costs and it has the money.

By hand: OpenAI has missed 3 bn and will lack 12 bn in the coming half year: a rescue costs 15 bn. Microsoft has 5 bn of
its bills, 195 bn of minimums to come, of which re-letting would save 60 %, and shares worth 30 bn: it would lose 80 and
30 bn. It pays in 15 bn, if its cash beyond its minimum reaches.
"""

from events import catalogue as c
from events.accounts import shares_of
from events.units import PPM, divide, portion
from model.briefings import price_cents
from model.economy import Economy
from model.market.relief import exposure_cents


def rescued(economy: Economy, firm: str, cause: int) -> bool:
    """Whether somebody pays in before a default; who comes nearest and does not says why."""
    rules = economy.scenario.distress
    if not rules.rescue or economy.books.rescues.get(firm, 0) >= rules.rescues_at_most:
        return False
    cost = cost_cents(economy, firm)
    losses = [(loss_cents(economy, name, firm), name) for name in candidates(economy, firm)]
    losses.sort(key=lambda row: (-row[0], row[1]))
    for loss, name in losses:
        if loss > cost and spare_cents(economy, name) >= cost:
            pay_in(economy, name, firm, cost, loss, cause)
            return True
    if losses and losses[0][0] > 0:
        loss, name = losses[0]
        reason = "it would lose less than a rescue costs" if loss <= cost else "it has not so much to spare"
        event = c.OfferDeclined(firm=firm, counterparty=name, asked="rescue", amount_cents=cost, reason=reason)
        economy.record(event, cause, corr=firm, actor=name)
    return False


def candidates(economy: Economy, firm: str) -> list[str]:
    """Firms inside the circle with a bill on it, a contract with it or shares of it, in order of name."""
    found = {claim.creditor for claim in economy.books.obligations.of(firm)}
    for signed in economy.books.of(firm):
        found |= {getattr(signed.terms, name, "") for name in ("seller", "investor", "maker", "lender", "provider")}
    inside = [name for name in sorted(found) if name and name != firm and name not in economy.journal.outside]
    return [name for name in inside if name in economy.books.firms and not economy.books.firms[name].in_estate]


def cost_cents(economy: Economy, firm: str) -> int:
    """What is overdue, and what the firm will pay out beyond its income in so many quarters, at the pace of a year."""
    overdue = sum(c.amount_cents for c in economy.books.obligations.of(firm) if c.missed_seq is not None)
    burn = max(0, -economy.books.earnings.year_cents(firm))
    return overdue + divide(burn * economy.scenario.distress.rescue_quarters, 4)


def loss_cents(economy: Economy, name: str, firm: str) -> int:
    """Bills and contracts that a default would cost somebody, after re-letting, and what its shares are worth."""
    contracts = portion(exposure_cents(economy, name, firm), PPM - economy.scenario.distress.mitigation_ppm)
    return contracts + economy.books.ledger.units(name, shares_of(firm)) * price_cents(economy, firm)


def spare_cents(economy: Economy, name: str) -> int:
    """Cash beyond what a firm keeps."""
    kept = getattr(economy.firms[name].policy, "minimum_cash_cents", 0)
    return economy.books.ledger.cash_cents(name) - kept


def pay_in(economy: Economy, name: str, firm: str, cost: int, loss: int, cause: int) -> None:
    """New shares at a discount to the last price."""
    price = max(1, portion(price_cents(economy, firm), PPM - economy.scenario.distress.rescue_discount_ppm))
    event = c.Rescued(
        firm=firm, rescuer=name, amount_cents=cost, shares=max(1, cost // price), price_cents=price, avoided_cents=loss
    )
    economy.record(event, cause, corr=firm, actor=name)
