"""What each kind of contract promises: frozen classes, plain data, stored whole in `ContractSigned`.

A class here says what was agreed; the life of the agreement is the generator of the same name in `model/contracts/`.
Days count from the world's opening; money is in cents; power in kilowatts; rates in parts per million.
"""

from typing import Literal

from attrs import field, fields_dict, frozen
from attrs.validators import ge, gt, le

from events.units import PPM, ContractId, FirmId, GenerationId, divide, portion


@frozen
class Promise:
    """
    One plain obligation that a contract creates when it is signed.

    `quantity` is in the units of `asset` (cents of USD, shares, GPUs, kilowatts); 0 where only the future can say.
    `due_day` is -1 where a condition, printed in `when`, decides; `long_stop_day` is -1 where nothing ends the wait.
    """

    debtor: str
    creditor: str
    asset: str
    quantity: int
    due_day: int = -1
    when: str = ""
    long_stop_day: int = -1


class Terms:
    """What any contract promises; `kind` names the class in a log and in a scenario."""

    kind: str

    def promises(self) -> tuple[Promise, ...]:
        """The obligations that these terms create, in the order in which the terms name them."""
        raise TypeError(f"{type(self).__name__} does not say what it promises")


@frozen(kw_only=True)
class SupplyTranche:
    """One row of the gigawatt table: who buys it, who hosts it, what it serves, and when it is due."""

    kw: int = field(validator=gt(0))
    day: int = field(validator=ge(0))
    generation: GenerationId
    buyer: FirmId
    serves: ContractId
    status: Literal["firm", "contemplated"] = "firm"


@frozen(kw_only=True)
class GpuSupply(Terms):
    """
    A maker delivers GPUs in tranches; each is ordered a lead time ahead and invoiced on delivery.

    A contemplated tranche is ordered only while realised demand keeps up with what was expected.
    """

    maker: FirmId
    lab: FirmId
    tranches: tuple[SupplyTranche, ...]
    lead_days: int = field(validator=ge(0))
    days_to_pay: int = field(validator=ge(0))
    kind: Literal["gpu_supply"] = "gpu_supply"

    def promises(self) -> tuple[Promise, ...]:
        return tuple(Promise(self.maker, row.buyer, f"KW:{row.generation}", row.kw, row.day) for row in self.tranches)


@frozen(kw_only=True)
class WarrantTranche:
    """Shares that vest once the holder has deployed so much **and** the share price has been so high."""

    shares: int = field(validator=gt(0))
    deployed_kw: int = field(validator=ge(0))
    price_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class Warrant(Terms):
    """A customer's warrant on its supplier; each tranche vests once, in either order of its two conditions."""

    issuer: FirmId
    holder: FirmId
    tranches: tuple[WarrantTranche, ...]
    strike_cents: int = field(validator=ge(0))
    averaging_days: int = field(default=1, validator=[ge(1), le(65)])  # a quarter of closes is kept
    value_per_share_cents: int = field(validator=ge(0))
    exercise_after_days: int = field(default=0, validator=ge(0))
    expiry_day: int = field(validator=gt(0))
    kind: Literal["warrant"] = "warrant"

    def promises(self) -> tuple[Promise, ...]:
        return tuple(
            Promise(
                self.issuer, self.holder, f"SHARE:{self.issuer}", row.shares,
                when=f"{self.holder} deployed {row.deployed_kw} kW and {self.issuer} at {row.price_cents} cents",
                long_stop_day=self.expiry_day,
            )
            for row in self.tranches
        )  # fmt: skip


@frozen(kw_only=True)
class EquityTranche:
    """Money promised at a milestone of deployed capacity."""

    amount_cents: int = field(validator=gt(0))
    deployed_kw: int = field(validator=ge(0))


@frozen(kw_only=True)
class MilestoneEquity(Terms):
    """
    An investor pays in tranches as the investee deploys the maker's systems (any maker's, where `maker` is "").

    `pays` is the rule by which the investor really pays: `deployment` at the milestone whatever else happens,
    `confidence` only while realised demand is at least `confidence_ppm` of what was expected, `never`.
    """

    investor: FirmId
    investee: FirmId
    maker: FirmId = FirmId("")
    tranches: tuple[EquityTranche, ...]
    days_to_pay: int = field(validator=ge(0))
    long_stop_day: int = field(validator=gt(0))
    pays: Literal["deployment", "confidence", "never"] = "confidence"
    confidence_ppm: int = field(default=800_000, validator=ge(0))
    kind: Literal["milestone_equity"] = "milestone_equity"

    def promises(self) -> tuple[Promise, ...]:
        return tuple(
            Promise(
                self.investor, self.investee, "USD", row.amount_cents,
                when=f"{self.investee} deployed {row.deployed_kw} kW, paid on {self.pays}",
                long_stop_day=self.long_stop_day,
            )
            for row in self.tranches
        )  # fmt: skip


