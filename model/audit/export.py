"""
A log for other people's tools: Parquet, CSV, Beancount; each with control totals, so that a loss on the way shows.

CSV: a text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers, but for
those with more than 15 digits, which it would round. A sheet holds 1,048,576 rows, so longer tables come in parts.
Beancount: names are spelled so that they can be read back, tolerance is zero, and every balance at the end is asserted.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from events.files import Files, on_disk, open_folder
from events.log import NAME
from events.problems import Usage
from events.units import USD
from model.audit.tables import SHAPES, Row, Shape, Tables, tables

KINDS = ("parquet", "csv", "beancount")
SHEET_ROWS = 1_048_575  # of data, below the heading: what a spreadsheet opens
CELL = 32_767
DIGITS = 15
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = "control_totals.json"
SUMS = "SHA256SUMS"  # of a pack


def export(folder: Path, kind: str, into: Path) -> list[Path]:
    """
    Write a run's tables into a folder of their own; returns the files.

    Args:
        folder: of the run, or its log; it is checked first.
        kind: one of `KINDS`.
        into: the folder, made if it is missing; files of the same names are replaced.

    Raises:
        Usage: another kind, a place where a run is kept, or a cell that a spreadsheet would cut.
        OutputFailed: the disk refused.
        Problem: as `events.replay.replay`.
    """
    if kind not in KINDS:
        raise Usage(f"no such format; write one of {', '.join(KINDS)}, or pack", kind)
    demand_place(into)
    kept = tables(folder)
    open_folder(into, Files())
    written = {"parquet": _parquet, "csv": _csv, "beancount": _beancount}[kind](kept)
    files = dict(written) | {_CONTROL: totals(kept)}
    for name, data in files.items():
        with on_disk(into.joinpath(name)):
            Files().replace(into.joinpath(name), data)
    return [into.joinpath(name) for name in files]


def demand_place(into: Path) -> None:
    """
    Raises:
        Usage: a run is kept here, this one or another; a pack may be written again.
    """
    if into.joinpath(NAME).exists() and not into.joinpath(SUMS).exists():
        raise Usage("a run is kept here; name another place, so that it stays as it is", into)


def totals(kept: Tables) -> bytes:
    """What a reader adds up to see that nothing is missing: rows, the sum of each asset, the head of the log."""
    sums: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for row in kept.rows["postings"]:
        sums[row[6]] = sums.get(row[6], 0) + row[7]
        sizes[row[6]] = sizes.get(row[6], 0) + abs(row[7])
    found = {
        "head": kept.found.head,
        "rows": {shape.name: len(kept.rows[shape.name]) for shape in SHAPES},
        "sum_by_asset": dict(sorted(sums.items())),
        "absolute_sum_by_asset": dict(sorted(sizes.items())),
    }
    return json.dumps(found, indent=1, ensure_ascii=False).encode() + b"\n"


# --- Parquet ------------------------------------------------------------------------------------------------------


def _parquet(kept: Tables) -> Iterator[tuple[str, bytes]]:
    import datetime

    import pyarrow
    from pyarrow import parquet

    kinds = {"DATE": pyarrow.date32(), "BIGINT": pyarrow.int64(), "INTEGER": pyarrow.int32()}
    for shape in SHAPES:
        rows = kept.rows[shape.name]
        fields = [pyarrow.field(name, kinds.get(kind, pyarrow.string())) for name, kind in shape.columns]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(fields)
        arrays = []
        for column, field in zip(columns, fields, strict=True):
            dated = pyarrow.types.is_date(field.type)
            values = [text and datetime.date.fromisoformat(text) for text in column] if dated else list(column)
            arrays.append(pyarrow.array(values, field.type))
        about = {b"head": kept.found.head.encode(), b"meaning": shape.meaning.encode()}
        out = io.BytesIO()
        table = pyarrow.table(arrays, schema=pyarrow.schema(fields, metadata=about))
        parquet.write_table(table, out, compression="zstd")
        yield f"{shape.name}.parquet", out.getvalue()


# --- CSV ----------------------------------------------------------------------------------------------------------


def _csv(kept: Tables) -> Iterator[tuple[str, bytes]]:
    for shape in SHAPES:
        rows = kept.rows[shape.name]
        parts = [rows[start : start + SHEET_ROWS] for start in range(0, len(rows), SHEET_ROWS)] or [[]]
        for number, part in enumerate(parts, start=1):
            name = f"{shape.name}.csv" if len(parts) == 1 else f"{shape.name}-{number}.csv"
            yield name, _sheet(shape, part)


def _sheet(shape: Shape, rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(shape.head)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return out.getvalue().encode()


def cell(value: Any) -> Any:
    """
    A value as a spreadsheet may have it: a number as it is, digits that it would round as text, and text harmless.

    Raises:
        Usage: a text longer than a cell.
    """
    if value is None:
        return ""
    if isinstance(value, int):
        return value if len(str(abs(value))) <= DIGITS else f"'{value}"
    if len(value) > CELL:
        raise Usage(f"a text of {len(value):,} characters; a cell holds {CELL:,}; export to parquet", "csv")
    return f"'{value}" if value.startswith(_RISKY) else value


# --- Beancount ----------------------------------------------------------------------------------------------------


def _beancount(kept: Tables) -> Iterator[tuple[str, bytes]]:
    """One file: an account a firm and account of ours, a transaction an event, an assertion a balance."""
    yield "ledger.beancount", "".join(_ledger(kept)).encode()
    yield "names.json", _names(kept)


def _ledger(kept: Tables) -> Iterator[str]:
    opens, last = kept.found.genesis.opens, kept.found.last_date
    yield f'option "title" "{kept.found.genesis.scenario}, head {kept.found.head}"\n'
    yield 'option "tolerance_multiplier" "0"\noption "infer_tolerance_from_cost" "FALSE"\n\n'
    accounts = {(row[4], row[5]) for row in kept.rows["postings"]}
    for firm, account in sorted(accounts):
        yield f"{opens} open {account_of(firm, account)}\n"
    yield "\n"
    lines: dict[int, list[Row]] = {}
    for row in kept.rows["postings"]:
        lines.setdefault(row[0], []).append(row)
    for seq, rows in lines.items():
        yield f'{rows[0][1]} * "{rows[0][2]}"\n  seq: {seq}\n'
        for row in rows:
            yield f"  {account_of(row[4], row[5])}  {amount(row[7], row[6])}\n"
    yield "\n"
    after = _day_after(last)
    for firm, account, asset, balance in kept.rows["balances"]:
        yield f"{after} balance {account_of(firm, account)}  {amount(balance, asset)}\n"


def account_of(firm: str, account: str) -> str:
    """
    `Assets:Cash` of a firm as an account of Beancount: `Assets:Firm:Cash`, both parts spelled so that they come back.

    Beancount's five roots are our five classes.
    """
    root, _, rest = account.partition(":")
    return f"{root}:{spelled(firm)}:{spelled(rest)}"


def amount(quantity: int, asset: str) -> str:
    """A quantity with its currency: dollars with two decimals, all else whole."""
    if asset == USD:
        return f"{'-' if quantity < 0 else ''}{abs(quantity) // 100}.{abs(quantity) % 100:02d} USD"
    return f"{quantity} {currency(asset)}"


def spelled(name: str) -> str:
    """
    A name as a part of an account: letters, digits and hyphens, an X first.

    Small letters and digits stay; any other character becomes `-` and its number in hex, ended by `-`.
    """
    return "X" + "".join(char if re.fullmatch("[a-zA-Z0-9]", char) else f"-{ord(char):x}-" for char in name)


def unspelled(part: str) -> str:
    """The name that `spelled` was given."""
    return re.sub(r"-([0-9a-f]+)-", lambda found: chr(int(found[1], 16)), part[1:])


def currency(asset: str) -> str:
    """
    An asset as a currency: capital letters and digits; as its names may be long, it is a digest, and names.json has it.
    """
    import hashlib

    digest = hashlib.sha256(asset.encode()).hexdigest()[:16].upper()
    return f"U{digest}Z"


def _names(kept: Tables) -> bytes:
    assets = sorted({row[6] for row in kept.rows["postings"]} - {USD})
    found = {currency(asset): asset for asset in assets}
    if len(found) != len(assets):
        raise Usage("two assets have the same digest; export to parquet", "beancount")
    return json.dumps(found, indent=1, ensure_ascii=False).encode() + b"\n"


def _day_after(date: str) -> str:
    import datetime

    return (datetime.date.fromisoformat(date) + datetime.timedelta(days=1)).isoformat()
