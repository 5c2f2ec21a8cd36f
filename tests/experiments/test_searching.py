"""Thresholds, screenings and boxes: found where they were put, and the same as by trying everything."""

import json
from pathlib import Path

import numpy
import pytest
from attrs import evolve

from events.problems import Usage
from model.cli import main
from model.experiments import discover, sensitivity
from model.experiments.condition import condition
from model.experiments.engine import InThisProcess
from model.experiments.plan import Cell, Plan, planned
from model.experiments.results import Row
from model.experiments.sweeps import Swept, sweep
from model.experiments.threshold import plan_of, quantile_of, threshold
from model.experiments.vary import Vary, parse
from tests.kept import SCENARIOS

TINY = SCENARIOS / "tiny.yaml"
DEPTH = "shocks.demand.depth"
STEPS = parse("shocks.demand.depth=20 %:80 %:9")


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("defaults>=1", True), ("defaults > 1", False), ("defaults=1", True), ("defaults!=1", False),
        ("first_default_date<2029-01-01", True), ("first_default_date>2029-01-01", False),
        ("first_miss_date<2099-01-01", False),  # it never came
        ("nobody>=0", False), ("first_default_firm==lab", True), ("defaults==lab", False),
    ],
)  # fmt: skip
def test_what_holds(text, holds):
    outcomes = {"defaults": 1, "first_default_date": "2028-05-05", "first_default_firm": "lab", "first_miss_date": ""}
    assert condition(text).holds(outcomes) is holds


@pytest.mark.parametrize("text", ["", "defaults", ">=1", "defaults>=", "defaults ~ 1"])
def test_what_is_no_condition(text):
    with pytest.raises(Usage):
        condition(text)


# --- thresholds -------------------------------------------------------------------------------------------------------


def test_halving_finds_what_trying_every_step_finds_in_fewer_runs(tmp_path):
    plan, wanted = plan_of(TINY, (), STEPS, 4), condition("defaults>=1")
    found = threshold(plan, wanted, 0.5, tmp_path / "halved", InThisProcess())
    tried = sweep(plan, tmp_path / "all", InThisProcess())

    for seed in plan.seeds:
        holds = [wanted.holds(row.outcomes) for row in tried.rows if row.seed == seed]
        assert found.by_seed[seed] == holds.index(True)
    assert found.runs < plan.size / 1.5
    assert found.at == found.values[sorted(found.by_seed.values())[1]]


def test_what_was_run_is_not_run_again(tmp_path):
    plan, wanted = plan_of(TINY, (), STEPS, 2), condition("defaults>=1")
    heard: list[int] = []
    threshold(plan, wanted, 0.5, tmp_path, InThisProcess())
    threshold(plan, wanted, 0.5, tmp_path, InThisProcess(), lambda done, of, failed: heard.append(done))
    assert heard == []


def test_what_never_holds_is_beyond_the_highest_step(tmp_path):
    found = threshold(plan_of(TINY, (), STEPS, 2), condition("defaults>=9"), 0.5, tmp_path, InThisProcess())
    assert (found.at, set(found.by_seed.values())) == ("", {9})


@pytest.mark.parametrize(
    ("n", "share", "found"),
    [
        (10, 0.5, (4, 1, 8)), (10, 0.9, (8, 6, None)), (20, 0.5, (9, 5, 14)), (3, 0.5, (1, None, None)),
        (0, 0.5, (None,) * 3),
    ],
)  # fmt: skip
def test_the_quantile_over_seeds_with_its_order_statistics(n, share, found):
    """
    Of 0 to n - 1: of ten the fifth, between the second and the ninth (Conover); of twenty the sixth to the fifteenth.
    """
    assert quantile_of(list(range(n)), share) == found


