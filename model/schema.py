"""What a scenario file may say. The loader reads it from these classes; the names carry the units (`events/units.py`).

In the file a field is written without its unit suffix (`cash: 17.5 bn USD` for `cash_cents`), plain or with its source
beside it. Firms and contracts are flat mappings: the fields of the class here and those of the trade or kind together.
"""

import re
from datetime import date, timedelta
from typing import Any, Literal

from attrs import asdict, field, frozen
from attrs.validators import ge, gt, le, matches_re

from agents.plans import ONE, YearRate
from agents.roster import POLICIES
from events.terms import KINDS
from events.units import ContractId, FirmId, GenerationId

CHANNEL_ORDER = (
    "costs", "interest", "rent", "revenue-share", "compute", "joint", "chips", "principal", "guarantee", "prepayment",
    "backstop", "equity", "damages",
)  # fmt: skip


@frozen(kw_only=True)
class Sheet:
    """A balance sheet in nine lines, liabilities positive; what is missing is the plug `opening_equity`."""

    cash_cents: int = 0
    receivable_cents: int = 0
    inventory_cents: int = 0
    property_cents: int = 0
    other_assets_cents: int = 0
    payable_cents: int = 0
    contract_liability_cents: int = 0
    other_liabilities_cents: int = 0


@frozen(kw_only=True)
class Holding:
    """A stake at the opening, and how it is carried: at cost, at fair value, or by the equity method."""

    issuer: FirmId
    shares: int = field(validator=gt(0))
    carrying_cents: int = field(default=0, validator=ge(0))
    treatment: Literal["cost", "fair_value", "equity_method"] = "cost"
    committed_support_cents: int = field(default=0, validator=ge(0))


@frozen(kw_only=True)
class Installed:
    """Capacity running at the opening, and what it serves."""

    contract: ContractId
    generation: GenerationId
    kw: int = field(validator=gt(0))


@frozen(kw_only=True)
class OnOrder:
    """Systems ordered before the opening and still to come: what they will serve, and when they are due."""

    contract: ContractId
    generation: GenerationId
    kw: int = field(validator=gt(0))
    day: int = field(validator=gt(0))


@frozen(kw_only=True)
class OtherBusiness:
    """
    All that a firm does outside the circle, after its costs, taxes, dividends and capex: one cash-flow line.

    Where lenders look at earnings before capex, `capex_quarter` is billed beside it, for property outside the circle.
    """

    quarter_cents: int
    capex_quarter_cents: int = field(default=0, validator=ge(0))
    growth_ppm: int = 0
    noise_ppm: int = field(default=0, validator=[ge(0), le(ONE)])


@frozen(kw_only=True)
class Listing:
    """
    A listed share: its price at the opening and what moves it.

    `growth` is the yearly drift of its fundamental value in the calm world; `exposure` is how much of the value is
    lost when AI demand is wholly lost; `volatility` and `sentiment` are daily standard deviations, own and common.
    """

    price_cents: int = field(validator=gt(0))
    growth_ppm: int = field(default=0)
    exposure_ppm: int = field(default=0, validator=ge(0))
    volatility_ppm: int = field(default=0, validator=[ge(0), le(200_000)])
    sentiment_ppm: int = field(default=ONE, validator=ge(0))


