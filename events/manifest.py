"""What is known about a run beside its log: how it ended, what wrote it, and where its values came from.

Written whole or not at all. What the log determines (counts, head, last date) can be rebuilt from the log; the rest
(digest of the code, environment, origins) is nowhere else and is kept where it can be read.
"""

from pathlib import Path
from typing import Any

import msgspec
from attrs import asdict, field, frozen
from attrs.validators import in_

from events import log as event_log
from events.files import Files, on_disk, open_folder, read_whole
from events.lock import Lock
from events.log import Line, Log
from events.problems import LogDamaged, safe

NAME = "manifest.json"
STATUSES = ("running", "complete", "failed", "interrupted")
FROM_LOG = ("events", "blocks", "bytes", "head", "last_date")
LONGEST = 64 * 1024 * 1024


@frozen(kw_only=True)
class Manifest:
    """
    One run's manifest.

    `events`, `blocks`, `bytes`, `head` and `last_date` are those of the sealed part of the log (`bytes` counts from
    the first byte of the file); while `status` is "running" they are as of the start. `environment` (versions,
    Python, wall time) and `origins` (where each value of the scenario was written) are whatever the writer gave.
    """

    status: str = field(validator=in_(STATUSES))
    code_digest: str = ""
    events: int = 0
    blocks: int = 0
    bytes: int = 0
    head: str = ""
    last_date: str = ""
    environment: dict[str, Any] = field(factory=dict)
    origins: dict[str, Any] = field(factory=dict)

    def encode(self) -> Line:
        """Indented JSON, for people."""
        return msgspec.json.format(msgspec.json.encode(asdict(self)), indent=2) + b"\n"


def read(folder: Path, files: Files = Files()) -> Manifest | None:  # noqa: B008 - it holds no state
    """
    The manifest in `folder`, or None where there is none.

    Raises:
        LogDamaged: it cannot be read as one.
        Usage: something other than a plain file stands in its place.
    """
    path = folder / NAME
    try:
        data = read_whole(path, files, LONGEST)
    except FileNotFoundError:
        return None
    except OSError:
        with on_disk(path):
            raise
    try:
        stated = msgspec.json.decode(data)
        msgspec.convert(stated, Manifest, strict=True)
        return Manifest(**stated)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise LogDamaged(f"the manifest is malformed ({safe(str(error))}); rebuild it from the log", path) from None


def write(folder: Path, manifest: Manifest, files: Files = Files()) -> None:  # noqa: B008 - it holds no state
    """
    Replace the manifest; whatever happens, the old one or the new one is there whole.

    Raises:
        OutputFailed: the disk refused.
    """
    with on_disk(folder / NAME):
        files.replace(folder / NAME, manifest.encode())


def of_log(log: Log) -> dict[str, Any]:
    """The fields that the log determines, of the blocks read so far."""
    return {
        "events": log.events,
        "blocks": log.blocks,
        "bytes": log.end,
        "head": log.head,
        "last_date": log.last_date,
    }


def disagreements(manifest: Manifest, log: Log) -> list[str]:
    """
    Names of the fields in which the manifest contradicts a log that was read to its end.

    A manifest that says "running" was left by a run that died; it states nothing about the end.
    """
    if manifest.status == "running":
        return []
    wrong = [name for name, value in of_log(log).items() if getattr(manifest, name) != value]
    return wrong + ["status"] * ((manifest.status == "complete") != log.ended)


def rebuild(folder: Path, files: Files = Files()) -> Manifest:  # noqa: B008 - it holds no state
    """
    Write the manifest anew from the log, which is not touched.

    What only the old manifest knew is kept, if it can still be read.

    Raises:
        LogDamaged, UnknownSchema, Usage: there is no log that could be read.
        Locked: a run is writing here.
    """
    open_folder(folder, files)
    lock = Lock.take(folder, files)
    try:
        with Log(folder / event_log.NAME, files) as log:
            for _ in log:
                pass
        try:
            old = read(folder, files)
        except LogDamaged:
            old = None
        left = {} if old is None else {name: getattr(old, name) for name in ("code_digest", "environment", "origins")}
        unfinished = "failed" if old is not None and old.status == "failed" else "interrupted"
        manifest = Manifest(status="complete" if log.ended else unfinished, **of_log(log), **left)
        write(folder, manifest, files)
        return manifest
    finally:
        lock.release()
