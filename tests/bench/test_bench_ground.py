"""Record, replay and fold on the ground floor, beside the `eventsourcing` library in the same process and rounds."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from events.replay import fold, replay
from tests.bench import ledgers
from tests.bench.timing import median_cpu, tell

FIRMS, EVENTS = 20, 40_000

pytest.importorskip("eventsourcing", reason="the peer of the benches; install '.[dev]'")


@pytest.fixture(scope="module")
def told() -> list[ledgers.Told]:
    return list(ledgers.story(FIRMS, EVENTS))


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    return (tmp_path / str(number) for number in count())


def test_record_replay_and_fold_beside_a_peer(told, folders):
    from tests.bench.peer import Peer

    log = next(folders)
    journal = ledgers.record(log, told)
    peer = Peer(next(folders))
    peer.put(told)
    balances = journal.books.ledger.balances
    assert replay(log).books.ledger.balances == fold(log).ledger.balances == peer.replay().balances == balances
    seconds = median_cpu({
        "record": lambda: ledgers.record(next(folders), told),
        "replay": lambda: replay(log),
        "fold": lambda: fold(log),
        "append": lambda: Peer(next(folders)).put(told),
        "reload": peer.replay,
    })  # fmt: skip
    rate = {name: len(told) / spent for name, spent in seconds.items()}
    print(f"\n{len(told):,} events of eight postings, {FIRMS} firms; CPU, median of 5")
    print(f"  eventsourcing: append {rate['append']:,.0f}/s, reload {rate['reload']:,.0f}/s")
    tell("record", rate["record"], "events/s", 100_000)
    tell("  of eventsourcing's append", rate["record"] / rate["append"], "times", 2)
    tell("replay, level 1", rate["replay"], "events/s", 130_000)
    tell("  of eventsourcing's reload", rate["replay"] / rate["reload"], "times", 2.5)
    tell("fold of a checked log", rate["fold"], "events/s", 250_000)
    tell("  of eventsourcing's reload", rate["fold"] / rate["reload"], "times", 5)
