"""Accounting policy: event -> postings, one small rule a kind, with its standard cited.

A posting is (firm, account, asset, quantity): debit positive, credit negative. A rule is a pure function of the event.
Each firm's dollars sum to zero in it, cash sums to zero over all firms, and so does every unit asset. Raise `POLICY`
when a rule changes: an old log is then checked by what it says it was booked under.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, TypeVar

from events import accounts as a
from events import catalogue as c
from events.units import USD

POLICY = 1

Posting = tuple[str, str, str, int]
Rule = Callable[[Any], tuple[Posting, ...]]
RULES: dict[type[c.Event], Rule] = {}
F = TypeVar("F", bound=Rule)

WORLD = "world"
_quantity = itemgetter(3)


def rule(kind: type[c.Event]) -> Callable[[F], F]:
    """Make the function below the posting rule of this kind of event."""

    def keep(function: F) -> F:
        RULES[kind] = function
        return function

    return keep


def postings(event: c.Event) -> tuple[Posting, ...]:
    """The journal entries that an event causes; none where no value moves. Lines of zero are left out."""
    return booked(type(event), event)


def booked(kind: type[c.Event], event: Any) -> tuple[Posting, ...]:
    """`postings` of an event of a kind, or of its twin."""
    derive = RULES.get(kind)
    if derive is None:
        return ()
    return tuple(filter(_quantity, derive(event)))


def dollars(firm: str, debit: str, credit: str, cents: int) -> tuple[Posting, Posting]:
    """A double entry within one firm."""
    return ((firm, debit, USD, cents), (firm, credit, USD, -cents))


def units(asset: str, giver: tuple[str, str], taker: tuple[str, str], quantity: int) -> tuple[Posting, Posting]:
    """Units move from one (firm, account) to another."""
    return ((*taker, asset, quantity), (*giver, asset, -quantity))


def contract_of(claim: str) -> str:
    """The contract that a claim belongs to."""
    return claim.rpartition("/")[0]


def owed(claim: str, debtor: str, creditor: str, cents: int) -> tuple[Posting, Posting]:
    """Units of a bilateral claim come into being (or, negative, go out of it)."""
    asset = a.claim_on(contract_of(claim))
    return ((creditor, a.UNITS, asset, cents), (debtor, a.UNITS_OWED, asset, -cents))


def billed(claim: str, debtor: str, debit: str, creditor: str, credit: str, cents: int) -> tuple[Posting, ...]:
    """A bill: cost against payable here, receivable against income there, and the claim itself in face cents."""
    return (
        *dollars(debtor, debit, a.PAYABLE, cents),
        *dollars(creditor, a.RECEIVABLE, credit, cents),
        *owed(claim, debtor, creditor, cents),
    )


def paid(giver: str, taker: str, cents: int) -> tuple[Posting, Posting]:
    """Cash moves; the other side of each entry is the caller's."""
    return ((giver, a.CASH, USD, -cents), (taker, a.CASH, USD, cents))


# --- founding -------------------------------------------------------------------------------------------------------


@rule(c.BalanceBroughtForward)
@rule(c.RolledForward)
def bring_forward(event: c.BalanceBroughtForward | c.RolledForward) -> tuple[Posting, ...]:
    """An opening line against the plug; cash comes from the outside world, whose account mirrors it."""
    lines = dollars(event.firm, event.account, a.OPENING, event.amount_cents)
    if event.account != a.CASH:
        return lines
    return (*lines, *dollars(WORLD, a.OPENING, a.CASH, event.amount_cents))


@rule(c.SharesBroughtForward)
def hold_shares(event: c.SharesBroughtForward) -> tuple[Posting, ...]:
    """A stake at its carrying amount, and its place in the issuer's cap table."""
    return (
        *dollars(event.holder, a.STAKE, a.OPENING, event.carrying_cents),
        *issued(event.issuer, event.holder, event.shares),
    )


def issued(issuer: str, holder: str, shares: int) -> tuple[Posting, Posting]:
    return units(a.shares_of(issuer), (issuer, a.UNITS_ISSUED), (holder, a.UNITS), shares)


@rule(c.LoanBroughtForward)
def owe_principal(event: c.LoanBroughtForward) -> tuple[Posting, ...]:
    """Principal outstanding at the opening: the borrower's liability, the lender's asset (ASC 310, ASC 470)."""
    cents = event.amount_cents
    return (
        *dollars(event.borrower, a.OPENING, a.LOAN, cents),
        *dollars(event.lender, a.LOAN_ASSET, a.OPENING, cents),
        *lent(event.contract, event.lender, event.borrower, cents),
    )


