"""A record to a line and back.

Each meaning has one spelling: keys in a fixed order, integers and strings only. To decode a line is not enough to
believe it; to decode, encode and compare bytes refuses duplicate keys, other orders and other spellings in one act.
`rederived` compares the postings in the same act, and so is the fast way to believe a line; `decode` is the way to
learn what is wrong with it.
"""

from typing import Any

import msgspec

from events.catalogue import CATALOGUE, Event
from events.postings import booked, postings
from events.problems import LogDamaged, UnknownSchema, safe
from events.record import Record
from events.terms import KINDS, Terms
from events.twins import twin


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """The frame of an event line, in the order in which its keys are written."""

    seq: int
    date: str
    type: str
    v: int
    cause: int | None
    corr: str
    actor: str
    post: tuple[tuple[str, str, str, int], ...]
    data: msgspec.Raw


class Lean(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """
    The same frame, its postings and data left as they stand until they are derived and read.

    With its postings it does for a `Record`, to whoever is handed the event beside it.
    """

    seq: int
    date: str
    type: str
    v: int
    cause: int | None
    corr: str
    actor: str
    post: msgspec.Raw
    data: msgspec.Raw


_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in CATALOGUE}
_encode_sorted = msgspec.json.Encoder(order="sorted").encode
_encode_frame = msgspec.json.Encoder().encode
_decode_frame = msgspec.json.Decoder(Line).decode
_decode_lean = msgspec.json.Decoder(Lean).decode
_decode_frames = msgspec.json.Decoder(Lean).decode_lines
_encode_frames = msgspec.json.Encoder().encode_lines
_DIGITS = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))
_MALFORMED = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)  # what msgspec says of strange lines


def _structure(kind: type, value: Any) -> Any:
    if kind is Terms and isinstance(value, dict) and value.get("kind") in KINDS:
        return msgspec.convert(value, KINDS[value["kind"]])
    raise ValueError(f"a contract's terms need a known kind, one of {', '.join(sorted(KINDS))}")


_DECODERS = {name: msgspec.json.Decoder(kind, dec_hook=_structure).decode for name, kind in _EVENTS.items()}
_TWINS = {name: twin(kind) for name, kind in _EVENTS.items()}
_READERS: dict[str, tuple[type[Event], Any, int, bool]] = {
    name: (kind, msgspec.json.Decoder(twin).decode if twin else _DECODERS[name], kind.V, twin is not None)
    for (name, kind), twin in zip(_EVENTS.items(), _TWINS.values(), strict=True)
}


def encode(record: Record) -> bytes:
    """The line of a record, its line feed included."""
    kind = type(record.event)
    data = msgspec.Raw(_encode_sorted(record.event))
    line = Line(
        record.seq, record.date, kind.__name__, kind.V, record.cause, record.corr, record.actor, record.post, data
    )
    return _encode_frame(line) + b"\n"


Told = tuple[type[Event], Any, Any]  # a kind, an event of it or its twin, and the frame as its record


def rederived(body: bytes) -> list[Told] | None:
    """
    What the lines of a block tell, if an encoder would write them so from the events alone, postings and all.

    None says only that these lines deserve a closer look: by `decode`, and then at their postings.
    """
    try:
        told = derived(body)
        return told if _encode_frames([frame for _, _, frame in told]) == body else None
    except (*_MALFORMED, KeyError):
        return None


def derived(body: bytes) -> list[Told]:
    """The same of lines that were checked before, their postings derived from the events; nothing is compared."""
    told: list[Told] = []
    for frame in _decode_frames(body):
        kind, decode_data, version, has_twin = _READERS[frame.type]
        if frame.v != version:
            raise ValueError(frame.v)
        event = decode_data(frame.data)
        frame.post = booked(kind, event)  # type: ignore[assignment]
        frame.data = event if has_twin else _spelled(event)
        told.append((kind, event, frame))
    return told


def _spelled(event: Event) -> msgspec.Raw:
    """The data of an event that has no twin; one with a number beyond 64 bits is not believed at once."""
    data = _encode_sorted(event)
    if b"0" * 19 in data.translate(_DIGITS):
        raise ValueError(data)
    return msgspec.Raw(data)


def read(line: bytes) -> Record:
    """The record of a line that was checked before, its postings derived from the event; nothing is compared."""
    frame = _decode_lean(line)
    event = _DECODERS[frame.type](frame.data)
    return Record(frame.seq, frame.date, event, frame.cause, frame.corr, frame.actor, postings(event))


def decode(line: bytes, where: str) -> Record:
    """
    The record of a line, its postings as they are stored.

    Raises:
        UnknownSchema: the event type, or the version of it, is not in the catalogue.
        LogDamaged: the line is not an event line of this format, in its one spelling.
    """
    frame = _frame(line, where)
    kind = _EVENTS.get(frame.type)
    if kind is None or frame.v != kind.V:
        raise _unknown(frame, line, where)
    record = Record(frame.seq, frame.date, _event(frame, where), frame.cause, frame.corr, frame.actor, frame.post)
    try:
        spelled = encode(record)
    except _MALFORMED:
        spelled = b""
    if spelled != line:
        raise _misspelled(where)
    return record


def _misspelled(where: str) -> LogDamaged:
    return LogDamaged(
        "this line is not spelled as a writer of the format would (key order, duplicate key, white space or "
        "number form); each meaning has one spelling; take the log from where it was written",
        where=where,
    )


def _frame(line: bytes, where: str) -> Line:
    try:
        return _decode_frame(line)
    except _MALFORMED as trouble:
        raise LogDamaged(
            f"this is not an event line: {safe(str(trouble))}; see docs/log-format.md", where=where
        ) from trouble


def _unknown(frame: Line, line: bytes, where: str) -> LogDamaged | UnknownSchema:
    """Spelling goes first, as far as it can be judged of data that nobody here knows."""
    try:
        frame.data = msgspec.Raw(_encode_sorted(msgspec.json.decode(frame.data)))
        if _encode_frame(frame) + b"\n" != line:
            return _misspelled(where)
    except _MALFORMED:
        return _misspelled(where)
    kind = _EVENTS.get(frame.type)
    known = f"version {kind.V}" if kind else "no such type"
    return UnknownSchema(
        f"event type {safe(frame.type)!r} version {frame.v}; this reader knows {known}; read it with the release that "
        "wrote it",
        where=where,
    )


def _event(frame: Line, where: str) -> Event:
    try:
        return _DECODERS[frame.type](frame.data)
    except _MALFORMED as trouble:
        found = f"the data of a {frame.type} does not fit its type: {safe(str(trouble))}"
        raise LogDamaged(f"{found}; see events/catalogue.py for what is allowed", where=where) from trouble
