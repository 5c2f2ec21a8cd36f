"""Cutting a firm's briefing from the books: what it may see this month, and no more."""

from typing import Any

from attrs import evolve

from agents import briefing as b
from agents.ai_lab import AiLab, months_after
from agents.briefing import Briefing
from agents.chip_maker import ChipMaker
from agents.cloud import Cloud
from agents.customer import Customer
from agents.firm import Firm
from agents.investor import Investor
from agents.neocloud import Box, Neocloud
from events.cap_table import outstanding
from events.minimums import minimum_cents
from events.obligations import Claim
from events.terms import ComputeCommitment, CreditGrant
from events.units import MAX_POSTING, PPM, divide, portion
from model.economy import Economy
from model.readings import credit_ppm, demand_ppm, draw_refusal, left_ppm, taken_cents, used_ppm


def brief(economy: Economy, firm: Firm) -> Briefing:
    """The briefing of a firm on this month's books; each trade sees what its trade looks at."""
    seen: dict[str, Any] = {
        "firm": firm.firm,
        "day": economy.day,
        "month": economy.month,
        "first_month": economy.calendar.first_month,
        "quarter_end": economy.calendar.is_quarter_end(economy.day),
    }
    if isinstance(firm, Customer):
        return Briefing(**seen, **_customer(economy, firm))
    if isinstance(firm, Investor):
        return Briefing(**seen, **_investor(economy, firm))
    seen |= purse(economy, firm.firm)
    if not economy.spec(firm.firm).outside:
        seen["dues_ahead"] = dues_ahead(economy, firm.firm)
        seen["stakes"] = tuple(_stakes(economy, firm.firm))
    if isinstance(firm, ChipMaker):
        waiting = sum(row.kw for row in economy.books.capacity.waiting.values() if row.maker == firm.firm)
        months = economy.books.capacity.ordered_kw.get(firm.firm, {})
        ordered = sum(kw for month, kw in months.items() if month in last_months(economy, HALF_YEAR)) // HALF_YEAR
        return Briefing(**seen, waiting_kw=waiting, ordered_month_kw=ordered, needy=_needy(economy, firm))
    if isinstance(firm, AiLab):
        seen |= _lab(economy, firm)
    if isinstance(firm, Cloud | Box):
        seen |= _host(economy, firm)
    if isinstance(firm, Neocloud):
        seen["boxes"] = _boxes(economy, firm.firm)
        seen["facilities"] = _facilities(economy, firm.firm)
    if isinstance(firm, Box) and firm.owner:
        seen["owner_free_cents"] = free_cents(economy, firm.owner)
    return Briefing(**seen)


def purse(economy: Economy, name: str) -> dict[str, Any]:
    """A firm's cash, what it owes today and has missed, and the price of its share."""
    books = economy.books
    dues = [claim for claim in books.obligations.of(name) if not stayed(economy, claim)]
    outside = economy.spec(name).outside
    return {
        "in_estate": books.firms[name].in_estate,
        "cash_cents": MAX_POSTING if outside else books.ledger.cash_cents(name),
        "due_cents": sum(claim.amount_cents for claim in dues),
        "overdue_cents": sum(claim.amount_cents for claim in dues if claim.missed_seq is not None),
        "price_cents": price_cents(economy, name),
        "shares_outstanding": outstanding(books.ledger, name),
    }


# Bills that an estate is given after its filing and that yet belong to the time before it.
OLD_BY_NATURE = ("damages", "principal", "guarantee")


def stayed(economy: Economy, claim: Claim) -> bool:
    """Whether a bill belongs to the time before its debtor's filing, so that it waits for the estate to be closed."""
    firm = economy.books.firms[claim.debtor]
    if not firm.in_estate or firm.defaulted_seq is None:
        return False
    return claim.opened_seq < firm.defaulted_seq or claim.channel in OLD_BY_NATURE


