"""The economy: one clock, one writer, and the waiting room of everything that waits.

SimPy is the only clock, in whole days; a Mesa step is a month. SimPy's heap knows time, priority and insertion, and no
phases: so everything waits through `at` and `when`, which schedule by (phase of the day, number of signing).
"""

import datetime
from collections.abc import Callable, Generator
from enum import IntEnum
from operator import itemgetter
from typing import Any

import mesa
import simpy

from agents.firm import Firm
from agents.passive import Passive
from events.books import Books
from events.catalogue import Event
from events.conditions import Condition, subject_of
from events.journal import Append, Journal
from events.problems import Problem, original
from events.record import Record
from model.calendar import Calendar
from model.randomness import Streams
from model.schema import FirmSpec, Scenario

OUTSIDER = FirmSpec(trade="passive", policy=Passive.Policy(), outside=True)

Process = Generator[simpy.Event, Any, Any]
Waiting = tuple[int, int, Condition, simpy.Event]  # when it came, its number, what it waits for, and how it is told

# Between two phases there is room for every contract that a world could sign.
_PHASE_WIDTH = 10_000_000


class Phase(IntEnum):
    """The phases of a day; those from `SERVE` on make up the page of a month's last day."""

    PERFORM = 1
    MARKET = 2
    PAY = 3
    SERVE = 4
    BILL = 5
    ACCRUE = 6
    REPORT = 7
    DECIDE = 8
    CLOSE = 9
    MONTH_END = 10


