"""Is this log whole and true, and what are the books that it adds up to?

One pass, block by block, in the memory of one block and the books. A log is refused with the first thing that is
wrong, in this order: format, bytes and chain, spelling, schema, sequence and dates; what lies beside it; event types
of another version; causes, identities, postings, floors and digests; the end. So damage anywhere goes before a story
that does not add up, and what follows after the last seal counts for nothing.
"""

import copy
import datetime
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from events import codec, manifest
from events.books import Books
from events.books import replay as replayed
from events.catalogue import Event
from events.files import Files, on_disk, read_whole
from events.identities import broken_floor, imbalance, settle, unreconciled
from events.log import EVENT_START, NAME, SEAL_START, Block, Genesis, Log, Seal, event_head, state_digest
from events.postings import POLICY, postings
from events.problems import AccountingBroken, LogDamaged, Problem, UnknownSchema, Usage, safe
from events.record import Record
from events.units import MAX_BALANCE, MAX_POSTING

SCENARIO = "scenario.json"
LONGEST_SCENARIO = 64 * 1024 * 1024

_HEAD = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 32  # lines: enough that the calls cost little, few enough that all they become stays in the fast memory
_UNKNOWN = (LookupError, StopIteration, ValueError, AttributeError)  # how a fold says that something is not there
_TAKE_A_COPY = "it was changed after it was written; take the log from where it was written"
_ITS_AUTHOR = "the chain holds, so it was written so; ask its author"
_files = Files()


@frozen(kw_only=True)
class Replayed:
    """
    A log that is whole and true, and what it adds up to.

    `level` is "self-consistent", or "anchored" where the head equals one known from elsewhere. `books` are those at
    the end of the log, or at the end of the day asked for. `notes` say what could not be compared; `problems` is
    empty, for a log that has one is not handed out.
    """

    level: str
    head: str
    events: int
    blocks: int
    books: Books
    last_date: str
    genesis: Genesis
    complete: bool
    problems: list[str] = field(factory=list)
    notes: list[str] = field(factory=list)


def replay(folder_or_file: Path, *, until: str = "", after: int | None = None, head: str = "") -> Replayed:
    """
    Check a log from its first byte to its last, and fold it.

    Args:
        folder_or_file: a run's folder, or its `events.jsonl`; what lies beside it is compared too.
        until: the last day, as ISO date, that counts for the books returned; the check reads on to the end.
        after: the last event that counts for them, by its number, instead.
        head: the head of the log as it is known from elsewhere.

    Raises:
        LogDamaged: bytes, chain, spelling, schema, sequence, dates; or head, scenario or manifest are another log's.
        UnknownSchema: another format, or a kind of event that this version does not know.
        AccountingBroken: the story does not add up; the first event where that shows is named.
        LogIncomplete: its sealed part is right, and its end is missing.
        Usage: there is no log here, or `until` or `head` cannot be meant.
    """
    path = _log_at(folder_or_file)
    _demand_date(until)
    _demand_head(head)
    with Log(path) as log:
        check = _Check(path, log.genesis, until, after)
        for block in log:
            check.take(block)
        notes = check.notes + _beside(log, head)
        if check.doubts:
            raise min(check.doubts, key=lambda doubt: doubt.code != UnknownSchema.code)
        log.demand_complete()
        return Replayed(
            level="anchored" if head else "self-consistent",
            head=log.head,
            events=log.events,
            blocks=log.blocks,
            books=check.books_then,
            last_date=log.last_date,
            genesis=check.genesis,
            complete=log.complete,
            notes=notes,
        )


def records(folder_or_file: Path) -> Iterator[Record]:
    """
    The sealed records of a log that was checked before; nothing is checked again, so `replay` goes first.

    Raises:
        LogDamaged: a line cannot be read at all.
        UnknownSchema, Usage: see `replay`.
    """
    path = _log_at(folder_or_file)
    read = codec.read if _derives(path) else _as_stored
    for lines in _sealed(path):
        yield from map(read, lines)


