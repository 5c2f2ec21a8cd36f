"""A toy run to write, and a file layer that records, cuts short, refuses, or dies at a chosen call."""

import errno
import os

from events.files import Files
from events.log import Genesis
from events.sink import Sink

CODE = "c" * 64
STATE = "5" * 64
CALLS = ("open", "write", "fsync", "truncate", "rename", "unlink", "make_folder")


class Killed(BaseException):
    """The process is dead from here on."""


class Shim(Files):
    """
    The real layer, watched: `calls` holds the name of each call made.

    `at` is the number, from 0, of the call of a kind in `only` at which `trouble` happens: "kill" (half of a write
    is done, and every later call dies too), "full" (ENOSPC from there on), "broken" (EIO once).
    """

    def __init__(self, at=None, trouble="kill", only=CALLS, most=None):
        self.at, self.trouble, self.only, self.most = at, trouble, only, most
        self.calls, self.opened, self.dead, self.counted, self.hit = [], set(), False, 0, False

    def _watch(self, name):
        if self.dead:
            raise Killed
        self.calls.append(name)
        if name not in self.only:
            return False
        here = self.at is not None and (self.counted >= self.at if self.trouble == "full" else self.counted == self.at)
        self.counted += 1
        self.hit = self.hit or here
        if here and self.trouble == "kill":
            self.dead = True
        if here and self.trouble == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if here and self.trouble == "broken":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return here

    def bury(self):
        """What the kernel does for a dead process."""
        for fd in self.opened:
            os.close(fd)
        self.opened.clear()

    def open(self, path, flags):
        if self._watch("open"):
            raise Killed
        fd = super().open(path, flags)
        if flags & (os.O_RDWR | os.O_WRONLY):  # what only reads is closed by its file object
            self.opened.add(fd)
        return fd

    def close(self, fd):
        if self.dead:
            raise Killed
        self.opened.discard(fd)
        super().close(fd)

    def write(self, fd, data):
        if self._watch("write"):
            os.write(fd, data[: len(data) // 2])
            raise Killed
        return super().write(fd, data if self.most is None else data[: self.most])


def _dying(name):
    def call(self, *args):
        if self._watch(name):
            raise Killed
        return getattr(Files, name)(self, *args)

    return call


for _name in ("fsync", "truncate", "rename", "unlink", "make_folder"):
    setattr(Shim, _name, _dying(_name))


def genesis(**changes):
    """A genesis whose blocks are so small that both limits are reached within a month."""
    fixed = {
        "model": 1, "policy": 1, "scenario": "toy", "scenario_sha256": "a" * 64, "seed": 7, "generator": "PCG64",
        "opens": "2025-09-30", "ends": "2026-12-31", "block_events": 4, "block_bytes": 600,
        "outside": ("world", "customers"),
    }  # fmt: skip
    return Genesis(**fixed | changes)


def event(seq, month, kind="Noted", text="x"):
    """One event line in the format's spelling."""
    return (
        f'{{"seq":{seq},"date":"2025-{month:02}-28","type":"{kind}","v":1,"cause":null,"corr":"","actor":"scenario",'
        f'"post":[],"data":{{"text":"{text}"}}}}\n'
    ).encode()


def toy_lines(months=3, odd=None):
    """(line, date, closes) of a run whose months hold 2, 5 and 4 events, one line long enough to fill a block."""
    told = []
    for month in range(1, months + 1):
        for number in range((2, 5, 4)[month % 3 - 1] - 1):
            told.append((month, "Noted", "y" * 620 if (month, number) == (3, 0) else "x"))
        told.append((month, "RunEnded" if month == months else "MonthClosed", "x"))
    for seq, (month, kind, text) in enumerate(told):
        line = event(seq, month, kind, "odd" if seq == odd else text)
        yield line, f"2025-{month:02}-28", kind != "Noted"


def run(folder, files=None, *, code=CODE, lines=None, **changes):
    """Run the toy to its end; the sink, as it was left."""
    with Sink.open(folder, genesis(**changes), code, files or Files()) as sink:
        feed(sink, toy_lines() if lines is None else lines)
    return sink


def feed(sink, lines):
    for line, date, closes in lines:
        sink.append(line, date, closes)
        if closes:
            sink.seal(STATE)


def log_bytes(folder):
    return (folder / "events.jsonl").read_bytes()
