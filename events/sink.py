"""The one place that writes a log: it starts one, resumes one, or reproduces one, by the same few lines.

The run is always executed from genesis. While sealed blocks are stored, each new block is compared with the stored
one; after the last of them blocks are appended. So a resumed log has the bytes of an undisturbed one, and a
finished log that is run again is proved rather than rewritten.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from attrs import evolve, frozen

from events import log as event_log
from events import manifest
from events.difference import diverged, first_difference, other_code, other_genesis
from events.files import CREATE, Files, on_disk, open_folder
from events.lock import Lock, same_file
from events.log import MAX_LINE, RUN_ENDED, Genesis, Log, Seal, event_head
from events.manifest import Manifest
from events.problems import Diverged, LogDamaged, OtherHistory, OutputFailed, Problem, Stopped

_CHUNK = 1 << 20
_FILES = Files()


@frozen
class Position:
    """How far the sealed part of this run reaches; replaced whole, so that a signal never finds half of it."""

    bytes: int
    prev: str
    head: str = ""
    events: int = 0
    blocks: int = 0
    last_date: str = ""
    ended: bool = False


class Sink:
    """
    The log of one run, while it is made; see `Sink.open`.

    `outcome` says what was found: "new" (nothing), "resumed" (an unfinished log) or "reproduced" (a whole one, in
    which nothing is written). `head` ("" before the first seal), `events`, `blocks` and `last_date` are those of the
    blocks sealed so far in this run.
    """

    def __init__(self, folder: Path, genesis: Genesis, fresh: Manifest, lock: Lock, files: Files) -> None:
        self.folder, self.genesis, self.outcome = folder, genesis, "new"
        self._path = folder / event_log.NAME
        self._lock, self._files, self._fd = lock, files, -1
        self._fresh = fresh
        self._manifest: Manifest | None = None
        self._stored: Log | None = None
        self._at = Position(len(genesis.encode()), genesis.digest())
        self._writing = False  # all that is stored was compared: blocks are appended from here
        self._refused = False  # the disk failed once: nothing is written any more
        self._block_events, self._block_bytes = genesis.block_events, genesis.block_bytes
        self._lines: list[bytes] = []
        self._size = 0
        self._date = ""
        self._closing = False

    @classmethod
    def open(
        cls,
        folder: Path,
        genesis: Genesis,
        code_digest: str,
        files: Files = _FILES,
        *,
        environment: Mapping[str, Any] | None = None,
        origins: Mapping[str, Any] | None = None,
    ) -> "Sink":
        """
        Lock the folder, making it if it is missing, and look at what is there.

        `environment` and `origins` go to the manifest as they are.

        Raises:
            Locked: another process writes here.
            LogDamaged: what is stored does not verify; nothing was changed.
            OtherHistory: what is stored has another genesis; nothing was changed. Take `next_folder`.
            OutputFailed: the disk refused.
            UnknownSchema: what is stored has another format.
            Usage: folder, log or manifest is a link, a pipe, or otherwise not what it should be.
        """
        folder = Path(folder)
        about = dict(environment or {}), dict(origins or {})
        fresh = Manifest(status="running", code_digest=code_digest, environment=about[0], origins=about[1])
        open_folder(folder, files)
        sink = cls(folder, genesis, fresh, Lock.take(folder, files), files)
        try:
            sink._look()
            sink._write_once_compared()
        except BaseException:
            sink._release()
            raise
        return sink

    @property
    def head(self) -> str:
        return self._at.head

    @property
    def events(self) -> int:
        return self._at.events

    @property
    def blocks(self) -> int:
        return self._at.blocks

    @property
    def last_date(self) -> str:
        return self._at.last_date

    def __enter__(self) -> "Sink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close(kind)
        except Problem:
            if error is None:
                raise  # else what went wrong first is what gets told
        finally:
            self._release()

    def append(self, line: bytes, date: str, closes: bool) -> None:
        """
        Take one event line, its LF included; `closes` for the last one of a month or of the run: `seal` comes next.

        Where the block is full, it is sealed here.

        Raises:
            Diverged, OtherHistory: the block sealed here is not the stored one; nothing was changed.
            OutputFailed: the disk refused.
        """
        if self._closing:
            raise Problem("an event follows where a month awaits its seal, or after the end of the run", self._path)
        lines = self._lines
        lines.append(line)
        self._size += len(line)
        self._date = date
        if closes:
            self._closing = True
        elif len(lines) >= self._block_events or self._size >= self._block_bytes:
            self._seal("")

    def seal(self, state: str) -> None:
        """
        Seal the block that an event with `closes` has just ended; `state` is the digest of the books after it.

        Raises:
            Diverged, OtherHistory, OutputFailed: as `append`.
        """
        if not self._closing or not self._lines or not state:
            raise Problem("a seal with a state belongs after an event that closes, once", self._path)
        self._seal(state)
        self._closing = self._at.ended

    # One block at a time.

    def _seal(self, state: str) -> None:
        lines, body, at = self._lines, b"".join(self._lines), self._at
        if body.count(b"\n") != len(lines) or body[-1:] != b"\n" or max(map(len, lines)) > MAX_LINE:
            raise Problem(f"an event line exceeds {MAX_LINE} bytes or does not end in its only LF", self._path)
        seal = Seal.of(at.blocks, at.events, len(lines), body, at.prev, state)
        data = body + seal.encode()
        _, _, kind = (event_head(lines[-1]) if state else None) or (0, "", "")
        if self._writing:
            self._write(data)
        else:
            self._compare(data)
        end, ended = at.bytes + len(data), kind == RUN_ENDED
        self._at = Position(end, seal.hash, seal.hash, seal.next, at.blocks + 1, self._date, ended)
        self._lines, self._size = [], 0
        self._write_once_compared()

    def _write(self, data: bytes) -> None:
        self._demand_in_place()
        self._demand_untouched(os.fstat(self._fd).st_size == self._at.bytes)
        with self._disk():
            self._files.write_all(self._fd, data)

    def _compare(self, data: bytes) -> None:
        if self._stored_bytes(len(data)) != data:
            raise self._parted(data)

    def _stored_bytes(self, size: int) -> bytes:
        """What is stored and sealed from here on, at most `size` bytes of it."""
        with self._disk():
            return os.pread(self._fd, max(0, min(size, self._stored_end - self._at.bytes)), self._at.bytes)

    @property
    def _stored_end(self) -> int:
        return 0 if self._stored is None else self._stored.end

    def _parted(self, new: bytes) -> Problem:
        difference = first_difference(self._stored_bytes(len(new) + MAX_LINE), new, self._at.events)
        same_code = self._manifest is not None and self._manifest.code_digest == self._fresh.code_digest
        return (diverged if same_code else other_code)(self._path, difference)

    def _demand_in_place(self) -> None:
        """After a fork, or when the folder has moved, a write would go where nobody looks for it."""
        if self._lock.inherited:
            self._refused = True
            raise OutputFailed("a forked process may not write its parent's log; let it open its own", self._path)
        if not (same_file(self._fd, self._path) and self._lock.held):
            self._refused = True
            raise OutputFailed(
                "the log or its lock was moved or removed during the run; a run's folder must stay in place; "
                "nothing more was written: put it back and run the same again, which resumes",
                self._path,
            )

    def _demand_untouched(self, whole: bool) -> None:
        """What another program cut from the log or added to it does not get a seal of ours."""
        if not whole:
            self._refused = True
            found = "the log was cut or added to by another program during the run"
            raise LogDamaged(f"{found}; only this run may write it; move the folder away and run again", self._path)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            with on_disk(self._path):
                yield
        except OutputFailed:
            self._refused = True
            raise

    # Opening: what is there, and where to go on.

    def _look(self) -> None:
        """Verify what is stored, and compare genesis; nothing is changed but a stray temporary file."""
        with on_disk(self.folder):
            self._files.remove_stray(self.folder / manifest.NAME)
        self._manifest = manifest.read(self.folder, self._files)
        if not os.path.lexists(self._path):
            return
        with on_disk(self._path):
            self._fd = self._files.open_regular(self._path, os.O_RDWR | os.O_APPEND)
        if os.fstat(self._fd).st_size == 0:
            return  # left by a run that died before its first write
        with Log(self._path, self._files) as log:
            for _ in log:
                pass
        if log.genesis is not None and log.genesis != self.genesis:
            raise other_genesis(self._path, log.genesis, self.genesis)
        self._stored = log
        self.outcome = "reproduced" if log.complete else "resumed"

    def _write_once_compared(self) -> None:
        """When the stored blocks are used up, set aside what stands after them, and append from here on."""
        stored = self._stored
        if self._writing or (stored is not None and (self._at.bytes < stored.end or stored.complete)):
            return
        self._save(evolve(self._fresh, **self._counts()))
        with self._disk():
            if self._fd < 0:
                self._fd = self._files.open_regular(self._path, os.O_RDWR | os.O_APPEND | CREATE)
            if stored is not None and stored.tail and stored.tail.kind:
                self._set_tail_aside()
            if os.fstat(self._fd).st_size == 0:
                self._files.write_all(self._fd, self.genesis.encode())
        self._writing = True

    def _set_tail_aside(self) -> None:
        """Copy the tail to a side file, whole and synced, then cut it off."""
        side = next(path for path in _numbered(self._path, ".tail-", 1) if not os.path.lexists(path))
        fd = self._files.open_regular(side, os.O_WRONLY | CREATE)
        try:
            at = self._stored_end
            while chunk := os.pread(self._fd, _CHUNK, at):
                self._files.write_all(fd, chunk)
                at += len(chunk)
            self._files.fsync(fd)
        finally:
            self._files.close(fd)
        self._files.sync_folder(self.folder)
        self._files.truncate(self._fd, self._stored_end)

    # Closing.

    def _close(self, kind: type[BaseException] | None) -> None:
        if self._refused or self._lock.inherited:
            return
        if kind is None and self.outcome == "reproduced" and not self._at.ended:
            raise self._parted(b"".join(self._lines))  # the stored run goes on where this one stopped
        if self._writing:
            self._sync()
            self._save(evolve(self._fresh, status=self._status(kind), **self._counts()))
        elif self._manifest is not None and self._left_behind(kind):
            self._save(evolve(self._manifest, status=self._status(kind), **self._counts()))

    def _sync(self) -> None:
        self._demand_in_place()
        self._demand_untouched(os.fstat(self._fd).st_size >= self._at.bytes)
        with self._disk():
            if os.fstat(self._fd).st_size > self._at.bytes:  # a block that a signal cut short
                self._files.truncate(self._fd, self._at.bytes)
            self._files.fsync(self._fd)

    def _left_behind(self, kind: type[BaseException] | None) -> bool:
        """Whether the log was only compared, and its manifest still says that a run now dead is running."""
        parted = kind is not None and issubclass(kind, Diverged | OtherHistory)
        return not parted and self._manifest is not None and self._manifest.status == "running"

    def _status(self, kind: type[BaseException] | None) -> str:
        stored_ended = self._stored is not None and self._stored.ended
        if self._at.ended if self._writing else stored_ended:
            return "complete"
        stopped = kind is None or issubclass(kind, KeyboardInterrupt | Stopped)
        return "interrupted" if stopped else "failed"

    def _counts(self) -> dict[str, Any]:
        """What the log on disk amounts to: this run's part of it, or all of it while it is only compared."""
        if self._stored is not None and self._at.bytes < self._stored.end:
            return manifest.of_log(self._stored)
        return {name: getattr(self._at, name) for name in manifest.FROM_LOG}

    def _save(self, new: Manifest) -> None:
        try:
            manifest.write(self.folder, new, self._files)
        except OutputFailed:
            self._refused = True
            raise
        self._manifest = new

    def _release(self) -> None:
        fd, self._fd = self._fd, -1
        try:
            if fd >= 0:
                self._files.close(fd)
        finally:
            self._lock.release()


def next_folder(folder: Path, genesis: Genesis, code_digest: str, files: Files = _FILES) -> Path:
    """The first of `<folder>.2`, `<folder>.3`, ... that is absent, or holds this genesis under this code."""
    return next(
        path
        for path in _numbered(folder, ".", 2)
        if not os.path.lexists(path) or _fits(path, genesis, code_digest, files)
    )


def _fits(folder: Path, genesis: Genesis, code_digest: str, files: Files) -> bool:
    path = folder / event_log.NAME
    if folder.is_symlink() or not folder.is_dir():
        return False
    if not os.path.lexists(path):
        return True
    try:
        stored = manifest.read(folder, files)
        if stored is None or stored.code_digest != code_digest:
            return False
        if os.lstat(path).st_size == 0:
            return True
        with Log(path, files) as log:
            return log.genesis in (None, genesis)
    except Problem:
        return False


def _numbered(path: Path, between: str, first: int) -> Iterator[Path]:
    return (path.with_name(f"{path.name}{between}{number}") for number in count(first))