def fold(folder_or_file: Path) -> Books:
    """
    The books that a log adds up to that was checked before: `records` and `Books.apply`, several times faster.

    Raises:
        LogDamaged, UnknownSchema, Usage: see `records`.
    """
    path = _log_at(folder_or_file)
    books = Books()
    if not _derives(path):
        return replayed(records(path))
    post, follow = books.ledger.post, books.follow
    for lines in _sealed(path):
        for start in range(0, len(lines), _AT_ONCE):
            for kind, event, record in codec.derived(b"".join(lines[start : start + _AT_ONCE])):
                post(record.post)
                follow(record, event, kind)
    return books


def _derives(path: Path) -> bool:
    with Log(path) as log:
        return log.genesis is not None and log.genesis.policy == POLICY


def _sealed(path: Path) -> Iterator[list[bytes]]:
    """The event lines of each sealed block; the chain is not checked again."""
    lines: list[bytes] = []
    with on_disk(path), path.open("rb") as file:
        for line in file:
            if line.startswith(EVENT_START):
                lines.append(line)
            elif line.startswith(SEAL_START) and Seal.decode(line) is not None:
                yield lines
                lines = []


def _as_stored(line: bytes) -> Record:
    return codec.decode(line, NAME)


class _Check:
    """What has been read so far; `doubts` holds the first of each kind that damage further down would go before."""

    def __init__(self, path: Path, genesis: Genesis | None, until: str, after: int | None) -> None:
        self.path, self.until = path, until
        self.stop = -1 if after is None else after + 1  # the number before which the books are wanted
        self.books = Books()
        self.at_until: Books | None = None
        self.doubts: list[Problem] = []
        self.notes: list[str] = []
        self.seq, self.lines_before = 0, 2
        self.derives = True
        if genesis is not None:
            self._open(genesis)

    def _open(self, genesis: Genesis) -> None:
        _demand_world(genesis, self.path)
        self.genesis = genesis
        self.date, self.ends, self.outside = genesis.opens, genesis.ends, frozenset(genesis.outside)
        self.derives = genesis.policy == POLICY
        if self.until and self.until < genesis.opens:
            self.at_until = Books()
        if not self.derives:
            booked = f"booked under posting policy {genesis.policy}, and this version has policy {POLICY}"
            self.notes.append(f"{booked}, so the postings were not derived again")

    @property
    def books_then(self) -> Books:
        """The books at the end of the day asked for."""
        return self.books if self.at_until is None else self.at_until

    def take(self, block: Block) -> None:
        """One more block, whose bytes are as they were sealed."""
        for lines in self._handfuls(block.lines):
            self._take(lines)
            if self.seq == self.stop:
                self.at_until = copy.deepcopy(self.books)
        if block.seal.state and not self.doubts:
            self._month_end(block.seal)
        self.lines_before += 1

    def _handfuls(self, lines: list[bytes]) -> Iterator[list[bytes]]:
        """So many lines at once, and a cut where the books are wanted."""
        start, cut = 0, self.stop - self.seq
        while start < len(lines):
            end = min(start + _AT_ONCE, len(lines))
            end = cut if start < cut < end else end
            yield lines[start:end]
            start = end

    def _take(self, lines: list[bytes]) -> None:
        body = b"".join(lines)
        told = codec.rederived(body) if self.derives and b"\\" not in body else None
        believed = 0 if told is None or self.doubts else self._believe(told)
        for line in lines[believed:]:
            self._look_closer(line)

    def _believe(self, told: list[codec.Told]) -> int:
        """
        Follow a block whose postings follow from its events, up to the first event that is not as it should be.

        Returns how many were followed. What is wrong with the next one is said by the closer look, on books as they
        were before it.
        """
        books, outside = self.books, self.outside
        ledger, follow = books.ledger, books.follow
        seq = start = self.seq
        for kind, event, record in told:
            if record.seq != seq or record.date != self.date:
                self.seq = seq
                self._place(record.seq, record.date)
            if not (record.actor == "scenario" if record.cause is None else 0 <= record.cause < seq):
                break
            keys = len(ledger.balances)
            if record.post and settle(record.post, ledger, outside):
                ledger.undo(record.post, keys)
                break
            try:
                follow(record, event, kind)
            except _UNKNOWN as trouble:
                self.seq = seq
                self._doubt(_not_known(kind, trouble))
                seq += 1
                break
            seq += 1
        self.seq = seq
        return seq - start

    def _look_closer(self, line: bytes) -> None:
        """The same, one rule after the other: for a line that is wrong, strange, or of another posting policy."""
        try:
            record = codec.decode(line, self._where())
        except UnknownSchema as unknown:
            seq, date, _ = event_head(line) or (-1, "", "")
            self._place(seq, date)
            self._demand_schema(line, _stored_postings(line))
            self.doubts.append(unknown)
        else:
            self._demand_schema(line, record.post)
            self._place(record.seq, record.date)
            if not self.doubts:
                self._story_in_steps(record)
        self.seq += 1

    def _story_in_steps(self, record: Record) -> None:
        if not (record.actor == "scenario" if record.cause is None else 0 <= record.cause < record.seq):
            return self._doubt(_no_cause(record))
        broken = imbalance(record.post) or (self.derives and _differently_derived(record))
        if broken:
            return self._doubt(broken)
        changed = self.books.ledger.after(record.post)
        broken = broken_floor(changed, self.books.ledger, self.outside)
        if broken:
            return self._doubt(broken)
        self.books.ledger.commit(changed)
        try:
            self.books.follow(record, record.event, type(record.event))
        except _UNKNOWN as trouble:
            self._doubt(_not_known(type(record.event), trouble))

    def _demand_schema(self, line: bytes, post: Any) -> None:
        """What the types of a line's fields do not say: no empty postings, 64 bits, names without tab and newline."""
        for *names, quantity in post:
            if not 0 < abs(quantity) <= MAX_POSTING:
                raise self._damaged(f"a posting of {quantity}; 1 to {MAX_POSTING} either way is allowed")
            if any("\t" in name or "\n" in name for name in names):
                raise self._damaged(f"a posting on {safe(' '.join(names))!r}; a name holds no tab and no newline")
        if not _is_plain(json.loads(line)["data"]):
            raise self._damaged("data with something else than texts and 64-bit integers")

    def _place(self, seq: int, date: str) -> None:
        """Gap-free numbers, and days that never go back; here a day begins."""
        if seq != self.seq:
            raise self._damaged(f"seq {seq}; {self.seq} is next, so a line was lost, doubled or moved")
        if date == self.date:
            return
        if not (_is_date(date) and self.date <= date <= self.ends):
            raise self._damaged(f"the date {safe(date)!r}; a day from {self.date} to {self.ends} is allowed")
        if self.until and self.at_until is None and date > self.until:
            self.at_until = copy.deepcopy(self.books)
        self.date = date

    def _month_end(self, seal: Seal) -> None:
        balances = self.books.ledger.balances
        state = state_digest(balances)
        if state != seal.state:
            found = f"the seal states the digest {seal.state[:12]}"
            return self._doubt(f"{found}, and the postings add up to {state[:12]}", -1)
        broken = unreconciled(self.books.obligations, balances)
        if broken:
            self._doubt(broken, -1)

    def _doubt(self, what: str, back: int = 0) -> None:
        self.doubts.append(AccountingBroken(f"at seq {self.seq + back}: {what}; {_ITS_AUTHOR}", self._where()))

    def _damaged(self, what: str) -> LogDamaged:
        return LogDamaged(f"event {self.seq} has {what}; {_TAKE_A_COPY}", self._where())

    def _where(self) -> str:
        return f"{self.path}:{self.lines_before + self.seq}"


