"""
Relief before a miss: creditors who give time, take shares, or put off what a contract will ask for; or refuse.

By hand: OpenAI has 1 bn for bills of 3 bn next month. Oracle, which would be paid last, is asked to wait 60 days for
its 2 bn; it has cash for its own bills without them, and OpenAI is worth more than it owes: it agrees. Asked again it
puts off 30 % of the minimums of a year by a year; asked a third time it would have to take shares.
"""

from agents import decisions as d
from events import catalogue as c
from events.minimums import index_of
from events.obligations import Claim
from events.terms import ComputeCommitment
from model.briefings import dues_ahead, price_cents, stayed
from model.economy import Economy

LARGE = 10  # an exposure so many times what is asked for is worth keeping a customer for


def ask_relief(economy: Economy, wish: d.AskRelief) -> None:
    """The creditor agrees, or says why not; what this world does not know is not asked for."""
    claim = economy.books.obligations.open.get(wish.claim)
    rules = economy.scenario.distress
    if claim is None or claim.missed_seq is not None or wish.form not in rules.relief:
        return
    why = refusal(economy, claim, wish.form)
    if why:
        event = c.OfferDeclined(
            firm=claim.debtor, counterparty=claim.creditor, asked=wish.form, amount_cents=claim.amount_cents, reason=why
        )
        economy.record(event, claim.opened_seq, corr=claim.contract, actor=claim.creditor)
        return
    {"stretch": stretch, "defer": defer, "swap": swap}[wish.form](economy, claim)


def refusal(economy: Economy, claim: Claim, form: str) -> str:
    """Why a creditor would not agree, in words; "" where it would."""
    creditor, debtor = claim.creditor, claim.debtor
    if creditor in economy.journal.outside:
        return "a creditor outside the circle gives no time"
    if economy.books.firms[creditor].in_estate or not is_liquid(economy, creditor):
        return "it needs the money itself"
    if form == "swap" and price_cents(economy, debtor) <= 0:
        return "the debtor's shares have no price"
    if form == "defer" and not isinstance(terms_of(economy, claim), ComputeCommitment):
        return "there is no commitment to put off"
    solvent = economy.books.ledger.net_worth_cents(debtor) > 0
    if not solvent and exposure_cents(economy, creditor, debtor) < LARGE * claim.amount_cents:
        return "the debtor owes more than it has, and is not worth keeping"
    return ""


def is_liquid(economy: Economy, firm: str) -> bool:
    """Whether a firm can pay its own bills of the next month without what it is asked to wait for."""
    due = sum(row.amount_cents for row in dues_ahead(economy, firm))
    kept = getattr(economy.firms[firm].policy, "minimum_cash_cents", 0)
    return economy.books.ledger.cash_cents(firm) >= due + kept


def terms_of(economy: Economy, claim: Claim) -> object:
    """The terms under which a bill was sent; None for bills without a contract."""
    signed = economy.books.contracts.get(claim.contract)
    return signed.terms if signed else None


def exposure_cents(economy: Economy, creditor: str, debtor: str) -> int:
    """What a creditor would still get of a debtor: its open bills, and minimums to come of commitments between them."""
    total = sum(
        claim.amount_cents
        for claim in economy.books.obligations.of(debtor)
        if claim.creditor == creditor and not stayed(economy, claim)
    )
    for signed in economy.books.of(debtor):
        terms = signed.terms
        if isinstance(terms, ComputeCommitment) and (terms.seller, terms.buyer) == (creditor, debtor):
            tally = economy.books.obligations.tallies.get(signed.contract)
            total += max(0, terms.total_cents - (tally.opened if tally else 0)) if signed.state == "live" else 0
    return total


def stretch(economy: Economy, claim: Claim) -> None:
    """The bill is due so many days later."""
    event = c.PaymentStretched(
        claim=claim.claim, debtor=claim.debtor, creditor=claim.creditor, amount_cents=claim.amount_cents,
        due_day=claim.due_day + economy.scenario.distress.stretch_days,
    )  # fmt: skip
    economy.record(event, claim.opened_seq, corr=claim.contract, actor=claim.creditor)


def defer(economy: Economy, claim: Claim) -> None:
    """The coming months' minimums of the contract are cut by a part, which is owed as many months later; once."""
    rules = economy.scenario.distress
    if economy.books.contracts[claim.contract].deferrals:
        return
    event = c.CommitmentDeferred(
        contract=claim.contract, buyer=claim.debtor, seller=claim.creditor, start=index_of(economy.month) + 1,
        months=rules.defer_months, part_ppm=rules.defer_ppm,
    )  # fmt: skip
    economy.record(event, claim.opened_seq, corr=claim.contract, actor=claim.creditor)
    stretch(economy, claim)


def swap(economy: Economy, claim: Claim) -> None:
    """The creditor takes new shares at the last price for its bill, rounded down to whole ones."""
    price = price_cents(economy, claim.debtor)
    event = c.ClaimSwapped(
        claim=claim.claim, debtor=claim.debtor, creditor=claim.creditor, amount_cents=claim.amount_cents,
        shares=max(1, claim.amount_cents // price), price_cents=price,
    )  # fmt: skip
    economy.record(event, claim.opened_seq, corr=claim.contract, actor=claim.creditor)
