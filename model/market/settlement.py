"""Settlement: decisions become events, one by one, each recorded before the next is looked at."""

from collections.abc import Callable
from typing import Any

from agents import decisions as d
from events import catalogue as c
from events.accounts import STAKE, shares_of
from events.cap_table import outstanding
from events.units import PPM, divide, portion
from model.briefings import price_cents
from model.contracts.term_loan import outstanding_cents, refuse, undrawn_cents
from model.economy import Economy
from model.market import chips, compute
from model.market.relief import ask_relief
from model.readings import draw_refusal, left_ppm, rentable_cents, shock_seq


def settle(economy: Economy, decisions: list[d.Decision]) -> None:
    """
    Carry out a month's decisions in a stated order: the table below from top to bottom, then firms as the scenario
    names them, then as each firm named them. Offers are on the table before those who seek are served.
    """
    offers = [decision for decision in decisions if isinstance(decision, d.OfferEquity)]
    for offer in offers:
        table_offer(economy, offer)
    for kind, carry_out in ORDER:
        for decision in decisions:
            if type(decision) is kind:
                carry_out(economy, decision)


def table_offer(economy: Economy, offer: d.OfferEquity) -> None:
    """What an investor is ready to put in this quarter, because of the latest shock to appetite or to demand."""
    event = c.AppetiteSet(
        investor=offer.investor, issuer=offer.issuer, amount_cents=offer.amount_cents, price_cents=offer.price_cents
    )
    economy.record(event, _mood(economy, offer), corr=offer.issuer, actor=offer.investor)


def _mood(economy: Economy, offer: d.OfferEquity) -> int:
    demand = economy.books.market.demand_seq.get(offer.issuer, economy.roots[offer.investor])
    return shock_seq(economy, "appetite", offer.investor, demand)


def rent_compute(economy: Economy, wish: d.RentCompute) -> None:
    """Compute on demand is let by the cloud named in the lab's policy, as far as the market has it."""
    cents = min(wish.amount_cents, rentable_cents(economy))
    days = economy.firms[wish.buyer].policy.days_to_pay
    cause = economy.books.market.demand_seq.get(wish.buyer, economy.roots[wish.buyer])
    if cents > 0:
        compute.rent(economy, wish.buyer, wish.seller, cents, days, cause)


def cut_costs(economy: Economy, wish: d.CutCosts) -> None:
    """Costs follow from the next bill on; the cause is the demand that disappointed."""
    cause = economy.books.market.demand_seq.get(wish.firm, economy.roots[wish.firm])
    economy.record(c.CostsCut(firm=wish.firm, to_ppm=wish.to_ppm), cause, actor=wish.firm)


def close_startups(economy: Economy, wish: d.CloseStartups) -> None:
    """They close for want of money; the cause is the demand that disappointed."""
    cause = economy.books.market.demand_seq.get(wish.pool, economy.roots[wish.pool])
    economy.record(c.StartupsClosed(pool=wish.pool, closed=wish.closed, left=wish.left), cause, actor=wish.pool)


def book_production(economy: Economy, wish: d.BookProduction) -> None:
    """The lines get their work for the coming month, because orders wait for it."""
    waiting = [row.ordered_seq for row in economy.books.capacity.waiting.values() if row.maker == wish.maker]
    cause = max(waiting, default=economy.roots[wish.maker])
    economy.record(c.ProductionBooked(maker=wish.maker, kw=wish.kw), cause, actor=wish.maker)


def order_gpus(economy: Economy, wish: d.OrderGpus) -> None:
    """An order goes to the maker's queue, because of the contract that it serves."""
    signed = economy.books.contracts[wish.serves]
    chips.place_order(
        economy, buyer=wish.buyer, generation=wish.generation, kw=wish.kw, serves=wish.serves,
        lead_days=wish.lead_days, corr=wish.serves, cause=signed.seq,
    )  # fmt: skip


def cancel_order(economy: Economy, wish: d.CancelOrder) -> None:
    """An order not yet in work is taken back."""
    row = economy.books.capacity.waiting.get(wish.order)
    if row is not None and not row.in_work:
        event = c.OrderCancelled(order=wish.order, buyer=wish.buyer, reason=wish.reason)
        economy.record(event, row.ordered_seq, corr=row.serves, actor=wish.buyer)


def pause_building(economy: Economy, wish: d.PauseBuilding) -> None:
    """Said once, because of the draw that was refused, or of what else has failed to come."""
    firm = economy.books.firms[wish.firm]
    if firm.paused_seq is not None:
        return
    refused = [signed.refused_seq for signed in economy.books.of(wish.firm) if signed.refused_seq is not None]
    missing = [row.seq for row in economy.books.disappointments.get(wish.firm, [])[-1:]]
    cause = max(refused or missing, default=economy.books.contracts[wish.contract].seq)
    reason = "nobody lends what is lacking" if refused else "its own money does not reach"
    event = c.BuildingPaused(
        firm=wish.firm, contract=wish.contract, kw=wish.kw, lacking_cents=wish.lacking_cents, reason=reason
    )
    economy.record(event, cause, corr=wish.contract, actor=wish.firm)