def dues_ahead(economy: Economy, debtor: str, days: int = 31) -> tuple[b.Due, ...]:
    """Bills of the coming days that no estate stays, in the debtor's own order of payment."""
    rank = {name: place for place, name in enumerate(economy.spec(debtor).payment_order)}
    last, horizon = len(rank), economy.day + days
    found = [
        claim
        for claim in economy.books.obligations.of(debtor)
        if claim.due_day <= horizon and not stayed(economy, claim)
    ]
    found.sort(key=lambda one: (rank.get(one.contract, rank.get(one.channel, last)), one.due_day, one.claim))
    return tuple(
        b.Due(
            claim=one.claim, channel=one.channel, creditor=one.creditor, amount_cents=one.amount_cents,
            due_day=one.due_day, times_stretched=one.times_stretched,
        )
        for one in found
    )  # fmt: skip


def price_cents(economy: Economy, issuer: str) -> int:
    """The last price of a share: its close, or its last round."""
    market = economy.books.market
    last_round = economy.spec(issuer).last_round_cents
    return market.share_cents.get(issuer, market.round_cents.get(issuer, last_round))


def _customer(economy: Economy, firm: Customer) -> dict[str, Any]:
    lab = economy.firms[firm.policy.lab]
    planned = lab.planned_cents(economy.month, economy.calendar.first_month) if isinstance(lab, AiLab) else 0
    return {
        "expected_cents": portion(planned, firm.policy.share_ppm),
        "shock_ppm": left_ppm(economy, "demand", firm.firm),
    }


def _investor(economy: Economy, firm: Investor) -> dict[str, Any]:
    issuer = firm.policy.issuer
    rows = economy.books.market.by_month.get(issuer, [])
    return {
        "demand_ppm": demand_ppm(economy, issuer),
        "revenue_year_cents": 12 * rows[-1][2] if rows else 0,
        "drought_ppm": left_ppm(economy, "appetite", firm.firm),
        "shares_outstanding": outstanding(economy.books.ledger, issuer),
    }


def _lab(economy: Economy, firm: AiLab) -> dict[str, Any]:
    sells, buys = _commitments(economy, firm.firm, 90)
    rows = economy.books.market.by_month.get(firm.firm, [])
    return {
        "demand_ppm": demand_ppm(economy, firm.firm),
        "revenue_year_cents": 12 * rows[-1][2] if rows else 0,
        "sells": tuple(sells),
        "buys": tuple(buys),
        "bills_ahead_cents": _bills_ahead(economy, firm.firm),
        "taken_cents": taken_cents(economy, firm.firm),
        "efficiency_ppm": left_ppm(economy, "efficiency", firm.firm),
        "credit_cents": credit_cents(economy, firm.firm),
    }


def credit_cents(economy: Economy, receiver: str) -> int:
    """Cloud credits that a firm has left, in cents of face value."""
    grants = {signed.terms.provider for signed in economy.books.of(receiver) if isinstance(signed.terms, CreditGrant)}
    return sum(economy.books.ledger.units(receiver, f"CREDIT:{provider}") for provider in sorted(grants))


def _bills_ahead(economy: Economy, buyer: str) -> tuple[int, ...]:
    """Minimums to come in each of the next twelve months, under the commitments in force."""
    first = economy.calendar.first_month
    bought = [
        (signed.terms, signed.deferrals)
        for signed in economy.books.of(buyer)
        if isinstance(signed.terms, ComputeCommitment)
        and signed.terms.buyer == buyer
        and signed.state in ("live", "assumed")
    ]
    coming = months_after(economy.month, 12)
    return tuple(sum(minimum_cents(terms, put_off, first, month) for terms, put_off in bought) for month in coming)


def _stakes(economy: Economy, holder: str) -> list[b.Stake]:
    market, ledger = economy.books.market, economy.books.ledger
    held = ((issuer, ledger.units(holder, f"SHARE:{issuer}")) for issuer in market.share_cents)
    return [b.Stake(issuer=i, shares=n, price_cents=market.share_cents[i]) for i, n in held if n > 0]


