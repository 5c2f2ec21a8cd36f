"""
Why an event happened, and what came of it: causes to the root, effects to the leaves.

Causes are looked up one by one, each in its block, which is checked; effects need one look at all that follows. So a
log of any length is asked in the memory of the answer.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from events import codec
from events.log import event_head
from events.record import Record
from events.seek import Seeker
from model.story import phrase

LONGEST = 10_000  # causes in a chain; a cause comes before its effect, so no chain is endless
_CAUSE = re.compile(rb'"cause":([0-9]+),')


@frozen
class Step:
    """
    An event in the chain or the tree.

    `why` says how it stands to the step before: `cause`, or `also` where a missed payment names further receipts that
    did not come. `depth` counts from the event asked about, 0.
    """

    depth: int
    why: str
    record: Record

    @property
    def said(self) -> str:
        """In a few words."""
        return phrase(self.record.event)


@frozen
class Explained:
    """
    `causes` from the root to the event asked about; `beside` the chains of what its causes name as `also`, each from
    its root; `effects` in the order of a tree, parents before children, `more` of which were left out.
    """

    asked: Record
    causes: tuple[Step, ...]
    beside: tuple[tuple[Step, ...], ...]
    effects: tuple[Step, ...]
    more: int


def explain(folder: Path, seq: int, effects: bool = False, most: int = 200) -> Explained:
    """
    Ask a log about an event.

    Args:
        folder: of the run, or its log.
        seq: the event.
        effects: also what came of it.
        most: of the effects to hand out.

    Raises:
        Usage: there is no such event.
        LogDamaged: a block that was looked at is not as it was sealed.
        UnknownSchema: an event that this version does not know.
    """
    with Seeker(folder) as log:
        asked = _record(log, seq)
        chain = _chain(log, asked)
        beside = tuple(
            tuple(_chain(log, _record(log, other)))
            for step in chain
            for other in getattr(step.record.event, "also", ())
        )
        tree, more = _tree(log, asked, most) if effects else ((), 0)
    return Explained(asked, tuple(chain), beside, tree, more)


def _record(log: Seeker, seq: int) -> Record:
    return codec.decode(log.line(seq), f"{log.path}: event {seq}")


def _chain(log: Seeker, last: Record) -> list[Step]:
    """From the root to `last`."""
    found = [last]
    while found[-1].cause is not None and len(found) < LONGEST:
        found.append(_record(log, found[-1].cause))
    return [Step(at - len(found) + 1, "cause", record) for at, record in enumerate(reversed(found))]


def _tree(log: Seeker, asked: Record, most: int) -> tuple[tuple[Step, ...], int]:
    """What came of an event, directly or not; the nearest ones are kept where they are too many."""
    children: dict[int, list[int]] = {}
    reached = {asked.seq}
    for seq, cause in _caused(log.lines_from(asked.seq + 1)):
        if cause in reached:
            reached.add(seq)
            children.setdefault(cause, []).append(seq)
    kept = _nearest(asked.seq, children, most)
    steps = [Step(depth, "cause", _record(log, seq)) for depth, seq in _walk(asked.seq, children, kept)]
    return tuple(steps), len(reached) - 1 - len(steps)


def _caused(lines: Iterator[bytes]) -> Iterator[tuple[int, int]]:
    """(seq, cause) of each event that has one."""
    for line in lines:
        cause = _CAUSE.search(line, 0, 400)
        head = event_head(line) if cause else None
        if cause and head:
            yield head[0], int(cause[1])


def _nearest(root: int, children: dict[int, list[int]], most: int) -> set[int]:
    """The first of them, generation by generation."""
    kept: set[int] = set()
    generation = [root]
    while generation and len(kept) < most:
        generation = [child for parent in generation for child in children.get(parent, ())]
        kept.update(generation[: most - len(kept)])
    return kept


def _walk(root: int, children: dict[int, list[int]], kept: set[int]) -> Iterator[tuple[int, int]]:
    """(depth, seq), parents before children."""
    waiting = [(1, child) for child in reversed(children.get(root, ())) if child in kept]
    while waiting:
        depth, seq = waiting.pop()
        yield depth, seq
        waiting += [(depth + 1, child) for child in reversed(children.get(seq, ())) if child in kept]


def as_object(found: Explained) -> dict[str, Any]:
    """All of it as JSON knows it."""
    return {
        "asked": found.asked.seq,
        "causes": [_step(step) for step in found.causes],
        "beside": [[_step(step) for step in chain] for chain in found.beside],
        "effects": [_step(step) for step in found.effects],
        "effects_left_out": found.more,
    }


def _step(step: Step) -> dict[str, Any]:
    record = step.record
    return {
        "seq": record.seq, "date": record.date, "type": type(record.event).__name__, "cause": record.cause,
        "depth": step.depth, "corr": record.corr, "actor": record.actor, "said": step.said,
    }  # fmt: skip