@frozen(kw_only=True)
class FirmSpec:
    """
    A firm: its trade, its opening books, and (flat beside them) the policy of its trade.

    Cash above `returns_above` goes to shareholders at each quarter's end (0: never). `payment_order` names channels
    (costs, interest, compute, ...) and contracts, first paid first.
    """

    trade: str
    policy: Any = field(metadata={"by_kind": POLICIES, "kind_field": "trade"})
    outside: bool = False
    owner: FirmId = FirmId("")
    guarantor: FirmId = FirmId("")
    sheet: Sheet = field(factory=Sheet)
    roll_forward: Sheet = field(factory=Sheet)
    property_life_months: int = field(default=72, validator=gt(0))
    shares_outstanding: int = field(default=0, validator=ge(0))
    last_round_cents: int = field(default=0, validator=ge(0))
    holdings: tuple[Holding, ...] = ()
    installed: tuple[Installed, ...] = ()
    on_order: tuple[OnOrder, ...] = ()
    other_business: OtherBusiness = field(factory=lambda: OtherBusiness(quarter_cents=0))
    listing: Listing | None = None
    returns_above_cents: int = field(default=0, validator=ge(0))
    payment_order: tuple[str, ...] = CHANNEL_ORDER
    cure_days: int = field(default=30, validator=ge(0))

    def __attrs_post_init__(self) -> None:
        """No line of the opening sheet is below zero, neither as filed nor rolled forward."""
        moved = asdict(self.roll_forward)
        for line, cents in asdict(self.sheet).items():
            if min(cents, cents + moved[line]) < 0:
                where = "sheet" if cents < 0 else "sheet and roll_forward together"
                raise ValueError(f"{line.removesuffix('_cents')} is below zero in {where}; each line is at least 0")


@frozen(kw_only=True)
class ShareMove:
    """How much an announcement moves a share."""

    issuer: FirmId
    move_ppm: int = field(validator=[ge(-500_000), le(ONE)])


@frozen(kw_only=True)
class Deal:
    """
    A contract: the deal's standing in the world, and (flat beside it) the terms of its kind.

    `moves` is what its announcement does to shares on the day it is signed.
    """

    kind: str
    terms: Any = field(metadata={"by_kind": KINDS})
    status: Literal["announced", "conditional", "binding", "closed", "superseded", "void"] = "binding"
    runs: bool = True
    signed_day: int = field(default=0, validator=ge(0))
    moves: tuple[ShareMove, ...] = ()
    note: str = ""


@frozen(kw_only=True)
class Generation:
    """A generation of systems: what a gigawatt of it costs, and how many GPUs that is."""

    maker: FirmId
    price_per_gw_cents: int = field(validator=gt(0))
    gpus_per_gw: int = field(validator=gt(0))


@frozen(kw_only=True)
class Shock:
    """
    Something that falls: what it touches, from when, in which shape, how deep, and against what it is measured.

    Shapes: `step` (at once, stays), `ramp` (over `months`, stays), `v` (down and up again over `months` each way),
    `u` (down at once, stays `months`, back over `recovery_months`), `l` (as ramp), `slow_bleed` (over all of `months`),
    `pulse` (only for `months`), `profile` (a part of the depth for each year after the start).
    `against` `plan`: a part of what was planned for that month; `level`: of what was spent when it struck.
    A shock to the base rate is an addition to it instead, so a positive depth is a rise. `delivery` and `power` make
    installing and building take longer; `efficiency` is what serving takes less of compute for the same dollar.
    """

    touches: Literal["demand", "appetite", "credit", "base_rate", "delivery", "power", "efficiency"]
    start_day: int = field(validator=ge(0))
    shape: Literal["step", "ramp", "v", "u", "l", "slow_bleed", "pulse", "profile"]
    depth_ppm: int = field(validator=[ge(-ONE), le(ONE)])
    against: Literal["plan", "level"]
    months: int = field(default=1, validator=gt(0))
    recovery_months: int = field(default=0, validator=ge(0))
    profile: tuple[YearRate, ...] = ()
    who: tuple[FirmId, ...] = ()


@frozen(kw_only=True)
class ShareMarket:
    """How share prices move: pull to fundamentals, trend, common sentiment, the press of sales."""

    pull_ppm: int = field(default=10_000, validator=[ge(0), le(ONE)])
    trend_ppm: int = field(default=20_000, validator=[ge(0), le(500_000)])
    sentiment_volatility_ppm: int = field(default=6_000, validator=[ge(0), le(100_000)])
    floor_cents: int = field(default=1, validator=gt(0))
    impact_ppm: int = field(default=100_000, validator=ge(0))


