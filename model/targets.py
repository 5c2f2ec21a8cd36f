"""
Marks that the calm world is held against: what was reported or guided by 2025-10-31, and what the model says.

A mark names a measure of the closed set below, what it is of and when; its value and tolerance, its source and date. It
is a score and no test: a mark that is missed is shown, and says where the world is simplified.
"""

import datetime
from collections.abc import Callable, Iterable
from typing import Any, Literal

from attrs import field, frozen
from attrs.validators import ge

from events import catalogue as c
from events.accounts import PROPERTY
from events.measures.stakes import warrant_value_cents
from events.record import Record
from events.terms import Warrant
from events.units import PPM, divide
from model.experiments.in_memory import World

Value = int | None  # None: what is asked for is not in this world


@frozen(kw_only=True)
class Mark:
    """
    One thing that is known.

    `of` are the firms (or the contract) that it is about, taken together; `since` and `until` its first and last day.
    `target` is what is known in money, `power` in kilowatts; it is hit within `tolerance` of that, or between `target`
    and `to`.
    """

    measure: Literal[
        "revenue", "run_rate", "burn", "sales", "compute_sales", "capex", "repaid", "interest", "capacity", "warrant",
        "rent_per_gpu_hour",
    ]  # fmt: skip
    of: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    target_cents: int = field(default=0, validator=ge(0))
    to_cents: int = field(default=0, validator=ge(0))
    power_kw: int = field(default=0, validator=ge(0))
    tolerance_ppm: int = field(default=100_000, validator=ge(0))
    price_cents: int = field(default=0, validator=ge(0))
    gpus_per_gw: int = field(default=0, validator=ge(0))

    def __attrs_post_init__(self) -> None:
        """A mark has one target, in money or in power, and its days are days."""
        if bool(self.target_cents) == bool(self.power_kw):
            raise ValueError("a mark has one target, in money or in power; write one")
        for day in (self.since, self.until):
            if day and not _is_date(day):
                raise ValueError(f"{day!r} is no day; write one as YYYY-MM-DD")

    @property
    def low(self) -> int:
        """The least that hits, in cents or kilowatts."""
        target = self.target_cents or self.power_kw
        return target - divide(target * self.tolerance_ppm, PPM)

    @property
    def high(self) -> int:
        """The most that hits."""
        target = max(self.target_cents or self.power_kw, self.to_cents)
        return target + divide(target * self.tolerance_ppm, PPM)


@frozen(kw_only=True)
class Targets:
    """The marks of a world, by name."""

    name: str
    marks: dict[str, Mark]


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def measured(mark: Mark, world: World) -> Value:
    """What a world says of a mark, in the unit of its measure; None where it has no such firm or contract."""
    if mark.measure not in ("warrant", "rent_per_gpu_hour") and not any(name in world.books.firms for name in mark.of):
        return None
    return MEASURES[mark.measure](mark, world)


def _within(mark: Mark, world: World) -> Iterable[Record]:
    first, last = mark.since or "0", mark.until or "9"
    return (record for record in world.records if first <= record.date <= last)


def _sum(mark: Mark, world: World, read: Callable[[Any], int | None]) -> int:
    return sum(read(record.event) or 0 for record in _within(mark, world))


def _revenue(mark: Mark, world: World) -> Value:
    """US cents that customers paid labs."""
    return _sum(mark, world, lambda e: e.amount_cents if isinstance(e, c.CustomersServed) and e.lab in mark.of else 0)


def _run_rate(mark: Mark, world: World) -> Value:
    """US cents of a month's revenue, times twelve."""
    found = _revenue(mark, world)
    return None if found is None else 12 * found


BUSINESS = (c.CostsBilled, c.ComputeBilled, c.ComputeRented, c.RevenueShared, c.RentBilled)


def _burn(mark: Mark, world: World) -> Value:
    """US cents paid for costs, compute, rent and revenue share, less what customers paid."""
    bills = {r.event.claim for r in world.records if isinstance(r.event, BUSINESS)}
    paid = _sum(
        mark, world,
        lambda e: e.amount_cents if isinstance(e, c.ClaimPaid) and e.debtor in mark.of and e.claim in bills else 0,
    )  # fmt: skip
    return max(0, paid - (_revenue(mark, world) or 0))


