"""
Every event of a run adds up in SQL, with no code of ours between the log and the sums.
"""

import json
import re
import sqlite3
from pathlib import Path

import pytest

from model.run import run
from model.scenario import load

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "auditing.md").read_text(), re.DOTALL)[0].split(";")


@pytest.fixture(scope="module", params=["tiny", "bubble"])
def postings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """All postings of a run in one table, read by the standard library alone."""
    folder = run(load(ROOT / "scenarios" / f"{request.param}.yaml"), tmp_path_factory.mktemp("runs")).folder
    lines = [json.loads(line) for line in (folder / "events.jsonl").open(encoding="utf-8")]
    db = sqlite3.connect(":memory:")
    db.execute(
        "create table posting (seq int, date text, type text, firm text, account text, asset text, quantity int)"
    )
    db.execute("create table outside (firm text)")
    db.executemany("insert into outside values (?)", [(firm,) for firm in lines[0]["outside"]])
    db.executemany(
        "insert into posting values (?, ?, ?, ?, ?, ?, ?)",
        [(e["seq"], e["date"], e["type"], *p) for e in lines if "seq" in e for p in e["post"]],
    )
    return db


@pytest.mark.parametrize("question", QUESTIONS[:3], ids=["each firm's dollars", "cash", "every unit asset"])
def test_the_questions_of_the_auditing_page_come_back_empty(postings: sqlite3.Connection, question: str) -> None:
    """
    The very lines of the page are asked.
    """
    assert postings.execute(question).fetchall() == []


def test_only_the_outside_world_ends_with_a_negative_asset(postings: sqlite3.Connection) -> None:
    """
    The fourth question, less those whom the first line of the log names.
    """
    negative = {row[0] for row in postings.execute(QUESTIONS[3]).fetchall()}

    assert negative <= {row[0] for row in postings.execute("select firm from outside")}


def test_the_questions_can_fail(postings: sqlite3.Connection) -> None:
    """
    One cent slipped into one event is found by the first question and the second.
    """
    postings.execute("savepoint planted")
    postings.execute("insert into posting values (0, '2025-09-30', 'FirmFounded', 'lab', 'Assets:Cash', 'USD', 1)")
    found = [postings.execute(question).fetchall() for question in QUESTIONS[:2]]
    postings.execute("rollback to planted")

    assert all(found)
