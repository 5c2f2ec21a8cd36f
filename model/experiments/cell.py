"""One run of a sweep: from plain data to plain data, in whatever process."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen

from events.problems import Problem
from model.experiments.in_memory import run_in_memory
from model.outcomes import Outcomes, outcomes
from model.scenario import load
from model.series import monthly

DONE, FAILED, TIMED_OUT, LOST, NO_RESULT = "done", "failed", "timed out", "worker lost", "no result"


@frozen
class Task:
    """What a worker is asked: a scenario's file, what is set, seconds it may take (0: any), where its log is kept."""

    number: int
    scenario: str
    sets: tuple[str, ...]
    seconds: float = 0
    logs: str = ""


@frozen
class Answer:
    """What a worker says: `status` is `done`, or why there is nothing else. `series` are `model.series.Monthly`'s."""

    number: int
    status: str
    head: str = ""
    events: int = 0
    outcomes: Outcomes = field(factory=dict)
    why: str = ""
    series: dict[str, Any] = field(factory=dict)

    @classmethod
    def decode(cls, text: str, number: int) -> "Answer":
        """An answer as it crossed; anything else than one counts as no result."""
        try:
            found = json.loads(text)
            if found["number"] != number:
                raise ValueError(f"the answer to {found['number']}")
            return cls(**found)
        except (ValueError, TypeError, KeyError) as wrong:
            return cls(number, NO_RESULT, why=f"what came back is no answer: {wrong}")


class _TooLong(Exception):
    """The run took longer than it may."""


def answer(task: Task) -> str:
    """Run the task, and say what it came to, as JSON: nothing but text crosses between processes."""
    return json.dumps(_answered(task))


def _answered(task: Task) -> dict[str, Any]:
    try:
        with _within(task.seconds):
            return {"number": task.number, "status": DONE, **_run(task)}
    except _TooLong:
        return {"number": task.number, "status": TIMED_OUT, "why": f"it took more than {task.seconds:g} s"}
    except Problem as problem:
        return {"number": task.number, "status": FAILED, "why": problem.line}
    except Exception as error:  # a fault of the program in one cell leaves the others whole
        return {"number": task.number, "status": FAILED, "why": f"{type(error).__name__}: {error}"[:400]}


def _run(task: Task) -> dict[str, Any]:
    loaded = load(task.scenario, task.sets)
    if task.logs:
        from model.run import run

        run(loaded, Path(task.logs))
    world = run_in_memory(loaded)
    found = outcomes(world.records, world.books, world.outside)
    series = asdict(monthly(world.records, world.outside))
    return {"head": world.head, "events": len(world.records), "outcomes": found, "series": series}


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise after so many seconds; only the main thread of a process can be told so."""
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(number: int, frame: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
