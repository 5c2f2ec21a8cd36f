"""
An estate: the stay, the seizure of what was pledged, and the clearing of old claims together with other estates.

By hand, seizure: a loan of 10 bn, systems booked at 12 bn that would fetch 7.5 bn without haste. At a discount of 20 %
they go for 6 bn, of which 5 % are the sale's cost: 5.7 bn reach the lender, 4.3 bn are a deficiency, and the box has
lost 6.3 bn.

By hand, clearing: an estate with 100 in cash and bills of 150 to one and 50 to another pays 75 and 25; of costs of 10 %
first 10, then 67.5 and 22.5, rounded to cents by largest remainder.
"""

from collections.abc import Iterator

from events import catalogue as c
from events.accounts import PROPERTY, STAKE
from events.cap_table import cap_table, outstanding
from events.clearing import Owed
from events.clearing import clear as clear_network
from events.obligations import Claim
from events.terms import TermLoan
from events.units import PPM, divide, portion, split
from events.unwinding import Plan, plan
from model.briefings import stayed
from model.economy import Economy, Phase, Process
from model.market import used
from model.market.impairment import release
from model.readings import contracted_cents, mean_age_days

BUYER = "world"  # who buys seized systems: somebody outside the circle, who uses them at the market's rent


def estate(economy: Economy, firm: str, filed: int) -> Process:
    """
    The stay; then the clearing, together with every estate that owes this one or is owed by it.

    An estate waits for those that owe it: until their stay is over too, nobody knows what it has.
    """
    for signed in list(economy.books.of(firm)):
        terms = signed.terms
        if isinstance(terms, TermLoan) and terms.borrower == firm and any(signed.pledged.values()):
            economy.start(seizure(terms, economy, signed.contract, filed), economy.contract_numbers[signed.contract])
    yield economy.at(economy.day + stay_days(economy))
    while is_filing(economy, firm, filed) and any(
        not is_ripe(economy, other) for other in owing_estates(economy, firm)
    ):
        yield economy.month_end(Phase.REPORT)
    if is_filing(economy, firm, filed):
        clear(economy, linked(economy, firm))


def stay_days(economy: Economy) -> int:
    """How long old bills wait."""
    return 91 * economy.scenario.distress.stay_quarters


def is_filing(economy: Economy, firm: str, filed: int) -> bool:
    """Whether this filing of a firm is still open."""
    known = economy.books.firms[firm]
    return known.in_estate and known.defaulted_seq == filed


def is_ripe(economy: Economy, firm: str) -> bool:
    """Whether the stay of an estate is over."""
    return economy.day >= economy.books.firms[firm].defaulted_day + stay_days(economy)


# --- what was pledged -----------------------------------------------------------------------------------------------


def seizure(terms: TermLoan, economy: Economy, contract: str, filed: int) -> Process:
    """
    When the stay is lifted for it, a lender that is still owed takes what was pledged and sells it, unless the
    contracts that it serves are worth more to the lender than the sale.
    """
    yield economy.at(economy.day + economy.scenario.distress.seize_after_days)
    while hopeful := [claim for claim in secured_claims(economy, contract, terms) if awaits(claim, terms)]:
        yield economy.at(max(claim.due_day for claim in hopeful) + 1)
    for generation, gpus in sorted(economy.books.contracts[contract].pledged.items()):
        owed = secured_claims(economy, contract, terms)
        if not owed or gpus <= 0:
            continue
        sale = offer(terms, economy, contract, generation, gpus)
        if sale is None or contracted_cents(economy, terms.borrower) > sale.price_cents - sale.cost_cents:
            continue
        sold = economy.record(sale, filed, corr=contract, actor=terms.lender)
        apply_proceeds(terms, economy, contract, sale, owed, sold.seq)
    if terms.guarantee == "collection" and terms.guarantor:
        for claim in secured_claims(economy, contract, terms):
            if claim.debtor == terms.borrower:
                hand_to_guarantor(economy, claim, terms.guarantor, filed)


def awaits(claim: Claim, terms: TermLoan) -> bool:
    """Whether a guarantor may still pay a bill, so that the lender leaves the chips where they are."""
    return claim.debtor != terms.borrower and claim.missed_seq is None


def hand_to_guarantor(economy: Economy, claim: Claim, guarantor: str, cause: int) -> None:
    """What a box owes its lender becomes its guarantor's bill, due in a month."""
    release(economy, claim, cause)
    event = c.GuaranteeCalled(
        old_claim=claim.claim, claim=economy.claim(f"guarantee:{claim.contract}"), contract=claim.contract,
        guarantor=guarantor, debtor=claim.debtor, lender=claim.creditor, amount_cents=claim.amount_cents,
        due_day=economy.day + 30,
    )  # fmt: skip
    economy.record(event, cause, corr=claim.contract, actor=claim.creditor)


