"""The runs of a folder, held against the chained index beside them."""

from pathlib import Path

from attrs import frozen

from events import index
from events.problems import Problem
from events.seek import Seeker
from model.folders import names_in

THERE, MISSING, ELSEWHERE, UNKNOWN = "there", "missing", "ends elsewhere", "not in the index"


@frozen
class Row:
    """A run by name, the head that the index states ("" where it knows none), and how it stands."""

    name: str
    head: str
    events: int
    state: str


def looked_up(runs: Path) -> tuple[list[Row], str]:
    """
    Every run that the index or the folder knows, in the order of the index, and the index's newest hash.

    Only the last seal of each log is read: that a log is whole and true is what `replay` says.

    Raises:
        LogDamaged: the index itself was changed.
    """
    entries = index.check(runs)
    newest = {entry.name: entry for entry in entries}
    there = names_in(runs)
    rows = [Row(name, entry.head, entry.events, _state(runs, entry, there)) for name, entry in newest.items()]
    rows += [Row(name, "", 0, UNKNOWN) for name in there if name not in newest]
    return rows, entries[-1].hash if entries else ""


def _state(runs: Path, entry: index.Entry, there: list[str]) -> str:
    if entry.name not in there:
        return MISSING
    try:
        with Seeker(runs / entry.name) as log:
            seal = log.last_seal()
    except Problem:
        return ELSEWHERE
    return THERE if seal and (seal.hash, seal.next) == (entry.head, entry.events) else ELSEWHERE