def lent(contract: str, lender: str, borrower: str, cents: int) -> tuple[Posting, Posting]:
    return units(a.loan_under(contract), (borrower, a.UNITS_OWED), (lender, a.UNITS), cents)


@rule(c.PrepaymentBroughtForward)
def carry_prepayment(event: c.PrepaymentBroughtForward) -> tuple[Posting, ...]:
    """Prepaid compute at the opening: the buyer's asset, the seller's contract liability (ASC 606-10-45-2)."""
    cents = event.amount_cents
    return (
        *dollars(event.buyer, a.PREPAID, a.OPENING, cents),
        *dollars(event.seller, a.OPENING, a.CONTRACT_LIABILITY, cents),
    )


@rule(c.CapacityBroughtForward)
def count_installed(event: c.CapacityBroughtForward) -> tuple[Posting, ...]:
    """The chips are counted; their cost is inside the opening sheet."""
    return units(a.gpus_of(event.generation), (WORLD, a.UNITS_ISSUED), (event.host, a.UNITS), event.gpus)


# --- signing --------------------------------------------------------------------------------------------------------


@rule(c.ContractSigned)
def commit_facility(event: c.ContractSigned) -> tuple[Posting, ...]:
    """A loan's undrawn commitment is a right of the borrower; other kinds move nothing when signed (ASC 440)."""
    terms: Any = event.terms
    if terms.kind != "term_loan":
        return ()
    undrawn = terms.commitment_cents - terms.opening_cents
    return committed(event.contract, terms.lender, terms.borrower, undrawn)


def committed(contract: str, lender: str, borrower: str, cents: int) -> tuple[Posting, Posting]:
    return units(a.undrawn_under(contract), (lender, a.UNITS_OWED), (borrower, a.UNITS), cents)


# --- delivery -------------------------------------------------------------------------------------------------------


@rule(c.GpusBuilt)
def stock_up(event: c.GpusBuilt) -> tuple[Posting, ...]:
    """Chips leave the fabs for the maker's stock; what they cost comes by the suppliers' bill."""
    return units(a.gpus_of(event.generation), (WORLD, a.UNITS_ISSUED), (event.maker, a.UNITS), event.gpus)


@rule(c.SurplusTaken)
def take_surplus(event: c.SurplusTaken) -> tuple[Posting, ...]:
    """A firm purchase commitment is taken into stock and owed for (ASC 330-10-35-17)."""
    return billed(event.claim, event.maker, a.INVENTORY, event.supplier, a.RECEIPTS, event.amount_cents)


@rule(c.InventoryWrittenDown)
def write_down_stock(event: c.InventoryWrittenDown) -> tuple[Posting, ...]:
    """Stock at the lower of cost and net realisable value, here none (ASC 330-10-35-1B)."""
    return dollars(event.maker, a.INVENTORY_LOSS, a.INVENTORY, event.amount_cents)


@rule(c.GpusDelivered)
def sell_systems(event: c.GpusDelivered) -> tuple[Posting, ...]:
    """Revenue when control passes, at the invoice (ASC 606-10-25-30); cost of sales out of stock (ASC 330)."""
    return (
        *billed(event.claim, event.buyer, a.PROPERTY, event.maker, a.SALES, event.amount_cents),
        *dollars(event.maker, a.COST_OF_SALES, a.INVENTORY, event.cost_cents),
        *units(a.gpus_of(event.generation), (event.maker, a.UNITS), (event.buyer, a.UNITS), event.gpus),
    )


@rule(c.CreditsGranted)
def defer_credits(event: c.CreditsGranted) -> tuple[Posting, ...]:
    """Credits for shares: an asset of the receiver, a contract liability of the giver (ASC 606-10-45-2, ASC 505-50)."""
    face = event.face_cents
    return (
        *dollars(event.provider, a.SUBSCRIPTION, a.CONTRACT_LIABILITY, face),
        *dollars(event.receiver, a.PREPAID_CREDITS, a.SUBSCRIBED, face),
        *credited(event.provider, event.receiver, face),
    )


def credited(provider: str, receiver: str, face: int) -> tuple[Posting, Posting]:
    return units(a.credits_of(provider), (provider, a.UNITS_OWED), (receiver, a.UNITS), face)


