"""Every kind of event, in chapters; `CATALOGUE` names them all.

An event is a business fact: past tense, frozen, whole units (see `units.py` for suffixes). What a rule in `postings.py`
needs and cannot know from the fact alone (a cost basis, a carrying amount, a remainder) was computed before and stands
in the event. `claim` names one bill: the contract it belongs to, a slash, and a number. `due_day` counts from the
world's opening.
"""

from typing import ClassVar

from attrs import field, frozen
from attrs.validators import ge, gt

from events.terms import Terms


class Event:
    """A fact. `V` is the version of the fields; raise it with an upcaster, never in place, once logs are about."""

    __slots__ = ()

    V: ClassVar[int] = 1


# --- founding: what was there when the world opened -----------------------------------------------------------------


@frozen(kw_only=True)
class FirmFounded(Event):
    """A firm enters the books. A box has an `owner`; its loans may have a `guarantor`."""

    firm: str
    trade: str
    owner: str = ""
    guarantor: str = ""


@frozen(kw_only=True)
class BalanceBroughtForward(Event):
    """One line of the last filed balance sheet; debit positive. The plug is `Equity:Opening`."""

    firm: str
    account: str
    amount_cents: int


@frozen(kw_only=True)
class RolledForward(Event):
    """What is assumed to have moved between the last filed sheet and the opening of the world; debit positive."""

    firm: str
    account: str
    amount_cents: int


@frozen(kw_only=True)
class SharesBroughtForward(Event):
    """Shares that a holder has at the opening, and what it carries them at."""

    issuer: str
    holder: str
    shares: int = field(validator=gt(0))
    carrying_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class LoanBroughtForward(Event):
    """Principal outstanding at the opening."""

    contract: str
    lender: str
    borrower: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class CapacityBroughtForward(Event):
    """GPUs installed at the opening; their cost is inside the opening sheet's property."""

    host: str
    maker: str
    contract: str
    lab: str
    generation: str
    gpus: int = field(validator=gt(0))
    kw: int = field(validator=gt(0))


# --- signing --------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class ContractSigned(Event):
    """Two firms bind themselves. `status` is that of the deal in the world: announced, conditional, binding, closed."""

    contract: str
    status: str
    terms: Terms


@frozen(kw_only=True)
class ContractEnded(Event):
    """A contract has run its course, or its term is over."""

    contract: str
    reason: str


@frozen(kw_only=True)
class OfferDeclined(Event):
    """Somebody asked and was refused: so that one can ask why something did *not* happen."""

    firm: str
    counterparty: str
    asked: str
    amount_cents: int = field(validator=ge(0))
    reason: str


# --- delivery -------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class GpusOrdered(Event):
    """A buyer orders systems; one order is one row of the gigawatt table and serves one contract."""

    order: str
    maker: str
    buyer: str
    serves: str
    lab: str
    generation: str
    gpus: int = field(validator=gt(0))
    kw: int = field(validator=gt(0))
    price_cents: int = field(validator=gt(0))
    earliest_day: int = field(validator=ge(0))
    priority: int = field(validator=ge(0))


@frozen(kw_only=True)
class ProductionBooked(Event):
    """A maker commits itself to take wafers for so much power from its suppliers in the coming month."""

    maker: str
    kw: int = field(validator=gt(0))


@frozen(kw_only=True)
class GpusBuilt(Event):
    """
    A maker builds what an order asks for; the cost is billed by suppliers (`CostsBilled`), but for wafers in stock.
    """

    order: str
    maker: str
    generation: str
    gpus: int = field(validator=gt(0))
    kw: int = field(default=0, validator=ge(0))
    stock_kw: int = field(default=0, validator=ge(0))
    stock_cents: int = field(default=0, validator=ge(0))