@frozen(kw_only=True)
class SharePurchase(Terms):
    """An investor buys an issuer's new shares on a day, at the price then ruling (or at a fixed one)."""

    investor: FirmId
    issuer: FirmId
    amount_cents: int = field(validator=gt(0))
    price_cents: int = field(default=0, validator=ge(0))
    day: int = field(validator=ge(0))
    treatment: Literal["cost", "fair_value", "equity_method"] = "cost"
    kind: Literal["share_purchase"] = "share_purchase"

    def promises(self) -> tuple[Promise, ...]:
        return (Promise(self.investor, self.issuer, "USD", self.amount_cents, self.day),)


@frozen(kw_only=True)
class CreditGrant(Terms):
    """An investor pays for shares partly in cash and partly in cloud credits that expire."""

    provider: FirmId
    receiver: FirmId
    cash_cents: int = field(validator=ge(0))
    credit_cents: int = field(validator=ge(0))
    price_cents: int = field(default=0, validator=ge(0))
    pays_for: ContractId
    day: int = field(validator=ge(0))
    expiry_day: int = field(validator=gt(0))
    kind: Literal["credit_grant"] = "credit_grant"

    def promises(self) -> tuple[Promise, ...]:
        cash = Promise(self.provider, self.receiver, "USD", self.cash_cents, self.day)
        face = Promise(self.provider, self.receiver, f"CREDIT:{self.provider}", self.credit_cents, self.expiry_day)
        return (cash, face)


@frozen(kw_only=True)
class YearAmount:
    """An amount for a calendar year (for what is left of it, in the year in which the world opens)."""

    year: int = field(validator=ge(2000))
    amount_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class ComputeCommitment(Terms):
    """
    Take-or-pay: each month the buyer owes min(minimum, delivered and accepted capacity at the price).

    `minimums` are dollars a year at full delivery; over the price they are also the ramp of power that the seller has
    to have ready. What was billed and not taken is a shortfall, lost unless `make_up` is 1. A prepayment (called at
    signing, or `opening_prepaid` already paid when the world opens) pays `prepaid_use` of every bill while it lasts.
    `take_or_pay` is the part that is owed whether it is taken or not; where it is less than all, a buyer outside the
    circle takes what falls of demand leave of the minimum, and the seller builds for that.
    """

    seller: FirmId
    buyer: FirmId
    minimums: tuple[YearAmount, ...]
    price_per_gw_year_cents: int = field(validator=gt(0))
    prepayment_cents: int = field(default=0, validator=ge(0))
    opening_prepaid_cents: int = field(default=0, validator=ge(0))
    prepaid_use_ppm: int = field(default=0, validator=[ge(0), le(PPM)])
    days_to_pay: int = field(validator=ge(0))
    end_day: int = field(validator=gt(0))
    total_cents: int = field(validator=gt(0))
    make_up: int = field(default=0, validator=ge(0))
    take_or_pay_ppm: int = field(default=PPM, validator=[ge(0), le(PPM)])
    kind: Literal["compute_commitment"] = "compute_commitment"

    def promises(self) -> tuple[Promise, ...]:
        bill = Promise(
            self.buyer, self.seller, "USD", self.total_cents, when="as capacity is accepted", long_stop_day=self.end_day
        )
        return (bill,)


@frozen(kw_only=True)
class Covenants:
    """Tested each quarter end; 0 switches a test off."""

    contracted_cover_ppm: int = field(default=0, validator=ge(0))
    loan_to_cost_ppm: int = field(default=0, validator=ge(0))
    minimum_liquidity_cents: int = field(default=0, validator=ge(0))


@frozen(kw_only=True)
class Collateral:
    """Systems of a generation that a loan is secured on when the world opens."""

    generation: GenerationId
    kw: int = field(validator=gt(0))