def _host(economy: Economy, firm: Cloud | Box) -> dict[str, Any]:
    policy = firm.policy
    sells, buys = _commitments(economy, firm.firm, policy.lead_days + policy.build_days)
    generations = economy.scenario.generations
    return {
        "sells": tuple(sells),
        "buys": tuple(buys),
        "orphans": _orphans(economy, firm.firm),
        "facilities": _facilities(economy, firm.firm),
        "paused": economy.books.firms[firm.firm].paused_seq is not None,
        "credit_ppm": credit_ppm(economy),
        "generation_price_cents": {name: spec.price_per_gw_cents for name, spec in generations.items()},
        "on_order_cents": sum(
            row.price_cents + divide(row.kw * getattr(policy, "fit_out_per_gw_cents", 0), 1_000_000)
            for row in economy.books.capacity.ordered_by(firm.firm)
        ),
    }


def _orphans(economy: Economy, buyer: str) -> tuple[str, ...]:
    contracts, rows = economy.books.contracts, economy.books.capacity.ordered_by(buyer)
    gone = [row for row in rows if row.serves in contracts and contracts[row.serves].state in ("rejected", "ended")]
    return tuple(row.order for row in gone if not row.in_work)


def _commitments(economy: Economy, firm: str, ahead_days: int) -> tuple[list[b.Commitment], list[b.Commitment]]:
    ahead = economy.calendar.month(economy.day + ahead_days)
    sells, buys = b.commitments(economy.books, firm, economy.month, ahead, economy.calendar.first_month)
    return [_as_used(economy, one) for one in sells], buys


def _as_used(economy: Economy, seen: b.Commitment) -> b.Commitment:
    """What is paid for as it is used is built for as it is used."""
    terms: Any = economy.books.contracts[seen.contract].terms
    used = used_ppm(terms, economy)
    return seen if used == PPM else evolve(seen, used_ppm=used)


def _facilities(economy: Economy, borrower: str) -> tuple[b.Facility, ...]:
    """The loans of a borrower, and whether they would be paid out today."""
    contracts = economy.books.contracts
    return tuple(
        evolve(loan, open=loan.available and not draw_refusal(economy, contracts[loan.contract]))
        for loan in b.facilities(economy.books, borrower, economy.day)
    )


QUARTER_DAYS = 92
HALF_YEAR = 6  # months


def last_months(economy: Economy, count: int) -> set[str]:
    """This month and those before it, as YYYY-MM."""
    index = economy.month[0] * 12 + economy.month[1] - 1
    return {f"{at // 12}-{at % 12 + 1:02d}" for at in range(index - count + 1, index + 1)}


def _needy(economy: Economy, maker: ChipMaker) -> tuple[b.Need, ...]:
    """Labs that its systems serve, and neoclouds, that were short of money last quarter, the neediest first."""
    if not maker.policy.finance.on or not economy.calendar.is_quarter_end(economy.day):
        return ()
    found = []
    for name, firm in economy.firms.items():
        served = isinstance(firm, AiLab) and economy.books.capacity.deployed_kw(name, maker.firm) > 0
        if (not served and not isinstance(firm, Neocloud)) or economy.books.firms[name].in_estate:
            continue
        rows = [
            row.cents
            for row in economy.books.disappointments.get(name, ())
            if row.sort == "round" and economy.day - row.day <= QUARTER_DAYS
        ]
        if rows and price_cents(economy, name) > 0:
            found.append(b.Need(customer=name, lacking_cents=max(rows)))
    return tuple(sorted(found, key=lambda need: (-need.lacking_cents, need.customer)))


def _boxes(economy: Economy, owner: str) -> tuple[b.BoxView, ...]:
    views = []
    for name in economy.books.boxes.get(owner, ()):
        if not economy.books.firms[name].in_estate:
            its = purse(economy, name)
            loans = _facilities(economy, name)
            views.append(
                b.BoxView(box=name, cash_cents=its["cash_cents"], due_cents=its["due_cents"], facilities=loans)
            )
    return tuple(views)


def free_cents(economy: Economy, owner: str) -> int:
    """What an owner could put into its boxes today."""
    its = purse(economy, owner)
    policy = economy.firms[owner].policy
    return max(0, its["cash_cents"] - its["due_cents"] - getattr(policy, "minimum_cash_cents", 0))
