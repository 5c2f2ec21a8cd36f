"""A small true log, written by the journal and the sink out of events of the catalogue."""

import hashlib
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from events import catalogue as c
from events.journal import Journal
from events.log import NAME, Genesis
from events.sink import Sink
from events.terms import RateStep, RevenueShare

SCENARIO = b'{"name":"real"}\n'
GENESIS = Genesis(
    model=1, policy=1, scenario="real", scenario_sha256=hashlib.sha256(SCENARIO).hexdigest(), seed=7,
    generator="PCG64", opens="2025-09-30", ends="2025-12-31", block_events=4, outside=("suppliers", "world"),
)  # fmt: skip
SHARE = RevenueShare(
    payer="lab", payee="cloud", rates=(RateStep(day=0, rate_ppm=200_000),), days_to_pay=30, end_day=90
)  # fmt: skip
SHARED = c.RevenueShared(
    claim="lab-cloud/1", contract="lab-cloud", payer="lab", payee="cloud", revenue_cents=100, amount_cents=20,
    due_day=60,
)  # fmt: skip


def bill(number: int, cents: int, purpose: str = "staff") -> c.CostsBilled:
    return c.CostsBilled(
        claim=f"lab-costs/{number}", firm="lab", supplier="suppliers", account="Expenses:Running", purpose=purpose,
        amount_cents=cents, due_day=20,
    )  # fmt: skip


def paid(number: int, cents: int) -> c.ClaimPaid:
    return c.ClaimPaid(claim=f"lab-costs/{number}", debtor="lab", creditor="suppliers", amount_cents=cents)


# Each with its date and cause: two months, one bill paid, one left open, and a share of revenue that a contract asks.
# Events that nobody caused stand in blocks without a backslash, the last bill in one with, which is read more slowly.
STORY: tuple[tuple[c.Event, str, int | None], ...] = (
    (c.FirmFounded(firm="lab", trade="lab"), "2025-09-30", None),
    (c.FirmFounded(firm="cloud", trade="cloud, é"), "2025-09-30", None),
    (c.BalanceBroughtForward(firm="lab", account="Assets:Cash", amount_cents=500), "2025-09-30", None),
    (c.ContractSigned(contract="lab-cloud", status="binding", terms=SHARE), "2025-09-30", None),
    (bill(1, 40), "2025-10-02", 2),
    (paid(1, 40), "2025-10-20", 4),
    (c.MonthClosed(month="2025-10"), "2025-10-31", 0),
    (c.CustomersServed(lab="lab", customer="world", amount_cents=100), "2025-11-03", 0),
    (SHARED, "2025-11-03", 7),
    (bill(2, 30, 'staff, "é"'), "2025-11-05", 2),
    (c.MonthClosed(month="2025-11"), "2025-11-30", 6),
    (c.RunEnded(days=92), "2025-12-31", 10),
)


def tell(folder: Path, genesis: Genesis = GENESIS) -> Iterator[tuple[Journal, c.Event]]:
    """Write the story to a folder, handing out the journal after each event, the state sealed where one closes."""
    with Sink.open(folder, genesis, "code") as sink:
        journal = Journal(sink.append, genesis.outside)
        for event, date, cause in STORY:
            closes = isinstance(event, c.MonthClosed | c.RunEnded)
            actor = "scenario" if cause is None else "model"
            journal.record(event, date, cause=cause, actor=actor, closes=closes)
            if closes:
                sink.seal(journal.state())
            yield journal, event


def run(folder: Path, genesis: Genesis = GENESIS) -> Path:
    """The folder of a whole run: log, manifest and scenario."""
    for _ in tell(folder, genesis):
        pass
    (folder / "scenario.json").write_bytes(SCENARIO)
    return folder


@lru_cache
def write() -> bytes:
    """The bytes of the log."""
    with tempfile.TemporaryDirectory() as folder:
        return (run(Path(folder) / "run") / NAME).read_bytes()
