"""The commands that measure a run and state its books, as a person or a program meets them."""

import json

import pytest

from model.cli import main
from tests.faults.test_faults_cli import demand_message


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    assert main(["run", "scenarios/tiny.yaml", "--quiet", "--json", "--runs", str(folder)]) == 0
    return str(folder)


def asked(capsys, *arguments: str) -> dict:
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return {"code": code, **json.loads(capsys.readouterr().out)}


def test_measures_are_one_object_with_value_unit_and_definition(runs, capsys):
    found = asked(capsys, "measures", "tiny", "--runs", runs)

    assert found["code"] == 0
    groups = {row["group"] for row in found["rows"]}
    assert groups >= {"health", "bubble", "losses"}
    assert all(row["definition"] and row["unit"] for row in found["rows"])


def test_measures_of_a_day_and_of_a_firm(runs, capsys):
    early = asked(capsys, "measures", "tiny", "--runs", runs, "--at", "2026-06-30", "--firm", "lab")
    late = asked(capsys, "measures", "tiny", "--runs", runs, "--firm", "lab")

    assert early["date"] == "2026-06-30"
    cash = [next(row["value"] for row in found["rows"] if row["measure"] == "cash") for found in (early, late)]
    assert cash[0] != cash[1]
    assert all("lab" in row["of"] for row in late["rows"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["measures", "tiny", "--firm", "labb"], "did you mean lab"),
        (["measures", "tiny", "--group", "luck"], "it is one of circularity"),
        (["measures", "tiny", "--at", "2026-13-01"], "2026-13-01"),
        (["statement", "tiny", "hosts"], "did you mean host"),
        (["statement", "tiny", "lab", "--from", "yesterday"], "is no day"),
        (["statement", "tiny", "lab", "--from", "2027-01-01", "--until", "2026-01-01"], "the first day comes first"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(runs, capsys, arguments, told):
    assert main([*arguments, "--runs", runs]) == 2
    line = capsys.readouterr().err
    demand_message(line, 2)
    assert told in line


def test_the_statements_of_a_firm_articulate(runs, capsys):
    found = asked(capsys, "statement", "tiny", "host", "--runs", runs)

    sheet, cash = found["balance_sheet"], found["cash_flows"]
    owned = sum(sheet["assets_cents"].values()) - sum(sheet["liabilities_cents"].values())
    assert owned == sum(sheet["equity_cents"].values()) + sheet["retained_cents"]
    flows = sum(sum(cash[f"{part}_cents"].values()) for part in ("operating", "investing", "financing"))
    assert cash["opening_cents"] + flows == cash["closing_cents"] == sheet["assets_cents"]["Assets:Cash"]


def test_rows_and_columns_of_the_sectors_flows_sum_to_zero(runs, capsys):
    flows = asked(capsys, "statement", "tiny", "--runs", runs)["flows"]
    rows = flows["transactions"] | flows["changes"]

    assert all(sum(row.values()) == 0 for row in rows.values())
    for sector in flows["sectors"]:
        assert sum(row.get(sector, 0) for row in rows.values()) == 0


@pytest.mark.parametrize("columns", ["60", "140"])
@pytest.mark.parametrize("command", [["measures", "tiny"], ["statement", "tiny", "lab"], ["statement", "tiny"]])
def test_screens_keep_to_their_width(runs, capsys, monkeypatch, command, columns):
    monkeypatch.setenv("COLUMNS", columns)
    assert main([*command, "--runs", runs]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines and max(len(line.rstrip()) for line in lines) <= int(columns)
