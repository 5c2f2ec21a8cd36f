"""The register of assumptions: what is in it, and what moving one of them to the ends of its range shows."""

import json

import pytest

from model.assumptions import assumed, known, owner
from model.cli import main
from model.experiments.materiality import Came, Moved
from model.scenario import load
from tests.kept import SCENARIOS

TINY = """
extends: tiny.yaml
firms:
  lab:
    sheet:
      cash: {value: 120 m USD, assumption: "not published", range: [20 m USD, 2 bn USD]}
    shares_outstanding: {value: 10 m shares, source: "a filing", date: 2025-12-31, confidence: filed}
contracts:
  host-lab-compute:
    days_to_pay: {value: 30, assumption: "usual", range: [29, 30]}
"""


@pytest.fixture
def tiny(tmp_path):
    (tmp_path / "tiny.yaml").write_bytes((SCENARIOS / "tiny.yaml").read_bytes())
    path = tmp_path / "moved.yaml"
    path.write_text(TINY)
    return path


def asked(capsys, *arguments: str) -> dict:
    capsys.readouterr()
    code = main(["assumptions", *arguments, "--quiet", "--json"])
    return {"code": code, **json.loads(capsys.readouterr().out)}


def test_each_assumption_is_in_with_owner_value_range_and_place(tiny):
    cash, days = assumed(load(tiny))[::-1]

    assert (cash.path, cash.owner, cash.value, cash.low, cash.high) == (
        "firms.lab.sheet.cash", "lab", "120 m USD", "20 m USD", "2 bn USD",
    )  # fmt: skip
    assert (days.owner, days.why, days.file) == ("host-lab-compute", "usual", "moved.yaml")
    assert days.line > cash.line


def test_what_is_known_stands_apart_with_its_source(tiny):
    (shares,) = known(load(tiny))
    assert (shares.value, shares.source, shares.date) == ("10 m shares", "a filing", "2025-12-31")


@pytest.mark.parametrize(
    ("path", "whose"),
    [("firms.openai.plan.2027", "openai"), ("distress.discount", "distress"), ("shocks.demand.depth", "demand")],
)
def test_an_assumption_belongs_to_whom_it_is_about(path, whose):
    assert owner(path) == whose


def test_a_lab_with_money_never_misses_and_one_without_misses_sooner(tiny, capsys):
    """
    120 m at hand: first miss on 2027-06-30. 2 bn last beyond the end; with 20 m the lab misses earlier.
    """
    found = asked(capsys, str(tiny), "--materiality", "--workers", "1")

    first, second = found["materiality"]
    assert (first["path"], first["effect"]) == ("firms.lab.sheet.cash", "who")
    assert first["low"]["first_miss"] < found["base"]["first_miss"] == "2027-06-30"
    assert (first["high"]["first_miss"], first["high"]["defaulted"]) == ("", [])
    assert second["path"] == "contracts.host-lab-compute.days_to_pay"


def test_workers_do_not_change_what_is_found(tiny, capsys):
    one, two = (asked(capsys, str(tiny), "--materiality", "--workers", workers) for workers in "12")
    assert one == two


def came(first_miss: str = "2027-06-30", defaulted: tuple[str, ...] = ("lab",), receipts: int = 100) -> Came:
    return Came("2027-12-31", first_miss, defaulted, receipts, 100, 0)


@pytest.mark.parametrize(
    ("end", "effect", "days"),
    [
        (came(defaulted=()), "who", 0),
        (came("2027-09-29"), "when", 91),
        (came("2027-09-28"), "little", 90),
        (came("", ("lab",)), "when", 185),
        (came(receipts=106), "how much", 0),
        (came(receipts=105), "little", 0),
    ],
)
def test_effects_are_ranked_who_when_how_much(tiny, end, effect, days):
    moved = Moved(assumed(load(tiny))[0], None, end)
    assert (moved.effect(came()), moved.reach(came())) == (effect, days)


def test_the_page_says_what_matters_and_escapes_what_would_break_it(tiny, tmp_path, capsys):
    tiny.write_text(TINY.replace('"usual"', '"usual | <b>here</b>"'))
    page = tmp_path / "page.md"

    asked(capsys, str(tiny), "--materiality", "--workers", "1", "--markdown", str(page))
    text = page.read_text()
    assert "| firms.lab.sheet.cash | who | 20 m USD |" in text
    assert "usual \\| <b>here</b>" in text


@pytest.mark.parametrize("columns", ["60", "100", "140"])
def test_the_screen_keeps_to_its_width(tiny, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    main(["assumptions", str(tiny), "--materiality", "--workers", "1", "--quiet"])

    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= int(columns)
    assert "2 values assumed, 1 known with a source" in lines[-2]


def test_a_stranger_is_refused_in_one_line(tiny, capsys):
    assert main(["assumptions", str(tiny), "--owner", "nobody"]) == 2
    assert "name one of host-lab-compute, lab" in capsys.readouterr().err