def _sales(mark: Mark, world: World) -> Value:
    """US cents that makers invoiced for systems."""
    return _sum(mark, world, lambda e: e.amount_cents if isinstance(e, c.GpusDelivered) and e.maker in mark.of else 0)


def _compute_sales(mark: Mark, world: World) -> Value:
    """US cents of compute that sellers billed, prepaid or not, and what backstops and rent-backs brought them."""

    def read(e: Any) -> int:
        if isinstance(e, c.ComputeBilled) and e.seller in mark.of:
            return int(e.taken_cents + e.shortfall_cents)
        if isinstance(e, c.ComputeRented) and e.seller in mark.of:
            return int(e.amount_cents)
        return int(e.amount_cents) if isinstance(e, c.LeaseBackBilled) and e.owner in mark.of else 0

    return _sum(mark, world, read)


def _capex(mark: Mark, world: World) -> Value:
    """US cents of systems delivered to firms, and of property billed to them."""

    def read(e: Any) -> int:
        if isinstance(e, c.GpusDelivered) and e.buyer in mark.of:
            return int(e.amount_cents)
        built = isinstance(e, c.CostsBilled) and e.account == PROPERTY and e.firm in mark.of
        return int(e.amount_cents) if built else 0

    return _sum(mark, world, read)


def _repaid(mark: Mark, world: World) -> Value:
    """US cents of principal that fell due on firms' loans, but for what they paid back early."""
    return _sum(
        mark, world,
        lambda e: e.amount_cents
        if isinstance(e, c.PrincipalDue) and e.borrower in mark.of and e.reason in ("instalment", "maturity")
        else 0,
    )  # fmt: skip


def _interest(mark: Mark, world: World) -> Value:
    """US cents of interest billed to firms."""
    return _sum(
        mark, world, lambda e: e.amount_cents if isinstance(e, c.InterestBilled) and e.borrower in mark.of else 0
    )


def _capacity(mark: Mark, world: World) -> Value:
    """Kilowatts that hosts have accepted by a day, what ran at the opening with them."""
    last = mark.until or "9"

    def read(e: Any) -> int:
        return int(e.kw) if isinstance(e, c.CapacityAccepted | c.CapacityBroughtForward) and e.host in mark.of else 0

    return sum(read(record.event) for record in world.records if record.date <= last)


def _warrant(mark: Mark, world: World) -> Value:
    """US cents that all of a warrant is worth at a price."""
    signed = world.books.contracts.get(mark.of[0]) if mark.of else None
    if signed is None or not isinstance(signed.terms, Warrant):
        return None
    shares = sum(tranche.shares for tranche in signed.terms.tranches)
    return warrant_value_cents(shares, signed.terms.strike_cents, mark.price_cents)


def rent_cents_per_gpu_hour(price_per_gw_year_cents: int, gpus_per_gw: int) -> int:
    """A price of a gigawatt-year as the rent of a GPU for an hour, US cents: 12.5 bn over 700,000 x 8,760 is 2.04."""
    return divide(price_per_gw_year_cents, gpus_per_gw * 8_760)


def _rent(mark: Mark, world: World) -> Value:
    """US cents an hour of a GPU at the spot price of a month."""
    prices = [r.event for r in _within(mark, world) if isinstance(r.event, c.ComputePriceSet)]
    if not prices or not mark.gpus_per_gw:
        return None
    return rent_cents_per_gpu_hour(prices[-1].price_per_gw_year_cents, mark.gpus_per_gw)


MEASURES: dict[str, Callable[[Mark, World], Value]] = {
    "revenue": _revenue, "run_rate": _run_rate, "burn": _burn, "sales": _sales, "compute_sales": _compute_sales,
    "capex": _capex, "repaid": _repaid, "interest": _interest, "capacity": _capacity,
    "warrant": _warrant, "rent_per_gpu_hour": _rent,
}  # fmt: skip
