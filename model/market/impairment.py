"""
What others write down when a firm files: its shares, what an owner put into it, and the bills that they hold on it.

By hand: Nvidia carries 20 bn of OpenAI's private shares: all of it goes. CoreWeave's share stands at 40.00 USD with
1,000 shares carried at 90.00: 50.00 a share goes. Oracle holds an unsecured bill of 10 bn on the estate, of which 37 %
are expected back (Moody's ultimate recovery of unsecured claims): 6.3 bn are allowed for.
"""

from events import catalogue as c
from events.accounts import PROPERTY, STAKE, SUBSIDIARY, shares_of
from events.books import Freed
from events.cap_table import cap_table
from events.obligations import Claim
from events.property import SHARED
from events.terms import TermLoan
from events.units import PPM, divide, portion
from model.briefings import stayed
from model.economy import Economy
from model.market import used
from model.readings import mean_age_days


def impair_holders(economy: Economy, firm: str, cause: int) -> None:
    """Every holder of its shares, in order of name, and the owner of a box."""
    ledger, stakes = economy.books.ledger, economy.books.stakes
    price = economy.books.market.share_cents.get(firm, 0)
    for holder in cap_table(ledger, firm):
        carried = min(stakes.carried(holder, firm), ledger.balance(holder, STAKE))
        lost = carried - ledger.units(holder, shares_of(firm)) * price
        if lost > 0:
            event = c.StakeImpaired(holder=holder, issuer=firm, amount_cents=lost)
            economy.record(event, cause, corr=firm, actor=holder)
    owner = economy.books.firms[firm].owner
    put_in = min(stakes.contributed_cents.get((owner, firm), 0), ledger.balance(owner, SUBSIDIARY)) if owner else 0
    if put_in > 0:
        economy.record(c.SubsidiaryImpaired(owner=owner, box=firm, amount_cents=put_in), cause, corr=firm, actor=owner)


def allow_for_losses(economy: Economy, firm: str, cause: int) -> None:
    """
    Every creditor with an old bill allows for what it does not expect back; damages were never income, so nothing of
    theirs is lost (ASC 450-30).
    """
    for claim in economy.books.obligations.of(firm):
        if claim.channel == "damages" or not stayed(economy, claim):
            continue
        cents = claim.amount_cents - portion(claim.amount_cents, recovery_ppm(economy, claim))
        if cents > 0:
            event = c.ReceivableImpaired(claim=claim.claim, debtor=firm, creditor=claim.creditor, amount_cents=cents)
            economy.record(event, cause, corr=claim.contract, actor=claim.creditor)


def recovery_ppm(economy: Economy, claim: Claim) -> int:
    """What is expected back of an old bill: more where chips stand behind it."""
    rules = economy.scenario.distress
    return rules.secured_recovery_ppm if is_secured(economy, claim) else rules.unsecured_recovery_ppm


def is_secured(economy: Economy, claim: Claim) -> bool:
    """Whether a bill belongs to a loan for which something is pledged now."""
    signed = economy.books.contracts.get(claim.contract.removeprefix("guarantee:"))
    return signed is not None and isinstance(signed.terms, TermLoan) and any(signed.pledged.values())


def release(economy: Economy, claim: Claim, cause: int) -> None:
    """What was allowed for on a bill goes, as the bill is settled now."""
    cents = economy.books.obligations.allowance_cents.get(claim.claim, 0)
    if cents:
        event = c.AllowanceReleased(claim=claim.claim, debtor=claim.debtor, creditor=claim.creditor, amount_cents=cents)
        economy.record(event, cause, corr=claim.contract, actor=claim.creditor)


def impair_systems(economy: Economy) -> None:
    """
    At a quarter's end, systems of each contract that was rejected since: if what re-letting will bring, undiscounted,
    is less than they are carried at, they go down to their fair value, the better of what they would fetch and of
    re-letting discounted (ASC 820-10-35-10). Once a contract; the trigger is the rejection, and not the spot price
    (ASC 360-10-35-21).
    """
    for contract, freed in economy.books.market.freed.items():
        host_kw = economy.books.capacity.host_kw.get(freed.seller, 0)
        if freed.impaired or freed.kw <= 0 or host_kw <= 0 or economy.spec(freed.seller).outside:
            continue
        carrying = carrying_cents(economy, contract, freed)
        age = mean_age_days(economy, freed.seller)
        to_come = relet_cents(economy, freed, age)
        let = relet_cents(economy, freed, age, economy.scenario.distress.discount_ppm)
        worth = max(let, used.price_cents(economy, "", freed.kw, age))
        lost = carrying - worth
        if carrying > to_come and lost > 0:
            event = c.PropertyImpaired(
                firm=freed.seller, contract=contract, kw=freed.kw, carrying_cents=carrying, to_come_cents=to_come,
                amount_cents=lost,
            )  # fmt: skip
            economy.record(event, freed.seq, corr=contract, actor=freed.seller)


def carrying_cents(economy: Economy, contract: str, freed: Freed) -> int:
    """
    What the systems of a contract are carried at, in cents: those bought for it, its part of the opening property (no
    dearer than new), and its part by power of the halls and the fitting that all systems of the host share.
    """
    firm, today, register = freed.seller, economy.calendar.text(economy.day), economy.books.property
    bought = register.serving_cents(firm, contract, today)
    shared = register.serving_cents(firm, SHARED, today)
    part = divide(shared * freed.kw, max(freed.kw, economy.books.capacity.host_kw.get(firm, 0)))
    total = bought + part + opening_part_cents(economy, firm, contract)
    return min(total, economy.books.ledger.balance(firm, PROPERTY))


def opening_part_cents(economy: Economy, firm: str, contract: str) -> int:
    """A contract's part by power of what is left of the opening property, at most what its systems cost when new."""
    spec = economy.spec(firm)
    rows = [row for row in spec.installed if row.contract == contract]
    if not rows:
        return 0
    price = {name: spec.price_per_gw_cents for name, spec in economy.scenario.generations.items()}
    new = sum(divide(row.kw * price[row.generation], 1_000_000) for row in rows)
    opening = max(0, economy.books.property.opening_cents.get(firm, 0))
    whole = divide(opening * sum(row.kw for row in rows), sum(row.kw for row in spec.installed))
    months = max(0, spec.property_life_months - economy.day * 12 // 365)
    return divide(min(whole, new) * months, spec.property_life_months)


def relet_cents(economy: Economy, freed: Freed, age_days: int, discount_ppm: int = 0) -> int:
    """
    What letting again will bring over what is left of the systems' life, in cents; discounted in the middle of it.

    By hand: 100 a year for four years are 400; at 8 % a year, half of the four years away, 400 / 1.16 is 345.
    """
    rules = economy.scenario.distress
    left_days = max(0, used.LIFE_DAYS - age_days - 91 * rules.relet_after_quarters)
    kw, price = portion(freed.kw, rules.relet_used_ppm), portion(freed.price_per_gw_year_cents, rules.relet_price_ppm)
    year = divide(kw * price, 1_000_000)
    whole = divide(year * left_days, 365)
    return divide(whole * PPM, PPM + divide(discount_ppm * left_days, 2 * 365))
