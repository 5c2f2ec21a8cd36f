"""Sweeps held against each other: which inputs differ, and how outcomes do, seed by seed."""

import json
from statistics import mean

import pytest

from events.problems import LogDamaged, Usage
from model.cli import main
from model.experiments import kept, sweep
from model.experiments.beside import beside
from model.experiments.sweeps import Swept

DEPTHS = "shocks.demand.depth=20 %,60 %"


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The same cells in two worlds, of which one is poorer; the second has one more seed."""
    runs = tmp_path_factory.mktemp("runs")
    return sweep("tiny", [DEPTHS], seeds=4, runs=runs), sweep(
        "tiny", [DEPTHS], sets=["contracts.host-lab-compute.days_to_pay=15"], seeds=5, runs=runs
    )


def both(two: tuple[Swept, Swept], *outcomes: str):
    return beside(["one", "two"], [kept.read(one.folder) for one in two], outcomes)


def test_a_kept_sweep_is_what_was_swept(two):
    read = kept.read(two[0].folder)
    assert read.swept.rows == two[0].rows
    assert (read.swept.plan.digest, read.opens[:4]) == (two[0].plan.digest, "2025")


def test_what_holds_in_all_cells_is_an_input_that_differs(two):
    assert [row.path for row in both(two).parameters] == ["contracts.host-lab-compute.days_to_pay"]


def test_cells_with_the_same_values_are_paired_over_the_seeds_that_both_have(two):
    (pairs,) = both(two, "revenue_cents.lab").pairs
    assert [(pair.base.values, pair.other.values, pair.seeds) for pair in pairs] == [
        ((("shocks.demand.depth", text),), (("shocks.demand.depth", text),), 4) for text in ("20 %", "60 %")
    ]


def test_a_difference_is_the_mean_of_the_differences_of_each_seed(two):
    name = "cash_cents.host"
    (pairs,) = both(two, name).pairs
    one, other = ({row.seed: row.outcomes[name] for row in swept.of(1)} for swept in two)
    (row,) = pairs[1].differences
    assert row.difference.by_t.value == mean(other[seed] - one[seed] for seed in range(1, 5))
    assert row.difference.n == 4


def test_only_what_differs_is_shown_where_nothing_is_asked_for(two):
    for pair in both(two).pairs[0]:
        assert all(row.difference.by_t.value for row in pair.differences)
    assert both((two[0], two[0])).pairs[0][0].differences == ()


def test_sweeps_of_other_paths_are_paired_by_place_or_refused(tmp_path, two):
    other = sweep("tiny", ["contracts.host-lab-compute.days_to_pay=10,20,30"], seeds=2, runs=tmp_path)
    with pytest.raises(Usage, match="2 and 3 cells"):
        both((two[0], other))
    single = sweep("tiny", seeds=2, runs=tmp_path)
    assert len(both((two[0], single)).pairs[0]) == 2


def test_sweeps_without_a_common_seed_are_refused(tmp_path, two):
    path = two[0].folder / "results.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    moved = "".join(json.dumps(line | {"seed": line["seed"] + 100}) + "\n" for line in lines)
    copy = tmp_path / "moved"
    copy.mkdir()
    for name in ("plan.json", "scenario.json"):
        (copy / name).write_bytes((two[0].folder / name).read_bytes())
    plan = json.loads((copy / "plan.json").read_text())
    (copy / "plan.json").write_text(json.dumps(plan | {"seeds": [seed + 100 for seed in plan["seeds"]]}))
    (copy / "results.jsonl").write_text(moved)
    with pytest.raises(Usage, match="share no seed"):
        beside(["one", "two"], [kept.read(two[0].folder), kept.read(copy)])


def test_a_plan_that_was_changed_is_not_believed(tmp_path, two):
    copy = tmp_path / "changed"
    copy.mkdir()
    for path in two[0].folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    text = (copy / "plan.json").read_text()
    (copy / "plan.json").write_text(text.replace("60 %", "61 %"))
    with pytest.raises(LogDamaged, match="digest"):
        kept.read(copy)


def test_the_command_compares_sweeps_by_the_beginnings_of_their_names(two, capsys, tmp_path):
    names = [swept.folder.name for swept in two]
    asked = ["compare", *(name[:16] for name in names), "--runs", str(two[0].folder.parent)]
    assert main([*asked, "--page", str(tmp_path / "page"), "--outcome", "cash_cents.host"]) == 0
    said = capsys.readouterr().out
    assert "contracts.host-lab-compute" in said and "less tiny-sweep-" in said
    assert b"survival-1-0-0" in (tmp_path / "page" / "report.html").read_bytes()

    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [pair["n"] for pair in found["pairs"][names[1]]] == [4, 4]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--outcome", "cash"], "did you mean cash_cents"),
        (["--png"], "--page FOLDER"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_line(two, capsys, more, told):
    asked = ["compare", *(str(swept.folder) for swept in two), *more]
    assert main(asked) == 2
    assert told in capsys.readouterr().err


def test_a_run_and_a_sweep_are_not_compared(two, capsys, tmp_path):
    assert main(["run", "tiny", "--quiet", "--runs", str(tmp_path)]) == 0
    (run,) = (path for path in tmp_path.iterdir() if path.is_dir())
    capsys.readouterr()
    assert main(["compare", str(run), str(two[0].folder)]) == 2
    assert "mixed" in capsys.readouterr().err


def test_runs_have_a_page_with_their_main_series(tmp_path, capsys):
    for depth in ("20 %", "60 %"):
        main(["run", "tiny", "--quiet", "--set", f"shocks.demand.depth={depth}", "--runs", str(tmp_path)])
    names = [path.name for path in tmp_path.iterdir() if path.is_dir()]
    assert main(["compare", *names, "--runs", str(tmp_path), "--page", str(tmp_path / "page")]) == 0
    data = (tmp_path / "page" / "report.html").read_text()
    assert 'id="series-cash_cents"' in data and "shocks.demand.depth" in data