@frozen(kw_only=True)
class ComputeMarket:
    """The spot price of compute: its trend, and how idle capacity presses on it."""

    price_per_gw_year_cents: int = field(validator=gt(0))
    trend_ppm: int = 0
    idle_response_ppm: int = field(default=1_500_000, validator=ge(0))
    normal_idle_ppm: int = field(default=100_000, validator=[ge(0), le(ONE)])
    market_kw: int = field(validator=gt(0))


@frozen(kw_only=True)
class Credit:
    """The base rate by year."""

    base_rate: tuple[YearRate, ...]


@frozen(kw_only=True)
class ClaimClass:
    """Bills of these channels are paid alike, before the next class gets anything."""

    channels: tuple[str, ...]


CLAIM_CLASSES = (
    ClaimClass(channels=("costs",)),
    ClaimClass(channels=tuple(word for word in CHANNEL_ORDER if word not in ("costs", "equity"))),
)  # what is in neither, equity promised and not paid in, comes last


@frozen(kw_only=True)
class Distress:
    """
    What happens between a default and the closing of the estate.

    `ranking` says who is paid first: `equal` (all alike), `outsiders_first` (creditors outside the circle before those
    in it), or `classes` (by what a bill is for, in the order of `classes`; what no class names comes last).
    `estate_costs` come off an estate's cash before its creditors, if it cannot pay them all. What holders expect back
    of a bill is `secured_recovery` or `unsecured_recovery` until they know. A lender may seize what was pledged
    `seize_after_days` after the filing; it goes at `fire_sale` below what it would fetch without haste, and the sale
    costs `sale_cost` of the price.

    Before a miss, creditors may be asked for `relief`: to `stretch` a bill by `stretch_days`, to `defer` the part
    `defer` of a commitment's minimums for `defer_months`, to `swap` a bill for shares. With `rescue` 1 whoever would
    lose more by a default than it costs pays in, at most `rescues_at_most` times, what is overdue and
    `rescue_quarters` of the firm's losses, at `rescue_discount` below the last price.
    """

    stay_quarters: int = field(default=5, validator=ge(1))
    mitigation_ppm: int = field(default=600_000, validator=[ge(0), le(ONE)])
    discount_ppm: int = field(default=80_000, validator=[ge(0), le(ONE)])
    relet_after_quarters: int = field(default=2, validator=ge(0))
    relet_price_ppm: int = field(default=500_000, validator=[ge(0), le(ONE)])
    relet_used_ppm: int = field(default=600_000, validator=[ge(0), le(ONE)])
    kept_months: int = field(default=3, validator=ge(0))
    ranking: Literal["equal", "outsiders_first", "classes"] = "classes"
    classes: tuple[ClaimClass, ...] = CLAIM_CLASSES
    estate_costs_ppm: int = field(default=0, validator=[ge(0), le(ONE)])
    secured_recovery_ppm: int = field(default=820_000, validator=[ge(0), le(ONE)])
    unsecured_recovery_ppm: int = field(default=370_000, validator=[ge(0), le(ONE)])
    seize_after_days: int = field(default=90, validator=ge(1))
    fire_sale_ppm: int = field(default=200_000, validator=[ge(0), le(ONE)])
    sale_cost_ppm: int = field(default=50_000, validator=[ge(0), le(ONE)])
    relief: tuple[str, ...] = ()
    stretch_days: int = field(default=60, validator=ge(1))
    defer_months: int = field(default=12, validator=ge(1))
    defer_ppm: int = field(default=300_000, validator=[gt(0), le(ONE)])
    rescue: int = field(default=0, validator=ge(0))
    rescues_at_most: int = field(default=1, validator=ge(0))
    rescue_quarters: int = field(default=2, validator=ge(0))
    rescue_discount_ppm: int = field(default=300_000, validator=[ge(0), le(ONE)])

    def __attrs_post_init__(self) -> None:
        """Relief has three forms."""
        if unknown := set(self.relief) - {"stretch", "defer", "swap"}:
            raise ValueError(f"relief names {', '.join(sorted(unknown))}; it takes stretch, defer and swap")


