"""A schema with one of everything that the loader knows, and a scenario of it, for the tests of the loader."""

from datetime import date
from pathlib import Path
from typing import Any, Literal

from attrs import Factory, field, frozen
from attrs.validators import ge, gt, le

from events.units import ContractId, FirmId, GenerationId
from model.complaints import Complaint
from model.scenario import Loaded, check, load

NOBODY, NOTHING = FirmId(""), ContractId("")


@frozen(kw_only=True)
class YearAmount:
    year: int = field(validator=ge(2000))
    amount_cents: int = field(validator=ge(0))


@frozen(kw_only=True)
class RateStep:
    day: int = field(validator=ge(0))
    rate_ppm: int = field(validator=ge(0))


@frozen(kw_only=True)
class Row:
    kw: int = field(validator=gt(0))
    day: int = field(validator=ge(0))
    buyer: FirmId
    generation: GenerationId
    serves: ContractId = NOTHING


@frozen(kw_only=True)
class Supply:
    maker: FirmId
    lab: FirmId
    tranches: tuple[Row, ...]
    lead_days: int = field(default=90, validator=ge(0))
    kind: Literal["supply"] = "supply"


@frozen(kw_only=True)
class Loan:
    lender: FirmId
    borrower: FirmId
    guarantor: FirmId = NOBODY
    amount_cents: int = field(validator=gt(0))
    minimums: tuple[YearAmount, ...] = ()
    rates: tuple[RateStep, ...] = ()
    end_day: int = field(validator=gt(0))
    kind: Literal["loan"] = "loan"


@frozen(kw_only=True)
class Equity:
    investor: FirmId
    investee: FirmId
    maker: FirmId
    kind: Literal["equity"] = "equity"


@frozen(kw_only=True)
class Promise:
    kind: str
    terms: Any = field(metadata={"by_kind": {"supply": Supply, "loan": Loan, "equity": Equity}})
    status: Literal["binding", "announced"] = "binding"
    note: str = ""


@frozen(kw_only=True)
class Firm:
    cash_cents: int = 0
    shares_outstanding: int = field(default=0, validator=ge(0))
    listed: bool = False
    owners: dict[str, int] = field(factory=dict)
    title: str = ""

    def __attrs_post_init__(self):
        if sum(self.owners.values()) > 100:
            raise ValueError("owners hold more than all of it")


@frozen(kw_only=True)
class Market:
    growth_ppm: int = field(default=0, validator=[ge(-1_000_000), le(1_000_000)])
    founded: date | None = None


@frozen(kw_only=True)
class Small:
    name: str
    opens: str
    seed: int = field(default=1, validator=ge(0))
    ends_day: int = field(default=365, validator=[gt(0), le(40_000)])
    firms: dict[str, Firm]
    generations: dict[str, Market] = Factory(dict)
    contracts: dict[str, Promise] = Factory(dict)
    market: Market = Factory(Market)


WORLD = """\
name: small
opens: 2025-09-30
firms:
  nvidia:
    cash: 56.8 bn USD
  openai:
    cash: {value: 10 bn USD, assumption: no filing, range: [5 bn USD, 15 bn USD]}
    shares_outstanding: 160 m shares
generations:
  blackwell: {}
contracts:
  chips:
    kind: supply
    maker: nvidia
    lab: openai
    tranches:
      - {kw: 1 GW, day: 2026-10-01, buyer: openai, generation: blackwell}
      - {kw: 500 MW, day: 2027-10-01, buyer: world, generation: blackwell, serves: loan}
  loan:
    kind: loan
    lender: world
    borrower: openai
    amount: {value: 1.4 tn USD, source: https://example.org/a, date: 2025-10-06, confidence: filed}
    minimums: {2026: 8 bn USD, 2027: 9 bn USD}
    rates:
      2025-09-30: 20 %
      2027-01-01: 962 bp
    end: 2030-12-31
market:
  growth: -30 %
"""


def written(folder: Path, text: str | bytes, name: str = "world.yaml") -> Path:
    """The path of a new file of `text`."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def loaded(folder: Path, text: str = WORLD, *sets: str) -> Loaded:
    return load(written(folder, text), sets, schema=Small)


def complaints(folder: Path, text: str | bytes) -> list[Complaint]:
    return check(written(folder, text), schema=Small)


def only(found: list[Complaint]) -> Complaint:
    """The one complaint; with more, or without, the test fails showing them."""
    assert len(found) == 1, [str(complaint) for complaint in found]
    return found[0]
