"""Covenants: contracted cash over debt, loan over depreciated cost, the parent's minimum of cash."""

from collections.abc import Iterator

from events import catalogue as c
from events.accounts import LOAN, PROPERTY
from events.terms import TermLoan
from events.units import PPM, divide
from model.economy import Economy, Process
from model.market.insolvency import default
from model.readings import contracted_cents


def check_covenants(terms: TermLoan, economy: Economy, contract: str) -> None:
    """
    Each covenant at a quarter's end: one that fails starts its cure period, one that holds again ends it.

    A borrower outside the circle always pays, whatever its books here say, so it is not tested.
    """
    if economy.spec(terms.borrower).outside:
        return
    tripped = economy.books.contracts[contract].tripped_seq is not None
    failed = [row for row in tested(terms, economy) if not row[3]]
    if failed and not tripped:
        covenant, found, required, _ = failed[0]
        event = c.CovenantTripped(
            contract=contract, borrower=terms.borrower, lender=terms.lender, covenant=covenant, found=found,
            required=required, cure_day=economy.day + cure_days(terms),
        )  # fmt: skip
        record = economy.record(event, cause(terms, economy, contract), corr=contract, actor=terms.lender)
        economy.start(cure(terms, economy, contract, record.seq), economy.contract_numbers[contract])
    elif not failed and tripped:
        met(terms, economy, contract)


def tested(terms: TermLoan, economy: Economy) -> Iterator[tuple[str, int, int, bool]]:
    """(covenant, found, required, holds) of each covenant that the loan has and that can be tested."""
    rules, ledger = terms.covenants, economy.books.ledger
    debt = -ledger.balance(terms.borrower, LOAN)
    if debt <= 0:
        return
    if rules.contracted_cover_ppm:
        cover = divide(contracted_cents(economy, terms.borrower) * PPM, debt)
        yield "contracted cover", cover, rules.contracted_cover_ppm, cover >= rules.contracted_cover_ppm
    if rules.loan_to_cost_ppm:
        cost = ledger.balance(terms.borrower, PROPERTY)
        ratio = divide(debt * PPM, cost) if cost > 0 else 10 * PPM
        yield "loan to cost", ratio, rules.loan_to_cost_ppm, ratio <= rules.loan_to_cost_ppm
    if rules.minimum_liquidity_cents:
        holder = terms.guarantor or terms.borrower
        cash = ledger.cash_cents(holder)
        yield "minimum liquidity", cash, rules.minimum_liquidity_cents, cash >= rules.minimum_liquidity_cents


def cause(terms: TermLoan, economy: Economy, contract: str) -> int:
    """What took the cash away: a contract rejected, a payment missed to the borrower, else the loan itself."""
    rows = economy.books.disappointments.get(terms.borrower, [])
    return rows[-1].seq if rows else economy.books.contracts[contract].seq


def cure_days(terms: TermLoan) -> int:
    """Covenants have at least a month to be cured."""
    return max(30, terms.cure_days)


def cure(terms: TermLoan, economy: Economy, contract: str, seq: int) -> Process:
    """When the cure period is over and a test still fails, the loan is accelerated and its borrower in default."""
    yield economy.at(economy.day + cure_days(terms))
    if economy.books.contracts[contract].tripped_seq != seq or economy.books.firms[terms.borrower].in_estate:
        return
    if any(not row[3] for row in tested(terms, economy)):
        default(economy, terms.borrower, "covenant", contract, seq)
    else:
        met(terms, economy, contract)


def met(terms: TermLoan, economy: Economy, contract: str) -> None:
    """A tripped covenant holds again."""
    seq = economy.books.contracts[contract].tripped_seq
    covenant, found, required, _ = next(iter(tested(terms, economy)), ("debt repaid", 0, 0, True))
    event = c.CovenantMet(contract=contract, borrower=terms.borrower, covenant=covenant, found=found, required=required)
    economy.record(event, seq, corr=contract, actor=terms.lender)