@frozen(kw_only=True)
class TermLoan(Terms):
    """
    A facility drawn as GPUs are delivered, repaid in level quarters, with covenants.

    `margin_ppm` comes on top of the base rate; with `fixed` 1 it is the whole coupon. Interest counts actual days
    over 360 on what is outstanding. A draw is `advance_ppm` of the cost delivered, while the commitment lasts and
    until `available_until_day`. `instalments` quarters repay it from `first_repayment_day`; what is left at
    `maturity_day` falls due then (instalments 0: all of it). With `revolving` 1 it is drawn for cash instead, when the
    borrower asks. `opening_cents` is outstanding when the world opens.

    A draw is refused while the borrower's debt is more than `market_leverage` times its yearly earnings before interest
    (0: no such limit): a rating closes a market before any covenant does.

    With `secured` 1 what a draw pays for is pledged, and for what is outstanding at the opening `collateral`, or
    all that the borrower runs and has not pledged yet. A guarantee of `payment` is called at the borrower's filing, one
    of `collection` for what is left after the collateral was sold. With `cross_default` 1 the guarantor's filing is a
    default here too, unless the borrower's contracts still cover the debt.
    """

    lender: FirmId
    borrower: FirmId
    guarantor: FirmId = FirmId("")
    commitment_cents: int = field(validator=ge(0))
    opening_cents: int = field(default=0, validator=ge(0))
    advance_ppm: int = field(default=0, validator=ge(0))
    margin_ppm: int = field(validator=ge(0))
    fixed: int = field(default=0, validator=ge(0))
    instalments: int = field(default=0, validator=ge(0))
    first_repayment_day: int = field(default=0, validator=ge(0))
    available_until_day: int = field(default=0, validator=ge(0))
    maturity_day: int = field(validator=gt(0))
    market_leverage_ppm: int = field(default=0, validator=ge(0))
    secured: int = field(default=0, validator=ge(0))
    collateral: tuple[Collateral, ...] = ()
    guarantee: Literal["payment", "collection"] = "payment"
    cross_default: int = field(default=1, validator=ge(0))
    revolving: int = field(default=0, validator=ge(0))
    covenants: Covenants = field(factory=Covenants)
    cure_days: int = field(default=5, validator=ge(0))
    kind: Literal["term_loan"] = "term_loan"

    def __attrs_post_init__(self) -> None:
        """Nothing can be outstanding beyond what was committed."""
        if self.opening_cents > self.commitment_cents:
            raise ValueError("opening is more than commitment; raise commitment to what was lent")

    def promises(self) -> tuple[Promise, ...]:
        undrawn = self.commitment_cents - self.opening_cents
        draw = Promise(
            self.lender,
            self.borrower,
            "USD",
            undrawn,
            when="as GPUs are delivered",
            long_stop_day=self.available_until_day,
        )
        repay = Promise(self.borrower, self.lender, "USD", self.opening_cents, self.maturity_day)
        return (draw, repay)


@frozen(kw_only=True)
class CapacityBackstop(Terms):
    """
    A guarantor buys capacity that the beneficiary's customers leave unused, up to a cap.

    `reading` `even` caps each quarter at the total over the remaining quarters, with no carry-over; `front_loaded`
    lets the whole remaining total be called at once.
    """

    guarantor: FirmId
    beneficiary: FirmId
    total_cents: int = field(validator=gt(0))
    quarter_cap_cents: int = field(validator=gt(0))
    price_per_gw_year_cents: int = field(validator=gt(0))
    reading: Literal["even", "front_loaded"] = "even"
    days_to_pay: int = field(validator=ge(0))
    expiry_day: int = field(validator=gt(0))
    kind: Literal["capacity_backstop"] = "capacity_backstop"

    def promises(self) -> tuple[Promise, ...]:
        return (
            Promise(
                self.guarantor,
                self.beneficiary,
                "USD",
                self.total_cents,
                when="unsold capacity",
                long_stop_day=self.expiry_day,
            ),
        )


@frozen(kw_only=True)
class PrioritySupply(Terms):
    """A buyer's class in its maker's allocation queue; the lower the class, the earlier it is served."""

    maker: FirmId
    buyer: FirmId
    priority: int = field(validator=ge(0))
    end_day: int = field(validator=gt(0))
    kind: Literal["priority_supply"] = "priority_supply"

    def promises(self) -> tuple[Promise, ...]:
        return (Promise(self.maker, self.buyer, "PLACE", self.priority, self.end_day),)


