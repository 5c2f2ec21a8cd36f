"""A record to a line and back.

Each meaning has one spelling: keys in a fixed order, integers and strings only. `decode` is not enough to believe a
line; `decode`, `encode` and comparing bytes refuses duplicate keys, other orders and other spellings in one act.
"""

from typing import Any

import msgspec

from events.catalogue import CATALOGUE, Event
from events.problems import LogDamaged, UnknownSchema
from events.record import Record
from events.terms import KINDS, Terms


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


_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in CATALOGUE}
_encode_sorted = msgspec.json.Encoder(order="sorted").encode
_encode_frame = msgspec.json.Encoder().encode
_decode_frame = msgspec.json.Decoder(Line).decode


def _structure(kind: type, value: Any) -> Any:
    if kind is Terms and isinstance(value, dict) and value.get("kind") in KINDS:
        return msgspec.convert(value, KINDS[value["kind"]])
    raise ValueError(f"a contract's terms need a known kind, one of {', '.join(sorted(KINDS))}")


_DECODERS = {name: msgspec.json.Decoder(kind, dec_hook=_structure).decode for name, kind in _EVENTS.items()}


def encode(record: Record) -> bytes:
    """The line of a record, its line feed included."""
    kind = type(record.event)
    data = msgspec.Raw(_encode_sorted(record.event))
    line = Line(
        record.seq, record.date, kind.__name__, kind.V, record.cause, record.corr, record.actor, record.post, data
    )
    return _encode_frame(line) + b"\n"


def decode(line: bytes, where: str) -> Record:
    """
    The record of a line.

    Raises:
        UnknownSchema: the event type, or the version of it, is not in the catalogue.
        LogDamaged: the line is not an event line of this format, in its one spelling.
    """
    frame = _frame(line, where)
    event = _event(frame, where)
    record = Record(frame.seq, frame.date, event, frame.cause, frame.corr, frame.actor, frame.post)
    if encode(record) != line:
        raise LogDamaged(
            "this line is not spelled as a writer of the format would (key order, duplicate key, white space or "
            "number form); each meaning has one spelling; take the log from where it was written",
            where=where,
        )
    return record


def _frame(line: bytes, where: str) -> Line:
    try:
        return _decode_frame(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as trouble:
        raise LogDamaged(f"this is not an event line: {trouble}; see docs/log-format.md", where=where) from trouble


def _event(frame: Line, where: str) -> Event:
    kind = _EVENTS.get(frame.type)
    if kind is None or frame.v != kind.V:
        known = f"version {kind.V}" if kind else "no such type"
        raise UnknownSchema(
            f"event type {frame.type!r} version {frame.v}; this reader knows {known}; read it with the release that "
            "wrote it",
            where=where,
        )
    try:
        return _DECODERS[frame.type](frame.data)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as trouble:
        raise LogDamaged(f"the data of a {frame.type} does not fit its type: {trouble}", where=where) from trouble
