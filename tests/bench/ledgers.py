"""A ledger of any size to write: firms in pairs, one bills the other for compute, and the bill is cleared.

Every event after the founding has eight postings, and no bill stays open, so that only firms make the books grow.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from events import catalogue as c
from events.journal import Journal
from events.log import Genesis
from events.sink import Sink

SCENARIO = b'{"name":"bench"}\n'
OPENS, DAY = "2025-09-30", "2025-10-01"
MONTH = 5_000  # events between two seals that carry a state

Told = tuple[c.Event, int | None]  # an event and its cause


def genesis() -> Genesis:
    """The first line of any of these logs."""
    return Genesis(
        model=1, policy=1, scenario="bench", scenario_sha256=hashlib.sha256(SCENARIO).hexdigest(), seed=1,
        generator="PCG64", opens=OPENS, ends="2030-12-31", outside=("world",),
    )  # fmt: skip


def story(firms: int, events: int) -> Iterator[Told]:
    """Firms founded with cash, then `events` bills and payments, turn by turn through all pairs."""
    for number in range(firms):
        yield c.FirmFounded(firm=f"firm-{number}", trade="cloud"), None
        yield c.BalanceBroughtForward(firm=f"firm-{number}", account="Assets:Cash", amount_cents=10**14), None
    for turn in range(events // 2):
        pair = turn % (firms // 2)
        buyer, seller, contract = f"firm-{2 * pair}", f"firm-{2 * pair + 1}", f"compute-{pair}"
        claim = f"{contract}/{turn // (firms // 2) + 1}"
        yield bill(claim, contract, buyer, seller), 1
        yield c.ClaimCleared(claim=claim, debtor=buyer, creditor=seller, amount_cents=100_000, paid_cents=90_000), 1


def bill(claim: str, contract: str, buyer: str, seller: str) -> c.ComputeBilled:
    """A month's compute, a tenth of it not taken."""
    return c.ComputeBilled(
        claim=claim, contract=contract, seller=seller, buyer=buyer, kw=1_000, taken_cents=90_000,
        shortfall_cents=10_000, prepaid_cents=0, amount_cents=100_000, make_up=0, due_day=30,
    )  # fmt: skip


def record(folder: Path, told: Iterable[Told]) -> Journal:
    """Write a log by the journal and the sink; what is written is whole."""
    folder.mkdir()
    (folder / "scenario.json").write_bytes(SCENARIO)
    with Sink.open(folder, genesis(), "code") as sink:
        journal = Journal(sink.append, ("world",))
        for number, (event, cause) in enumerate(told, 1):
            journal.record(event, DAY, cause=cause, actor="scenario" if cause is None else "model")
            if number % MONTH == 0:
                journal.record(c.MonthClosed(month="2025-10"), DAY, cause=1, closes=True)
                sink.seal(journal.state())
        journal.record(c.RunEnded(days=1), DAY, cause=1, closes=True)
        sink.seal(journal.state())
    return journal
