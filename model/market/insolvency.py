"""Insolvency: a missed payment that is not cured, the estate, what it keeps and rejects, and the clearing of claims."""

from agents.ai_lab import AiLab
from events import catalogue as c
from events.obligations import Claim
from events.schedules import amount_in, by_month
from events.terms import ComputeCommitment, TermLoan
from events.units import PPM, divide, portion, split
from model.briefings import stayed
from model.economy import Economy, Process
from model.readings import need_cents


def watch_cures(economy: Economy) -> None:
    """Each day: a missed bill whose cure period has passed is a default of its debtor."""
    for debtor in list(economy.books.obligations.by_debtor):
        late = [
            claim
            for claim in economy.books.obligations.of(debtor)
            if claim.missed_seq is not None and economy.day > claim.cure_day and not stayed(economy, claim)
        ]
        if late and not economy.books.firms[debtor].in_estate:
            default(economy, debtor, late[0].channel, late[0].contract, late[0].missed_seq or 0)


def default(economy: Economy, firm: str, channel: str, contract: str, cause: int) -> None:
    """A firm files: its loans fall due, its contracts are kept or rejected, and its old bills wait for the clearing."""
    filed = economy.record(c.Defaulted(firm=firm, channel=channel, contract=contract), cause, corr=contract, actor=firm)
    accelerate(economy, firm, filed.seq)
    if economy.books.firms[firm].guarantor:
        call_guarantee(economy, firm, filed.seq)
    choose(economy, firm, filed.seq)
    economy.start(estate(economy, firm, filed.seq), 0)


def accelerate(economy: Economy, borrower: str, cause: int) -> None:
    """All principal of a borrower in default falls due at once."""
    for signed in list(economy.books.of(borrower)):
        if isinstance(signed.terms, TermLoan) and signed.terms.borrower == borrower:
            demand_principal(economy, signed.contract, signed.terms, cause)


def demand_principal(economy: Economy, contract: str, terms: TermLoan, cause: int) -> None:
    """What is outstanding under a loan becomes a bill, due today."""
    outstanding = economy.books.ledger.units(terms.lender, f"LOAN:{contract}")
    if outstanding <= 0:
        return
    event = c.PrincipalDue(
        claim=economy.claim(contract), contract=contract, lender=terms.lender, borrower=terms.borrower,
        amount_cents=outstanding, due_day=economy.day, reason="acceleration",
    )  # fmt: skip
    economy.record(event, cause, corr=contract, actor=terms.lender)


def call_guarantee(economy: Economy, firm: str, cause: int) -> None:
    """Lenders of a box turn to its guarantor: what the box owes them becomes the guarantor's bill."""
    guarantor = economy.books.firms[firm].guarantor
    for claim in economy.books.obligations.of(firm):
        if claim.channel not in ("principal", "interest"):
            continue
        event = c.GuaranteeCalled(
            old_claim=claim.claim, claim=economy.claim(f"guarantee:{claim.contract}"), contract=claim.contract,
            guarantor=guarantor, debtor=firm, lender=claim.creditor, amount_cents=claim.amount_cents,
            due_day=economy.day + 30,
        )  # fmt: skip
        economy.record(event, cause, corr=claim.contract, actor=claim.creditor)


def choose(economy: Economy, firm: str, cause: int) -> None:
    """
    The estate of a buyer of compute keeps what realised demand needs and rejects the rest.

    Commitments are looked at in the order in which the firm pays them, the cheaper first among equals; one is kept
    while the need of the month is not yet covered (11 USC 365).
    """
    lab = economy.firms[firm]
    need = need_cents(economy, lab) if isinstance(lab, AiLab) else 0
    covered = 0
    for contract, terms in bought(economy, firm):
        bill = amount_in(terms.minimums, economy.calendar.first_month, economy.month)
        if covered < need:
            covered += bill
            kept = c.ContractAssumed(contract=contract, estate=firm, counterparty=terms.seller)
            economy.record(kept, cause, corr=contract, actor=firm)
        else:
            reject(economy, contract, terms, cause)


