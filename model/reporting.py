"""The page of a run beside its log: made from the log alone, so that a run of any age gets one."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from attrs import evolve

from events.books import replay as books_of
from events.log import NAME, Genesis, Log
from events.problems import LogDamaged
from events.record import Record
from events.replay import records, replay
from model.outcomes import CameTo, came_to
from model.report import pictures
from model.report.page import Words, charts_of, page
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


def at_the_end(folder: Path, listed: Sequence[Record], came: CameTo) -> None:
    """Write the page of a run that has just ended, whose records were read already."""
    log = sealed(folder)
    if log is not None and log.genesis is not None:
        _write(_told(folder, log.head, log.blocks, log.genesis, listed, came))


def so_far(folder: Path) -> bytes:
    """
    The page of a run that may still be going on, from what of its log is sealed; nothing is written.

    Raises:
        LogDamaged, UnknownSchema, Usage: see `events.log.Log`.
    """
    log = sealed(folder)
    if log is None or log.genesis is None or not log.events:
        return page(folder.name, [Words("Nothing of this run is sealed yet.")])
    listed = list(islice(records(folder), log.events))
    came = came_to(iter(listed), books_of(listed), log.genesis.outside)
    told = _told(folder, log.head, log.blocks, log.genesis, listed, came)
    return page(_title(told), of_run(evolve(told, so_far="" if log.complete else log.last_date)))


def sealed(folder: Path) -> Log | None:
    """
    A log that may be growing, read to its last seal and closed; None where nothing is written yet.

    While a block is being written it is read half, and the rest may be there when its reader looks again, which seems
    damage: so what seems damaged is read once more before it is called so.

    Raises:
        LogDamaged, UnknownSchema, Usage: see `events.log.Log`.
    """
    path = folder / NAME
    for last in (False, False, False, True):
        if not path.exists() or not path.stat().st_size:
            return None
        try:
            with Log(path) as log:
                for _ in log:
                    pass
            return log
        except LogDamaged:
            if last:
                raise
    return None


def _told(folder: Path, head: str, blocks: int, genesis: Genesis, listed: Sequence[Record], came: CameTo) -> Told:
    name = folder.resolve().name
    outside = frozenset(genesis.outside)
    return Told(name, folder, head, blocks, listed, came, outside, genesis.opens, genesis.ends)


def _write(told: Told) -> Path:
    path = told.folder / pictures.NAME
    pictures.write_page(path, _title(told), of_run(told))
    return path


def _title(told: Told) -> str:
    return f"{told.name}: what happened, and whose money it was"