def resume_building(economy: Economy, wish: d.ResumeBuilding) -> None:
    """Only who has paused resumes."""
    paused = economy.books.firms[wish.firm].paused_seq
    if paused is not None:
        event = c.BuildingResumed(firm=wish.firm, contract=wish.contract)
        economy.record(event, paused, corr=wish.contract, actor=wish.firm)


def fund_box(economy: Economy, wish: d.FundBox) -> None:
    """An owner's cash goes into its box, as far as it is still there."""
    cents = min(wish.amount_cents, economy.books.ledger.cash_cents(wish.owner))
    if cents > 0:
        event = c.EquityContributed(owner=wish.owner, box=wish.box, amount_cents=cents)
        economy.record(event, economy.roots[wish.box], corr=wish.box, actor=wish.owner)


def draw_revolver(economy: Economy, wish: d.DrawRevolver) -> None:
    """Cash from a revolving facility, as far as it goes."""
    signed = economy.books.contracts[wish.contract]
    terms: Any = signed.terms
    cents = min(wish.amount_cents, undrawn_cents(terms, economy, wish.contract))
    if why := draw_refusal(economy, signed):
        refuse(terms, economy, wish.contract, wish.amount_cents, why)
    elif cents > 0:
        event = c.LoanDrawn(
            contract=wish.contract,
            lender=terms.lender,
            borrower=wish.borrower,
            amount_cents=cents,
            generation="",
            gpus=0,
        )
        economy.record(event, signed.seq, corr=wish.contract, actor=wish.borrower)


def repay_revolver(economy: Economy, wish: d.RepayRevolver) -> None:
    """A part of what is outstanding falls due today, because the borrower says so."""
    signed = economy.books.contracts[wish.contract]
    terms: Any = signed.terms
    cents = min(wish.amount_cents, outstanding_cents(terms, economy, wish.contract))
    if cents > 0:
        event = c.PrincipalDue(
            claim=economy.claim(wish.contract), contract=wish.contract, lender=terms.lender, borrower=wish.borrower,
            amount_cents=cents, due_day=economy.day, reason="paid back early",
        )  # fmt: skip
        economy.record(event, signed.seq, corr=wish.contract, actor=wish.borrower)


def sweep_box(economy: Economy, wish: d.SweepBox) -> None:
    """A box pays up what its lenders let go: nothing while a covenant of its loans is tripped."""
    loans = [signed for signed in economy.books.of(wish.box) if getattr(signed.terms, "borrower", "") == wish.box]
    if any(loan.tripped_seq is not None for loan in loans):
        return
    cents = min(wish.amount_cents, economy.books.ledger.cash_cents(wish.box))
    if cents > 0:
        event = c.CashSwept(box=wish.box, owner=wish.owner, amount_cents=cents)
        economy.record(event, economy.roots[wish.box], corr=wish.box, actor=wish.box)


def seek_equity(economy: Economy, wish: d.SeekEquity) -> None:
    """A listed firm sells to the public; a private one gets what is on offer to it, in full, in part or not at all."""
    if wish.issuer in economy.books.market.share_cents:
        sell_new_shares(economy, wish)
        return
    offer = economy.books.market.offers.get(wish.issuer)
    if offer and offer.date != economy.calendar.text(economy.day):
        offer = None  # last quarter's
    cents = min(wish.amount_cents, offer.amount_cents) if offer else 0
    shares = cents // offer.price_cents if offer and offer.price_cents else 0
    if not offer or not shares:
        decline(economy, wish, "no investor has an appetite this quarter")
        return
    call_capital(economy, offer.investor, cents)
    event = c.RoundClosed(
        issuer=wish.issuer, investor=offer.investor, wanted_cents=wish.amount_cents, amount_cents=cents, shares=shares,
        price_cents=offer.price_cents,
        valuation_cents=offer.price_cents * (outstanding(economy.books.ledger, wish.issuer) + shares),
    )  # fmt: skip
    economy.record(event, offer.seq, corr=wish.issuer, actor=offer.investor)


def call_capital(economy: Economy, investor: str, cents: int) -> None:
    """Money comes in from behind the fund when it is needed."""
    if investor not in economy.journal.outside:
        event = c.CapitalCalled(investor=investor, amount_cents=cents)
        economy.record(event, economy.roots[investor], corr=investor, actor=investor)


