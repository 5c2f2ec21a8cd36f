"""What is wrong with a scenario, told so that its author can mend it: where, what was found, which rule, what to write.

Complaints are gathered, not raised one by one, so that a file can be put right in one go.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Protocol

from attrs import field, frozen

from events.problems import BadScenario, Usage, safe

LIMIT = 200  # beyond so many the file is of another kind, and looking for near names would take minutes


@frozen(kw_only=True)
class Complaint:
    """
    One thing that is wrong; `str` of it is the line that people read.

    `line` and `column` count from 1. `path` is dotted (`contracts.x.tranches.2.day`), "" where the file itself is
    meant. `nearest` are the valid names most like the one found.
    """

    file: str
    line: int
    column: int
    path: str = ""
    rule: str
    found: str
    expected: str
    nearest: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def message(self) -> str:
        subject = f"{safe(self.path)}: " if self.path else ""
        meant = f"; did you mean {' or '.join(safe(name) for name in self.nearest)}?" if self.nearest else ""
        return f"{subject}{self.found}; {self.rule}; {self.expected}{meant}"

    def __str__(self) -> str:
        return f"error[3] {safe(self.where, 300)}: {self.message}"


def unknown_firm(firm: str, firms: Iterable[str], otherwise: str = "name a firm of the scenario") -> Usage:
    """The exception for a firm that a run has not; `otherwise` says what to do where no name is near."""
    near = nearest(firm, firms)
    meant = f"did you mean {' or '.join(map(safe, near))}?" if near else otherwise
    return Usage(f"no firm of this run has this name; {meant}", safe(firm))


class ScenarioRefused(BadScenario):
    """A scenario with complaints; its `line` has one line for each of them, in the order of files and lines."""

    complaints: tuple[Complaint, ...] = ()

    @property
    def line(self) -> str:
        return "\n".join(str(complaint) for complaint in self.complaints) or super().line


def refused(complaints: Iterable[Complaint]) -> ScenarioRefused:
    """The exception that carries at least one complaint; its message is the first one's."""
    first, *others = complaints
    more = f" (and {len(others)} more)" if others else ""
    problem = ScenarioRefused(first.message + more, first.where)
    problem.complaints = (first, *others)
    return problem


class Place(Protocol):
    """Whatever stands somewhere in a file."""

    file: str
    line: int
    column: int


class Enough(Exception):
    """There are more complaints than anybody reads."""


def _no_complaints() -> list[Complaint]:
    return []


@frozen
class Complaints:
    """The complaints so far."""

    gathered: list[Complaint] = field(factory=_no_complaints)

    def add(self, at: Place, found: str, rule: str, expected: str, path: str = "", nearest: Iterable[str] = ()) -> None:
        """One more. Raises Enough when `LIMIT` is reached: its catcher goes on with what was gathered."""
        complaint = Complaint(
            file=at.file, line=at.line, column=at.column, path=path,
            rule=rule, found=found, expected=expected, nearest=tuple(nearest),
        )  # fmt: skip
        self.gathered.append(complaint)
        if len(self.gathered) >= LIMIT:
            raise Enough

    def sorted(self) -> list[Complaint]:
        """All of them by file, line and column, each once."""
        return sorted(set(self.gathered), key=lambda c: (c.file, c.line, c.column, c.path, c.rule))


def nearest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names most like `name`, at most three, best first."""
    likely = list(names)
    if len(likely) > 1_000:  # similarity is slow: look only at those that begin alike
        likely = [other for other in likely if other[:2] == name[:2]][:1_000]
    return tuple(get_close_matches(name[:100], sorted(likely), n=3, cutoff=0.6))