@rule(c.CreditsBurned)
def earn_deferred(event: c.CreditsBurned) -> tuple[Posting, ...]:
    """
    Use discharges the contract liability and meets the bill without cash (ASC 606-10-45-2).

    The bill had been booked as income from compute; what credits pay of it is shown as non-cash income.
    """
    face = event.face_cents
    return (
        *dollars(event.receiver, a.PAYABLE, a.PREPAID_CREDITS, face),
        *dollars(event.provider, a.CONTRACT_LIABILITY, a.RECEIVABLE, face),
        *dollars(event.provider, a.COMPUTE_SALES, a.COMPUTE_SALES_NONCASH, face),
        *owed(event.claim, event.receiver, event.provider, -face),
        *credited(event.provider, event.receiver, -face),
    )


@rule(c.CreditsLapsed)
def break_credits(event: c.CreditsLapsed) -> tuple[Posting, ...]:
    """Expired credits are breakage to the giver (ASC 606-10-55-48) and a loss to the receiver."""
    face = event.face_cents
    return (
        *dollars(event.receiver, a.CREDITS_LAPSED, a.PREPAID_CREDITS, face),
        *dollars(event.provider, a.CONTRACT_LIABILITY, a.BREAKAGE, face),
        *credited(event.provider, event.receiver, -face),
    )


def warranted(contract: str, stage: str, issuer: str, holder: str, shares: int) -> tuple[Posting, Posting]:
    return units(a.warrant_of(contract, stage), (issuer, a.UNITS_ISSUED), (holder, a.UNITS), shares)


@rule(c.WarrantIssued)
def grant_warrant(event: c.WarrantIssued) -> tuple[Posting, ...]:
    """A grant moves no dollars: value follows the purchases that earn it (ASC 606-10-32-25)."""
    return warranted(event.contract, "granted", event.issuer, event.holder, event.shares)


@rule(c.WarrantEarned)
def earn_warrant(event: c.WarrantEarned) -> tuple[Posting, ...]:
    """
    Grant-date value reduces the issuer's revenue as the GPUs are sold (ASC 606-10-32-25 to 27, ASC 718, ASU 2019-08).

    To the holder it is a consideration from a vendor (ASC 705-20): an asset against a gain, since the legal buyer of
    the systems may be its host.
    """
    shares, cents = event.shares, event.grant_value_cents
    return (
        *dollars(event.issuer, a.CONTRA_SALES, a.WARRANTS_GIVEN, cents),
        *dollars(event.holder, a.WARRANT_ASSET, a.STAKE_GAIN, cents),
        *warranted(event.contract, "granted", event.issuer, event.holder, -shares),
        *warranted(event.contract, "earned", event.issuer, event.holder, shares),
    )


@rule(c.WarrantVested)
def vest_warrant(event: c.WarrantVested) -> tuple[Posting, ...]:
    """Vesting moves units from earned to vested on both sides, and no dollars."""
    return (
        *warranted(event.contract, "earned", event.issuer, event.holder, -event.shares),
        *warranted(event.contract, "vested", event.issuer, event.holder, event.shares),
    )


@rule(c.WarrantExercised)
def exercise_warrant(event: c.WarrantExercised) -> tuple[Posting, ...]:
    """The holder's stake at that day's value; the issuer's equity only changes its name."""
    gain = event.value_cents - event.carrying_cents
    return (
        (event.holder, a.STAKE, USD, event.value_cents),
        (event.holder, a.WARRANT_ASSET, USD, -event.carrying_cents),
        (event.holder, a.STAKE_GAIN, USD, -gain),
        *dollars(event.issuer, a.WARRANTS_GIVEN, a.PAID_IN, event.carrying_cents),
        *issued(event.issuer, event.holder, event.issued),
        *warranted(event.contract, "vested", event.issuer, event.holder, -event.shares),
    )


@rule(c.WarrantLapsed)
def lapse_warrant(event: c.WarrantLapsed) -> tuple[Posting, ...]:
    """A price target missed changes nothing at the issuer (it was inside the grant-date value); the holder loses."""
    return (
        *dollars(event.holder, a.STAKE_LOSS, a.WARRANT_ASSET, event.carrying_cents),
        *warranted(event.contract, event.stage, event.issuer, event.holder, -event.shares),
    )


# --- money ----------------------------------------------------------------------------------------------------------


@rule(c.CustomersServed)
def serve(event: c.CustomersServed) -> tuple[Posting, ...]:
    """Subscriptions and usage are earned and paid in the month (ASC 606-10-25-27)."""
    cents = event.amount_cents
    return (
        *dollars(event.lab, a.CASH, a.SALES, cents),
        *dollars(event.customer, a.SPENDING, a.CASH, cents),
    )


@rule(c.CostsBilled)
def bill_costs(event: c.CostsBilled) -> tuple[Posting, ...]:
    """A bill from outside; `account` says whether it is a cost of the month, stock, or property."""
    return billed(event.claim, event.firm, event.account, event.supplier, a.RECEIPTS, event.amount_cents)


