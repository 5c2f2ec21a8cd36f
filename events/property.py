"""What is in service and since when: the cost of each delivery, and what of it a lender has not yet financed."""

from attrs import define, evolve, field, frozen

from events import catalogue as c
from events.accounts import PROPERTY
from events.record import Record
from events.units import PPM, divide

SYSTEMS_MONTHS = 72  # six years: CoreWeave 10-Q 2025-06-30, Alphabet 2023-01-01
BUILDING_MONTHS = 300  # halls and power: 25 years, as data-centre owners state for buildings
HALLS = "halls and power"  # what a landlord builds
BUILDINGS = ("shell", "site", HALLS)  # purposes of bills for property
SHARED = "all systems of the host"  # what shells and fit-out serve


@frozen
class Vintage:
    """Property bought on a date; `cents` is its cost, `months` its useful life, `serves` a contract, or `SHARED`."""

    date: str
    cents: int
    months: int = SYSTEMS_MONTHS
    serves: str = ""

    def left_cents(self, today: str) -> int:
        """What is not worn off yet, straight-line by whole months."""
        return divide(self.cents * max(0, self.months - months_between(self.date, today)), self.months)


@define
class Property:
    """Vintages by firm, property at the opening, and cost not yet financed by a draw."""

    vintages: dict[str, list[Vintage]] = field(factory=dict)
    opening_cents: dict[str, int] = field(factory=dict)
    unfinanced_cents: dict[str, int] = field(factory=dict)
    to_build_cents: dict[str, int] = field(factory=dict)  # by landlord: phases begun, less what was billed for them

    def financed(self, borrower: str, drawn_cents: int, advance_ppm: int) -> None:
        """A draw at an advance rate covers so much of the cost that waited: the most that rounds to this draw."""
        covered = divide((2 * drawn_cents + 1) * PPM, 2 * advance_ppm) if advance_ppm else 0
        self.unfinanced_cents[borrower] = max(0, self.unfinanced_cents.get(borrower, 0) - covered)

    def bought(self, firm: str, date: str, cents: int, months: int = SYSTEMS_MONTHS, serves: str = "") -> None:
        """Property enters service at its cost, which no draw has covered yet."""
        self.vintages.setdefault(firm, []).append(Vintage(date, cents, months, serves))
        self.unfinanced_cents[firm] = self.unfinanced_cents.get(firm, 0) + cents

    def serving_cents(self, firm: str, serves: str, today: str) -> int:
        """What the property that serves a contract is carried at, or what all systems share (`SHARED`)."""
        return sum(one.left_cents(today) for one in self.vintages.get(firm, ()) if one.serves == serves)

    def write_down(self, firm: str, serves: str, lost_cents: int, left_cents: int, today: str) -> None:
        """
        First what served the contract shrinks, then everything else in proportion; `left_cents` is left of all.
        """
        carried = self.serving_cents(firm, serves, today)
        here = min(lost_cents, carried)
        if here:
            self.vintages[firm] = [
                evolve(one, cents=divide(one.cents * (carried - here), carried)) if one.serves == serves else one
                for one in self.vintages[firm]
            ]
        self.keep(firm, left_cents, left_cents + lost_cents - here)

    def keep(self, firm: str, left_cents: int, of_cents: int) -> None:
        """Of everything a firm has in service only so much is left: each vintage shrinks in proportion."""
        if of_cents <= 0:
            return
        self.opening_cents[firm] = divide(self.opening_cents.get(firm, 0) * left_cents, of_cents)
        self.vintages[firm] = [
            evolve(one, cents=divide(one.cents * left_cents, of_cents)) for one in self.vintages.get(firm, [])
        ]


def months_between(earlier: str, later: str) -> int:
    """Whole calendar months from one date's month to another's."""
    return 12 * (int(later[:4]) - int(earlier[:4])) + int(later[5:7]) - int(earlier[5:7])


def _delivered(held: Property, record: Record, event: c.GpusDelivered) -> None:
    held.bought(event.buyer, record.date, event.amount_cents, serves=event.serves)


def _billed(held: Property, record: Record, event: c.CostsBilled) -> None:
    if event.account == PROPERTY:
        months = BUILDING_MONTHS if event.purpose in BUILDINGS else SYSTEMS_MONTHS
        shared = SHARED if event.purpose in (*BUILDINGS, "fit out") else ""
        held.bought(event.firm, record.date, event.amount_cents, months, shared)
        if event.purpose == HALLS:
            held.to_build_cents[event.firm] = held.to_build_cents.get(event.firm, 0) - event.amount_cents


def _begun(held: Property, record: Record, event: c.BuildingStarted) -> None:
    held.to_build_cents[event.landlord] = held.to_build_cents.get(event.landlord, 0) + event.cost_cents


def _brought_forward(held: Property, record: Record, event: c.BalanceBroughtForward | c.RolledForward) -> None:
    if event.account == PROPERTY:
        held.opening_cents[event.firm] = held.opening_cents.get(event.firm, 0) + event.amount_cents


FOLDS = {
    c.GpusDelivered: _delivered,
    c.BuildingStarted: _begun,
    c.CostsBilled: _billed,
    c.BalanceBroughtForward: _brought_forward,
    c.RolledForward: _brought_forward,
}
