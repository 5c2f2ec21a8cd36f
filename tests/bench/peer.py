"""The same facts and postings kept by the `eventsourcing` library: an application recorder on SQLite, JSON inside."""

import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from attrs import asdict
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import DatetimeAsISO, EventStore, JSONTranscoder, Mapper, UUIDAsHex
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from events.postings import postings
from tests.bench.ledgers import Told

BATCH = 100
WHEN = datetime.datetime(2025, 10, 1, tzinfo=datetime.UTC)


class Posted(DomainEvent):
    """One event with its postings, as a log line has them."""

    kind: str
    data: dict[str, Any]
    post: list[list[Any]]


class Account:
    """The balances that an aggregate's events add up to."""

    def __init__(self) -> None:
        self.balances: dict[tuple[str, str, str], int] = {}

    def apply(self, event: Posted) -> None:
        for firm, account, asset, quantity in event.post:
            key = (firm, account, asset)
            self.balances[key] = self.balances.get(key, 0) + quantity


class Peer:
    """One aggregate's events in a file; `put` appends in batches, `replay` selects and applies them all."""

    def __init__(self, path: Path) -> None:
        transcoder = JSONTranscoder()
        transcoder.register(UUIDAsHex())
        transcoder.register(DatetimeAsISO())
        recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(path)))
        recorder.create_table()
        self.store = EventStore(Mapper(transcoder), recorder)
        self.id = uuid4()

    def put(self, told: list[Told]) -> None:
        """Derive the postings, and append."""
        for start in range(0, len(told), BATCH):
            self.store.put([self._event(start + i, event) for i, (event, _) in enumerate(told[start : start + BATCH])])

    def _event(self, seq: int, event: Any) -> Posted:
        post = [list(line) for line in postings(event)]
        return Posted(
            originator_id=self.id, originator_version=seq + 1, timestamp=WHEN, kind=type(event).__name__,
            data=asdict(event), post=post,
        )  # fmt: skip

    def replay(self) -> Account:
        """Read all events back and apply them."""
        account = Account()
        for event in self.store.get(self.id):
            account.apply(event)
        return account