@rule(c.ComputeBilled)
def bill_compute(event: c.ComputeBilled) -> tuple[Posting, ...]:
    """
    Take-or-pay: use is revenue; a shortfall is revenue in the period billed unless there is a make-up right, when it
    stays a contract liability (ASC 606-10-55-46 to 48). What a prepayment covers was paid long ago.
    """
    short_debit, short_credit = (a.PREPAID, a.CONTRACT_LIABILITY) if event.make_up else (a.SHORTFALL, a.SHORTFALL_SALES)
    return (
        (event.buyer, a.COMPUTE, USD, event.taken_cents),
        (event.buyer, short_debit, USD, event.shortfall_cents),
        (event.buyer, a.PREPAID, USD, -event.prepaid_cents),
        (event.buyer, a.PAYABLE, USD, -event.amount_cents),
        (event.seller, a.RECEIVABLE, USD, event.amount_cents),
        (event.seller, a.CONTRACT_LIABILITY, USD, event.prepaid_cents),
        (event.seller, a.COMPUTE_SALES, USD, -event.taken_cents),
        (event.seller, short_credit, USD, -event.shortfall_cents),
        *owed(event.claim, event.buyer, event.seller, event.amount_cents),
    )


@rule(c.ComputeRented)
def bill_rent(event: c.ComputeRented) -> tuple[Posting, ...]:
    """Compute on demand: income as it is used (ASC 606-10-25-27)."""
    return billed(event.claim, event.buyer, a.COMPUTE, event.seller, a.COMPUTE_SALES, event.amount_cents)


@rule(c.PrepaymentCalled)
def defer_prepayment(event: c.PrepaymentCalled) -> tuple[Posting, ...]:
    """Money ahead of service: prepaid here, a contract liability there (ASC 606-10-45-2)."""
    return billed(event.claim, event.buyer, a.PREPAID, event.seller, a.CONTRACT_LIABILITY, event.amount_cents)


@rule(c.RevenueShared)
def bill_share(event: c.RevenueShared) -> tuple[Posting, ...]:
    """A sales-based royalty, as the sales happen (ASC 606-10-55-65)."""
    return billed(event.claim, event.payer, a.REVENUE_SHARE, event.payee, a.REVENUE_SHARE_INCOME, event.amount_cents)


@rule(c.BackstopBilled)
def bill_backstop(event: c.BackstopBilled) -> tuple[Posting, ...]:
    """The guarantor buys what nobody else uses; income of the period to the beneficiary (ASC 606, ASC 460)."""
    return billed(event.claim, event.guarantor, a.BACKSTOP, event.beneficiary, a.BACKSTOP_INCOME, event.amount_cents)


@rule(c.LoanDrawn)
def draw(event: c.LoanDrawn) -> tuple[Posting, ...]:
    """Cash for a promise; the undrawn commitment shrinks, and the chips are pledged (ASC 470, ASC 860-30)."""
    cents, lender, borrower = event.amount_cents, event.lender, event.borrower
    return (
        *dollars(borrower, a.CASH, a.LOAN, cents),
        *dollars(lender, a.LOAN_ASSET, a.CASH, cents),
        *lent(event.contract, lender, borrower, cents),
        *committed(event.contract, lender, borrower, -cents),
        *pledged(event.generation, lender, borrower, event.gpus),
    )


def pledged(generation: str, lender: str, borrower: str, gpus: int) -> tuple[Posting, Posting]:
    return units(a.pledge_of(generation), (borrower, a.UNITS_OWED), (lender, a.UNITS), gpus)


@rule(c.CollateralPledged)
def pledge_installed(event: c.CollateralPledged) -> tuple[Posting, ...]:
    """A security interest that was there at the opening (ASC 860-30); no dollars move."""
    return pledged(event.generation, event.lender, event.borrower, event.gpus)


@rule(c.PledgeReleased)
def release(event: c.PledgeReleased) -> tuple[Posting, ...]:
    """The secured party's right ends with the debt (ASC 860-30); no dollars move."""
    return pledged(event.generation, event.lender, event.borrower, -event.gpus)


@rule(c.InterestBilled)
def bill_interest(event: c.InterestBilled) -> tuple[Posting, ...]:
    """Interest at the contract rate, actual days over 360 (ASC 835-30)."""
    return billed(event.claim, event.borrower, a.INTEREST, event.lender, a.INTEREST_INCOME, event.amount_cents)


