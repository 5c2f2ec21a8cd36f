"""
Filing: a missed payment that is not cured, what falls due with it, what the estate keeps and what it rejects.

What happens to the estate then (stay, seizure, clearing) is in `estate.py`; what holders write down in `impairment.py`.
"""

from typing import Any

from agents.ai_lab import AiLab
from events import catalogue as c
from events.schedules import amount_in, by_month
from events.terms import ComputeCommitment, DataCentreLease, TermLoan, VehicleLease
from events.units import PPM, divide, portion
from model.briefings import stayed
from model.contracts import data_centre_lease, vehicle_lease
from model.economy import Economy
from model.market.estate import estate, hand_to_guarantor
from model.market.impairment import allow_for_losses, impair_holders
from model.market.rescue import rescued
from model.readings import contracted_cents, debt_cents, need_cents


def watch_cures(economy: Economy) -> None:
    """Each day: a missed bill whose cure period has passed is a default of its debtor."""
    today = economy.day
    for debtor, claims in list(economy.books.obligations.by_debtor.items()):
        late = [
            claim
            for claim in claims.values()
            if claim.missed_seq is not None and today > claim.cure_day and not stayed(economy, claim)
        ]
        if late and not economy.books.firms[debtor].in_estate:
            if rescued(economy, debtor, late[0].missed_seq or 0):
                continue
            default(economy, debtor, late[0].channel, late[0].contract, late[0].missed_seq or 0)


def default(economy: Economy, firm: str, channel: str, contract: str, cause: int) -> None:
    """
    A firm files: its loans fall due, its guarantor is called, its contracts are kept or rejected, whoever holds its
    shares or its bills writes them down, its old bills wait for the clearing; then its own boxes are looked at.
    """
    filed = economy.record(c.Defaulted(firm=firm, channel=channel, contract=contract), cause, corr=contract, actor=firm)
    accelerate(economy, firm, filed.seq)
    if economy.books.firms[firm].guarantor:
        call_guarantee(economy, firm, filed.seq)
    choose(economy, firm, filed.seq)
    impair_holders(economy, firm, filed.seq)
    allow_for_losses(economy, firm, filed.seq)
    economy.start(estate(economy, firm, filed.seq), 0)
    cross_default(economy, firm, filed.seq)


def cross_default(economy: Economy, guarantor: str, cause: int) -> None:
    """
    A guarantor's filing is a default under the loans that it guarantees; a lender whose box still covers its debt by
    contracts waives it, as CoreWeave's lenders waived defaults in December 2024.
    """
    for signed in economy.books.of(guarantor):
        terms = signed.terms
        if not isinstance(terms, TermLoan) or terms.guarantor != guarantor or not terms.cross_default:
            continue
        debt = debt_cents(economy, terms.borrower)
        if economy.books.firms[terms.borrower].in_estate or economy.spec(terms.borrower).outside or debt <= 0:
            continue
        cover = divide(contracted_cents(economy, terms.borrower) * PPM, debt)
        if cover >= (terms.covenants.contracted_cover_ppm or PPM):
            waived = c.CrossDefaultWaived(
                contract=signed.contract, borrower=terms.borrower, lender=terms.lender, guarantor=guarantor,
                cover_ppm=cover,
            )  # fmt: skip
            economy.record(waived, cause, corr=signed.contract, actor=terms.lender)
        else:
            default(economy, terms.borrower, "cross default", signed.contract, cause)


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
        signed = economy.books.contracts.get(claim.contract)
        if signed and isinstance(signed.terms, TermLoan) and signed.terms.guarantee == "payment":
            hand_to_guarantor(economy, claim, guarantor, cause)


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
    choose_leases(economy, firm, covered < need, cause)


def choose_leases(economy: Economy, firm: str, needs_more: bool, cause: int) -> None:
    """
    Halls are kept while the commitment that stands in them is, systems of a vehicle while they are needed; the rest of
    what a tenant or lessee leases is rejected.
    """
    for signed in list(economy.books.of(firm)):
        terms: Any = signed.terms
        if signed.state not in ("live", "assumed"):
            continue
        if isinstance(terms, DataCentreLease) and terms.tenant == firm:
            served = economy.books.contracts.get(terms.serves)
            kept = served is None or served.state in ("live", "assumed")
        elif isinstance(terms, VehicleLease) and terms.lessee == firm:
            kept = needs_more or not isinstance(economy.firms[firm], AiLab)
        else:
            continue
        if kept:
            other = terms.landlord if isinstance(terms, DataCentreLease) else terms.vehicle
            event = c.ContractAssumed(contract=signed.contract, estate=firm, counterparty=other)
            economy.record(event, cause, corr=signed.contract, actor=firm)
        else:
            reject(economy, signed.contract, terms, cause)


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


def reject(economy: Economy, contract: str, terms: Any, cause: int) -> None:
    """
    Walk away from a contract: damages of a commitment are what was still to come, discounted, less what re-letting
    mitigates; those of a lease are capped by law, those of a vehicle's what was guaranteed of its worth.
    """
    freed_kw = economy.books.capacity.accepted_kw.get(contract, 0)
    if isinstance(terms, DataCentreLease):
        estate_of, other, damages = terms.tenant, terms.landlord, data_centre_lease.damages_cents(terms, economy)
    elif isinstance(terms, VehicleLease):
        estate_of, other, damages = terms.lessee, terms.vehicle, vehicle_lease.damages_cents(terms, economy)
    else:
        estate_of, other, damages = terms.buyer, terms.seller, damages_cents(economy, terms)
    event = c.ContractRejected(
        claim=economy.claim(f"damages:{contract}"), contract=contract, estate=estate_of, counterparty=other,
        freed_kw=freed_kw, amount_cents=damages, due_day=economy.day,
    )  # fmt: skip
    economy.record(event, cause, corr=contract, actor=estate_of)


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
    return portion(portion(value, terms.take_or_pay_ppm), PPM - rules.mitigation_ppm)