def _not_known(kind: type[Event], trouble: Exception) -> str:
    return f"a {kind.__name__} speaks of {safe(str(trouble))}, which the events before it do not know"


def _no_cause(record: Record) -> str:
    found = f"an event of {safe(record.actor)!r} has cause {record.cause}"
    return f"{found}; an earlier seq is allowed, and null for the scenario"


def _differently_derived(record: Record) -> str:
    """Where the postings stored are not those that the rules make of the event, in words; "" where they are."""
    due = postings(record.event)
    if due == record.post:
        return ""
    kind = type(record.event).__name__
    return f"a {kind} was booked as {safe(_shown(record.post), 300)}, and the rules make of it {safe(_shown(due), 300)}"


def _shown(post: Any) -> str:
    return json.dumps(post, ensure_ascii=False) if post else "nothing"


def _stored_postings(line: bytes) -> Any:
    return json.loads(line)["post"]


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return type(value) is str or (type(value) is int and abs(value) <= MAX_BALANCE)


# Before the first event, and beside the log.


def _log_at(place: Path) -> Path:
    place = Path(place)
    return place / NAME if place.is_dir() else place


def _demand_head(head: str) -> None:
    if head and not _HEAD.fullmatch(head):
        raise Usage(f"{safe(head)!r} is no head; 64 lower-case hex digits are, as a run prints them at its end")