@rule(c.PrincipalDue)
def bill_principal(event: c.PrincipalDue) -> tuple[Posting, ...]:
    """Principal becomes a bill: out of the loan, into payable and receivable."""
    cents = event.amount_cents
    return (
        *dollars(event.borrower, a.LOAN, a.PAYABLE, cents),
        *dollars(event.lender, a.RECEIVABLE, a.LOAN_ASSET, cents),
        *lent(event.contract, event.lender, event.borrower, -cents),
        *owed(event.claim, event.borrower, event.lender, cents),
    )


@rule(c.CommitmentLapsed)
def lapse_commitment(event: c.CommitmentLapsed) -> tuple[Posting, ...]:
    """The borrower's right to draw is gone; no dollars move."""
    return committed(event.contract, event.lender, event.borrower, -event.amount_cents)


@rule(c.EquityContributed)
def contribute(event: c.EquityContributed) -> tuple[Posting, ...]:
    """An owner's cash for its box's equity (ASC 810 before consolidation)."""
    cents = event.amount_cents
    return (
        *dollars(event.owner, a.SUBSIDIARY, a.CASH, cents),
        *dollars(event.box, a.CASH, a.PAID_IN, cents),
    )


@rule(c.CashSwept)
def sweep(event: c.CashSwept) -> tuple[Posting, ...]:
    """A distribution: the box's equity shrinks, the owner books it as income of the box passed up."""
    cents = event.amount_cents
    return (
        *dollars(event.box, a.DISTRIBUTED, a.CASH, cents),
        *dollars(event.owner, a.CASH, a.RECEIPTS, cents),
    )


@rule(c.TrancheCalled)
def subscribe(event: c.TrancheCalled) -> tuple[Posting, ...]:
    """A called tranche: a right to shares against a payable; the investee's claim on money (ASC 505-10-45-2)."""
    return billed(event.claim, event.investor, a.SUBSCRIPTION, event.investee, a.SUBSCRIBED, event.amount_cents)


@rule(c.SharesIssued)
def issue_for_subscription(event: c.SharesIssued) -> tuple[Posting, ...]:
    """Paid in: the right becomes a stake, the subscription capital, the shares the holder's."""
    cents = event.amount_cents
    return (
        *dollars(event.holder, a.STAKE, a.SUBSCRIPTION, cents),
        *dollars(event.issuer, a.SUBSCRIBED, a.PAID_IN, cents),
        *issued(event.issuer, event.holder, event.shares),
    )


@rule(c.CapitalCalled)
def call_capital(event: c.CapitalCalled) -> tuple[Posting, ...]:
    """Money enters from the households and institutions behind an investor."""
    cents = event.amount_cents
    return (
        *dollars(event.investor, a.CASH, a.PAID_IN, cents),
        *dollars(WORLD, a.SPENDING, a.CASH, cents),
    )


@rule(c.RoundClosed)
def close_round(event: c.RoundClosed) -> tuple[Posting, ...]:
    """New shares for cash at the round's price (ASC 505-10)."""
    cents = event.amount_cents
    return (
        *dollars(event.investor, a.STAKE, a.CASH, cents),
        *dollars(event.issuer, a.CASH, a.PAID_IN, cents),
        *issued(event.issuer, event.investor, event.shares),
    )


@rule(c.SharesSold)
def sell_stake(event: c.SharesSold) -> tuple[Posting, ...]:
    """Cash for a stake; the difference to its carrying amount is a gain (ASC 321)."""
    proceeds, carrying = event.proceeds_cents, event.carrying_cents
    return (
        (event.holder, a.CASH, USD, proceeds),
        (event.holder, a.STAKE, USD, -carrying),
        (event.holder, a.STAKE_GAIN, USD, carrying - proceeds),
        *dollars(event.buyer, a.STAKE, a.CASH, proceeds),
        *units(a.shares_of(event.issuer), (event.holder, a.UNITS), (event.buyer, a.UNITS), event.shares),
    )


@rule(c.OtherBusinessEarned)
def earn_elsewhere(event: c.OtherBusinessEarned) -> tuple[Posting, ...]:
    """One line for all that happens outside the circle."""
    cents = event.amount_cents
    return (
        *dollars(event.firm, a.CASH, a.OTHER_BUSINESS, cents),
        *dollars(WORLD, a.SPENDING, a.CASH, cents),
    )


@rule(c.CashReturned)
def return_cash(event: c.CashReturned) -> tuple[Posting, ...]:
    """Dividends and buybacks: capital and cash out, to the public outside (ASC 505-30)."""
    cents = event.amount_cents
    return (
        *dollars(event.firm, a.DISTRIBUTED, a.CASH, cents),
        *dollars("public", a.CASH, a.RECEIPTS, cents),
    )