_FOLDER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,58}[A-Za-z0-9])?")


def _names_a_folder(_: Any, __: Any, name: str) -> None:
    """A run's folder is named after its scenario, so the name must not lead anywhere else."""
    if not _FOLDER.fullmatch(name):
        raise ValueError("it names a folder: at most 60 letters, digits, hyphens, dots within, and no slash or space")


@frozen(kw_only=True)
class Change:
    """
    A value that is another one from a morning on: `path` as `--set` has it, `value` as it would be written there.

    Only what is live may change: shocks that have not struck, policies of firms, and the monthly rules of the markets.
    """

    at_day: int = field(validator=gt(0))
    path: str
    value: str


@frozen(kw_only=True)
class Scenario:
    """A world: who is in it, what they have promised, what happens to it, and from when to when."""

    name: str = field(validator=_names_a_folder)
    asks: str
    finds: str = ""
    opens: str
    ends_day: int = field(validator=[gt(0), le(40_000)])
    seed: int = field(validator=[ge(0), le(2**53)])
    firms: dict[str, FirmSpec]
    generations: dict[str, Generation] = field(factory=dict)
    contracts: dict[str, Deal] = field(factory=dict)
    shocks: dict[str, Shock] = field(factory=dict)
    shares: ShareMarket = field(factory=ShareMarket)
    compute: ComputeMarket
    credit: Credit
    distress: Distress = field(factory=Distress)
    changes: tuple[Change, ...] = ()
    parent: str = field(default="", validator=matches_re(r"([0-9a-f]{64})?"))  # the head that a fork came from

    def __attrs_post_init__(self) -> None:
        """A world ends with a month, so that its last page is whole; nobody owns himself through others."""
        last = date.fromisoformat(self.opens) + timedelta(days=self.ends_day)
        if (last + timedelta(days=1)).day != 1:
            raise ValueError(f"ends falls on {last}; a world ends on the last day of a month")
        for name, firm in self.firms.items():
            self._follow_owners(name)
            self._know_places(name, firm)
            self._can_act(name, firm)
            self._hold_what_there_is(name, firm)
        for name, shock in self.shocks.items():
            self._can_strike(name, shock)
        for name, deal in self.contracts.items():
            self._can_perform(name, deal)

    def _know_places(self, name: str, firm: FirmSpec) -> None:
        """A place is a channel, a contract, or a kind of bill of one of them: `spot:openai`, `guarantee:x`."""
        for place in firm.payment_order:
            about = place.rpartition(":")[2]
            if place not in CHANNEL_ORDER and about not in self.contracts and about not in self.firms:
                known = ", ".join(CHANNEL_ORDER)
                raise ValueError(f"firms.{name}.payment_order names {place!r}, neither a contract nor one of {known}")

    def _can_act(self, name: str, firm: FirmSpec) -> None:
        if firm.trade == "customer":
            self._need_trade(f"firms.{name}.lab", firm.policy.lab, "ai_lab", "startups")
            if not firm.outside:
                raise ValueError(f"firms.{name} is a customer inside the circle, without income; write outside: true")
        if getattr(firm.policy, "rents_from", "") == name:
            raise ValueError(f"firms.{name}.rents_from names {name} itself; nobody deals with itself")

    def _hold_what_there_is(self, name: str, firm: FirmSpec) -> None:
        """All stakes in a firm are within its shares; one that states none has as many as are held."""
        stakes = [(holder, row) for holder, other in self.firms.items() for row in other.holdings if row.issuer == name]
        if any(holder == name for holder, _ in stakes):
            raise ValueError(f"firms.{name}.holdings names {name} itself; own shares are none, leave them out")
        held = sum(row.shares for _, row in stakes)
        if firm.shares_outstanding and held > firm.shares_outstanding:
            there = f"firms.{name}.shares_outstanding is {firm.shares_outstanding:,}"
            raise ValueError(f"{there}, and {held:,} are held (by {', '.join(holder for holder, _ in stakes)})")

    def _can_strike(self, name: str, shock: Shock) -> None:
        if (shock.shape == "profile") != bool(shock.profile):
            raise ValueError(f"shocks.{name}.profile is written with the shape profile, and only with it")
        if any(not 0 <= row.rate_ppm <= ONE for row in shock.profile):
            raise ValueError(f"shocks.{name}.profile has parts of the depth, each from 0 % to 100 %")
        for firm in shock.who if shock.touches == "demand" else ():
            self._need_trade(f"shocks.{name}.who", firm, "customer")

    def _can_perform(self, name: str, deal: Deal) -> None:
        terms = deal.terms
        if deal.kind == "term_loan":
            self._need_trade(f"contracts.{name}.lender", terms.lender, "lender")
            self._pledge_once(name, terms)
        if deal.kind == "lease_guarantee":
            lease = self.contracts.get(terms.lease)
            if lease and (lease.kind, lease.terms.tenant) != ("data_centre_lease", terms.tenant):
                raise ValueError(
                    f"contracts.{name}.lease names {terms.lease}, which is no data_centre_lease of {terms.tenant}"
                )
        if deal.kind == "data_centre_lease" and terms.serves:
            served = self.contracts.get(terms.serves)
            if served and served.kind != "compute_commitment":
                raise ValueError(
                    f"contracts.{name}.serves names {terms.serves}, a {served.kind}; it takes a compute_commitment"
                )
        if deal.kind == "gpu_supply":
            self._need_trade(f"contracts.{name}.maker", terms.maker, "chip_maker")
        issuer = {"milestone_equity": "investee", "share_purchase": "issuer", "credit_grant": "receiver"}.get(deal.kind)
        if issuer and not getattr(terms, "price_cents", 0):
            self._need_price(f"contracts.{name}.{issuer}", getattr(terms, issuer))

    def _pledge_once(self, name: str, terms: Any) -> None:
        """What loans are secured on at the opening is installed at the borrower, and pledged to one lender alone."""
        for row in terms.collateral:
            loans = {
                other: sum(r.kw for r in deal.terms.collateral if r.generation == row.generation)
                for other, deal in self.contracts.items()
                if deal.kind == "term_loan" and deal.terms.borrower == terms.borrower
            }
            there = sum(r.kw for r in self.firms[terms.borrower].installed if r.generation == row.generation)
            if sum(loans.values()) > there:
                named = " and ".join(other for other, kw in loans.items() if kw)
                raise ValueError(
                    f"contracts.{name}.collateral: {named} pledge {sum(loans.values()):,} kW of {row.generation}, and "
                    f"{terms.borrower} has {there:,} installed; nothing is pledged twice"
                )

    def _need_trade(self, path: str, firm: str, *trades: str) -> None:
        spec = self.firms.get(firm)
        if spec and spec.trade not in trades:
            wanted = " or ".join(trades)
            raise ValueError(
                f"{path} names {firm}, a firm of the trade {spec.trade}; it takes one of the trade {wanted}"
            )

    def _need_price(self, path: str, firm: str) -> None:
        spec = self.firms.get(firm)
        if spec and not spec.listing and not spec.last_round_cents:
            raise ValueError(f"{path} names {firm}, whose shares have no price; give it a listing or a last_round")

    def _follow_owners(self, name: str) -> None:
        seen = [name]
        while owner := getattr(self.firms.get(seen[-1]), "owner", ""):
            if owner in seen:
                raise ValueError(f"{' owns '.join([owner, *reversed(seen)])}; a ring of owners has no owner")
            seen.append(owner)