def _demand_date(until: str) -> None:
    if until and not _is_date(until):
        raise Usage(f"{safe(until)!r} is no day; write one as YYYY-MM-DD")


def _demand_world(genesis: Genesis, path: Path) -> None:
    outside = genesis.outside
    right = {
        "opens or ends": _is_date(genesis.opens) and _is_date(genesis.ends) and genesis.opens <= genesis.ends,
        "outside": len(set(outside)) == len(outside) and not re.search(r"[\t\n]", "".join(outside)),
        "parent or parent_date": bool(genesis.parent) == bool(genesis.parent_date)
        and (not genesis.parent_date or _is_date(genesis.parent_date)),
    }
    for name in (name for name, good in right.items() if not good):
        raise LogDamaged(f"a wrong {name} in the genesis; see docs/log-format.md for what is allowed", f"{path}:1")


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _beside(log: Log, head: str) -> list[str]:
    """Compare the log with the head that was given and with the files beside it; returns what was not there."""
    if head and head != log.head:
        found = f"the log ends at {log.head or 'no seal'} after seq {log.events - 1}, and the head given says {head}"
        raise LogDamaged(f"{found}; it was cut or rewritten, or the head is another run's", log.path)
    return _scenario_beside(log) + _manifest_beside(log)


def _scenario_beside(log: Log) -> list[str]:
    path = log.path.with_name(SCENARIO)
    try:
        with on_disk(path):
            data = read_whole(path, _files, LONGEST_SCENARIO)
    except Problem as problem:
        if isinstance(problem.__cause__, FileNotFoundError):
            return [f"no {SCENARIO} beside the log, so it was not compared"]
        raise
    if log.genesis is not None and hashlib.sha256(data).hexdigest() != log.genesis.scenario_sha256:
        raise LogDamaged("its SHA-256 is not the one in the log's genesis; one of the two was changed", path)
    return []


def _manifest_beside(log: Log) -> list[str]:
    stated = manifest.read(log.path.parent)
    if stated is None or stated.status != "complete":
        return [f"no {manifest.NAME} of a complete run beside the log, so it was not compared"]
    wrong = manifest.disagreements(stated, log)
    if wrong:
        found = f"{', '.join(wrong)} differ from what the log says; one of the two was changed"
        raise LogDamaged(f"{found}; the manifest can be rebuilt from the log", log.path.with_name(manifest.NAME))
    return []
