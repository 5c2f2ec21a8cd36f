"""SQL on a checked log, in a database that can reach nothing but the log's own rows."""

import math
import threading
from pathlib import Path
from typing import Any

from attrs import frozen

from events.problems import Usage, safe
from model.audit.tables import SHAPES, Row, Shape, tables

SECONDS = 60
MOST_ROWS = 10_000
_LOCKS = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET memory_limit = '2GB'",
    "SET temp_directory = ''",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


@frozen
class Answer:
    """Column names, rows, and whether there were more rows than are handed out."""

    columns: tuple[str, ...]
    rows: list[Row]
    cut: bool
    head: str


def query(folder: Path, sql: str, seconds: float = SECONDS, most: int = MOST_ROWS) -> Answer:
    """
    Ask a log.

    Args:
        folder: of the run, or its log; it is checked first.
        sql: one statement over `events`, `postings`, `balances`, `prices`, `obligations`.
        seconds: it may take.
        most: rows to hand out.

    Raises:
        Usage: DuckDB refuses the statement, it takes too long, or DuckDB is not installed.
        Problem: as `events.replay.replay`.
    """
    if not sql.strip():
        raise Usage("no question; write SQL, as \"SELECT type, count(*) FROM events GROUP BY ALL\"", "query")
    duckdb = _duckdb()
    kept = tables(folder)
    with duckdb.connect(":memory:") as database:
        for shape in SHAPES:
            _load(database, shape, kept.rows[shape.name])
        kept.rows.clear()
        for lock in _LOCKS:
            database.execute(lock)
        late = threading.Timer(seconds, database.interrupt)
        late.start()
        try:
            asked = database.execute(sql)
            columns = tuple(row[0] for row in asked.description or ())
            rows = asked.fetchmany(most + 1)
        except duckdb.InterruptException:
            raise Usage(f"it took more than {seconds:g} s; ask for less, or give --timeout", "query") from None
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as wrong:
            raise Usage(f"{_said(wrong)}; there is: {_listed()}", "query") from None
        except duckdb.Error as wrong:
            raise Usage(f"{_said(wrong)}; only the tables of the log can be read", "query") from None
        finally:
            late.cancel()
    return Answer(columns, rows[:most], len(rows) > most, kept.found.head)


def as_object(found: Answer) -> dict[str, Any]:
    """All of it as JSON knows it: numbers as numbers where they are finite, anything else as text."""
    rows = [[value if _is_plain(value) else str(value) for value in row] for row in found.rows]
    return {"columns": list(found.columns), "rows": rows, "cut": found.cut, "head": found.head}


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, int | str) or (isinstance(value, float) and math.isfinite(value))


def _load(database: Any, shape: Shape, rows: list[Row]) -> None:
    """Into a table with declared types, through Arrow, which takes a tenth of the time of single rows."""
    import pyarrow

    database.execute(f"CREATE TABLE {shape.name} ({', '.join(f'{name} {kind}' for name, kind in shape.columns)})")
    plain = {"DATE": pyarrow.string(), "BIGINT": pyarrow.int64(), "INTEGER": pyarrow.int64()}
    fields = [pyarrow.field(name, plain.get(kind, pyarrow.string())) for name, kind in shape.columns]
    columns = zip(*rows, strict=True) if rows else [()] * len(fields)
    arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    database.register("incoming", pyarrow.table(arrays, schema=pyarrow.schema(fields)))
    database.execute(f"INSERT INTO {shape.name} SELECT * FROM incoming")
    database.unregister("incoming")


def _said(wrong: Exception) -> str:
    """DuckDB's complaint in one line."""
    return safe(" ".join(str(wrong).split("\n\n")[0].split("LINE 1:")[0].split()), 200)


def _listed() -> str:
    return "; ".join(f"{shape.name}({', '.join(shape.head)})" for shape in SHAPES)


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise Usage("this needs DuckDB; pip install -c constraints.txt -e '.[audit]'", "query") from None
    return duckdb
