"""
Single events out of a long log, without reading the rest: by halving the file, and with the block around them checked.

Whoever asks for one event of ten million gets it in milliseconds, with the proof that its block is as it was sealed.
That the chain of all seals holds is what `replay` says.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from events.files import Files, on_disk
from events.log import EVENT_START, MAX_LINE, NAME, SEAL_START, Seal, event_head
from events.problems import LogDamaged, Usage

_ADVICE = "it was changed after it was written; take the log from where it was written"


@define
class Seeker:
    """
    A log opened for single events.

    Raises:
        LogDamaged: on any use, where what is read is no line of a log, or its block is not as it was sealed.
        Usage: there is no such event.
    """

    path: Path
    _file: BinaryIO = field(init=False)
    _size: int = field(init=False)
    _checked: set[int] = field(factory=set, init=False)  # where blocks begin that were checked

    def __enter__(self) -> "Seeker":
        self.path = self.path / NAME if self.path.is_dir() else self.path
        with on_disk(self.path):
            self._file = os.fdopen(Files().open_regular(self.path, os.O_RDONLY), "rb")
            self._size = os.fstat(self._file.fileno()).st_size
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def line(self, seq: int) -> bytes:
        """The line of an event, its block checked."""
        at = self._place_of(seq)
        self._file.seek(at)
        line = self._file.readline(MAX_LINE + 1)
        found = event_head(line)
        if found is None or found[0] != seq:
            raise Usage(f"no event {seq} is in this log; its last one is {self.last_seq()}", self.path)
        self._check_block(at)
        return line

    def last_seq(self) -> int:
        """The number of the last sealed event; -1 where there is none."""
        seal = self.last_seal()
        return seal.next - 1 if seal else -1

    def last_seal(self) -> Seal | None:
        """The last seal; None where there is none."""
        at = self._size
        while at > 0:
            start = max(0, at - 4 * MAX_LINE)
            self._file.seek(start)
            for line in reversed(self._file.read(at - start + MAX_LINE).splitlines(keepends=True)):
                seal = Seal.decode(line) if line.startswith(SEAL_START) else None
                if seal is not None:
                    return seal
            at = start
        return None

    def lines_from(self, seq: int) -> Iterator[bytes]:
        """The lines of this event and all after it; blocks are not checked."""
        self._file.seek(self._place_of(seq))
        for line in self._file:
            if line.startswith(EVENT_START):
                yield line

    def _place_of(self, seq: int) -> int:
        """Where the first event line with this number, or a later one, begins."""
        low, high = 0, self._size
        while low < high:
            middle = (low + high) // 2
            at, found = self._event_at_or_after(middle)
            if found is None or found >= seq:
                high = middle
            else:
                low = at + 1
        return self._event_at_or_after(low)[0]

    def _event_at_or_after(self, offset: int) -> tuple[int, int | None]:
        """Where the first event line that begins at `offset` or later is, and its number; None at the end."""
        self._file.seek(max(0, offset - 1))
        if offset:
            self._file.readline(MAX_LINE + 1)
        while True:
            at = self._file.tell()
            line = self._file.readline(MAX_LINE + 1)
            if not line:
                return self._size, None
            found = event_head(line)
            if found is not None:
                return at, found[0]

    def _check_block(self, at: int) -> None:
        """The block around a place: from the seal before it, or the genesis, to its own seal."""
        start = self._block_start(at)
        if start in self._checked:
            return
        self._file.seek(start)
        lines: list[bytes] = []
        for line in self._file:
            if line.startswith(EVENT_START):
                lines.append(line)
                continue
            seal = Seal.decode(line) if line.startswith(SEAL_START) else None
            if seal is None:
                break
            fresh = Seal.of(seal.number, seal.next - len(lines), len(lines), b"".join(lines), seal.prev, seal.state)
            if fresh != seal:
                raise LogDamaged(f"block {seal.number} is not as it was sealed; {_ADVICE}", self.path)
            self._checked.add(start)
            return
        raise LogDamaged("the block of this event has no seal; run the scenario again to finish the log", self.path)

    def _block_start(self, at: int) -> int:
        """Where the first line after the seal, or the genesis, before a place begins."""
        end = at
        while end > 0:
            start = max(0, end - 2 * MAX_LINE)
            self._file.seek(start)
            data = self._file.read(end - start)
            found = max(data.rfind(b"\n" + SEAL_START), data.rfind(b'\n{"genesis":'))
            if found >= 0 or start == 0:  # at the start of the file stands the genesis
                self._file.seek(start + found + 1)
                self._file.readline(MAX_LINE + 1)
                return self._file.tell()
            end = start + len(SEAL_START) + 1
        return 0
