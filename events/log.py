"""The event log on disk: its first line, its blocks and seals, and how they are read back.

The exact bytes are told in `docs/log-format.md`. Reading goes block by block, so a log of any length needs the memory
of one block. What is checked here is bytes and chain; what the lines mean is checked by those who decode them.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from attrs import asdict, evolve, field, fields, frozen
from attrs.validators import ge, gt, matches_re

from events.files import Files, on_disk
from events.problems import LogDamaged, LogIncomplete, Problem, UnknownSchema, Usage, safe

FORMAT = 1
NAME = "events.jsonl"
MAX_LINE = 65_536
BLOCK_EVENTS = 4_096
BLOCK_BYTES = 1_048_576
GENESIS_TAG = b"circle/genesis/1\n"
SEAL_TAG = b"circle/seal/1\n"
GENESIS_START = b'{"genesis":'
EVENT_START = b'{"seq":'
SEAL_START = b'{"seal":'
MONTH_CLOSED = "MonthClosed"
RUN_ENDED = "RunEnded"
CLOSING = (MONTH_CLOSED, RUN_ENDED)

_NUMBER = rb"(0|[1-9][0-9]{0,18})"
_SEAL = re.compile(
    rb'(\{"seal":%b,"next":%b,"count":%b,"bytes":%b,"prev":"([0-9a-f]{64})","lines":"([0-9a-f]{64})",'
    rb'"state":"([0-9a-f]{64}|)"),"hash":"([0-9a-f]{64})"\}\n' % ((_NUMBER,) * 4)
)
_EVENT_HEAD = re.compile(rb'\{"seq":%b,"date":"([0-9]{4}-[0-9]{2}-[0-9]{2})","type":"([A-Za-z0-9]+)",' % _NUMBER)
_CLOSING_LINE = re.compile(rb'^\{"seq":[0-9]+,"date":"[^"]*","type":"(?:MonthClosed|RunEnded)",', re.MULTILINE)
_CLOSING_MARKS = (b'","type":"MonthClosed",', b'","type":"RunEnded",')
_SHA256 = matches_re(r"[0-9a-f]{64}")
_DATE = matches_re(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHUNK = 1 << 20
Line = bytes  # where a field named `bytes` hides the type


def _sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


@frozen(kw_only=True)
class Genesis:
    """
    All that determines a log, and nothing else: its first line.

    `opens` and `ends` are ISO dates; `block_events` and `block_bytes` are where a block is sealed within a month;
    `outside` names the holders beyond the circle; `parent` is the head a fork came from, `parent_date` its date.

    Raises:
        ValueError: a digest, date or limit is out of its bounds.
    """

    model: int = field(validator=ge(0))
    policy: int = field(validator=ge(0))
    scenario: str
    scenario_sha256: str = field(validator=_SHA256)
    seed: int = field(validator=ge(0))
    generator: str
    opens: str = field(validator=_DATE)
    ends: str = field(validator=_DATE)
    block_events: int = field(default=BLOCK_EVENTS, validator=gt(0))
    block_bytes: int = field(default=BLOCK_BYTES, validator=gt(0))
    outside: tuple[str, ...] = field(default=(), converter=_sorted_names)
    parent: str = field(default="", validator=matches_re(r"([0-9a-f]{64})?"))
    parent_date: str = field(default="", validator=matches_re(r"([0-9]{4}-[0-9]{2}-[0-9]{2})?"))

    def encode(self) -> bytes:
        """The line, its LF included."""
        return msgspec.json.encode({"genesis": FORMAT} | asdict(self)) + b"\n"

    def digest(self) -> str:
        """What the first seal names as its predecessor."""
        return _sha256(GENESIS_TAG, self.encode())

    def differs_in(self, other: "Genesis") -> tuple[str, ...]:
        """Names of the fields in which `other` differs."""
        return tuple(each.name for each in fields(Genesis) if getattr(self, each.name) != getattr(other, each.name))

    @classmethod
    def decode(cls, line: bytes, where: object = "") -> "Genesis":
        """
        Read the line back.

        Raises:
            UnknownSchema: another version of the format.
            LogDamaged: anything but the one spelling.
        """
        number = re.match(rb'\{"genesis":%b,' % _NUMBER, line)
        if number is None:
            raise LogDamaged(f"found {_quoted(line)}; a log begins with its genesis line; this is no event log", where)
        if int(number[1]) != FORMAT:
            found = f"found format {number[1].decode()}; this version reads format {FORMAT}"
            raise UnknownSchema(f"{found}; use the version that wrote it", where)
        try:
            stated = msgspec.json.decode(line)
            del stated["genesis"]
            msgspec.convert(stated, cls)  # the types; then the bounds
            genesis = cls(**stated)
        except (msgspec.MsgspecError, TypeError, ValueError, KeyError) as error:
            raise LogDamaged(f"the genesis line is malformed ({safe(str(error))}); {_RERUN}", where) from None
        if genesis.encode() != line:
            raise LogDamaged(f"the genesis line is spelled in another way than it was written; {_RERUN}", where)
        return genesis


@frozen
class Seal:
    """The last line of a block; `hash` covers all the others, and through `prev` all blocks before."""

    number: int
    next: int
    count: int
    bytes: int
    prev: str
    lines: str
    state: str
    hash: str

    @classmethod
    def of(cls, number: int, start: int, count: int, body: Line, prev: str, state: str) -> "Seal":
        """The seal of `count` event lines, `body`, of which the first has the sequence number `start`."""
        open_seal = cls(number, start + count, count, len(body), prev, _sha256(body), state, "")
        return evolve(open_seal, hash=_sha256(SEAL_TAG, open_seal._stated()))

    def _stated(self) -> Line:
        return (
            f'{{"seal":{self.number},"next":{self.next},"count":{self.count},"bytes":{self.bytes},'
            f'"prev":"{self.prev}","lines":"{self.lines}","state":"{self.state}"'
        ).encode()

    def encode(self) -> Line:
        """The line, its LF included."""
        return self._stated() + f',"hash":"{self.hash}"}}\n'.encode()

    @classmethod
    def decode(cls, line: Line) -> "Seal | None":
        """The seal on this line, or None where the line is none or its own hash does not fit."""
        found = _SEAL.fullmatch(line)
        if found is None or not _fits(found):
            return None
        number, following, count, size, prev, lines, state, own = found.groups()[1:]
        digests = (each.decode() for each in (prev, lines, state, own))
        return cls(int(number), int(following), int(count), int(size), *digests)


@frozen
class Block:
    """A sealed block: its event lines, each with its LF, and `body`, all of them; `offset` is where it begins."""

    lines: list[bytes]
    seal: Seal
    offset: int
    body: bytes


@frozen
class Tail:
    """
    What stands after the last seal.

    `kind` is "" (nothing), "unsealed" (whole event lines), "torn" (ends within a line) or "zeros"; `bytes` its
    length; `events` how many whole event lines it begins with. None of them counts as part of the run.
    """

    kind: str
    bytes: int
    events: int

    def __str__(self) -> str:
        name = {"": "nothing", "unsealed": "an unsealed tail", "torn": "a torn tail", "zeros": "a zero-filled tail"}
        return f"{name[self.kind]} of {self.bytes} bytes, {self.events} whole events in it"


class Log:
    """
    A log being read: iterate once over its blocks, then ask what it amounted to.

    Attributes: `genesis` (None when even the first line is torn); `events`, `blocks`, `head` ("" before the first
    seal), `last_date`, `ended` (whether a sealed `RunEnded` was met) and `end` (bytes up to here), all of the blocks
    read so far; `tail` once the blocks are exhausted.

    Raises:
        LogDamaged: at opening for an empty file or a malformed genesis, later when a block does not follow.
        UnknownSchema: another version of the format.
        Usage: there is no plain file at `path`.
    """

    def __init__(self, path: Path, files: Files = Files()) -> None:  # noqa: B008 - it holds no state
        self.path = path
        self.events = self.blocks = self.end = 0
        self.head = self.last_date = ""
        self.ended = False
        self.tail: Tail | None = None
        try:
            with on_disk(path):
                self._file = os.fdopen(files.open_regular(path, os.O_RDONLY), "rb", buffering=_CHUNK)
        except Problem as problem:
            if isinstance(problem.__cause__, FileNotFoundError):
                raise Usage("there is no log here; name the folder of a run", path) from None
            raise
        try:
            self.genesis = self._read_genesis()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Block]:
        with on_disk(self.path):
            while self.tail is None and (block := self._read_block()):
                yield block

    @property
    def complete(self) -> bool:
        """Whether the blocks read end in `RunEnded` and nothing stands after them."""
        return self.ended and self.tail is not None and not self.tail.kind

    def demand_complete(self) -> None:
        """
        Raises:
            LogIncomplete: the end is missing; the message says what stands there and the last good event.
        """
        if self.complete:
            return
        last = f"sealed up to seq {self.events - 1} ({self.last_date})" if self.events else "no block is sealed yet"
        what = str(self.tail) if self.tail and self.tail.kind else "no RunEnded"
        raise LogIncomplete(f"{last}, then {what}; a whole run ends with a sealed RunEnded; run it again", self.path)

    def _read_genesis(self) -> Genesis | None:
        line = self._file.readline(MAX_LINE + 1)
        if not line:
            raise LogDamaged(f"the file is empty; a log begins with its genesis line; {_RERUN}", self.path)
        if line.startswith(b"\xef\xbb\xbf"):
            raise LogDamaged(f"the file begins with a byte-order mark; a log has none; {_RERUN}", self.path)
        if line.endswith(b"\n"):
            self._prev = _sha256(GENESIS_TAG, line)
            self.end = len(line)
            genesis = Genesis.decode(line, self.path)
            self._block_events, self._block_bytes = genesis.block_events, genesis.block_bytes
            return genesis
        if len(line) > MAX_LINE or not (_is_prefix(line, GENESIS_START) or not line.strip(b"\0")):
            raise LogDamaged(f"found {_quoted(line)}; a log begins with its genesis line", self.path)
        self._finish("the genesis line is torn")
        return None

    def _read_block(self) -> Block | None:
        lines: list[bytes] = []
        size, most, largest, readline = 0, self._block_events, self._block_bytes, self._file.readline
        line = readline(MAX_LINE + 1)
        while line.startswith(EVENT_START) and line.endswith(b"\n") and len(line) <= MAX_LINE:
            if len(lines) >= most or size >= largest:
                return self._finish("a full block is not sealed")
            lines.append(line)
            size += len(line)
            line = readline(MAX_LINE + 1)
        if not line.startswith(SEAL_START):
            return self._finish("a line is neither an event nor a seal, or too long")
        seal = Seal.decode(line)
        if seal is None:
            return self._finish("the seal's own hash does not fit, or it is misspelled")
        return self._checked(lines, seal)

    def _is_full(self, count: int, size: int) -> bool:
        return count >= self._block_events or size >= self._block_bytes

    def _checked(self, lines: list[bytes], seal: Seal) -> Block:
        """The block, if its seal follows from the one before, from its lines, and from where blocks must end."""
        if self.ended:
            raise self._damaged("it follows after RunEnded")
        body = b"".join(lines)
        prev = self.head or self._prev
        due = Seal.of(self.blocks, self.events, len(lines), body, prev, seal.state)
        for name in ("number", "next", "count", "bytes", "prev", "lines"):
            stated, actual = getattr(seal, name), getattr(due, name)
            if stated != actual:
                raise self._damaged(f"its seal states `{name}` {str(stated)[:12]} where {str(actual)[:12]} is due")
        _, date, kind = (event_head(lines[-1]) if lines else None) or (0, "", "")
        closes = kind in CLOSING
        if not closes and not self._is_full(len(lines), len(body)):
            raise self._damaged("it is sealed before it is full or a month is closed")
        if closes != bool(seal.state):
            raise self._damaged("a state stands in its seal if and only if it ends a month or the run")
        if _closings(body) > closes:
            raise self._damaged("a month is closed in the middle of it")
        block = Block(lines, seal, self.end, body)
        self.events, self.blocks, self.head = seal.next, self.blocks + 1, seal.hash
        self.end += len(body) + len(seal.encode())
        self.last_date, self.ended = date, kind == RUN_ENDED
        return block

    def _finish(self, trouble: str) -> None:
        """Take what is left for the tail, unless a whole seal stands in it: then this is damage."""
        kind, events, whole, at, last = "zeros", 0, True, self.end, b""
        self._file.seek(self.end)
        while chunk := self._file.read(_CHUNK):
            if any(_fits(found) for found in _SEAL.finditer(last[-_LONGEST_SEAL:] + chunk)):
                raise self._damaged(f"{trouble}, yet a later seal stands")
            kind = kind if not chunk.strip(b"\0") else "unsealed"
            at, last = at + len(chunk), last[-_LONGEST_SEAL:] + chunk
        size = at - self.end
        if size and kind == "unsealed":
            events, whole = self._whole_events()
        self.tail = Tail("" if not size else kind if kind == "zeros" or whole else "torn", size, events)

    def _whole_events(self) -> tuple[int, bool]:
        """How many whole event lines the tail begins with, and whether that is all of it."""
        self._file.seek(self.end)
        events = 0
        while (line := self._file.readline(MAX_LINE + 1)) and event_head(line) and line.endswith(b"}\n"):
            events += 1
        return events, not line

    def _damaged(self, what: str) -> LogDamaged:
        found = f"block {self.blocks}, after seq {self.events - 1}, does not follow from what stands before: {what}"
        return LogDamaged(f"{found}; {_RERUN}", self.path)


def read_blocks(path: Path, files: Files = Files()) -> Iterator[Block]:  # noqa: B008 - it holds no state
    """
    The sealed blocks of a whole log, one at a time, each checked before it is handed out.

    Raises:
        LogDamaged, UnknownSchema, Usage: see `Log`.
        LogIncomplete: after the last block, when the end is missing.
    """
    with Log(path, files) as log:
        yield from log
        log.demand_complete()


def event_head(line: bytes) -> tuple[int, str, str] | None:
    """`seq`, date and type of an event line, or None where the line does not begin as one."""
    found = _EVENT_HEAD.match(line)
    return found and (int(found[1]), found[2].decode(), found[3].decode())


def state_digest(balances: Mapping[tuple[str, str, str], int]) -> str:
    """
    The digest of what every firm holds and owes.

    Args:
        balances: (firm, account, asset) -> units of the asset; zeros do not count.

    Raises:
        Problem: a name holds a tab or a newline.
    """
    held = [f"{firm}\t{account}\t{asset}\t{n}\n".encode() for (firm, account, asset), n in balances.items() if n]
    body = b"".join(sorted(held))
    if body.count(b"\t") != 3 * len(held) or body.count(b"\n") != len(held):
        raise Problem("the name of a firm, account or asset holds a tab or a newline; neither is allowed; rename it")
    return _sha256(body)


_RERUN = "it was changed after it was written; run the scenario again into another folder"
_LONGEST_SEAL = 512


def _sha256(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _fits(found: re.Match[bytes]) -> bool:
    return _sha256(SEAL_TAG, found[1]).encode() == found[8 + 1]


def _closings(body: bytes) -> int:
    """How many lines close a month or the run; the costly look is taken only where the cheap one finds a hint."""
    if sum(body.count(mark) for mark in _CLOSING_MARKS) == 0:
        return 0
    return len(_CLOSING_LINE.findall(body))


def _is_prefix(line: bytes, start: bytes) -> bool:
    return line.startswith(start) or start.startswith(line)


def _quoted(line: bytes) -> str:
    return repr(safe(line.decode(errors="backslashreplace"), 40))
