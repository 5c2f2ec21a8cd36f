"""
The audit pack: a folder, or what becomes of it in an archive, that a stranger can check without anything of ours.

File by file it answers: how do I start (README.md), what went in (scenario.json, assumptions.csv, sources.csv), what
happened (events.jsonl, manifest.json), who checked (verify.py and verified.txt), does value reconcile
(trial_balance.csv, control_totals.json), and what do I look at (sample.jsonl: events drawn by a rule that nobody can
steer, each with its causes). SHA256SUMS covers every file.
"""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from attrs import fields

from events import verify
from events.files import Files, on_disk, open_folder, read_object, read_whole
from events.log import NAME
from events.manifest import NAME as MANIFEST
from events.problems import Usage
from events.replay import LONGEST_SCENARIO, SCENARIO
from events.seek import Seeker
from model.audit.explain import explain
from model.audit.export import SUMS, cell, demand_place, totals
from model.audit.tables import Row, tables

SAMPLE = 60

README = """# Audit pack of {scenario}

Everything here follows from `events.jsonl` and `scenario.json`. To check it, with Python 3.11 or newer alone:

    sha256sum -c SHA256SUMS
    python verify.py . --head {head}
    head -c 2000 sample.jsonl

The head is worth something only if you have it from elsewhere too: from whoever ran it, from a report, from the index
beside the runs. The verifier is one file of the standard library; read it first.

| file | answers |
| --- | --- |
| `scenario.json` | what went in; its SHA-256 stands in the first line of the log |
| `assumptions.csv`, `sources.csv` | which numbers are assumed, in which range, and where the others are from |
| `events.jsonl` | what happened: {events} events from {opens} to {last}; `log-format.md` says how to read it |
| `manifest.json` | what ran: versions and machine |
| `verify.py`, `verified.txt` | who checked, and what it said |
| `trial_balance.csv` | does value reconcile: debits, credits and their sum, 0, by asset at each month's end |
| `control_totals.json` | rows, and sums per asset, to hold any copy against |
| `sample.jsonl` | {sample} events to trace by hand, each with its causes down to the scenario |

**How the sample was drawn.** Event numbers are the SHA-256 of the head and a counter, modulo the number of events: who
made the log cannot choose them, and you can draw more: `sha256("{head}:60")`, `:61`, ...

**What it is for.** To re-run, recompute, and trace any figure to a line of the scenario. **Not for:** trading, the
probability or the date of any firm's default; assumptions decide these, and `assumptions.csv` says which.
"""


def pack(folder: Path, into: Path) -> list[Path]:
    """
    Write the pack of a run; returns its files.

    Args:
        folder: of the run; its log is checked first.
        into: the folder of the pack, made if it is missing.

    Raises:
        Usage: a run is kept at the place, or the run has no scenario beside its log.
        OutputFailed: the disk refused.
        Problem: as `events.replay.replay`.
    """
    demand_place(into)
    if not (folder / SCENARIO).is_file():
        raise Usage("a pack needs the scenario beside the log, and it is not there; pack the whole run", folder)
    kept = tables(folder)
    found = kept.found
    sample = list(_sample(folder, found.head, found.events))
    open_folder(into, Files())
    told = {
        "scenario": found.genesis.scenario, "head": found.head, "events": f"{found.events:,}",
        "opens": found.genesis.opens, "last": found.last_date, "sample": len(sample),
    }  # fmt: skip
    assumed, known = register(folder / SCENARIO)
    files = {
        "README.md": README.format(**told).encode(),
        SCENARIO: _copied(folder / SCENARIO),
        NAME: _copied(folder / NAME),
        "verify.py": Path(verify.__file__).read_bytes(),
        "log-format.md": _page("log-format.md"),
        "assumptions.csv": assumed,
        "sources.csv": known,
        "trial_balance.csv": trial_balance(kept.rows["postings"]),
        "control_totals.json": totals(kept),
        "sample.jsonl": b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in sample),
    }
    if (folder / MANIFEST).is_file():
        files[MANIFEST] = _copied(folder / MANIFEST)
    files = {name: data for name, data in files.items() if data}
    for name, data in files.items():
        _write(into.joinpath(name), data)
    files["verified.txt"] = _verified(into, found.head)
    _write(into.joinpath("verified.txt"), files["verified.txt"])
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    _write(into.joinpath(SUMS), sums.encode())
    return [into.joinpath(name) for name in (*files, SUMS)]


def trial_balance(postings: Iterable[Row]) -> bytes:
    """By month and asset: debits, credits, and their sum over all accounts since the opening."""
    sums: dict[str, list[int]] = {}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["month", "asset", "debits", "credits", "sum"])
    month = ""

    def close() -> None:
        for asset, (debit, credit) in sorted(sums.items()):
            writer.writerow([month, cell(asset), debit, credit, debit - credit])

    for row in postings:
        if row[1][:7] != month:
            if month:
                close()
            month = row[1][:7]
        pair = sums.setdefault(row[6], [0, 0])
        pair[row[7] < 0] += abs(row[7])
    if month:
        close()
    return out.getvalue().encode()


def sample_of(head: str, events: int, count: int = SAMPLE) -> list[int]:
    """The numbers of the events that are drawn from a log with this head, in the order of the draw, each once."""
    drawn = (int(hashlib.sha256(f"{head}:{number}".encode()).hexdigest(), 16) % events for number in range(count))
    return list(dict.fromkeys(drawn))


def _sample(folder: Path, head: str, events: int) -> Iterable[dict[str, Any]]:
    with Seeker(folder) as log:
        for seq in sample_of(head, events):
            chain = explain(folder, seq).causes
            yield {"seq": seq, "line": json.loads(log.line(seq)), "causes": [step.record.seq for step in chain[:-1]],
                   "said": [step.said for step in chain]}  # fmt: skip


def register(scenario: Path) -> tuple[bytes, bytes]:
    """The assumptions and the sources of a resolved scenario, as two sheets."""
    from attrs import asdict

    from model.assumptions import Assumption, Known, noted

    assumed, known = noted(read_object(scenario, LONGEST_SCENARIO, "take the scenario that the run was made of"))
    return _sheet(Assumption, [asdict(row) for row in assumed]), _sheet(Known, [asdict(row) for row in known])


def _sheet(kind: type, rows: Sequence[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    heads = [field.name for field in fields(kind) if field.name not in ("file", "line")]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([cell(row[name]) for name in heads])
    return out.getvalue().encode()


def _verified(into: Path, head: str) -> bytes:
    """What the pack's own verifier says of the pack, run as a stranger would run it."""
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", ".", "--head", head], cwd=into, capture_output=True, check=False
    )
    return b"$ python verify.py . --head " + head.encode() + b"\n" + done.stdout + done.stderr


def _copied(path: Path) -> bytes:
    with on_disk(path):
        return read_whole(path, Files(), path.stat().st_size)


def _page(name: str) -> bytes:
    """A page of the project's documentation, where it is at hand."""
    path = Path(__file__).resolve().parents[2].joinpath("docs", name)
    return path.read_bytes() if path.is_file() else b""


def _write(path: Path, data: bytes) -> None:
    with on_disk(path):
        Files().replace(path, data)
