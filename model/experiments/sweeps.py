"""A sweep: a plan, a folder, runs on whatever engine there is, and a table whose bytes anybody gets again."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define, frozen

from events.files import Files, on_disk, open_folder
from events.lock import Lock
from model.experiments import plan as plans
from model.experiments.cell import DONE, Answer, Task
from model.experiments.engine import answers
from model.experiments.plan import Cell, Plan
from model.experiments.results import TABLE, Journal, Row, parquet
from model.scenario import load

SYNC_SECONDS = 2
SCENARIO = "scenario.json"  # resolved, with what holds in every cell

Told = Callable[[int, int, int], None]  # runs done, runs in all, failed; may raise Stopped


@frozen
class Swept:
    """A sweep that has ended: its rows in the order of the plan, and those that are not whole."""

    plan: Plan
    folder: Path
    rows: tuple[Row, ...]
    reused: int
    seconds: float

    @property
    def failed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.whole)

    def table(self) -> Any:
        """The rows as a pyarrow table."""
        from model.experiments.results import as_table

        return as_table(self.plan, self.rows)

    def to_pandas(self) -> Any:
        """The rows as a pandas data frame; pandas comes with the extra [sensitivity]."""
        return self.table().to_pandas()

    def to_polars(self) -> Any:
        """The rows as a Polars data frame, where Polars is installed."""
        import polars

        return polars.from_arrow(self.table())

    def of(self, cell: int) -> list[Row]:
        """The whole rows of a cell, in the order of the seeds."""
        return [row for row in self.rows if row.cell.number == cell and row.whole]


def folder_of(plan: Plan, runs: Path) -> Path:
    """Where a sweep is kept: plans that differ have folders that differ."""
    return runs / f"{plan.name}-sweep-{plan.digest[:8]}"


def sweep(plan: Plan, runs: Path, engine: Any, seconds: float = 0, told: Told | None = None) -> Swept:
    """
    Run what of a plan has not been run yet, and write the table.

    A run that failed, hung or lost its worker is listed as such, and is tried again when the sweep is run again.

    Args:
        plan: see `plan.planned`.
        runs: the folder in which sweeps are kept.
        engine: see `engine`.
        seconds: that a run may take; 0 for any.
        told: called after each run.

    Raises:
        Locked: another process works on this sweep.
        OutputFailed: the disk refused.
    """
    started = time.perf_counter()
    with at_work(plan, runs, engine, seconds, told) as work:
        reused = work.run(list(plan.runs()))
        rows = work.keep_table()
    return Swept(plan, work.folder, rows, reused, time.perf_counter() - started)


@contextmanager
def at_work(
    plan: Plan, runs: Path, engine: Any, seconds: float = 0, told: Told | None = None
) -> "Iterator[Work]":
    """The folder of a plan, locked, with the plan in it, for whoever runs all of it or what turns out to matter."""
    folder, files = folder_of(plan, runs), Files()
    with _held(folder, files), Journal(folder, files) as journal:
        with on_disk(folder / plans.NAME):
            files.replace(folder / plans.NAME, plan.encode())
            files.replace(folder / SCENARIO, load(plan.scenario, plan.sets).resolved)
        try:
            yield Work(plan, folder, files, journal, engine, seconds, told)
        except BaseException:
            engine.close(at_once=True)
            raise
        engine.close()


@define
class Work:
    """A plan in its folder, an engine, and what has been found so far."""

    plan: Plan
    folder: Path
    files: Files
    journal: Journal
    engine: Any
    seconds: float
    told: Told | None
    asked: int = 0
    failed: int = 0

    def run(self, wanted: Sequence[tuple[Cell, int]], of: int = 0) -> int:
        """Run what of these is not there, or not whole; returns how many were. `told` hears `of` as the whole."""
        there = [at for at in wanted if self._is_whole(at)]
        missing = [at for at in wanted if not self._is_whole(at)]
        self.asked += len(there)
        synced = time.monotonic()
        try:
            for answer in answers((self._task(at, number) for number, at in enumerate(missing)), self.engine):
                cell, seed = missing[answer.number]
                self.journal.add(cell.number, seed, answer)
                self.asked, self.failed = self.asked + 1, self.failed + (answer.status != DONE)
                if time.monotonic() - synced > SYNC_SECONDS:
                    self.journal.sync()
                    synced = time.monotonic()
                if self.told:
                    self.told(self.asked, of or len(wanted), self.failed)
        finally:
            self.journal.sync()
        return len(there)

    def keep_table(self) -> tuple[Row, ...]:
        """Write the table of what the plan asks for and is there; returns its rows."""
        rows = tuple(self.journal.of(self.plan))
        with on_disk(self.folder / TABLE):
            self.files.replace(self.folder / TABLE, parquet(self.plan, rows))
        return rows

    def row(self, cell: Cell, seed: int) -> Answer | None:
        """What is known of a run."""
        return self.journal.rows.get((cell.number, seed))

    def _is_whole(self, at: tuple[Cell, int]) -> bool:
        found = self.row(*at)
        return found is not None and found.status == DONE

    def _task(self, at: tuple[Cell, int], number: int) -> Task:
        cell, seed = at
        logs = str(self.folder / "logs") if self.plan.keep_logs else ""
        return Task(number, self.plan.scenario, (*self.plan.sets, *cell.sets, f"seed={seed}"), self.seconds, logs)


@contextmanager
def _held(folder: Path, files: Files) -> Iterator[None]:
    with on_disk(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
    open_folder(folder, files)
    lock = Lock.take(folder, files)
    try:
        yield
    finally:
        lock.release()
