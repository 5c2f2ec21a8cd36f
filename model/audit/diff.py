"""Where two histories part, and what followed: by content, so that seals and genesis do not count."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from attrs import frozen

from events import codec
from events.books import Books
from events.difference import parting
from events.log import NAME
from events.record import Record
from events.replay import Replayed, replay
from events.units import USD

WORTH_A_PROCESS = 64 << 20  # bytes of each log: below, starting processes takes longer than they save


@frozen
class Parted:
    """The first event that differs: its number, both records (None where a log has ended), and how many went before."""

    seq: int
    one: Record | None
    other: Record | None


@frozen
class Diff:
    """
    `parting` is None where all events are the same. `balances` are dollars by (firm, account) at the ends, one and
    other; `contracts` those that end otherwise; `fates` of firms, in default or not; heads of both logs.
    """

    names: tuple[str, str]
    heads: tuple[str, str]
    parting: Parted | None
    balances: dict[tuple[str, str], tuple[int, int]]
    contracts: dict[str, tuple[str, str]]
    fates: dict[str, tuple[str, str]]


def diff(one: Path, other: Path) -> Diff:
    """
    Compare two whole logs; each is checked first.

    Raises:
        Problem: as `events.replay.replay`, for the first log that is not whole and true.
    """
    left, right = _checked(one, other)
    paths = [folder / NAME for folder in (one, other)]
    parted = parting(*paths)
    names = (one.resolve().name, other.resolve().name)
    if parted is None:
        return Diff(names, (left.head, right.head), None, {}, {}, {})
    contracts = _differing(_contracts(left.books), _contracts(right.books))
    fates = _differing(_fates(left.books), _fates(right.books))
    at = Parted(parted.seq, _decoded(parted.one, paths[0]), _decoded(parted.other, paths[1]))
    return Diff(names, (left.head, right.head), at, _balances(left.books, right.books), contracts, fates)


def _checked(one: Path, other: Path) -> tuple[Replayed, Replayed]:
    """Both logs checked; long ones at the same time, each in a process of its own."""
    if min(_size(one), _size(other)) < WORTH_A_PROCESS:
        return replay(one), replay(other)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        left, right = pool.map(replay, (one, other))
    return left, right


def _size(folder: Path) -> int:
    path = folder / NAME
    return path.stat().st_size if path.is_file() else 0


def _decoded(line: bytes, path: Path) -> Record | None:
    return codec.decode(line, str(path)) if line else None


def _balances(one: Books, other: Books) -> dict[tuple[str, str], tuple[int, int]]:
    """Dollar balances that differ, the largest difference first."""
    mine, theirs = (
        {(firm, account): cents for (firm, account, asset), cents in books.ledger.balances.items() if asset == USD}
        for books in (one, other)
    )
    keys = sorted(mine.keys() | theirs.keys())
    found = {key: (mine.get(key, 0), theirs.get(key, 0)) for key in keys}
    differing = [(key, pair) for key, pair in found.items() if pair[0] != pair[1]]
    return dict(sorted(differing, key=lambda row: -abs(row[1][1] - row[1][0])))


def _contracts(books: Books) -> dict[str, str]:
    return {name: signed.state for name, signed in books.contracts.items()}


def _fates(books: Books) -> dict[str, str]:
    return {name: "defaulted" if firm.defaulted_seq is not None else "stands" for name, firm in books.firms.items()}


def _differing(one: dict[str, str], other: dict[str, str]) -> dict[str, tuple[str, str]]:
    names = sorted(one.keys() | other.keys())
    pairs = {name: (one.get(name, "not there"), other.get(name, "not there")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def as_object(found: Diff) -> dict[str, Any]:
    """All of it as JSON knows it."""
    parting = found.parting
    return {
        "runs": list(found.names),
        "heads": list(found.heads),
        "parts_at": None if parting is None else {
            "seq": parting.seq,
            "lines": [codec.encode(record).decode().rstrip("\n") if record else None
                      for record in (parting.one, parting.other)],
        },
        "balances": [
            {"firm": firm, "account": account, "one": pair[0], "other": pair[1]}
            for (firm, account), pair in found.balances.items()
        ],
        "contracts": {name: list(pair) for name, pair in found.contracts.items()},
        "firms": {name: list(pair) for name, pair in found.fates.items()},
    }  # fmt: skip
