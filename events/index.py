"""`runs/index.jsonl`: the head of every finished run, kept apart from its log, in a chain of its own.

A log cannot show that it was cut at a seal or rewritten as a whole; a head that is kept elsewhere can. Each line names
a run and ends in the SHA-256 of a tag and of its own bytes before `,"hash":`; it states the hash of the line before as
`prev`. Whoever can write here can rewrite this file too: so the newest hash is worth printing.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from attrs import asdict, evolve, field, fields, frozen
from attrs.validators import ge, matches_re

from events.files import Files, on_disk, open_folder
from events.problems import LogDamaged, safe

NAME = "index.jsonl"
TAG = b"circle/index/1\n"
HASH = b',"hash":"'

_ADVICE = "it was changed after it was written; take it from where it was kept"
_CHUNK = 1 << 20
_FILES = Files()


@frozen(kw_only=True)
class Entry:
    """One finished run: its folder's name under `runs/`, its head, how many events, and the scenario's name."""

    name: str = field(validator=matches_re(r"[^\x00-\x1f]+"))
    head: str = field(validator=matches_re(r"[0-9a-f]{64}"))
    events: int = field(validator=ge(1))
    scenario: str
    prev: str = ""
    hash: str = ""

    def encode(self) -> bytes:
        """The line, its LF included."""
        return self._stated() + HASH + self.hash.encode() + b'"}\n'

    def after(self, prev: str) -> "Entry":
        """The same entry, chained to the hash of the line before ("" where it is the first)."""
        chained = evolve(self, prev=prev)
        return evolve(chained, hash=hashlib.sha256(TAG + chained._stated()).hexdigest())

    def _stated(self) -> bytes:
        values = asdict(self)
        del values["hash"]
        return msgspec.json.encode(values)[:-1]


def append(runs: Path, *, name: str, head: str, events: int, scenario: str, files: Files = _FILES) -> Entry:
    """
    Add a finished run, once: where the newest entry of that name says the same, nothing is written.

    A last line that a crash left torn is removed first. Several runs may append at the same time: each waits its turn.

    Raises:
        LogDamaged: the index does not verify; nothing was changed.
        OutputFailed: the disk refused.
        Usage: the folder or the index is a link, a pipe, or otherwise not what it should be.
    """
    new = Entry(name=name, head=head, events=events, scenario=scenario)
    open_folder(runs, files)
    path = runs / NAME
    with on_disk(path), _locked(path, files) as fd:
        data = _whole(fd)
        entries = _checked(data, path)
        newest = next((entry for entry in reversed(entries) if entry.name == name), None)
        if newest is not None and newest == new.after(newest.prev):
            return newest
        if os.fstat(fd).st_size > len(data):
            files.truncate(fd, len(data))
        new = new.after(entries[-1].hash if entries else "")
        files.write_all(fd, new.encode())
        files.fsync(fd)
        return new


def find(runs: Path, name: str) -> str | None:
    """
    The head of a run by its newest entry; None where the index, if there is one, does not know it.

    Raises:
        LogDamaged: the index does not verify.
    """
    return next((entry.head for entry in reversed(check(runs)) if entry.name == name), None)


def check(runs: Path) -> list[Entry]:
    """
    All entries, oldest first, each following from the one before; none where there is no index yet.

    Raises:
        LogDamaged: a line was changed, lost, doubled or moved.
        Usage: something other than a plain file stands in the place of the index.
    """
    path = runs / NAME
    if not os.path.lexists(path):
        return []
    with on_disk(path):
        fd = _FILES.open_regular(path, os.O_RDONLY)
        try:
            return _checked(_whole(fd), path)
        finally:
            _FILES.close(fd)


@contextmanager
def _locked(path: Path, files: Files) -> Iterator[int]:
    """The index, open for us alone until it is closed."""
    fd = files.open_regular(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        files.close(fd)


def _whole(fd: int) -> bytes:
    """The whole lines of the index; what a crash cut short in the last one is not among them."""
    data = bytearray()
    while chunk := os.pread(fd, _CHUNK, len(data)):
        data += chunk
    return bytes(data[: data.rfind(b"\n") + 1])


def _checked(data: bytes, path: Path) -> list[Entry]:
    entries: list[Entry] = []
    prev = ""
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        entry = _decoded(line, f"{path}:{number}")
        if entry.after(prev) != entry:
            raise LogDamaged(f"the line does not follow from the one above; {_ADVICE}", f"{path}:{number}")
        entries.append(entry)
        prev = entry.hash
    return entries


def _decoded(line: bytes, where: str) -> Entry:
    try:
        entry = msgspec.json.decode(line, type=Entry)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise LogDamaged(f"this is no entry of the index ({safe(str(error))}); {_ADVICE}", where) from None
    if entry.encode() != line:
        keys = ", ".join(each.name for each in fields(Entry))
        raise LogDamaged(f"the line is spelled in another way than it was written ({keys}); {_ADVICE}", where)
    return entry
