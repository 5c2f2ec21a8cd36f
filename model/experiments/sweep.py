"""A sweep: a plan, a folder, runs on whatever engine there is, and a table whose bytes anybody gets again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from events.files import Files, on_disk, open_folder
from events.lock import Lock
from model.experiments import plan as plans
from model.experiments.cell import Answer, Task
from model.experiments.engine import answers
from model.experiments.plan import Plan
from model.experiments.results import TABLE, Journal, Row, parquet

SYNC_SECONDS = 2

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
        """The rows as a pyarrow table: `.to_pandas()`, or `polars.from_arrow`."""
        from model.experiments.results import as_table

        return as_table(self.plan, self.rows)

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
    folder, files = folder_of(plan, runs), Files()
    with _held(folder, files), Journal(folder, files) as journal:
        with on_disk(folder / plans.NAME):
            files.replace(folder / plans.NAME, plan.encode())
        reused = _run_missing(plan, journal, engine, seconds, folder / "logs" if plan.keep_logs else None, told)
        rows = tuple(journal.of(plan))
        with on_disk(folder / TABLE):
            files.replace(folder / TABLE, parquet(plan, rows))
    return Swept(plan, folder, rows, reused, time.perf_counter() - started)


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


def _run_missing(
    plan: Plan, journal: Journal, engine: Any, seconds: float, logs: Path | None, told: Told | None
) -> int:
    """Ask for what is not there, or not whole; returns how many runs were there."""
    runs = list(plan.runs())
    there = {at for at, answer in journal.rows.items() if answer.status == "done"}
    missing = [number for number, (cell, seed) in enumerate(runs) if (cell.number, seed) not in there]
    done, failed, synced = plan.size - len(missing), 0, time.monotonic()
    reused = done
    try:
        for answer in answers((_task(plan, runs[number], number, seconds, logs) for number in missing), engine):
            cell, seed = runs[answer.number]
            journal.add(cell.number, seed, answer)
            done, failed = done + 1, failed + (answer.status != "done")
            if time.monotonic() - synced > SYNC_SECONDS:
                journal.sync()
                synced = time.monotonic()
            if told:
                told(done, plan.size, failed)
    except BaseException:
        engine.close(at_once=True)
        raise
    finally:
        journal.sync()
    engine.close()
    return reused


def _task(plan: Plan, run: tuple[plans.Cell, int], number: int, seconds: float, logs: Path | None) -> Task:
    cell, seed = run
    sets = (*plan.sets, *cell.sets, f"seed={seed}")
    return Task(number, plan.scenario, sets, seconds, str(logs) if logs else "")


__all__ = ["Answer", "Swept", "folder_of", "sweep"]