class Economy(mesa.Model):
    """
    The world of a scenario while it runs.

    Args:
        scenario: what is in it.
        append: takes the line of each record; see `events.journal`.
        seal: takes the state digest after a record that closes a month.
    """

    def __init__(self, scenario: Scenario, append: Append, seal: Callable[[str], None]) -> None:
        super().__init__(rng=scenario.seed)
        self.scenario = scenario
        self.calendar = Calendar(datetime.date.fromisoformat(scenario.opens), scenario.ends_day)
        self.streams = Streams(scenario.seed)
        self.env = simpy.Environment()
        self.journal = Journal(
            append, {name for name, spec in scenario.firms.items() if spec.outside} | {"public", "world"}
        )
        self.firms: dict[str, Firm] = {}
        self.contract_numbers: dict[str, int] = {}
        self.lines: dict[str, simpy.PriorityResource] = {}
        self.roots: dict[str, int] = {}
        self.changed_shocks: dict[str, int] = {}  # by name, the change that made it what it is
        self.pressed: dict[str, int] = {}
        self._seal = seal
        self._waiting: dict[type[Event], dict[str, list[Waiting]]] = {}
        self._latest: dict[type[Event], int] = {}
        self._arrivals = 0
        self._numbers: dict[simpy.Process, int] = {}
        self._claims: dict[str, int] = {}
        self._actor = "model"

    # --- reading ----------------------------------------------------------------------------------------------------

    @property
    def books(self) -> Books:
        """What the records so far add up to."""
        return self.journal.books

    @property
    def day(self) -> int:
        """Today, in whole days since the opening."""
        return int(self.env.now)

    @property
    def month(self) -> tuple[int, int]:
        """This (year, month)."""
        return self.calendar.month(self.day)

    def spec(self, firm: str) -> FirmSpec:
        """What the scenario says of a firm; one that is always there and not named is a passive outsider."""
        return self.scenario.firms.get(firm, OUTSIDER)

    # --- writing ----------------------------------------------------------------------------------------------------

    def record(self, event: Event, cause: Record | int | None, corr: str = "", actor: str = "model") -> Record:
        """Make an event happen today, because of another, and wake whoever waited for it."""
        seq = cause.seq if isinstance(cause, Record) else cause
        record = self.journal.record(event, self.calendar.text(self.day), cause=seq, corr=corr, actor=actor)
        self._latest[type(event)] = record.seq
        waiting = self._waiting.get(type(event))
        if waiting:
            self._wake(waiting, record)
        return record

    def close(self, event: Event, cause: Record | int) -> Record:
        """Record an event that closes a month or the run, and seal."""
        seq = cause.seq if isinstance(cause, Record) else cause
        record = self.journal.record(event, self.calendar.text(self.day), cause=seq, closes=True)
        self._seal(self.journal.state())
        return record

    def claim(self, contract: str) -> str:
        """A name for a contract's next bill."""
        number = self._claims.get(contract, 0) + 1
        self._claims[contract] = number
        return f"{contract}/{number}"

    def press(self, issuer: str, move_ppm: int) -> None:
        """Let news or a sale move a share on the next trading day."""
        self.pressed[issuer] = self.pressed.get(issuer, 0) + move_ppm

    # --- waiting ----------------------------------------------------------------------------------------------------

    def start(self, process: Process, number: int) -> simpy.Process:
        """Start a process that is served in the order of its number within a phase."""
        started = self.env.process(process)
        self._numbers[started] = number
        return started

    def at(self, day: int, phase: Phase = Phase.PERFORM) -> simpy.Event:
        """An event of a phase of a day; a day that has passed means the next morning."""
        event = simpy.Event(self.env)
        event._ok, event._value = True, None  # triggered, and in nobody's queue yet
        self._schedule(event, day if day >= self.day else self.day + 1, phase, self._number())
        return event

    def when(self, condition: Condition) -> simpy.Event:
        """
        An event for the morning after the record that first meets a condition; its value is that record's seq.

        What is met already was met by the latest record that could have changed the answer.
        """
        event = simpy.Event(self.env)
        if condition.met(self.books):
            event._ok, event._value = True, max(self._latest.get(kind, 0) for kind in condition.woken_by)
            self._schedule(event, self.day + 1, Phase.PERFORM, self._number())
            return event
        self._arrivals += 1
        for kind in condition.woken_by:
            entry = (self._arrivals, self._number(), condition, event)
            self._waiting.setdefault(kind, {}).setdefault(condition.subject, []).append(entry)
        return event

    def month_end(self, phase: Phase = Phase.BILL) -> simpy.Event:
        """The given phase of this month's last day; asked on that day itself, of the next month's."""
        end = self.calendar.month_end(self.day)
        if end == self.day:
            end = self.calendar.month_end(self.day + 1)
        return self.at(end, phase)

    def _number(self) -> int:
        process = self.env.active_process
        return self._numbers.get(process, 0) if process is not None else 0

    def _schedule(self, event: simpy.Event, day: int, phase: Phase, number: int) -> None:
        self.env.schedule(event, priority=phase * _PHASE_WIDTH + number, delay=day - self.day)  # type: ignore[arg-type]

    def _wake(self, waiting: dict[str, list[Waiting]], record: Record) -> None:
        """Ask those who wait for this contract or for any, in the order in which they came."""
        subjects = sorted({"", subject_of(record.event)} & waiting.keys())
        for entry in sorted((entry for subject in subjects for entry in waiting[subject]), key=itemgetter(0)):
            _, number, condition, event = entry
            if not event.triggered and condition.met(self.books):
                event._ok, event._value = True, record.seq
                self._schedule(event, self.day + 1, Phase.PERFORM, number)
        for subject in subjects:
            waiting[subject] = [entry for entry in waiting[subject] if not entry[3].triggered]

    # --- running ----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One month: run to the end of its last day."""
        end = self.calendar.month_end(self.day + 1)
        boundary = simpy.Event(self.env)
        boundary._ok, boundary._value = True, None
        self._schedule(boundary, end, Phase.MONTH_END, 0)
        self._run_until(boundary)
        self.running = end < self.calendar.ends_day

    def _run_until(self, boundary: simpy.Event) -> None:
        """Run; a problem is raised as it was, and not as SimPy's copy, which knows its message alone."""
        try:
            self.env.run(until=boundary)
            return
        except Problem as copy:
            first = original(copy)
        raise first

    def retire(self) -> Books:
        """Hand over the books and let go of the rest: Mesa 3.3 keeps every model alive for good, and all it holds."""
        books = self.books
        self.remove_all_agents()
        for name in ("journal", "env", "firms", "streams", "scenario", "lines", "_waiting", "_numbers", "_seal"):
            delattr(self, name)
        return books