@rule(c.ClaimPaid)
def pay(event: c.ClaimPaid) -> tuple[Posting, ...]:
    """Cash meets a bill: payable and receivable go, and the claim with them (ASC 405-20-40-1)."""
    cents = event.amount_cents
    return (
        *dollars(event.debtor, a.PAYABLE, a.CASH, cents),
        *dollars(event.creditor, a.CASH, a.RECEIVABLE, cents),
        *owed(event.claim, event.debtor, event.creditor, -cents),
    )


@rule(c.RentBilled)
def bill_rent_of_site(event: c.RentBilled) -> tuple[Posting, ...]:
    """An operating lease: cost and income of the month, used or not (ASC 842-20-25-6, ASC 842-30-25-11)."""
    return billed(event.claim, event.tenant, a.RENT, event.landlord, a.RENT_INCOME, event.amount_cents)


@rule(c.LeaseBackBilled)
def bill_lease_back(event: c.LeaseBackBilled) -> tuple[Posting, ...]:
    """A maker uses what it has sold: a running cost here, income from compute there (ASC 606-10-25-27)."""
    return billed(event.claim, event.tenant, a.RUNNING_COSTS, event.owner, a.COMPUTE_SALES, event.amount_cents)


@rule(c.ResidualMissed)
def bill_residual(event: c.ResidualMissed) -> tuple[Posting, ...]:
    """The lessee makes good what is lacking of the residual value that it guaranteed (ASC 842-10-55-34)."""
    return billed(
        event.claim, event.lessee, a.GUARANTEE_LOSS, event.vehicle, a.GUARANTEE_INCOME, event.amount_cents
    )


@rule(c.LeaseGuaranteed)
def give_guarantee(event: c.LeaseGuaranteed) -> tuple[Posting, ...]:
    """
    The guarantor's obligation to stand ready is measured at what it was paid for it, the warrants (ASC 460-10-30-2);
    to the landlord they are the price of a better lease (ASC 505-50).
    """
    cents = event.value_cents
    return (
        *dollars(event.guarantor, a.WARRANT_ASSET, a.GUARANTEE_LIABILITY, cents),
        *dollars(event.landlord, a.OTHER_ASSETS, a.WARRANTS_GIVEN, cents),
        *warranted(event.contract, "vested", event.landlord, event.guarantor, event.shares),
    )


@rule(c.GuaranteeEnded)
def end_guarantee(event: c.GuaranteeEnded) -> tuple[Posting, ...]:
    """The guarantor is released, and has earned what it was paid (ASC 460-10-35-1); the landlord has had the use."""
    cents = event.value_cents
    return (
        *dollars(event.guarantor, a.GUARANTEE_LIABILITY, a.GUARANTEE_INCOME, cents),
        *dollars(event.landlord, a.OPERATIONS, a.OTHER_ASSETS, cents),
    )


@rule(c.JointProductSold)
def sell_jointly(event: c.JointProductSold) -> tuple[Posting, ...]:
    """The lead is the principal and books the sale gross; its partner's part is a cost (ASC 606-10-55-36, ASC 808)."""
    sales = event.sales_cents
    return (
        *dollars(event.lead, a.CASH, a.SALES, sales),
        *dollars(WORLD, a.SPENDING, a.CASH, sales),
        *billed(event.claim, event.lead, a.COST_OF_SALES, event.partner, a.SALES, event.amount_cents),
    )


# --- market ---------------------------------------------------------------------------------------------------------


@rule(c.StakeMarked)
def mark_stake(event: c.StakeMarked) -> tuple[Posting, ...]:
    """Fair value through income (ASC 321-10-35-1)."""
    return dollars(event.holder, a.STAKE, a.STAKE_GAIN, event.change_cents)


@rule(c.EquityLossShared)
def share_loss(event: c.EquityLossShared) -> tuple[Posting, ...]:
    """Losses stop at the carrying amount plus committed support; the rest is a memo (ASC 323-10-35-19 to 22)."""
    booked = event.against_stake_cents + event.against_support_cents
    return (
        (event.investor, a.EQUITY_LOSS, USD, booked),
        (event.investor, a.STAKE, USD, -event.against_stake_cents),
        (event.investor, a.SUPPORT_COMMITTED, USD, -event.against_support_cents),
    )


# --- distress -------------------------------------------------------------------------------------------------------


