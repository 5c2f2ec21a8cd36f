"""A world of a few firms, told in Python: given these firms, contracts and records, when it runs to a day, then these.

Every world here opens on 2025-12-31, so that day 1 is New Year's Day and day 365 the last of the year. A firm or a
market that a test does not name is not there. Amounts are cents; `bn` and `gw` are for the examples of real size.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from agents.plans import YearGeneration, YearPower, YearRate
from agents.roster import POLICIES
from events import catalogue as c
from events import codec
from events.record import Record
from events.terms import Terms, YearAmount
from events.units import FirmId, GenerationId
from model.economy import Economy, Phase
from model.run import economy_of
from model.schema import ComputeMarket, Credit, Deal, FirmSpec, Generation, Scenario, Sheet, Shock

OPENS = "2025-12-31"
YEAR_DAYS = 365
GW = 1_000_000
BN = 100 * 10**9
CHIPS = GenerationId("chips")
MONTH_ENDS = (31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


class World:
    """
    A founded economy with its log lines in a list; it can be told what happens on a day, run, and asked what happened.

    Args:
        firms: what a scenario would say of each.
        contracts: terms by name (binding, signed on day 0), or deals.
        others: any other field of a scenario.
    """

    def __init__(
        self, firms: dict[str, FirmSpec], contracts: dict[str, Terms | Deal] | None = None, **others: Any
    ) -> None:
        self.lines: list[bytes] = []
        self.closed: list[bool] = []
        self.seals: list[str] = []
        deals = {name: deal(terms) for name, terms in (contracts or {}).items()}
        self.scenario = scenario(firms=firms, contracts=deals, **others)
        self.economy: Economy = economy_of(SimpleNamespace(scenario=self.scenario, futures=()), self)
        self.books = self.economy.books

    def append(self, line: bytes, date: str, closes: bool) -> None:
        self.lines.append(line)
        self.closed.append(closes)

    def seal(self, state: str) -> None:
        self.seals.append(state)

    # --- given ------------------------------------------------------------------------------------------------------

    def on(self, day: int, act: Callable[[Economy], object], phase: Phase = Phase.PERFORM, number: int = 0) -> "World":
        """Do something on a day, in a phase, as if a contract of that number did it."""

        def process() -> Any:
            yield self.economy.at(day, phase)
            act(self.economy)

        self.economy.start(process(), number)
        return self

    def happens(self, day: int, event: c.Event, phase: Phase = Phase.PERFORM, **place: Any) -> "World":
        """An event that the scenario schedules."""
        return self.on(day, lambda economy: economy.record(event, None, **{"actor": "scenario"} | place), phase)

    def closes(self, issuer: str, price_cents: int, *days: int) -> "World":
        """Closing prices of a share that no market of this world makes."""
        for day in days:
            self.happens(day, c.MarketClosed(prices=((issuer, price_cents),)), Phase.MARKET)
        return self

    def deploys(self, day: int, kw: int, lab: str = "lab", maker: str = "maker") -> "World":
        """Systems ordered, built, delivered to the outside world and accepted for a lab, all on one day."""
        return self.on(day, lambda economy: deploy(economy, kw, lab, maker))

    # --- when -------------------------------------------------------------------------------------------------------

    def runs_to(self, day: int) -> "World":
        """Run to the end of a day."""
        self.economy.env.run(until=self.economy.at(day, Phase.MONTH_END))
        return self

    # --- then -------------------------------------------------------------------------------------------------------

    @property
    def records(self) -> list[Record]:
        """What the lines say."""
        return [codec.decode(line, f"line {seq}") for seq, line in enumerate(self.lines)]

    def of(self, kind: type[c.Event], **fields: Any) -> list[Record]:
        """The records of one kind, those whose event has these values."""
        return [
            record
            for record in self.records
            if isinstance(record.event, kind) and all(getattr(record.event, k) == v for k, v in fields.items())
        ]

    def only(self, kind: type[c.Event], **fields: Any) -> Record:
        """The one record of a kind; with more, or without, the test fails showing them."""
        found = self.of(kind, **fields)
        assert len(found) == 1, found
        return found[0]

    def told(self, since: int = 1, **kinds: str) -> list[tuple[Any, ...]]:
        """The events of the kinds named, as (day, kind, values of the fields named), from a day on."""
        day_of = self.economy.calendar.day_of
        return [
            (day_of(record.date), name, *(getattr(record.event, field) for field in kinds[name].split()))
            for record in self.records
            if (name := type(record.event).__name__) in kinds and day_of(record.date) >= since
        ]

    def cash(self, firm: str) -> int:
        """What a firm has in the bank."""
        return self.books.ledger.cash_cents(firm)

    def cause(self, record: Record) -> Record:
        """The record that a record names as its cause."""
        assert record.cause is not None
        return self.records[record.cause]


def story(text: str) -> list[tuple[Any, ...]]:
    """The events that a test states, one a line: day, kind, values. Numbers may have underscores; `_` alone is ""."""
    return [tuple(_value(word) for word in line.split()) for line in text.splitlines() if line.strip()]


def _value(word: str) -> Any:
    if word == "_":
        return ""
    return int(word) if word.lstrip("-").replace("_", "").isdecimal() else word


def scenario(**fields: Any) -> Scenario:
    """A scenario of two years, a base rate of 4 %, one generation of chips at 10 bn a gigawatt, and no shock."""
    plain: dict[str, Any] = {
        "name": "small",
        "asks": "?",
        "opens": OPENS,
        "ends_day": 2 * YEAR_DAYS,
        "seed": 1,
        "generations": {"chips": Generation(maker=FirmId("maker"), price_per_gw_cents=10 * BN, gpus_per_gw=500_000)},
        "compute": ComputeMarket(price_per_gw_year_cents=12 * BN, market_kw=GW),
        "credit": Credit(base_rate=(YearRate(year=2026, rate_ppm=40_000),)),
    }
    return Scenario(**plain | fields)


def deal(terms: Terms | Deal, **fields: Any) -> Deal:
    """A binding deal, signed on the opening day."""
    return terms if isinstance(terms, Deal) else Deal(kind=terms.kind, terms=terms, **fields)


def monthly(cents: int, year: int = 2026) -> tuple[YearAmount, ...]:
    """So much every month, from the opening on."""
    return (YearAmount(year=year, amount_cents=12 * cents),)


def rate(ppm: int, year: int = 2026) -> tuple[YearRate, ...]:
    """The same rate every year."""
    return (YearRate(year=year, rate_ppm=ppm),)


def fall(left_ppm: int, day: int = 1, **fields: Any) -> Shock:
    """A shock that at once leaves so much of demand, for good."""
    plain = {"touches": "demand", "shape": "step", "against": "plan"}
    return Shock(**plain | {"start_day": day, "depth_ppm": 1_000_000 - left_ppm} | fields)


def firm(trade: str = "passive", cash: int = 0, policy: dict[str, Any] | None = None, **spec: Any) -> FirmSpec:
    """A firm of a trade, with a policy and cash."""
    return FirmSpec(trade=trade, policy=POLICIES[trade](**policy or {}), sheet=Sheet(cash_cents=cash), **spec)


def lab(
    cash: int = 0, plan: int = 0, need: int = 0, costs_ppm: int = 0, policy: dict[str, Any] | None = None, **spec: Any
) -> FirmSpec:
    """A lab: so much revenue and compute a month, no appetite for money; it rents nothing unless it is told where."""
    plain: dict[str, Any] = {
        "plan": monthly(plan),
        "running_costs": rate(costs_ppm),
        "compute_need": monthly(need),
        "rents_from": FirmId(""),
        "cash_target_quarters": 0,
        "sells_stakes_below_quarters": 0,
    }
    return firm("ai_lab", cash, plain | (policy or {}), **spec)


def customers(of: str = "lab", **policy: Any) -> FirmSpec:
    """All the customers of a lab, who spend exactly what it expects."""
    return firm("customer", policy={"lab": of, "share_ppm": 1_000_000} | policy, outside=True)


def host(cash: int = 0, trade: str = "cloud", policy: dict[str, Any] | None = None, **spec: Any) -> FirmSpec:
    """A cloud, or a box, that never orders by itself more than it can pay, and serves at no cost."""
    plain: dict[str, Any] = {"buys": (YearGeneration(year=2026, generation=CHIPS),), "operating_cost_ppm": 0}
    return firm(trade, cash, plain | (policy or {}), **spec)


def box(cash: int = 0, policy: dict[str, Any] | None = None, **spec: Any) -> FirmSpec:
    """A borrowing box."""
    return host(cash, "box", policy, **spec)


def maker(kw_a_year: int = 1200 * GW, cost_ppm: int = 0, cash: int = 0) -> FirmSpec:
    """A chip maker whose lines are wide and whose chips cost nothing, unless a test says otherwise."""
    return firm("chip_maker", cash, {"output": (YearPower(year=2026, kw=kw_a_year),), "cost_ppm": cost_ppm})


def outsider() -> FirmSpec:
    """Somebody of the outside world, who always pays."""
    return firm(outside=True)


def deploy(economy: Economy, kw: int, lab: str, maker: str) -> None:
    """One row of the gigawatt table from order to acceptance."""
    order = f"row-{economy.books.seq}"
    row = {"order": order, "maker": maker, "generation": CHIPS}
    whose = {"serves": "elsewhere", "lab": lab, "kw": kw}
    ordered = c.GpusOrdered(**row, **whose, gpus=1, buyer="world", price_cents=1, earliest_day=economy.day, priority=5)
    delivered = c.GpusDelivered(
        **row, **whose, gpus=1, buyer="world", claim=economy.claim("chips:elsewhere"), amount_cents=1, cost_cents=0,
        due_day=economy.day,
    )  # fmt: skip
    accepted = c.CapacityAccepted(**row, host="world", contract="elsewhere", lab=lab, kw=kw)
    for event in (ordered, c.GpusBuilt(**row, gpus=1), delivered, accepted):
        economy.record(event, None, actor="scenario")