def test_the_command_says_value_interval_and_n(tmp_path, capsys):
    arguments = ["threshold", "tiny", "--vary", "shocks.demand.depth=20 %:80 %:9", "--seeds", "3", "--workers", "1"]
    assert main([*arguments, "--quiet", "--runs", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert main([*arguments, "--quiet", "--runs", str(tmp_path)]) == 0
    said = " ".join(capsys.readouterr().out.split())

    assert found["at"] in found["values"] and found["n"] == 3
    assert f"shocks.demand.depth {found['at']}" in said and "n = 3 seeds" in said


# --- studies and boxes over answers that are known --------------------------------------------------------------------


def answered(plan: Plan, outcome: object) -> Swept:
    """The sweep that a world would give in which an outcome is this function of what was varied."""
    from model.experiments.vary import number_of

    rows = []
    for cell, seed in plan.runs():
        numbers = [number_of(text) for _, text in cell.values]
        found = {"y": int(outcome(*numbers)), "first_miss_date": "", "first_default_date": ""}  # type: ignore[operator]
        rows.append(Row(cell, seed, "done", "", 1, found))
    return Swept(plan, Path(), tuple(rows), 0, 0)


RANGES = [
    Vary("shocks.demand.depth", (), "0 %", "80 %"),
    Vary("firms.lab.sheet.cash", (), "50 m USD", "250 m USD"),
    Vary("firms.lab.cash_target_quarters", (), "1", "4"),
]


def test_morris_ranks_a_linear_outcome_by_its_slopes():
    """
    y = 100 a + 10 b: from end to end of their ranges 8,000 and 2,000; c moves nothing; none depends on another.
    """
    plan, points = sensitivity.plan_of(TINY, (), RANGES, 1, "morris", 10)
    found = sensitivity.effects(answered(plan, lambda a, b, c: 100 * a + 10 * b), points, "morris", RANGES, "y")

    assert [one.path.rpartition(".")[2] for one in found] == ["depth", "cash", "cash_target_quarters"]
    assert [round(one.main, -1) for one in found] == [8_000, 2_000, 0]
    assert all(one.other < 5 for one in found)
    assert len(plan.cells) == 40


def test_sobol_parts_the_variance_of_a_linear_outcome():
    """
    Uniform a and b with slopes 8,000 and 2,000: sixteen seventeenths of the variance, and one.
    """
    plan, points = sensitivity.plan_of(TINY, (), RANGES, 1, "sobol", 256)
    found = sensitivity.effects(answered(plan, lambda a, b, c: 100 * a + 10 * b), points, "sobol", RANGES, "y")

    assert [round(one.main, 1) for one in found[:2]] == [0.9, 0.1]
    assert abs(found[0].other - 16 / 17) < 0.05
    assert found[2].other == pytest.approx(0, abs=1e-9)


def test_what_never_happened_counts_as_the_day_after_the_end():
    plan, points = sensitivity.plan_of(TINY, (), RANGES[:1], 1, "morris", 2)
    found = sensitivity.effects(answered(plan, lambda a: 0), points, "morris", RANGES[:1], "first_miss_day")
    assert found[0].main == 0


def test_a_box_is_found_where_it_was_put():
    """
    Cases where depth is above 50 and cash below 150: a quarter of 3/8 by 1/2 of all; one box holds nearly all of them.
    """
    vary = [parse(f"{one.path}={one.low}:{one.high}") for one in RANGES]
    plan = planned(TINY, (), vary, 1, "lhs", 400)
    swept = answered(plan, lambda a, b, c: a > 50 and b < 150)
    (box, *rest) = discover.boxes(swept, condition("y>=1"))

    cuts = {cut.path.rpartition(".")[2]: cut for cut in box.cuts}
    assert cuts["depth"].above == pytest.approx(50, abs=1.5)
    assert cuts["cash"].below == pytest.approx(150, abs=4)
    assert "cash_target_quarters" not in cuts
    assert box.coverage > 0.95 and box.density.value > 0.95
    assert sum(one.coverage for one in rest) < 0.05


@pytest.mark.parametrize("outcome", [lambda *_: 1, lambda *_: 0])
def test_where_all_or_none_are_cases_there_is_no_region(outcome):
    plan = planned(TINY, (), [parse("shocks.demand.depth=0 %:80 %")], 1, "lhs", 20)
    with pytest.raises(Usage, match="widen the ranges"):
        discover.boxes(answered(plan, outcome), condition("y>=1"))


def test_all_assumptions_of_a_scenario_are_the_ranges_by_default():
    found = sensitivity.ranges_of(SCENARIOS / "bubble.yaml", (), "distress")
    assert {"distress.discount", "distress.stay_quarters"} <= {one.path for one in found}
    with pytest.raises(Usage):
        sensitivity.ranges_of(TINY, ())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sensitivity", "tiny"], "no assumption"),
        (["sensitivity", "tiny", "--vary", f"{DEPTH}=1 %,2 %"], "PATH=low:high"),
        (["sensitivity", "tiny", "--vary", f"{DEPTH}=1 %:2 %", "--method", "sobol", "--samples", "3"], "power of two"),
        (["threshold", "tiny", "--vary", f"{DEPTH}=1 %:2 %"], "low:high:n"),
        (["threshold", "tiny", "--vary", f"{DEPTH}=1 %:2 %:3", "--until", "defalts>=1", "--seeds", "1"], "did you"),
        (["discover", "tiny", "--vary", f"{DEPTH}=1 %:2 %", "--when", "x", "--samples", "10"], "no condition"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_in_a_line(tmp_path, capsys, arguments, told):
    assert main([*arguments, "--workers", "1", "--quiet", "--runs", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


@pytest.mark.parametrize("columns", ["60", "100", "140"])
@pytest.mark.parametrize("command", ["sweep", "threshold", "sensitivity", "discover"])
def test_screens_keep_to_their_width(tmp_path, capsys, monkeypatch, command, columns):
    monkeypatch.setenv("COLUMNS", columns)
    vary = {"sweep": "20 %:60 %:3", "threshold": "20 %:80 %:5"}.get(command, "0 %:80 %")
    more = {"sweep": ["--outcome", "cash_cents.lab", "--seeds", "2"], "threshold": ["--seeds", "2"]}.get(
        command, ["--samples", "10"]
    )
    runs = str(tmp_path)
    main([command, "tiny", "--vary", f"shocks.demand.depth={vary}", *more, "--workers", "1", "--quiet", "--runs", runs])

    lines = capsys.readouterr().out.splitlines()
    assert lines and max(len(line) for line in lines) <= int(columns)


def test_a_cell_of_a_study_can_be_run_by_itself():
    plan, points = sensitivity.plan_of(TINY, (), RANGES, 1, "morris", 2)
    first = plan.cells[0]
    assert first == Cell(0, tuple(zip(plan.paths, [text for _, text in first.values], strict=True)))
    assert numpy.shape(points) == (len(plan.cells), 3)
    assert evolve(plan, seeds=(1, 2)).digest == plan.digest
