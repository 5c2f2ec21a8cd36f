"""The page of a run beside its log: made from the log alone, so that a run of any age gets one."""

from collections.abc import Sequence
from pathlib import Path

from events.log import NAME, Genesis, Log
from events.record import Record
from events.replay import records, replay
from model.outcomes import CameTo, came_to
from model.report import pictures
from model.report.page import charts_of
from model.report.run_page import of_run
from model.report.told import Told


def report(folder: Path, *, png: bool = False) -> Path:
    """
    Check a run's log and write its page anew; returns where it is.

    Args:
        png: also draw its charts as PNG, in `pictures/` beside it.

    Raises:
        Problem: as `events.replay.replay`; nothing is written for a log that does not verify.
        OutputFailed: the disk refused.
        Usage: `png`, and there is no browser to draw them.
    """
    found = replay(folder)
    listed = list(records(folder))
    came = came_to(iter(listed), found.books, found.genesis.outside)
    told = _told(folder, found.head, found.blocks, found.genesis, listed, came)
    path = _write(told)
    if png:
        pictures.write_png(folder / pictures.FOLDER, charts_of(of_run(told)))
    return path


def at_the_end(folder: Path, head: str, listed: Sequence[Record], came: CameTo) -> None:
    """Write the page of a run that has just ended, whose records were read already; a page that is there is kept."""
    with Log(folder / NAME) as log:
        blocks = sum(1 for _ in log)
        if log.genesis is not None:
            _write(_told(folder, head, blocks, log.genesis, listed, came))


def _told(folder: Path, head: str, blocks: int, genesis: Genesis, listed: Sequence[Record], came: CameTo) -> Told:
    name = folder.resolve().name
    outside = frozenset(genesis.outside)
    return Told(name, folder, head, blocks, listed, came, outside, genesis.opens, genesis.ends)


def _write(told: Told) -> Path:
    path = told.folder / pictures.NAME
    pictures.write_page(path, f"{told.name}: what happened, and whose money it was", of_run(told))
    return path