@rule(c.ContractRejected)
def claim_damages(event: c.ContractRejected) -> tuple[Posting, ...]:
    """
    Damages are the estate's loss and liability at the allowed amount (ASC 852-10-45-5).

    The other side books a receivable against a contract liability: a gain contingency is no income before cash
    (ASC 450-30).
    """
    return billed(
        event.claim, event.estate, a.REJECTION_LOSS, event.counterparty, a.CONTRACT_LIABILITY, event.amount_cents
    )


@rule(c.GuaranteeCalled)
def honour_guarantee(event: c.GuaranteeCalled) -> tuple[Posting, ...]:
    """The debt moves to the guarantor: its loss, its box's capital (ASC 460-10-35); the claim changes debtor."""
    cents = event.amount_cents
    return (
        *dollars(event.debtor, a.PAYABLE, a.PAID_IN, cents),
        *dollars(event.guarantor, a.GUARANTEE_LOSS, a.PAYABLE, cents),
        *owed(event.old_claim, event.debtor, event.lender, -cents),
        *owed(event.claim, event.guarantor, event.lender, cents),
    )


@rule(c.ClaimSwapped)
def swap_claim(event: c.ClaimSwapped) -> tuple[Posting, ...]:
    """A bill becomes capital at the shares' price, which is the bill's face here (ASC 470-50-40-3, ASC 505-10)."""
    cents = event.amount_cents
    return (
        *dollars(event.debtor, a.PAYABLE, a.PAID_IN, cents),
        *dollars(event.creditor, a.STAKE, a.RECEIVABLE, cents),
        *owed(event.claim, event.debtor, event.creditor, -cents),
        *issued(event.debtor, event.creditor, event.shares),
    )


@rule(c.Rescued)
def rescue(event: c.Rescued) -> tuple[Posting, ...]:
    """New shares for cash, before a default (ASC 505-10)."""
    cents = event.amount_cents
    return (
        *dollars(event.rescuer, a.STAKE, a.CASH, cents),
        *dollars(event.firm, a.CASH, a.PAID_IN, cents),
        *issued(event.firm, event.rescuer, event.shares),
    )


@rule(c.PropertyImpaired)
def impair_property(event: c.PropertyImpaired) -> tuple[Posting, ...]:
    """Carrying amount beyond undiscounted cash to come: the asset group goes to fair value (ASC 360-10-35-17)."""
    return dollars(event.firm, a.IMPAIRMENT, a.PROPERTY, event.amount_cents)


@rule(c.StakeImpaired)
def impair_stake(event: c.StakeImpaired) -> tuple[Posting, ...]:
    """A filing is a qualitative sign of impairment: the stake goes to what is expected back (ASC 321-10-35-3)."""
    return dollars(event.holder, a.STAKE_LOSS, a.STAKE, event.amount_cents)


@rule(c.SubsidiaryImpaired)
def impair_subsidiary(event: c.SubsidiaryImpaired) -> tuple[Posting, ...]:
    """An owner's contributions to a box that has filed are gone (ASC 810-10-40, loss of control)."""
    return dollars(event.owner, a.STAKE_LOSS, a.SUBSIDIARY, event.amount_cents)


@rule(c.ReceivableImpaired)
def allow_for_loss(event: c.ReceivableImpaired) -> tuple[Posting, ...]:
    """Expected credit loss on a bill of an estate, as an allowance beside the receivable (ASC 326-20-30-1)."""
    return dollars(event.creditor, a.CREDIT_LOSS, a.ALLOWANCE, event.amount_cents)


@rule(c.AllowanceReleased)
def release_allowance(event: c.AllowanceReleased) -> tuple[Posting, ...]:
    """The allowance goes with its receivable; what was lost is booked where that is settled (ASC 326-20-35-8)."""
    return dollars(event.creditor, a.ALLOWANCE, a.CREDIT_LOSS, event.amount_cents)


@rule(c.CollateralSold)
def sell_collateral(event: c.CollateralSold) -> tuple[Posting, ...]:
    """
    Systems change hands and are no longer pledged; the proceeds, less what the sale costs, are the borrower's to pass
    on, and the difference to book value is its loss (ASC 360-10-40-5; a gain where negative).
    """
    borrower, buyer = event.borrower, event.buyer
    proceeds = event.price_cents - event.cost_cents
    return (
        (borrower, a.CASH, USD, proceeds),
        (borrower, a.DISPOSAL_LOSS, USD, event.book_cents - proceeds),
        (borrower, a.PROPERTY, USD, -event.book_cents),
        *dollars(buyer, a.PROPERTY, a.CASH, event.price_cents),
        *dollars(WORLD, a.CASH, a.RECEIPTS, event.cost_cents),
        *units(a.gpus_of(event.generation), (borrower, a.UNITS), (buyer, a.UNITS), event.gpus),
        *pledged(event.generation, event.lender, borrower, -event.gpus),
    )


