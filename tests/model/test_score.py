"""Marks that a world is held against: what a file may say, what is measured, and when a mark is hit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import catalogue as c
from model.cli import main
from model.experiments.in_memory import run_in_memory
from model.experiments.score import Scored, targets_in
from model.scenario import load
from model.targets import MEASURES, Mark, measured
from tests.kept import SCENARIOS

SHIPPED = SCENARIOS / "targets" / "baseline.yaml"
MARKS = """
name: tiny
marks:
  what-customers-paid:
    measure: revenue
    of: [lab]
    since: {value: 2027-01-01, source: "a press figure", date: 2025-09-30}
    until: 2027-03-31
    target: {value: 1 m USD, source: "a press figure", date: 2025-09-30, confidence: reported}
  nobody-s-revenue:
    measure: revenue
    of: [stranger]
    target: 1 m USD
"""


def asked(capsys, *arguments: str) -> dict:
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return {"code": code, **json.loads(capsys.readouterr().out)}


@pytest.fixture
def marks(tmp_path):
    path = tmp_path / "marks.yaml"
    path.write_text(MARKS)
    return path


def test_a_world_is_scored_over_seeds_and_says_what_it_has_not(marks, capsys):
    """
    Two seeds of the tiny world: two values of what its lab's customers paid in a quarter, as its records say.
    """
    found = asked(capsys, "score", "tiny", "--targets", str(marks), "--seeds", "2", "--workers", "1", "--quiet")

    assert found["code"] == 0
    absent, paid = found["marks"]
    assert paid["values"] == [quarter(seed) for seed in (1, 2)]
    assert (paid["verdict"], absent["verdict"]) == ("miss", "absent")
    assert (paid["source"], paid["date"], paid["confidence"]) == ("a press figure", "2025-09-30", "reported")


def quarter(seed: int) -> int:
    records = run_in_memory(load(SCENARIOS / "tiny.yaml", [f"seed={seed}"])).records
    served = [r for r in records if isinstance(r.event, c.CustomersServed) and "2027-01" <= r.date[:7] <= "2027-03"]
    return sum(r.event.amount_cents for r in served)


def test_workers_do_not_change_the_answer(marks, capsys):
    one, two = (
        asked(capsys, "score", "tiny", "--targets", str(marks), "--seeds", "3", "--workers", w, "--quiet") for w in "12"
    )
    assert one == two


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("measure: revenue\n    of: [lab]", "measure: revenu\n    of: [lab]", "revenue"),
        ("until: 2027-03-31", "until: 2027-02-30", "2027-02-30"),
        ("target: 1 m USD", "target: 1 m USD\n    power: 1 GW", "one target"),
        ("target: 1 m USD", "targt: 1 m USD", "target"),
        ("target: 1 m USD", "target: 1", "USD"),
    ],
)
def test_a_wrong_mark_is_refused_in_one_line(marks, capsys, old, new, told):
    marks.write_text(MARKS.replace(old, new))

    assert main(["score", "tiny", "--targets", str(marks), "--seeds", "1", "--quiet"]) == 3
    said = capsys.readouterr().err
    assert told in said
    assert "marks.yaml" in said
    assert "Traceback" not in said


def test_no_file_of_marks_is_a_wrong_command(tmp_path, capsys):
    assert main(["score", "tiny", "--targets", str(tmp_path / "none.yaml"), "--quiet"]) == 2
    assert "none.yaml" in capsys.readouterr().err


@given(st.integers(1, 10**15), st.integers(0, 900_000), st.lists(st.integers(0, 2 * 10**15), max_size=9))
def test_a_mark_is_hit_where_the_median_is_within_its_tolerance(target, tolerance, values):
    mark = Mark(measure="revenue", of=("lab",), target_cents=target, tolerance_ppm=tolerance)
    found = Scored("mark", mark, tuple(values), "", "", "")

    assert mark.low <= target <= mark.high
    assert found.hits <= len(values)
    if not values:
        assert found.verdict == "absent"
    elif found.hits == len(values):
        assert found.verdict == "hit"
    elif found.hits == 0 and (max(values) < mark.low or min(values) > mark.high):
        assert found.verdict == "miss"


def test_a_range_is_hit_anywhere_between_its_ends():
    mark = Mark(measure="revenue", of=("lab",), target_cents=200, to_cents=300, tolerance_ppm=0)
    assert (mark.low, mark.high) == (200, 300)


def test_each_shipped_mark_says_where_it_is_from_and_knows_nothing_later():
    known = targets_in(SHIPPED)

    assert len(known.scenario.marks) >= 25
    for name, mark in known.scenario.marks.items():
        origin = known.origins[f"marks.{name}.{'target' if mark.target_cents else 'power'}"]
        assert origin["source"], name
        assert str(origin["date"]) <= "2025-10-31" or str(origin["date"])[:4] >= "2026", name
        assert mark.measure in MEASURES


def test_the_warrant_at_a_price_is_worth_what_the_filing_says():
    """
    160 m shares at 600.00 USD less a cent each: 96 bn USD less 1.6 m (AMD 8-K of 2025-10-06).
    """
    known = targets_in(SHIPPED).scenario.marks
    mark = next(m for m in known.values() if m.measure == "warrant" and m.price_cents == 60_000)
    world = run_in_memory(load(SCENARIOS / "baseline.yaml", ["ends=2025-12-31"]))

    assert measured(mark, world) == 160_000_000 * (60_000 - 1)