@frozen(kw_only=True)
class SurplusTaken(Event):
    """Wafers that were committed and found no order are taken all the same, into stock."""

    claim: str
    maker: str
    supplier: str
    kw: int = field(validator=gt(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class InventoryWrittenDown(Event):
    """Stock that nobody has ordered for too long is worth nothing any more."""

    maker: str
    kw: int = field(validator=gt(0))
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class OrderDelayed(Event):
    """An order could not be served when it was due: the maker's capacity of the month went to others."""

    order: str
    maker: str
    buyer: str


@frozen(kw_only=True)
class OrderCancelled(Event):
    """An order is withdrawn before delivery."""

    order: str
    buyer: str
    reason: str


@frozen(kw_only=True)
class GpusDelivered(Event):
    """Systems change hands with an invoice behind them: receivable and revenue against property and payable."""

    claim: str
    order: str
    maker: str
    buyer: str
    serves: str
    lab: str
    generation: str
    gpus: int = field(validator=gt(0))
    kw: int = field(validator=gt(0))
    amount_cents: int = field(validator=gt(0))
    cost_cents: int = field(validator=ge(0))
    due_day: int


@frozen(kw_only=True)
class CapacityAccepted(Event):
    """Delivered systems are powered, tested and accepted; from now on they count and bill."""

    order: str
    host: str
    maker: str
    contract: str
    lab: str
    generation: str
    kw: int = field(validator=gt(0))


@frozen(kw_only=True)
class BuildingStarted(Event):
    """A landlord begins a phase of a site, which it will pay for in level parts until it is energised."""

    contract: str
    landlord: str
    phase: int
    kw: int = field(validator=gt(0))
    cost_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class SiteEnergised(Event):
    """A phase of a site has power: rent begins, and systems of the contract that it serves may be accepted."""

    contract: str
    landlord: str
    tenant: str
    serves: str
    phase: int
    kw: int = field(validator=gt(0))


@frozen(kw_only=True)
class CreditsGranted(Event):
    """A provider gives cloud credits at face value for shares; a contract liability until burned or lapsed."""

    contract: str
    provider: str
    receiver: str
    face_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class CreditsBurned(Event):
    """Credits pay a bill: the provider's receivable is met from what it had deferred, and no cash moves."""

    contract: str
    claim: str
    provider: str
    receiver: str
    face_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class CreditsLapsed(Event):
    """Credits expire unused: breakage to the provider, a loss to the receiver."""

    contract: str
    provider: str
    receiver: str
    face_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class WarrantIssued(Event):
    """A warrant comes into being; nothing is earned yet."""

    contract: str
    issuer: str
    holder: str
    shares: int = field(validator=gt(0))


@frozen(kw_only=True)
class WarrantEarned(Event):
    """Deliveries of a tranche are complete: its grant-date value reduces the issuer's revenue; the holder gains it."""

    contract: str
    issuer: str
    holder: str
    tranche: int
    shares: int = field(validator=gt(0))
    grant_value_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class WarrantVested(Event):
    """Both conditions of a tranche have been met; no value moves."""

    contract: str
    issuer: str
    holder: str
    tranche: int
    shares: int = field(validator=gt(0))


@frozen(kw_only=True)
class WarrantExercised(Event):
    """Cashless exercise: fewer shares, no money. `issued` = shares x (price - strike) / price, rounded down."""

    contract: str
    issuer: str
    holder: str
    tranche: int
    shares: int = field(validator=gt(0))
    issued: int = field(validator=ge(0))
    value_cents: int = field(validator=ge(0))
    carrying_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class WarrantLapsed(Event):
    """A tranche's time is up. `stage` says how far it had come: granted, earned or vested."""

    contract: str
    issuer: str
    holder: str
    tranche: int
    shares: int = field(validator=gt(0))
    stage: str
    carrying_cents: int = field(validator=ge(0))


# --- money ----------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class CustomersServed(Event):
    """A group of customers pays a lab for the month."""

    lab: str
    customer: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class CostsBilled(Event):
    """Suppliers, staff or builders of the outside world send a bill; `account` takes the cost."""

    claim: str
    firm: str
    supplier: str
    account: str
    purpose: str
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class ComputeBilled(Event):
    """
    A month of a compute commitment: what was taken, what was not, what a prepayment covers, what is to be paid.

    `taken_cents` + `shortfall_cents` = `prepaid_cents` + `amount_cents`.
    """

    claim: str
    contract: str
    seller: str
    buyer: str
    kw: int = field(validator=ge(0))
    taken_cents: int = field(validator=ge(0))
    shortfall_cents: int = field(validator=ge(0))
    prepaid_cents: int = field(validator=ge(0))
    amount_cents: int = field(validator=ge(0))
    make_up: int
    due_day: int


@frozen(kw_only=True)
class ComputeRented(Event):
    """A month of compute beyond any commitment; with a `contract`, of what that contract's rejection set free."""

    claim: str
    contract: str
    seller: str
    buyer: str
    kw: int = field(validator=ge(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class PrepaymentCalled(Event):
    """A customer pays ahead: its prepaid compute, the seller's contract liability."""

    claim: str
    contract: str
    seller: str
    buyer: str
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class RevenueShared(Event):
    """A month's share of revenue falls due."""

    claim: str
    contract: str
    payer: str
    payee: str
    revenue_cents: int = field(validator=ge(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class BackstopBilled(Event):
    """A guarantor pays for capacity that nobody else uses this quarter."""

    claim: str
    contract: str
    guarantor: str
    beneficiary: str
    unsold_kw: int = field(validator=ge(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class LoanDrawn(Event):
    """A lender pays out against GPUs delivered, which are pledged to it (none for an unsecured loan)."""

    contract: str
    lender: str
    borrower: str
    amount_cents: int = field(validator=gt(0))
    generation: str
    gpus: int = field(validator=ge(0))


@frozen(kw_only=True)
class CollateralPledged(Event):
    """What a loan that was there at the opening is secured on."""

    contract: str
    lender: str
    borrower: str
    generation: str
    gpus: int = field(validator=gt(0))


@frozen(kw_only=True)
class PledgeReleased(Event):
    """A loan is repaid: what was pledged for it is free again."""

    contract: str
    lender: str
    borrower: str
    generation: str
    gpus: int = field(validator=gt(0))


@frozen(kw_only=True)
class InterestBilled(Event):
    """A quarter's interest falls due."""

    claim: str
    contract: str
    lender: str
    borrower: str
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class PrincipalDue(Event):
    """An instalment, a maturity or an acceleration turns principal into a bill."""

    claim: str
    contract: str
    lender: str
    borrower: str
    amount_cents: int = field(validator=gt(0))
    due_day: int
    reason: str


@frozen(kw_only=True)
class CommitmentLapsed(Event):
    """The undrawn part of a facility is no longer available."""

    contract: str
    lender: str
    borrower: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class EquityContributed(Event):
    """An owner puts cash into its box."""

    owner: str
    box: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class CashSwept(Event):
    """A box pays up to its owner what its lenders let go."""

    box: str
    owner: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class TrancheCalled(Event):
    """A milestone is met: the investor owes the tranche."""

    claim: str
    contract: str
    investor: str
    investee: str
    tranche: int
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class TrancheLapsed(Event):
    """A tranche is not called: its long stop has passed, or the investor does not pay."""

    contract: str
    investor: str
    investee: str
    tranche: int
    amount_cents: int = field(validator=gt(0))
    reason: str


@frozen(kw_only=True)
class SharesIssued(Event):
    """Shares for money already paid in under a called tranche or purchase."""

    contract: str
    issuer: str
    holder: str
    shares: int = field(validator=gt(0))
    amount_cents: int = field(validator=gt(0))
    price_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class CapitalCalled(Event):
    """An investor calls money from the households and institutions behind it."""

    investor: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class RoundClosed(Event):
    """New shares for new money, at once. `wanted_cents` is what the issuer had sought."""

    issuer: str
    investor: str
    wanted_cents: int = field(validator=gt(0))
    amount_cents: int = field(validator=gt(0))
    shares: int = field(validator=gt(0))
    price_cents: int = field(validator=gt(0))
    valuation_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class VendorFinanceOffered(Event):
    """A maker whose orders cover too little of its output offers money to a customer that lacked it."""

    maker: str
    customer: str
    amount_cents: int = field(validator=gt(0))
    cover_ppm: int = field(validator=ge(0))


@frozen(kw_only=True)
class SharesSold(Event):
    """A holder sells a stake to the public; the difference to what it carried is a gain (or, negative, a loss)."""

    holder: str
    buyer: str
    issuer: str
    shares: int = field(validator=gt(0))
    proceeds_cents: int = field(validator=gt(0))
    carrying_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class OtherBusinessEarned(Event):
    """A month of all that a firm does outside the circle, after its own costs, taxes, dividends and capex."""

    firm: str
    amount_cents: int


@frozen(kw_only=True)
class CashReturned(Event):
    """A firm pays out to its shareholders what it does not need: dividends and buybacks in one."""

    firm: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class PrepaymentBroughtForward(Event):
    """Compute paid for before the world opened and not yet used."""

    contract: str
    seller: str
    buyer: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class ClaimPaid(Event):
    """A bill is paid in full, in cash."""

    claim: str
    debtor: str
    creditor: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class RentBilled(Event):
    """A month of a lease of energised halls, or of what a vehicle lets: due whether it is used or not."""

    claim: str
    contract: str
    landlord: str
    tenant: str
    kw: int = field(validator=ge(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class LeaseBackBilled(Event):
    """A maker rents its own chips back from a customer: a month of it."""

    claim: str
    contract: str
    tenant: str
    owner: str
    generation: str
    kw: int = field(validator=gt(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class ResidualMissed(Event):
    """At the end of a vehicle's lease its systems are worth less than the lessee has guaranteed."""

    claim: str
    contract: str
    vehicle: str
    lessee: str
    worth_cents: int = field(validator=ge(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class LeaseGuaranteed(Event):
    """A guarantor stands behind a tenant's rent, and gets warrants on the landlord for it, which can be exercised."""

    contract: str
    guarantor: str
    landlord: str
    lease: str
    cap_cents: int = field(validator=gt(0))
    shares: int = field(validator=gt(0))
    value_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class GuaranteeEnded(Event):
    """A guarantee of rent is over; what was carried for it is earned."""

    contract: str
    guarantor: str
    landlord: str
    value_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class JointProductSold(Event):
    """A month of a joint product: customers outside pay the lead, which owes its partner the agreed part."""

    claim: str
    contract: str
    lead: str
    partner: str
    sales_cents: int = field(validator=gt(0))
    amount_cents: int = field(validator=gt(0))
    due_day: int


# --- market ---------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class ShockStruck(Event):
    """A shock begins; ppm of what it touches, at its deepest. The log alone says why demand fell."""

    shock: str
    touches: str
    shape: str
    against: str
    depth_ppm: int
    ends_day: int


@frozen(kw_only=True)
class ScenarioChanged(Event):
    """From this morning on a value of the scenario is another one: where a fork leaves its parent's path."""

    path: str
    value: str


@frozen(kw_only=True)
class DemandObserved(Event):
    """What a group of customers was expected to spend in the month, wanted to spend, and could be served."""

    lab: str
    customer: str
    expected_cents: int = field(validator=ge(0))
    demanded_cents: int = field(validator=ge(0))
    served_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class ComputePriceSet(Event):
    """The spot price of a gigawatt-year, and how much of all capacity was in use."""

    price_per_gw_year_cents: int = field(validator=gt(0))
    utilisation_ppm: int = field(validator=ge(0))


@frozen(kw_only=True)
class NewsPriced(Event):
    """An announcement moves what a share is worth, and its price of the next trading day, at once."""

    issuer: str
    contract: str
    move_ppm: int


@frozen(kw_only=True)
class MarketClosed(Event):
    """A trading day's closing prices, in cents a share, by issuer in order of name."""

    prices: tuple[tuple[str, int], ...]


@frozen(kw_only=True)
class FundamentalsRevised(Event):
    """What a share is worth on expected earnings, in cents, by issuer in order of name."""

    values: tuple[tuple[str, int], ...]


@frozen(kw_only=True)
class AppetiteSet(Event):
    """What an investor is ready to put into one issuer this quarter, at which price a share."""

    investor: str
    issuer: str
    amount_cents: int = field(validator=ge(0))
    price_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class StakeMarked(Event):
    """A holder marks a stake to its market price (positive: a gain)."""

    holder: str
    issuer: str
    change_cents: int


@frozen(kw_only=True)
class EquityLossShared(Event):
    """
    An investor takes its share of an investee's loss; beyond carrying amount and committed support it is a memo.

    `share_cents` = `against_stake_cents` + `against_support_cents` + `suspended_cents`.
    """

    investor: str
    investee: str
    loss_cents: int
    share_cents: int
    against_stake_cents: int
    against_support_cents: int
    suspended_cents: int


# --- distress -------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class CostsCut(Event):
    """A firm cuts its running costs to so much of plan."""

    firm: str
    to_ppm: int


@frozen(kw_only=True)
class StartupsClosed(Event):
    """Start-ups of a pool have neither credits nor cash for the coming quarter, and close."""

    pool: str
    closed: int = field(validator=gt(0))
    left: int = field(validator=ge(0))


@frozen(kw_only=True)
class PaymentStretched(Event):
    """A creditor gives time: the bill is due on a later day."""

    claim: str
    debtor: str
    creditor: str
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class CommitmentDeferred(Event):
    """
    A seller puts off a part of the minimums of a commitment, from a month on (`start` = year x 12 + month - 1), for so
    many months; each part is owed as many months later.
    """

    contract: str
    buyer: str
    seller: str
    start: int
    months: int = field(validator=gt(0))
    part_ppm: int = field(validator=gt(0))


@frozen(kw_only=True)
class ClaimSwapped(Event):
    """A creditor takes new shares of its debtor for a bill."""

    claim: str
    debtor: str
    creditor: str
    amount_cents: int = field(validator=gt(0))
    shares: int = field(validator=gt(0))
    price_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class Rescued(Event):
    """Somebody who would lose `avoided_cents` by a default pays in before it, for new shares."""

    firm: str
    rescuer: str
    amount_cents: int = field(validator=gt(0))
    shares: int = field(validator=gt(0))
    price_cents: int = field(validator=gt(0))
    avoided_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class BuildingPaused(Event):
    """A host or landlord cannot pay for what a contract will ask for, and nobody lends it the rest."""

    firm: str
    contract: str
    kw: int = field(validator=gt(0))
    lacking_cents: int = field(validator=gt(0))
    reason: str


@frozen(kw_only=True)
class BuildingResumed(Event):
    """Money has come back, and a firm builds on."""

    firm: str
    contract: str


@frozen(kw_only=True)
class PaymentMissed(Event):
    """A bill was due and the cash did not reach. `also` names further receipts that failed to come, by seq."""

    claim: str
    contract: str
    debtor: str
    creditor: str
    amount_cents: int = field(validator=gt(0))
    cash_cents: int
    channel: str
    cure_day: int
    also: tuple[int, ...] = ()


@frozen(kw_only=True)
class CovenantTripped(Event):
    """A covenant test failed at a quarter's end."""

    contract: str
    borrower: str
    lender: str
    covenant: str
    found: int
    required: int
    cure_day: int


@frozen(kw_only=True)
class CovenantMet(Event):
    """A covenant that had tripped is met again within its cure period."""

    contract: str
    borrower: str
    covenant: str
    found: int
    required: int


@frozen(kw_only=True)
class Defaulted(Event):
    """A firm does not cure in time. From here its old bills are stayed, and it is an estate."""

    firm: str
    channel: str
    contract: str


@frozen(kw_only=True)
class ContractRejected(Event):
    """An estate walks away from a contract; the other side has an unsecured claim for damages, net of re-letting."""

    claim: str
    contract: str
    estate: str
    counterparty: str
    freed_kw: int = field(validator=ge(0))
    amount_cents: int = field(validator=ge(0))
    due_day: int


@frozen(kw_only=True)
class ContractAssumed(Event):
    """An estate keeps a contract; bills that come after the filing are paid as they fall due."""

    contract: str
    estate: str
    counterparty: str


@frozen(kw_only=True)
class GuaranteeCalled(Event):
    """A guarantor takes over what its box owes and does not pay: the lender's claim moves to the guarantor."""

    old_claim: str
    claim: str
    contract: str
    guarantor: str
    debtor: str
    lender: str
    amount_cents: int = field(validator=gt(0))
    due_day: int


@frozen(kw_only=True)
class CrossDefaultWaived(Event):
    """A guarantor has filed, and a lender lets a box go on whose contracts still cover its debt so many times."""

    contract: str
    borrower: str
    lender: str
    guarantor: str
    cover_ppm: int


@frozen(kw_only=True)
class StakeImpaired(Event):
    """A holder writes down a stake in a firm that has filed to what it expects back."""

    holder: str
    issuer: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class SubsidiaryImpaired(Event):
    """An owner writes off what it has put into a box that has filed."""

    owner: str
    box: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class ReceivableImpaired(Event):
    """A creditor of an estate allows for what it does not expect to be paid of an old bill."""

    claim: str
    debtor: str
    creditor: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class AllowanceReleased(Event):
    """A bill that was allowed for is settled or written off for good: the allowance goes, the loss is booked there."""

    claim: str
    debtor: str
    creditor: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class CollateralSold(Event):
    """
    A lender takes what was pledged to it from a borrower in default, and sells it.

    `orderly_cents` is what it would have fetched without haste, `price_cents` what it does, `cost_cents` what the sale
    costs, `book_cents` what the borrower carried it at. `freed` says how much power leaves each contract it served.
    """

    contract: str
    lender: str
    borrower: str
    buyer: str
    generation: str
    gpus: int = field(validator=gt(0))
    kw: int = field(validator=gt(0))
    orderly_cents: int = field(validator=ge(0))
    price_cents: int = field(validator=gt(0))
    cost_cents: int = field(validator=ge(0))
    book_cents: int = field(validator=ge(0))
    freed: tuple[tuple[str, int], ...]


@frozen(kw_only=True)
class CollateralApplied(Event):
    """Proceeds of collateral pay a secured bill, or a part of it; `debtor` may be the guarantor of the `borrower`."""

    claim: str
    contract: str
    borrower: str
    debtor: str
    lender: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class ClaimsSetOff(Event):
    """
    Estates that owe one another in a ring pay each other without cash.

    `claims[i]` is owed by `firms[i]` to the next of them, the last by the last to the first; `deferred[i]` as in
    `ClaimCleared`.
    """

    firms: tuple[str, ...]
    claims: tuple[str, ...]
    deferred: tuple[int, ...]
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class EstateCostsPaid(Event):
    """Lawyers, advisers and courts take their part of an estate before its creditors do."""

    firm: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class SharesCancelled(Event):
    """A plan of reorganisation that does not pay creditors in full leaves the old holders nothing."""

    issuer: str
    holder: str
    shares: int = field(validator=gt(0))
    carrying_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class SharesDistributed(Event):
    """New shares of a reorganised firm for a creditor that was not paid in full."""

    issuer: str
    holder: str
    shares: int = field(validator=gt(0))


@frozen(kw_only=True)
class ClaimCleared(Event):
    """
    An estate settles an old claim: `paid_cents` in cash, the rest is written off for good.

    `deferred` is 1 where the creditor had booked no income for it yet (damages): what is not paid is then no loss.
    """

    claim: str
    debtor: str
    creditor: str
    amount_cents: int = field(validator=gt(0))
    paid_cents: int = field(validator=ge(0))
    deferred: int = field(default=0, validator=ge(0))


@frozen(kw_only=True)
class EstateClosed(Event):
    """The claims on an estate have been cleared; the firm goes on without its old debts."""

    firm: str
    claims_cents: int
    paid_cents: int


@frozen(kw_only=True)
class PropertyImpaired(Event):
    """Systems that served a contract that is gone will not earn what they are carried at: down to what they fetch."""

    firm: str
    contract: str
    kw: int = field(validator=gt(0))
    carrying_cents: int = field(validator=ge(0))
    to_come_cents: int = field(validator=ge(0))
    amount_cents: int = field(validator=gt(0))


# --- month end ------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Depreciated(Event):
    """A month of straight-line depreciation of all the firm has in service."""

    firm: str
    amount_cents: int = field(validator=gt(0))


@frozen(kw_only=True)
class MonthClosed(Event):
    """The books of a month are closed and sealed."""

    month: str


@frozen(kw_only=True)
class RunEnded(Event):
    """The world has reached its last day: the log is whole."""

    days: int


CATALOGUE: tuple[type[Event], ...] = (
    FirmFounded, BalanceBroughtForward, RolledForward, SharesBroughtForward, LoanBroughtForward,
    PrepaymentBroughtForward, CapacityBroughtForward,
    ContractSigned, ContractEnded, OfferDeclined,
    GpusOrdered, ProductionBooked, GpusBuilt, SurplusTaken, InventoryWrittenDown, OrderDelayed, OrderCancelled,
    GpusDelivered, CapacityAccepted,
    BuildingStarted, SiteEnergised,
    CreditsGranted, CreditsBurned, CreditsLapsed,
    WarrantIssued, WarrantEarned, WarrantVested, WarrantExercised, WarrantLapsed,
    CustomersServed, CostsBilled, ComputeBilled, ComputeRented, PrepaymentCalled, RevenueShared, BackstopBilled,
    LoanDrawn, CollateralPledged, PledgeReleased, InterestBilled, PrincipalDue, CommitmentLapsed,
    EquityContributed, CashSwept,
    TrancheCalled, TrancheLapsed, SharesIssued, CapitalCalled, RoundClosed, VendorFinanceOffered, SharesSold,
    OtherBusinessEarned, CashReturned,
    RentBilled, LeaseBackBilled, ResidualMissed, LeaseGuaranteed, GuaranteeEnded, JointProductSold,
    ClaimPaid,
    ScenarioChanged,
    ShockStruck, DemandObserved, ComputePriceSet, NewsPriced, MarketClosed, FundamentalsRevised, AppetiteSet,
    StakeMarked, EquityLossShared,
    CostsCut, StartupsClosed, PaymentStretched, CommitmentDeferred, ClaimSwapped, Rescued,
    BuildingPaused, BuildingResumed,
    PaymentMissed, CovenantTripped, CovenantMet, Defaulted, ContractRejected, ContractAssumed,
    GuaranteeCalled, CrossDefaultWaived,
    PropertyImpaired, StakeImpaired, SubsidiaryImpaired, ReceivableImpaired, AllowanceReleased,
    CollateralSold, CollateralApplied, ClaimsSetOff, EstateCostsPaid, ClaimCleared,
    SharesCancelled, SharesDistributed, EstateClosed,
    Depreciated, MonthClosed, RunEnded,
)  # fmt: skip
