"""
Another future from here: the scenario of a run with changes from a day on, run from its opening.

The world is run again from the start, so nothing has to be restored; that the past is the parent's, byte for byte, is
checked block by block, by the digests of their lines.
"""

import json
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from attrs import frozen

from events.difference import parting
from events.files import on_disk
from events.log import NAME, SEAL_START, Seal, event_head
from events.problems import Diverged, Usage
from events.replay import SCENARIO, Replayed, replay
from model.run import parent_date
from model.scenario import Loaded, load


@frozen
class Prefix:
    """The blocks that a fork shares with its parent, and the events in them."""

    blocks: int
    events: int


def forked(parent: Path, at: str, sets: Sequence[str]) -> tuple[Loaded, Replayed]:
    """
    The scenario of a fork, and its parent as it was checked.

    Args:
        parent: the folder of a whole run.
        at: the day from whose morning on the changes hold.
        sets: changes, as `--set` takes them, of values that are live.

    Raises:
        Usage: no change, a change that is none, or a day outside the world.
        BadScenario: a path or a value does not fit, or is not live on that day.
        Problem: as `events.replay.replay`.
    """
    if not sets:
        raise Usage("a fork needs a change; add --set PATH=VALUE", "fork")
    found = replay(parent, until=at)
    if not found.genesis.opens < at <= found.genesis.ends:
        raise Usage(f"a day after {found.genesis.opens}, up to {found.genesis.ends}, can be forked at", at)
    path = parent / SCENARIO
    if not path.is_file():
        raise Usage("a fork needs the scenario beside the log, and it is not there; fork the whole run", parent)
    last = parent_date(load(path).scenario)
    if last > at:
        raise Usage(f"this run is itself changed on {last}; fork it on that day or after", at)
    with on_disk(path):
        before = json.loads(path.read_bytes()).get("changes", [])
    new = [dict(zip(("path", "value"), _parted(text), strict=True)) | {"at": at} for text in sets]
    changes = json.dumps([*before, *new], ensure_ascii=False)
    return load(path, [f"changes={changes}", f"parent={found.head}"]), found


def _parted(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals or not path:
        raise Usage("write PATH=VALUE, as shocks.demand.depth=60 %", text)
    return path, value


def shared(parent: Path, fork: Path, at: str) -> Prefix:
    """
    Compare the past: every block of the parent that ends before the day of the fork must be the fork's too.

    Raises:
        Diverged: one is not.
    """
    ours, theirs = ([*_blocks(folder / NAME)] for folder in (parent, fork))
    past = [block for block in takewhile(lambda block: block[1] < at, ours)]
    for number, (lines, date, _) in enumerate(past):
        if number >= len(theirs) or theirs[number][0] != lines:
            found = f"block {number}, up to {date}, is not the parent's"
            raise Diverged(f"{found}; the same code must run both; run the parent again with this version", fork)
    parted = parting(*(folder / NAME for folder in (parent, fork)))
    return Prefix(len(past), parted.seq if parted else ours[-1][2])


def _blocks(path: Path) -> list[tuple[str, str, int]]:
    """(digest of the lines, last date, number of the event that is next) of each sealed block."""
    found, date = [], ""
    with on_disk(path), path.open("rb") as lines:
        for line in lines:
            head = event_head(line)
            if head:
                date = head[1]
            elif line.startswith(SEAL_START) and (seal := Seal.decode(line)):
                found.append((seal.lines, date, seal.next))
    return found
