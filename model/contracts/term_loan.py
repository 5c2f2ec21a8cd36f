"""Term loan: drawn as systems are delivered, repaid in level quarters, watched by covenants.

By hand: DDTL 3.0, delivery of 1 bn at an advance of 75 %: draw 0.75 bn, 0.25 bn comes from the box and its parent.
At a base rate of 4.24 % and a margin of 4 %, a quarter of 92 days on 0.75 bn costs
0.75 bn x 8.24 % x 92 / 360 = 15,793,333.33 USD. With 18 instalments the first is 0.75 bn / 18 = 41,666,666.67 USD.
"""

from attrs import define

from events import catalogue as c
from events.accounts import UNITS, UNITS_OWED, gpus_of, loan_under, pledge_of, undrawn_under
from events.conditions import Repaid
from events.terms import TermLoan
from events.units import PPM, divide, portion
from model.economy import Economy, Phase, Process
from model.founding import bring_loans_forward, gpus_in
from model.market.covenants import check_covenants
from model.readings import base_rate_ppm, draw_refusal, shock_seq


def perform(terms: TermLoan, economy: Economy, contract: str, signed: int) -> Process:
    """Draw day by day, bill quarter by quarter, and at maturity call what is left."""
    bring_loans_forward(economy, contract, terms, signed)
    pledge_opening(terms, economy, contract, signed)
    number = economy.contract_numbers[contract]
    accrual = Accrual(economy.day)
    economy.start(draws(terms, economy, contract, accrual), number)
    economy.start(pledges(terms, economy, contract), number)
    instalment = 0
    while economy.day < terms.maturity_day:
        month_end = economy.calendar.month_end(economy.day + 1)
        yield economy.at(min(month_end, terms.maturity_day), Phase.BILL)
        accrual.run_to(economy.day, outstanding_cents(terms, economy, contract))
        if economy.day < terms.maturity_day and not economy.calendar.is_quarter_end(economy.day):
            continue
        if economy.books.firms[terms.borrower].in_estate:
            return
        bill_interest(terms, economy, contract, signed, accrual)
        instalment += repay(terms, economy, contract, signed, instalment)
        yield economy.at(economy.day, Phase.REPORT)
        check_covenants(terms, economy, contract)
    economy.record(c.ContractEnded(contract=contract, reason="matured"), signed, corr=contract)


def pledge_opening(terms: TermLoan, economy: Economy, contract: str, signed: int) -> None:
    """What is outstanding at the opening is secured on what its terms name, else on what the borrower has free."""
    if not terms.secured or not terms.opening_cents:
        return
    for generation, gpus in installed_for(terms, economy):
        free = unpledged(terms.borrower, economy, generation)
        if min(gpus, free) > 0:
            event = c.CollateralPledged(
                contract=contract, lender=terms.lender, borrower=terms.borrower, generation=generation,
                gpus=min(gpus, free),
            )  # fmt: skip
            economy.record(event, signed, corr=contract, actor="scenario")


def installed_for(terms: TermLoan, economy: Economy) -> list[tuple[str, int]]:
    """(generation, GPUs) that a loan of the opening is secured on, in order of generation."""
    rows = terms.collateral or economy.spec(terms.borrower).installed
    power: dict[str, int] = {}
    for row in rows:
        power[row.generation] = power.get(row.generation, 0) + row.kw
    of = economy.scenario.generations
    return [(name, gpus_in(kw, of[name].gpus_per_gw)) for name, kw in sorted(power.items())]


def pledges(terms: TermLoan, economy: Economy, contract: str) -> Process:
    """What was pledged is free again the morning after the last cent was repaid, by whomever."""
    repaid = yield economy.when(Repaid(contract))
    for generation, gpus in sorted(economy.books.contracts[contract].pledged.items()):
        if gpus:  # what was seized and sold is not the borrower's any more
            event = c.PledgeReleased(
                contract=contract, lender=terms.lender, borrower=terms.borrower, generation=generation, gpus=gpus
            )
            economy.record(event, repaid, corr=contract, actor=terms.lender)


@define
class Accrual:
    """Principal times days, in cent-days, since the last bill. A draw counts from its own day on."""

    day: int
    cent_days: int = 0

    def run_to(self, day: int, outstanding_cents: int) -> None:
        """Count the days up to this one at what was outstanding on them."""
        self.cent_days += outstanding_cents * (day - self.day)
        self.day = day


def bill_interest(terms: TermLoan, economy: Economy, contract: str, signed: int, accrual: Accrual) -> None:
    """Actual days over 360 on what was outstanding, due in five days."""
    rate = terms.margin_ppm + (0 if terms.fixed else base_rate_ppm(economy))
    cents = divide(accrual.cent_days * rate, 360 * PPM)
    accrual.cent_days = 0
    if cents > 0:
        event = c.InterestBilled(
            claim=economy.claim(contract), contract=contract, lender=terms.lender, borrower=terms.borrower,
            amount_cents=cents, due_day=economy.day + 5,
        )  # fmt: skip
        economy.record(event, signed, corr=contract, actor=terms.lender)


