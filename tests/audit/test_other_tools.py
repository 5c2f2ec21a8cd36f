"""The log in other people's tools: the same totals everywhere, nothing reachable from a query, a pack that checks."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest

from events.log import NAME
from events.problems import Usage
from events.replay import replay
from model import assumptions
from model.audit.export import account_of, cell, currency, export, spelled, unspelled
from model.audit.pack import pack, register, sample_of
from model.audit.query import query
from model.cli import main
from model.scenario import load
from tests.kept import SCENARIOS

duckdb = pytest.importorskip("duckdb")


def test_totals_are_the_same_by_sql_over_the_file_by_the_tables_and_by_the_books(fallen):
    """Row I7 of the faults: DuckDB alone over the log's bytes, our tables, and our books."""
    books = replay(fallen).books.ledger.balances
    ours = {"\t".join(key): value for key, value in books.items() if value}
    asked = query(
        fallen,
        "SELECT firm, account, asset, sum(quantity)::BIGINT FROM postings GROUP BY ALL HAVING sum(quantity) <> 0",
    )
    assert {"\t".join(row[:3]): row[3] for row in asked.rows} == ours
    assert {"\t".join(row[:3]): row[3] for row in query(fallen, "SELECT * FROM balances").rows} == ours
    alone = duckdb.connect().execute(
        "WITH lines AS (SELECT json FROM read_ndjson_objects(?) WHERE (json->'seq') IS NOT NULL), "
        "post AS (SELECT unnest(from_json(json->'post', '[\"JSON\"]')) AS p FROM lines) "
        "SELECT p->>0, p->>1, p->>2, sum((p->>3)::BIGINT)::BIGINT s FROM post GROUP BY ALL HAVING s <> 0",
        [str(fallen / NAME)],
    ).fetchall()  # fmt: skip
    assert {"\t".join(row[:3]): row[3] for row in alone} == ours


def test_obligations_close_and_stay_open_as_the_books_say(fallen):
    open_now = replay(fallen).books.obligations.open
    rows = query(fallen, "SELECT claim, amount_cents, missed_seq FROM obligations WHERE closed_seq IS NULL").rows
    assert {row[0] for row in rows} == set(open_now)
    missed = query(fallen, "SELECT count(*) FROM obligations WHERE missed_seq IS NOT NULL").rows[0][0]
    assert (
        missed
        == query(fallen, "SELECT count(DISTINCT data->>'claim') FROM events WHERE type = 'PaymentMissed'").rows[0][0]
    )


def test_types_are_as_declared(fallen):
    kinds = query(fallen, "SELECT typeof(date), typeof(cause), typeof(data) FROM events LIMIT 1").rows[0]
    assert kinds == ("DATE", "BIGINT", "JSON")


@pytest.mark.parametrize(
    "sql",
    [
        "COPY events TO '{place}'",
        "WITH x AS (SELECT 1) SELECT * FROM read_csv('{log}')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '{log}'",
        "ATTACH '{place}' AS other",
        "EXPORT DATABASE '{place}'",
        "SET lock_configuration = false",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT getenv('HOME')",
        "CREATE SECRET (TYPE S3)",
        "PRAGMA database_size; COPY (SELECT 1) TO '{place}'",
    ],
)  # fmt: skip
def test_a_query_reaches_nothing_but_the_rows(fallen, tmp_path, sql):
    place, before = tmp_path / "written", hashlib.sha256((fallen / NAME).read_bytes()).digest()
    with pytest.raises(Usage):
        query(fallen, sql.format(place=place, log=fallen / NAME))
    assert not place.exists()
    assert hashlib.sha256((fallen / NAME).read_bytes()).digest() == before


def test_a_query_that_takes_too_long_is_stopped(fallen):
    with pytest.raises(Usage, match="more than"):
        query(fallen, "SELECT count(*) FROM range(100000000) a, range(1000000) b", seconds=0.3)


def test_a_wrong_query_is_told_in_a_line_with_what_there_is(fallen, capsys):
    assert main(["query", str(fallen), "SELECT nothing FROM postngs"]) == 2
    said = capsys.readouterr().err
    assert "postings(seq" in said and said.count("\n") == 1


def test_parquet_has_declared_integers_and_the_head(fallen, tmp_path):
    from pyarrow import parquet

    export(fallen, "parquet", tmp_path)
    table = parquet.read_table(tmp_path / "postings.parquet")
    assert str(table.schema.field("quantity").type) == "int64" and str(table.schema.field("date").type) == "date32[day]"
    assert table.schema.metadata[b"head"].decode() == replay(fallen).head
    totals = json.loads((tmp_path / "control_totals.json").read_text())
    assert totals["rows"]["postings"] == table.num_rows
    assert set(totals["sum_by_asset"].values()) == {0}


