"""Where two histories part, told so that a person sees it."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from attrs import frozen

from events.files import on_disk
from events.log import EVENT_START, Genesis, event_head
from events.problems import Diverged, OtherHistory, safe

EXCERPT = 200
_BEFORE = 60
_ENDED = "(the log ends here)"


@frozen
class Parting:
    """The first event in which two logs differ: its number, and both lines, b"" where that log has ended."""

    seq: int
    one: bytes
    other: bytes

    @property
    def date(self) -> str:
        """The earlier of the two days."""
        heads = (event_head(line) for line in (self.one, self.other))
        return min(head[1] for head in heads if head)


def parting(one: Path, other: Path) -> Parting | None:
    """Where the events of two logs part; None where they are the same. Genesis and seals do not count."""
    with on_disk(one), one.open("rb") as left, other.open("rb") as right:
        for a, b in zip_longest(_events(left), _events(right), fillvalue=b""):
            if a != b:
                head = event_head(a or b)
                return Parting(head[0] if head else -1, a, b)
    return None


def _events(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in lines if line.startswith(EVENT_START))


@frozen
class Difference:
    """
    `seq` of the first differing line (-1 for genesis; a seal counts with the event after it), and both lines.

    A line is cut to 200 safe characters in which the difference lies; "" where that log has already ended.
    """

    seq: int
    stored: str
    new: str

    def __str__(self) -> str:
        return f"first difference at seq {self.seq}: stored {self.stored or _ENDED} new {self.new or _ENDED}"


def first_difference(stored: bytes, new: bytes, seq: int) -> Difference:
    """The first differing line of two unequal stretches of a log that both begin with event `seq`."""
    for old_line, new_line in zip_longest(stored.split(b"\n"), new.split(b"\n"), fillvalue=b""):
        if old_line != new_line:
            column = _first_differing(old_line, new_line)
            return Difference(seq, _excerpt(old_line, column), _excerpt(new_line, column))
        seq += 1
    return Difference(seq, "", "")


def diverged(path: Path, difference: Difference) -> Diverged:
    """The same code did not do the same thing twice."""
    problem = Diverged(
        f"the same code and scenario gave another log; {difference}; only one is allowed, so something reads a clock, "
        "a hash or a set's order; the stored log was not changed",
        path,
    )
    problem.difference = difference
    return problem


def other_code(path: Path, difference: Difference) -> OtherHistory:
    """Other code did something else."""
    problem = OtherHistory(
        f"the log stored here was written by other code and goes another way; {difference}; "
        "it stays as it is, and the new log belongs into the next folder",
        path,
    )
    problem.difference = difference
    return problem


def other_genesis(path: Path, stored: Genesis, new: Genesis) -> OtherHistory:
    """Another model, scenario or seed was run here."""
    fields = stored.differs_in(new)
    each = ", ".join(f"{name} (stored {_value(stored, name)}, new {_value(new, name)})" for name in fields)
    problem = OtherHistory(
        f"the log stored here begins otherwise, in {each}; it stays as it is, and the new log belongs into the next "
        "folder",
        path,
    )
    problem.fields = fields
    problem.difference = Difference(-1, *(_excerpt(each.encode()[:-1], 0) for each in (stored, new)))
    return problem


def _value(genesis: Genesis, name: str) -> str:
    return safe(repr(getattr(genesis, name)), 40)


def _first_differing(old: bytes, new: bytes) -> int:
    return next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _excerpt(line: bytes, column: int) -> str:
    """The line's beginning, and where that does not show the column, what stands around it."""
    text = line.decode(errors="backslashreplace")
    if len(text) > EXCERPT and column > EXCERPT - 2 * _BEFORE:
        text = text[:_BEFORE] + "…" + line[column - _BEFORE :].decode(errors="backslashreplace")
    return safe(text, EXCERPT)