def repay(terms: TermLoan, economy: Economy, contract: str, signed: int, done: int) -> int:
    """A level instalment of what is outstanding, or all of it at maturity; returns 1 when an instalment was billed."""
    outstanding = outstanding_cents(terms, economy, contract)
    last = economy.day >= terms.maturity_day
    if outstanding <= 0 or (not last and (not terms.instalments or economy.day < terms.first_repayment_day)):
        return 0
    left = max(1, terms.instalments - done)
    cents = outstanding if last else divide(outstanding, left)
    event = c.PrincipalDue(
        claim=economy.claim(contract), contract=contract, lender=terms.lender, borrower=terms.borrower,
        amount_cents=cents, due_day=economy.day + 5, reason="maturity" if last else "instalment",
    )  # fmt: skip
    economy.record(event, signed, corr=contract, actor=terms.lender)
    return 1


def outstanding_cents(terms: TermLoan, economy: Economy, contract: str) -> int:
    """Principal not yet due."""
    return economy.books.ledger.balance(terms.lender, UNITS, loan_under(contract))


def undrawn_cents(terms: TermLoan, economy: Economy, contract: str) -> int:
    """What may still be drawn."""
    return economy.books.ledger.balance(terms.borrower, UNITS, undrawn_under(contract))


def draws(terms: TermLoan, economy: Economy, contract: str, accrual: Accrual) -> Process:
    """While the facility is available, each morning the lender advances its part of what has been delivered."""
    if terms.revolving:
        yield economy.at(terms.available_until_day)
    while (
        economy.day < terms.available_until_day
        and undrawn_cents(terms, economy, contract)
        and terms.advance_ppm
        and not terms.revolving
    ):
        yield economy.at(economy.day + 1)
        if economy.books.firms[terms.borrower].in_estate:
            break
        accrual.run_to(economy.day, outstanding_cents(terms, economy, contract))
        draw(terms, economy, contract)
    left = undrawn_cents(terms, economy, contract)
    if left:
        event = c.CommitmentLapsed(contract=contract, lender=terms.lender, borrower=terms.borrower, amount_cents=left)
        economy.record(event, economy.books.contracts[contract].seq, corr=contract, actor=terms.lender)


def draw(terms: TermLoan, economy: Economy, contract: str) -> None:
    """Advance on everything delivered and not yet financed; the chips are pledged."""
    cost = economy.books.property.unfinanced_cents.get(terms.borrower, 0)
    if not cost:
        return
    signed = economy.books.contracts[contract]
    cents = min(portion(cost, terms.advance_ppm), undrawn_cents(terms, economy, contract))
    if cents <= 0:
        return
    if why := draw_refusal(economy, signed):
        refuse(terms, economy, contract, cents, why)
        return
    generation, gpus = pledgeable(terms, economy)
    event = c.LoanDrawn(
        contract=contract, lender=terms.lender, borrower=terms.borrower, amount_cents=cents,
        generation=generation, gpus=gpus,
    )  # fmt: skip
    cause = max(
        (row.delivered_seq for row in economy.books.capacity.rows.values() if row.buyer == terms.borrower), default=-1
    )
    economy.record(event, max(cause, signed.seq), corr=contract, actor=terms.lender)


def refuse(terms: TermLoan, economy: Economy, contract: str, cents: int, reason: str) -> None:
    """A draw that is not honoured is said once until the next that is, with its reason."""
    signed = economy.books.contracts[contract]
    if signed.refused_seq is not None:
        return
    tripped = signed.tripped_seq
    cause = tripped if tripped is not None else shock_seq(economy, "credit", "", signed.seq)
    event = c.OfferDeclined(
        firm=terms.borrower, counterparty=terms.lender, asked="draw", amount_cents=cents, reason=reason
    )
    economy.record(event, cause, corr=contract, actor=terms.lender)


def pledgeable(terms: TermLoan, economy: Economy) -> tuple[str, int]:
    """The generation last delivered to the borrower, and how many of its GPUs are not pledged yet."""
    rows = [
        row for row in economy.books.capacity.rows.values() if row.buyer == terms.borrower and row.delivered_seq >= 0
    ]
    if not rows or not terms.secured:
        return "", 0
    generation = rows[-1].generation
    return generation, unpledged(terms.borrower, economy, generation)


def unpledged(borrower: str, economy: Economy, generation: str) -> int:
    """GPUs of a generation that a borrower has and has not pledged: nothing is pledged twice."""
    ledger = economy.books.ledger
    held = ledger.units(borrower, gpus_of(generation))
    return max(0, held + ledger.balance(borrower, UNITS_OWED, pledge_of(generation)))