def bought(economy: Economy, firm: str) -> list[tuple[str, ComputeCommitment]]:
    """The compute commitments that a firm is bound to buy, in its own order of payment, then cheapest first."""
    found = [
        (signed.contract, signed.terms)
        for signed in economy.books.of(firm)
        if isinstance(signed.terms, ComputeCommitment)
        and signed.terms.buyer == firm
        and signed.state in ("live", "assumed")
    ]
    order = {name: place for place, name in enumerate(economy.spec(firm).payment_order)}
    rank = order.get("compute", len(order))
    return sorted(found, key=lambda pair: (order.get(pair[0], rank), pair[1].price_per_gw_year_cents, pair[0]))


def reject(economy: Economy, contract: str, terms: ComputeCommitment, cause: int) -> None:
    """Walk away from a commitment: damages are what was still to come, discounted, less what re-letting mitigates."""
    freed_kw = economy.books.capacity.accepted_kw.get(contract, 0)
    event = c.ContractRejected(
        claim=economy.claim(f"damages:{contract}"), contract=contract, estate=terms.buyer, counterparty=terms.seller,
        freed_kw=freed_kw, amount_cents=damages_cents(economy, terms), due_day=economy.day,
    )  # fmt: skip
    economy.record(event, cause, corr=contract, actor=terms.buyer)


def damages_cents(economy: Economy, terms: ComputeCommitment) -> int:
    """The minimums still to come, each year discounted once more, less the part that mitigation takes."""
    rules = economy.scenario.distress
    value = 0
    for (year, month), cents in by_month(terms.minimums, economy.calendar.first_month).items():
        if (year, month) <= economy.month:
            continue
        for _ in range(year - economy.month[0]):
            cents = divide(cents * PPM, PPM + rules.discount_ppm)
        value += cents
    return portion(value, PPM - rules.mitigation_ppm)


def estate(economy: Economy, firm: str, filed: int) -> Process:
    """The stay, and then the clearing."""
    stay_days = 91 * economy.scenario.distress.stay_quarters
    yield economy.at(economy.day + stay_days)
    clear(economy, firm, filed)


def clear(economy: Economy, firm: str, filed: int) -> None:
    """
    Settle the old claims on one estate, pro rata in whole cents, by largest remainder and name.

    What the firm needs for `kept_months` of its recent bills stays; the rest of its cash is paid out. Classes and the
    network of several estates at once belong to the distress that a later release adds.
    """
    old = sorted(
        (claim for claim in economy.books.obligations.of(firm) if stayed(economy, claim)), key=lambda claim: claim.claim
    )
    total = sum(claim.amount_cents for claim in old)
    payable = min(total, max(0, economy.books.ledger.cash_cents(firm) - kept_cents(economy, firm, old)))
    dividends = split(payable, [claim.amount_cents for claim in old]) if total else []
    last = filed
    for claim, dividend in zip(old, dividends, strict=True):
        event = c.ClaimCleared(
            claim=claim.claim,
            debtor=firm,
            creditor=claim.creditor,
            amount_cents=claim.amount_cents,
            paid_cents=dividend,
            deferred=int(claim.channel == "damages"),
        )
        last = economy.record(event, claim.opened_seq, corr=claim.contract, actor=firm).seq
    economy.record(c.EstateClosed(firm=firm, claims_cents=total, paid_cents=payable), last, corr=firm, actor=firm)


def kept_cents(economy: Economy, firm: str, old: list[Claim]) -> int:
    """What an estate may keep to go on: so many months of what it is billed now."""
    names = {claim.claim for claim in old}
    current = sum(claim.amount_cents for claim in economy.books.obligations.of(firm) if claim.claim not in names)
    return economy.scenario.distress.kept_months * current