def secured_claims(economy: Economy, contract: str, terms: TermLoan) -> list[Claim]:
    """Open bills of a loan, whoever owes them by now: the borrower's, then its guarantor's."""
    debtors = [terms.borrower, terms.guarantor] if terms.guarantor else [terms.borrower]
    names = (contract, f"guarantee:{contract}")
    return [claim for debtor in debtors for claim in economy.books.obligations.of(debtor) if claim.contract in names]


def offer(terms: TermLoan, economy: Economy, contract: str, generation: str, gpus: int) -> c.CollateralSold | None:
    """What pledged systems would go for today, in haste; None where they are worth nothing."""
    rules, books = economy.scenario.distress, economy.books
    kw = divide(gpus * 1_000_000, economy.scenario.generations[generation].gpus_per_gw)
    running = books.capacity.host_kw.get(terms.borrower, 0)
    kw = min(kw, running)
    if kw <= 0:
        return None
    orderly = used.price_cents(economy, generation, kw, mean_age_days(economy, terms.borrower, generation))
    price = used.fire_sale_cents(orderly, kw, economy.scenario.compute.market_kw, rules.fire_sale_ppm)
    if price <= 0:
        return None
    return c.CollateralSold(
        contract=contract, lender=terms.lender, borrower=terms.borrower, buyer=BUYER, generation=generation, gpus=gpus,
        kw=kw, orderly_cents=orderly, price_cents=price, cost_cents=portion(price, rules.sale_cost_ppm),
        book_cents=divide(books.ledger.balance(terms.borrower, PROPERTY) * kw, running),
        freed=tuple(freed_kw(economy, terms.borrower, kw)),
    )  # fmt: skip


def freed_kw(economy: Economy, host: str, kw: int) -> Iterator[tuple[str, int]]:
    """Which contracts lose how much power when so much of a host's is sold: in order of signing, as far as it goes."""
    for signed in economy.books.of(host):
        served = economy.books.capacity.accepted_kw.get(signed.contract, 0)
        if getattr(signed.terms, "seller", "") == host and served > 0 and kw > 0:
            taken = min(served, kw)
            kw -= taken
            yield signed.contract, taken


def apply_proceeds(
    terms: TermLoan, economy: Economy, contract: str, sale: c.CollateralSold, owed: list[Claim], cause: int
) -> None:
    """The lender's bills are met in the order in which they were opened; what is left stays with the borrower."""
    left = sale.price_cents - sale.cost_cents
    for claim in owed:
        cents = min(left, claim.amount_cents)
        if cents <= 0:
            return
        left -= cents
        if cents == claim.amount_cents:
            release(economy, claim, cause)
        event = c.CollateralApplied(
            claim=claim.claim, contract=contract, borrower=terms.borrower, debtor=claim.debtor, lender=terms.lender,
            amount_cents=cents,
        )  # fmt: skip
        economy.record(event, cause, corr=contract, actor=terms.lender)


# --- the clearing ---------------------------------------------------------------------------------------------------


def old_claims(economy: Economy, firm: str) -> list[Claim]:
    """The bills that wait for the clearing of an estate, in order of name."""
    return sorted(
        (claim for claim in economy.books.obligations.of(firm) if stayed(economy, claim)), key=lambda claim: claim.claim
    )


def estates(economy: Economy) -> list[str]:
    """All estates, in the order of their founding."""
    return [name for name, firm in economy.books.firms.items() if firm.in_estate]


def owing_estates(economy: Economy, firm: str) -> list[str]:
    """The estates that owe a firm an old bill, in order of name."""
    owed = economy.books.obligations.owed_to(firm)
    return sorted({claim.debtor for claim in owed if claim.debtor != firm and stayed(economy, claim)})


def linked(economy: Economy, firm: str) -> list[str]:
    """An estate and all that are ripe and owe it, or are owed by it, or hang on those; in order of name."""
    found, waiting = {firm}, [firm]
    while waiting:
        at = waiting.pop()
        near = {claim.creditor for claim in old_claims(economy, at)} | set(owing_estates(economy, at))
        new = {name for name in near - found if economy.books.firms[name].in_estate and is_ripe(economy, name)}
        found |= new
        waiting += sorted(new)
    return sorted(found)


