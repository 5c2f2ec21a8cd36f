"""
What a sweep has found: a line a finished run in `results.jsonl` as they come, and a table of them at the end.

The journal is only ever appended to by the one who holds the folder's lock; a line that a kill has torn is dropped. The
table's bytes follow from the plan and the answers alone, whatever the number of workers and the order of arrival. The
monthly series of each run go to a file of their own, before its line in the journal, and are not kept in memory.
"""

import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from events.files import Files, on_disk
from model.experiments.cell import DONE, Answer
from model.experiments.plan import Cell, Plan
from model.experiments.vary import number_of
from model.outcomes import Outcomes

JOURNAL, TABLE, SERIES = "results.jsonl", "results.parquet", "series.jsonl"


@frozen
class Row:
    """One run of a sweep, whole or not: `why` is there where it is not."""

    cell: Cell
    seed: int
    status: str
    head: str
    events: int
    outcomes: Outcomes
    why: str = ""

    @property
    def whole(self) -> bool:
        return self.status == DONE


class Journal:
    """The answers so far, by cell and seed."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.path, self._files = folder / JOURNAL, files
        self._series = folder / SERIES
        self._fd = self._series_fd = -1
        self.rows: dict[tuple[int, int], Answer] = {}

    def __enter__(self) -> "Journal":
        with on_disk(self.path):
            self._fd = self._files.open_regular(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._read()
        with on_disk(self._series):
            self._series_fd = self._files.open_regular(self._series, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._mend_series()
        return self

    def __exit__(self, *_: object) -> None:
        for fd in (self._fd, self._series_fd):
            if fd >= 0:
                self._files.close(fd)

    def _read(self) -> None:
        """Whole lines count; what is torn at the end is cut off."""
        data = self.path.read_bytes()
        self.rows, whole = _answers(data)
        if whole < len(data):
            self._files.truncate(self._fd, whole)

    def add(self, cell: int, seed: int, answer: Answer) -> None:
        """One more, in the file before anything is said of it."""
        at = {"cell": cell, "seed": seed}
        if answer.series:
            with on_disk(self._series):
                self._files.write_all(self._series_fd, _line(at | answer.series))
        self.rows[cell, seed] = evolve(answer, series={})
        told = asdict(self.rows[cell, seed], filter=lambda field, _: field.name != "series")
        with on_disk(self.path):
            self._files.write_all(self._fd, _line(at | told))

    def sync(self) -> None:
        """Wait for the disk."""
        with on_disk(self.path):
            self._files.fsync(self._fd)

    def _mend_series(self) -> None:
        """A line that a kill has torn ends where the next one begins: end it."""
        size = self._series.stat().st_size
        if size and os.pread(self._series_fd, 1, size - 1) != b"\n":
            self._files.write_all(self._series_fd, b"\n")

    def of(self, plan: Plan) -> list[Row]:
        """The rows that the plan asks for and that are there, in its order."""
        return _in_order(plan, self.rows)


def rows_of(plan: Plan, journal: bytes) -> list[Row]:
    """The rows of a plan in the bytes of a journal."""
    return _in_order(plan, _answers(journal)[0])


def _answers(data: bytes) -> tuple[dict[tuple[int, int], Answer], int]:
    """The answers by cell and seed, and how many bytes they take: what comes after is torn."""
    rows: dict[tuple[int, int], Answer] = {}
    whole = 0
    for line in data.splitlines(keepends=True):
        try:
            found = json.loads(line) if line.endswith(b"\n") else {}
            at = (found["cell"], found["seed"])
            rows[at] = Answer(**{key: found[key] for key in found if key not in ("cell", "seed")})
        except (ValueError, TypeError, KeyError):
            break
        whole += len(line)
    return rows, whole


def _in_order(plan: Plan, rows: dict[tuple[int, int], Answer]) -> list[Row]:
    found = ((cell, seed, rows.get((cell.number, seed))) for cell, seed in plan.runs())
    return [Row(cell, seed, a.status, a.head, a.events, a.outcomes, a.why) for cell, seed, a in found if a]


def _line(tree: dict[str, Any]) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode() + b"\n"


def as_columns(plan: Plan, rows: Iterable[Row]) -> dict[str, list[Any]]:
    """
    The table, a column a key: cell, seed, each varied path as text and as a number, status, head, events, outcomes.

    An outcome that a run has not, and a text of nothing, is None. No wall time: it would differ from run to run.
    """
    listed = list(rows)
    columns: dict[str, list[Any]] = {"cell": [r.cell.number for r in listed], "seed": [r.seed for r in listed]}
    for at, path in enumerate(plan.paths):
        texts = [row.cell.values[at][1] for row in listed]
        columns[path] = texts
        columns[f"{path} (number)"] = [number_of(text) for text in texts]
    columns["status"] = [row.status for row in listed]
    columns["why"] = [row.why or None for row in listed]
    columns["head"] = [row.head or None for row in listed]
    columns["events"] = [row.events if row.whole else None for row in listed]
    names = sorted({name for row in listed for name in row.outcomes})
    for name in names:
        values = [row.outcomes.get(name) for row in listed]
        columns[name] = [None if value == "" else value for value in values]
    return columns


def as_table(plan: Plan, rows: Iterable[Row]) -> Any:
    """The table as Arrow has it: texts, integers of 64 bits, and numbers of what was varied as floats."""
    import pyarrow

    columns = as_columns(plan, rows)
    fields = [pyarrow.field(name, _type_of(pyarrow, name, values)) for name, values in columns.items()]
    about = {b"plan_sha256": plan.digest.encode(), b"scenario": plan.name.encode()}
    return pyarrow.table(columns, schema=pyarrow.schema(fields, metadata=about))


def _type_of(pyarrow: Any, name: str, values: list[Any]) -> Any:
    if name.endswith(" (number)"):
        return pyarrow.float64()
    known = [value for value in values if value is not None]
    return pyarrow.int64() if known and isinstance(known[0], int) else pyarrow.string()


def parquet(plan: Plan, rows: Iterable[Row]) -> bytes:
    """The bytes of `results.parquet`."""
    from pyarrow import parquet as writer

    kept = io.BytesIO()
    writer.write_table(as_table(plan, rows), kept, compression="zstd")
    return kept.getvalue()