# A listed firm sells at most this part of its market value a quarter, at this discount; below this appetite nothing.
OFFERING_LIMIT_PPM = 30_000
OFFERING_DISCOUNT_PPM = 50_000
OFFERING_APPETITE_PPM = 500_000


def sell_new_shares(economy: Economy, wish: d.SeekEquity) -> None:
    """An offering to the public, at a discount to the last close, limited by the size of the firm."""
    price = portion(price_cents(economy, wish.issuer), PPM - OFFERING_DISCOUNT_PPM)
    total = outstanding(economy.books.ledger, wish.issuer)
    appetite = left_ppm(economy, "appetite", wish.issuer)
    limit = portion(portion(total * price, OFFERING_LIMIT_PPM), appetite)
    cents = min(wish.amount_cents, limit)
    shares = cents // price if price else 0
    if appetite < OFFERING_APPETITE_PPM or shares <= 0:
        decline(economy, wish, "the market takes no new shares")
        return
    event = c.RoundClosed(
        issuer=wish.issuer, investor="public", wanted_cents=wish.amount_cents, amount_cents=cents, shares=shares,
        price_cents=price, valuation_cents=price * (total + shares),
    )  # fmt: skip
    economy.record(event, economy.books.market.share_seq, corr=wish.issuer, actor="public")


def offer_finance(economy: Economy, wish: d.OfferFinance) -> None:
    """A maker's money for new shares of a customer at the last price, because its own order book is thin."""
    price = price_cents(economy, wish.customer)
    cents = min(wish.amount_cents, economy.books.ledger.cash_cents(wish.maker))
    if price <= 0 or cents < price:
        return
    rows = economy.books.disappointments.get(wish.customer, [])
    cause = rows[-1].seq if rows else economy.roots[wish.maker]
    offered = c.VendorFinanceOffered(
        maker=wish.maker, customer=wish.customer, amount_cents=cents, cover_ppm=wish.cover_ppm
    )
    record = economy.record(offered, cause, corr=wish.customer, actor=wish.maker)
    shares = cents // price
    event = c.RoundClosed(
        issuer=wish.customer, investor=wish.maker, wanted_cents=cents, amount_cents=cents, shares=shares,
        price_cents=price, valuation_cents=price * (outstanding(economy.books.ledger, wish.customer) + shares),
    )  # fmt: skip
    economy.record(event, record, corr=wish.customer, actor=wish.maker)


def decline(economy: Economy, wish: d.SeekEquity, reason: str) -> None:
    """A refusal is an event too; its cause is the shock to appetite, or the demand that disappointed."""
    demand = economy.books.market.demand_seq.get(wish.issuer, economy.roots[wish.issuer])
    cause = shock_seq(economy, "appetite", "", demand)
    event = c.OfferDeclined(
        firm=wish.issuer, counterparty="investors", asked="equity", amount_cents=wish.amount_cents, reason=reason
    )
    economy.record(event, cause, corr=wish.issuer, actor="investors")


def sell_shares(economy: Economy, wish: d.SellShares) -> None:
    """A holder's sale to the public presses on the price by the stated impact of its part of all shares."""
    ledger = economy.books.ledger
    held = ledger.units(wish.holder, shares_of(wish.issuer))
    shares = min(wish.shares, held)
    total = outstanding(ledger, wish.issuer)
    pressed = portion(divide(shares * PPM, total) if total else 0, economy.scenario.shares.impact_ppm)
    price = portion(price_cents(economy, wish.issuer), PPM - pressed)
    if shares <= 0 or price <= 0:
        return
    carrying = divide(economy.books.stakes.carried(wish.holder, wish.issuer) * shares, held)
    event = c.SharesSold(
        holder=wish.holder, buyer="public", issuer=wish.issuer, shares=shares, proceeds_cents=shares * price,
        carrying_cents=min(carrying, ledger.balance(wish.holder, STAKE)),
    )  # fmt: skip
    economy.record(event, economy.books.market.share_seq, corr=wish.issuer, actor=wish.holder)
    economy.press(wish.issuer, -pressed)


ORDER: tuple[tuple[type[d.Decision], Callable[[Economy, Any], None]], ...] = (
    (d.CutCosts, cut_costs),
    (d.CloseStartups, close_startups),
    (d.RentCompute, rent_compute),
    (d.SellShares, sell_shares),
    (d.DrawRevolver, draw_revolver),
    (d.PauseBuilding, pause_building),
    (d.ResumeBuilding, resume_building),
    (d.SeekEquity, seek_equity),
    (d.OfferFinance, offer_finance),
    (d.AskRelief, ask_relief),
    (d.FundBox, fund_box),
    (d.OrderGpus, order_gpus),
    (d.CancelOrder, cancel_order),
    (d.BookProduction, book_production),
    (d.SweepBox, sweep_box),
    (d.RepayRevolver, repay_revolver),
)