def clear(economy: Economy, members: list[str]) -> None:
    """
    Settle the old claims on some estates at once, by class and pro rata, after the costs of the estates.

    The greatest clearing vector in whole cents (Eisenberg and Noe 2001; with costs Rogers and Veraart 2013). What an
    estate needs for `kept_months` of its recent bills stays with it.
    """
    claims = [claim for name in members for claim in old_claims(economy, name)]
    owed = [Owed(one.debtor, one.creditor, one.amount_cents, seniority(economy, one)) for one in claims]
    cash = {name: free_cents(economy, name, claims) for name in members}
    costs_ppm = economy.scenario.distress.estate_costs_ppm
    cleared = clear_network(cash, owed, alpha_ppm=PPM - costs_ppm)
    todo = plan(owed, cleared.paid, members)
    for name in members:
        if cleared.lost.get(name, 0):
            event = c.EstateCostsPaid(firm=name, amount_cents=cleared.lost[name])
            economy.record(event, filed_seq(economy, name), corr=name, actor=name)
    set_off(economy, todo, claims)
    pay_out(economy, todo, claims)
    for name in members:
        of_firm = [place for place, claim in enumerate(claims) if claim.debtor == name]
        close(economy, name, sum(owed[p].cents for p in of_firm), sum(cleared.paid[p] for p in of_firm))
        if sum(owed[p].cents for p in of_firm) > sum(cleared.paid[p] for p in of_firm):
            hand_over(economy, name, {p: owed[p].cents - cleared.paid[p] for p in of_firm}, owed)


def filed_seq(economy: Economy, firm: str) -> int:
    """The filing of an estate."""
    return economy.books.firms[firm].defaulted_seq or 0


def seniority(economy: Economy, claim: Claim) -> int:
    """The class of a bill, by the world's rule: all alike, outsiders before the circle, or by what the bill is for."""
    rules = economy.scenario.distress
    if rules.ranking == "equal":
        return 0
    if rules.ranking == "outsiders_first":
        return int(claim.creditor not in economy.journal.outside)
    places = [place for place, row in enumerate(rules.classes) if claim.channel in row.channels]
    return places[0] if places else len(rules.classes)


def free_cents(economy: Economy, firm: str, old: list[Claim]) -> int:
    """Cash of an estate beyond so many months of what it is billed now."""
    names = {claim.claim for claim in old}
    current = sum(claim.amount_cents for claim in economy.books.obligations.of(firm) if claim.claim not in names)
    kept = economy.scenario.distress.kept_months * current
    return max(0, economy.books.ledger.cash_cents(firm) - kept)


def set_off(economy: Economy, todo: Plan, claims: list[Claim]) -> None:
    """Estates that owe one another in a ring need no cash for it."""
    for ring in todo.rings:
        rows = [claims[place] for place in ring.claims]
        event = c.ClaimsSetOff(
            firms=tuple(row.debtor for row in rows), claims=tuple(row.claim for row in rows),
            deferred=tuple(int(row.channel == "damages") for row in rows), amount_cents=ring.cents,
        )  # fmt: skip
        for row in rows:
            if row.amount_cents == ring.cents:
                release(economy, row, filed_seq(economy, row.debtor))
        economy.record(event, filed_seq(economy, rows[0].debtor), actor=rows[0].debtor)


def pay_out(economy: Economy, todo: Plan, claims: list[Claim]) -> None:
    """Estate after estate pays its dividends, and what it does not pay is written off for good."""
    for payer in todo.payers:
        for place, claim in enumerate(claims):
            if claim.debtor != payer or claim.claim not in economy.books.obligations.open:
                continue
            release(economy, claim, claim.opened_seq)
            event = c.ClaimCleared(
                claim=claim.claim, debtor=payer, creditor=claim.creditor, amount_cents=claim.amount_cents,
                paid_cents=todo.in_cash[place], deferred=int(claim.channel == "damages"),
            )  # fmt: skip
            economy.record(event, claim.opened_seq, corr=claim.contract, actor=payer)


def close(economy: Economy, firm: str, claims_cents: int, paid_cents: int) -> None:
    """The firm goes on without its old debts."""
    event = c.EstateClosed(firm=firm, claims_cents=claims_cents, paid_cents=paid_cents)
    economy.record(event, economy.books.seq, corr=firm, actor=firm)


def hand_over(economy: Economy, firm: str, lost: dict[int, int], owed: list[Owed]) -> None:
    """
    Old shares go, and as many new ones are shared out among those who were not paid in full, by what they lost; a firm
    without shares is handed over to nobody (11 USC 1129(b)(2)(B)).
    """
    ledger = economy.books.ledger
    total, closed = outstanding(ledger, firm), economy.books.seq
    if total <= 0:
        return
    for holder, shares in cap_table(ledger, firm).items():
        carried = max(0, min(economy.books.stakes.carried(holder, firm), ledger.balance(holder, STAKE)))
        event = c.SharesCancelled(issuer=firm, holder=holder, shares=shares, carrying_cents=carried)
        economy.record(event, closed, corr=firm, actor=firm)
    by_creditor: dict[str, int] = {}
    for place, cents in lost.items():
        by_creditor[owed[place].creditor] = by_creditor.get(owed[place].creditor, 0) + cents
    names = sorted(name for name, cents in by_creditor.items() if cents and name != firm)
    for name, shares in zip(names, split(total, [by_creditor[name] for name in names]), strict=True):
        if shares:
            economy.record(c.SharesDistributed(issuer=firm, holder=name, shares=shares), closed, corr=firm, actor=firm)