def test_csv_has_the_control_totals(fallen, tmp_path):
    export(fallen, "csv", tmp_path)
    totals = json.loads((tmp_path / "control_totals.json").read_text())
    sizes = Counter()
    with (tmp_path / "postings.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        sizes[row["asset"]] += abs(int(row["quantity"].lstrip("'")))
    assert len(rows) == totals["rows"]["postings"]
    assert dict(sizes) == totals["absolute_sum_by_asset"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(text):
    assert cell(text) == "'" + text


@pytest.mark.parametrize(("value", "told"), [(-5, -5), (10**15 - 1, 10**15 - 1), (10**15, f"'{10**15}"), (None, "")])
def test_numbers_stay_numbers_unless_a_spreadsheet_would_round_them(value, told):
    assert cell(value) == told


def test_a_text_that_does_not_fit_a_cell_is_refused():
    with pytest.raises(Usage, match="32,767"):
        cell("x" * 32_768)


def test_beancount_finds_every_balance_right(fallen, tmp_path):
    """Row I6: the file is clean with tolerance zero, and its own sums are our balances."""
    loader = pytest.importorskip("beancount.loader")
    from beancount.core import data

    export(fallen, "beancount", tmp_path)
    entries, errors, _ = loader.load_file(str(tmp_path / "ledger.beancount"))
    assert errors == []
    sums = Counter()
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                sums[posting.account, posting.units.currency] += posting.units.number
    ours = {}
    for (firm, account, asset), balance in replay(fallen).books.ledger.balances.items():
        if balance:
            key = (account_of(firm, account), "USD" if asset == "USD" else currency(asset))
            ours[key] = Decimal(balance) / 100 if asset == "USD" else Decimal(balance)
    assert {key: value for key, value in sums.items() if value} == ours
    assert sum(isinstance(entry, data.Balance) for entry in entries) == len(ours)


@pytest.mark.parametrize("name", ["lab", "coreweave-ddtl3", "Ünïcode", "a b:c", "x--y", "", "-2d-"])
def test_a_name_comes_back_from_its_spelling(name):
    assert unspelled(spelled(name)) == name


def test_a_pack_checks_with_nothing_of_ours(fallen, tmp_path):
    head = replay(fallen).head
    pack(fallen, tmp_path)
    for line in (tmp_path / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", ".", "--head", head], cwd=tmp_path, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"anchored" in done.stdout and head.encode() in done.stdout
    assert "anchored" in (tmp_path / "verified.txt").read_text()


def test_a_pack_that_was_changed_does_not_check(fallen, tmp_path):
    pack(fallen, tmp_path)
    log = tmp_path / NAME
    log.write_bytes(log.read_bytes().replace(b'"lab"', b'"bal"', 1))
    done = subprocess.run([sys.executable, "-I", "-S", "verify.py", "."], cwd=tmp_path, capture_output=True)
    assert done.returncode == 4


def test_trial_balances_of_a_pack_sum_to_nothing_every_month(fallen, tmp_path):
    pack(fallen, tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "trial_balance.csv").read_text())))
    assert {row["sum"] for row in rows} == {"0"}
    assert rows[-1]["month"] == replay(fallen).last_date[:7]
    assert any(row["asset"] == "USD" and int(row["debits"]) > 0 for row in rows)


def test_the_sample_follows_from_the_head_and_can_be_drawn_on(fallen, tmp_path):
    found = replay(fallen)
    pack(fallen, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "sample.jsonl").read_text().splitlines()]
    assert [line["seq"] for line in lines] == sample_of(found.head, found.events)
    assert all(line["line"]["seq"] == line["seq"] for line in lines)
    assert sample_of(found.head, found.events) != sample_of("0" * 64, found.events)


def test_a_pack_lists_every_assumption_with_its_range_and_every_source(tmp_path):
    loaded = load(SCENARIOS / "baseline.yaml")
    (tmp_path / "scenario.json").write_bytes(loaded.resolved)

    sheets = register(tmp_path / "scenario.json")

    assumed, known = (list(csv.DictReader(io.StringIO(data.decode()))) for data in sheets)
    assert len(assumed) > 100 and all(row["low"] and row["high"] and row["why"] for row in assumed)
    assert len(known) > 100 and all(row["source"] for row in known)
    told = [[row.path for row in rows] for rows in (assumptions.assumed(loaded), assumptions.known(loaded))]
    assert [[row["path"] for row in rows] for rows in (assumed, known)] == told


@pytest.mark.parametrize("kind", ["csv", "pack"])
def test_nothing_is_written_into_the_runs_own_folder(fallen, capsys, kind):
    before = sorted(path.name for path in fallen.iterdir())
    assert main(["export", str(fallen), "--to", kind, "--into", str(fallen)]) == 2
    assert sorted(path.name for path in fallen.iterdir()) == before


@pytest.mark.parametrize("kind", ["csv", "pack"])
def test_another_run_is_never_written_over(fallen, calm, kind):
    before = (calm / NAME).read_bytes()
    assert main(["export", str(fallen), "--to", kind, "--into", str(calm)]) == 2
    assert (calm / NAME).read_bytes() == before


def test_a_pack_goes_where_one_is_and_not_among_the_runs(fallen, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in fallen.parent.iterdir())
    for _ in range(2):  # a pack may be written again
        assert main(["export", str(fallen), "--to", "pack"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"{fallen.name}-pack"]
    assert sorted(path.name for path in fallen.parent.iterdir()) == before
