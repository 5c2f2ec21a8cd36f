"""Diagnostics: what the program tells its operator about its own working, kept in `diagnostics.jsonl`.

They are no part of the record: nothing reads them back, nothing of them is on stdout, and a disk that does not take
them ends no run. Until it is known which folder they belong to, and that something is written there, they wait.
"""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from attrs import frozen

from events.files import Files
from events.problems import Problem, safe

NAME = "diagnostics.jsonl"
_APART = ("event", "timestamp", "level", "traceback")
_MOST = 10_000  # lines that wait; beyond, the oldest are dropped


class Diagnostics:
    """
    One command's diagnostics; `tell` adds a line.

    Args:
        verbose: show each line on stderr as well.
    """

    def __init__(self, verbose: bool = False, files: Files | None = None) -> None:
        self.path: Path | None = None
        self._files = files or Files()
        self._waiting: list[str] = []
        self._fd = -1
        shown: list[Any] = [_Shown()] if verbose else []
        self.tell = structlog.wrap_logger(
            _Sink(self._take),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                *shown,
                structlog.processors.JSONRenderer(sort_keys=True, default=repr),
            ],
            cache_logger_on_first_use=False,
        )

    def keep_in(self, folder: Path) -> None:
        """From here on, and what waited too, goes to the file in `folder`; the first folder stays."""
        if self._fd >= 0:
            return
        path = folder / NAME
        try:
            self._fd = self._files.open_regular(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        except (OSError, Problem):
            return
        self.path = path
        waiting, self._waiting = self._waiting, []
        for line in waiting:
            self._take(line)

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self._files.close(fd)

    def _take(self, line: str) -> None:
        if self._fd < 0:
            self._waiting.append(line)
            del self._waiting[:-_MOST]
            return
        try:
            self._files.write_all(self._fd, line.encode(errors="backslashreplace") + b"\n")
        except OSError:
            self.close()


class _Sink:
    """What structlog hands finished lines to."""

    def __init__(self, take: Any) -> None:
        self.msg = self.debug = self.info = self.warning = self.error = take


class _Shown:
    """A structlog processor that shows each line on stderr, in one line, and passes it on."""

    def __call__(self, logger: Any, level: str, told: dict[str, Any]) -> dict[str, Any]:
        rest = " ".join(f"{key}={safe(str(value))}" for key, value in told.items() if key not in _APART)
        with suppress(OSError, ValueError):
            print(f"{told['timestamp']} {level} {told['event']} {rest}".rstrip(), file=sys.stderr)
            print(told.get("traceback", ""), end="", file=sys.stderr)
        return told


@frozen
class Where:
    """Where in the world an exception arose, as far as its frames tell: "" and -1 where they do not."""

    agent: str = ""
    date: str = ""
    seq: int = -1

    def __str__(self) -> str:
        told = (self.agent, f"on {self.date}" if self.date else "", f"before seq {self.seq}" if self.seq >= 0 else "")
        return " ".join(part for part in told if part)


def where_in_the_world(error: BaseException) -> Where:
    """
    The agent, date and next seq of an exception, from the frames that it came through.

    SimPy rebuilds what a process raised, so the real frames are those of the cause.
    """
    agent, date, seq = "", "", -1
    for frame in _frames(error):
        me = frame.f_locals.get("self")
        agent = getattr(me, "firm", "") if hasattr(me, "policy") else agent
        economy: Any = frame.f_locals.get("economy")
        if hasattr(economy, "calendar") and hasattr(economy, "books"):
            date, seq = economy.calendar.text(economy.day), economy.books.seq + 1
    return Where(safe(str(agent)), date, seq)


def full_traceback(error: BaseException) -> str:
    """For the diagnostics; nobody else gets to see one."""
    return "".join(traceback.format_exception(error))


def _frames(error: BaseException) -> Iterator[FrameType]:
    chain: BaseException | None = error
    while chain is not None:
        for frame, _ in traceback.walk_tb(chain.__traceback__):
            yield frame
        chain = chain.__cause__