@frozen(kw_only=True)
class RateStep:
    """From this day on, this rate."""

    day: int = field(validator=ge(0))
    rate_ppm: int = field(validator=ge(0))


@frozen(kw_only=True)
class RevenueShare(Terms):
    """A payer owes the payee a share of each month's revenue."""

    payer: FirmId
    payee: FirmId
    rates: tuple[RateStep, ...]
    days_to_pay: int = field(validator=ge(0))
    end_day: int = field(validator=gt(0))
    kind: Literal["revenue_share"] = "revenue_share"

    def promises(self) -> tuple[Promise, ...]:
        return (
            Promise(
                self.payer, self.payee, "USD", 0, when="a share of each month's revenue", long_stop_day=self.end_day
            ),
        )


@frozen(kw_only=True)
class LeasePhase:
    """Power of a site that is to be energised on a day; day 0 stands for what has power already."""

    kw: int = field(validator=gt(0))
    day: int = field(validator=ge(0))


@frozen(kw_only=True)
class DataCentreLease(Terms):
    """
    A landlord builds halls with power in phases and lets them; rent runs from energisation, used or not.

    Building begins `build_days` before a phase is due, if the landlord can pay for it. Systems under the commitment
    `serves` are accepted only as far as there is power. Each phase is let for `months`; the rent rises by `escalation`
    a year.
    """

    landlord: FirmId
    tenant: FirmId
    serves: ContractId = ContractId("")
    phases: tuple[LeasePhase, ...]
    rent_per_gw_year_cents: int = field(validator=gt(0))
    months: int = field(validator=gt(0))
    escalation_ppm: int = field(default=0, validator=ge(0))
    build_per_gw_cents: int = field(default=0, validator=ge(0))
    build_days: int = field(default=365, validator=ge(1))
    days_to_pay: int = field(validator=ge(0))
    kind: Literal["data_centre_lease"] = "data_centre_lease"

    def rent_cents(self, kw: int, month: int = 0) -> int:
        """The rent of so much power in a month of its lease, counted from 0; it rises once a year."""
        cents = divide(kw * self.rent_per_gw_year_cents, 12_000_000)
        for _ in range(month // 12):
            cents = portion(cents, PPM + self.escalation_ppm)
        return cents

    def to_come_cents(self, day: int) -> int:
        """Rent still to come on a day, as if each phase has power when it is due, at its first year's."""
        return sum(
            self.rent_cents(row.kw) * max(0, self.months - max(0, (day - row.day) * 12 // 365)) for row in self.phases
        )

    def promises(self) -> tuple[Promise, ...]:
        halls = tuple(Promise(self.landlord, self.tenant, "KW", row.kw, row.day) for row in self.phases)
        return (*halls, Promise(self.tenant, self.landlord, "USD", 0, when="rent every month from energisation"))


@frozen(kw_only=True)
class LeaseBack(Terms):
    """A maker rents its own chips back from a customer at a fixed rent a month."""

    tenant: FirmId
    owner: FirmId
    generation: GenerationId
    kw: int = field(validator=gt(0))
    rent_month_cents: int = field(validator=gt(0))
    start_day: int = field(default=0, validator=ge(0))
    end_day: int = field(validator=gt(0))
    days_to_pay: int = field(validator=ge(0))
    kind: Literal["lease_back"] = "lease_back"

    def promises(self) -> tuple[Promise, ...]:
        return (
            Promise(
                self.tenant, self.owner, "USD", 0, when=f"{self.rent_month_cents} cents a month",
                long_stop_day=self.end_day,
            ),
        )  # fmt: skip


@frozen(kw_only=True)
class LeaseGuarantee(Terms):
    """
    A guarantor stands behind a tenant's rent up to a cap, and gets warrants on the landlord for it.

    The warrants can be exercised from signing to `expiry`, cashless, and are exercised then; the guarantee ends with
    them, or when the cap is used up.
    """

    guarantor: FirmId
    landlord: FirmId
    tenant: FirmId
    lease: ContractId
    cap_cents: int = field(validator=gt(0))
    warrant_shares: int = field(validator=gt(0))
    strike_cents: int = field(default=1, validator=ge(0))
    value_per_share_cents: int = field(validator=ge(0))
    expiry_day: int = field(validator=gt(0))
    kind: Literal["lease_guarantee"] = "lease_guarantee"

    def promises(self) -> tuple[Promise, ...]:
        return (
            Promise(
                self.guarantor, self.landlord, "USD", self.cap_cents, when=f"{self.tenant} misses rent",
                long_stop_day=self.expiry_day,
            ),
            Promise(
                self.landlord, self.guarantor, f"SHARE:{self.landlord}", self.warrant_shares,
                when="exercise of the warrants", long_stop_day=self.expiry_day,
            ),
        )  # fmt: skip


@frozen(kw_only=True)
class VehicleLease(Terms):
    """
    A vehicle buys systems (or, without a `generation`, builds for `cost`) with its owners' and lenders' money, and lets
    them to a lessee for a rent a month.

    Rent runs from acceptance, not before `start`. At the end the lessee makes good what the systems are then worth less
    than `residual`; beyond that and the rent the vehicle and its lenders have recourse to the systems alone.
    """

    vehicle: FirmId
    lessee: FirmId
    generation: GenerationId = GenerationId("")
    kw: int = field(default=0, validator=ge(0))
    cost_cents: int = field(default=0, validator=ge(0))
    rent_month_cents: int = field(validator=gt(0))
    order_day: int = field(validator=ge(0))
    start_day: int = field(validator=gt(0))
    months: int = field(validator=gt(0))
    residual_cents: int = field(default=0, validator=ge(0))
    days_to_pay: int = field(validator=ge(0))
    kind: Literal["vehicle_lease"] = "vehicle_lease"

    def __attrs_post_init__(self) -> None:
        """It is systems of a generation, so many kilowatts of them, or something that has a cost."""
        if bool(self.generation) != bool(self.kw) or bool(self.generation) == bool(self.cost_cents):
            raise ValueError("a vehicle lets systems (generation and kw) or a building (cost); write one of the two")

    @property
    def price_per_gw_year_cents(self) -> int:
        """The rent as a price of power; 0 for a building."""
        return divide(self.rent_month_cents * 12_000_000, self.kw) if self.kw else 0

    def to_come_cents(self, day: int) -> int:
        """Rent still to come on a day, as if it had begun on its first."""
        return self.rent_month_cents * max(0, self.months - max(0, (day - self.start_day) * 12 // 365))

    def promises(self) -> tuple[Promise, ...]:
        rent = Promise(
            self.lessee, self.vehicle, "USD", self.rent_month_cents * self.months, when="every month from acceptance"
        )
        return (rent, Promise(self.lessee, self.vehicle, "USD", self.residual_cents, when="less what is left by then"))


@frozen(kw_only=True)
class JointProduct(Terms):
    """Two firms sell one product: customers outside pay the lead, which owes its partner `split` of the sales."""

    lead: FirmId
    partner: FirmId
    sales: tuple[YearAmount, ...]
    split_ppm: int = field(validator=[gt(0), le(PPM)])
    days_to_pay: int = field(validator=ge(0))
    end_day: int = field(validator=gt(0))
    kind: Literal["joint_product"] = "joint_product"

    def promises(self) -> tuple[Promise, ...]:
        return (
            Promise(
                self.lead, self.partner, "USD", 0, when="a part of each month's joint sales", long_stop_day=self.end_day
            ),
        )


ALL_TERMS: tuple[type[Terms], ...] = (
    GpuSupply,
    Warrant,
    MilestoneEquity,
    SharePurchase,
    CreditGrant,
    ComputeCommitment,
    TermLoan,
    CapacityBackstop,
    PrioritySupply,
    RevenueShare,
    DataCentreLease,
    LeaseBack,
    LeaseGuarantee,
    VehicleLease,
    JointProduct,
)
KINDS: dict[str, type[Terms]] = {
    str(fields_dict(cls)["kind"].default): cls  # type: ignore[arg-type]
    for cls in ALL_TERMS
}


def parties(terms: Terms) -> tuple[str, ...]:
    """The firms that terms name, each once, in the order in which the terms name them."""
    named = (getattr(terms, name) for name, one in fields_dict(type(terms)).items() if one.type is FirmId)  # type: ignore[arg-type]
    return tuple(dict.fromkeys(firm for firm in named if firm))