@rule(c.CollateralApplied)
def apply_proceeds(event: c.CollateralApplied) -> tuple[Posting, ...]:
    """
    Proceeds meet the secured bill (ASC 405-20-40-1). Where the guarantor owes it by now, they were its box's to pass
    up: a distribution there, a receipt here.
    """
    cents = event.amount_cents
    passed_up: tuple[Posting, ...] = ()
    if event.debtor != event.borrower:
        passed_up = (
            (event.borrower, a.DISTRIBUTED, USD, cents),
            (event.debtor, a.RECEIPTS, USD, -cents),
        )
    return (
        (event.borrower, a.CASH, USD, -cents),
        (event.debtor, a.PAYABLE, USD, cents),
        *passed_up,
        *dollars(event.lender, a.CASH, a.RECEIVABLE, cents),
        *owed(event.claim, event.debtor, event.lender, -cents),
    )


@rule(c.ClaimsSetOff)
def set_off(event: c.ClaimsSetOff) -> tuple[Posting, ...]:
    """Mutual debts of estates are set off against one another (11 USC 553, ASC 210-20-45-1): no cash moves."""
    cents = event.amount_cents
    lines: list[Posting] = []
    for place, (debtor, claim, deferred) in enumerate(zip(event.firms, event.claims, event.deferred, strict=True)):
        creditor = event.firms[(place + 1) % len(event.firms)]
        lines += [
            (debtor, a.PAYABLE, USD, cents),
            (creditor, a.RECEIVABLE, USD, -cents),
            *owed(claim, debtor, creditor, -cents),
        ]
        if deferred:
            lines += dollars(creditor, a.CONTRACT_LIABILITY, a.DAMAGES, cents)
    return tuple(lines)


@rule(c.EstateCostsPaid)
def pay_estate_costs(event: c.EstateCostsPaid) -> tuple[Posting, ...]:
    """Reorganisation costs as they are incurred, paid in cash (ASC 852-10-45-9)."""
    cents = event.amount_cents
    return (
        *dollars(event.firm, a.ESTATE_COSTS, a.CASH, cents),
        *dollars(WORLD, a.CASH, a.RECEIPTS, cents),
    )


@rule(c.SharesCancelled)
def cancel_shares(event: c.SharesCancelled) -> tuple[Posting, ...]:
    """Old shares go under the plan, and with them what was still carried (ASC 852-10-45-19, absolute priority)."""
    return (
        *dollars(event.holder, a.STAKE_LOSS, a.STAKE, event.carrying_cents),
        *issued(event.issuer, event.holder, -event.shares),
    )


@rule(c.SharesDistributed)
def distribute_shares(event: c.SharesDistributed) -> tuple[Posting, ...]:
    """New shares for old debts, carried at nothing until they are sold: their worth is anybody's guess that day."""
    return issued(event.issuer, event.holder, event.shares)


@rule(c.ClaimCleared)
def clear_claim(event: c.ClaimCleared) -> tuple[Posting, ...]:
    """
    A dividend of the estate; what is not paid is the debtor's discharge gain (ASC 852-10-45-9) and the creditor's loss.

    Damages were never income: the dividend is, now that it is cash, and the rest of the liability goes (ASC 450-30).
    """
    lost = event.amount_cents - event.paid_cents
    creditor = event.creditor
    other_side: tuple[Posting, ...]
    if event.deferred:
        other_side = dollars(creditor, a.CONTRACT_LIABILITY, a.DAMAGES, event.paid_cents)
        written_off = (creditor, a.CONTRACT_LIABILITY, USD, lost)
    else:
        other_side = ()
        written_off = (creditor, a.CREDIT_LOSS, USD, lost)
    return (
        (event.debtor, a.PAYABLE, USD, event.amount_cents),
        (event.debtor, a.CASH, USD, -event.paid_cents),
        (event.debtor, a.DISCHARGE_GAIN, USD, -lost),
        (creditor, a.CASH, USD, event.paid_cents),
        *other_side,
        written_off,
        (creditor, a.RECEIVABLE, USD, -event.amount_cents),
        *owed(event.claim, event.debtor, creditor, -event.amount_cents),
    )


# --- month end ------------------------------------------------------------------------------------------------------


@rule(c.Depreciated)
def depreciate(event: c.Depreciated) -> tuple[Posting, ...]:
    """Straight line over the stated life (ASC 360-10-35-4)."""
    return dollars(event.firm, a.DEPRECIATION, a.PROPERTY, event.amount_cents)
