"""A sweep's plan, its table, and what becomes of runs that fail: rows K of the faults."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import parquet

from events.problems import Locked, Usage
from model.cli import main
from model.experiments import cell as cells
from model.experiments.cell import Task
from model.experiments.engine import InThisProcess, Processes, answers
from model.experiments.plan import planned
from model.experiments.sweeps import sweep
from model.experiments.vary import parse
from model.run import run
from model.scenario import load
from tests.experiments.toys import misbehave
from tests.kept import SCENARIOS

TINY = SCENARIOS / "tiny.yaml"
DEPTH = "shocks.demand.depth=20 %:60 %:3"


def plan(*vary: str, **more: object):
    return planned(TINY, vary=[parse(text) for text in vary or (DEPTH,)], **{"seeds": 2, **more})


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_a_grid_has_every_combination_and_the_last_path_moves_fastest():
    found = plan(DEPTH, "contracts.host-lab-compute.days_to_pay=15,30")

    assert [cell.values[0][1] + "/" + cell.values[1][1] for cell in found.cells] == [
        "20 %/15", "20 %/30", "40 %/15", "40 %/30", "60 %/15", "60 %/30",
    ]  # fmt: skip
    assert found.size == 12


def test_a_latin_hypercube_hits_every_strip_once_and_is_the_same_again():
    one, again = (plan("shocks.demand.depth=0 %:50 %", design="lhs", samples=10) for _ in range(2))

    strips = sorted(int(float(cell.values[0][1].split()[0]) // 5) for cell in one.cells)
    assert strips == list(range(10))
    assert one.digest == again.digest


def test_seeds_do_not_make_it_another_plan_and_anything_else_does():
    assert plan().digest == plan(seeds=9).digest
    assert plan().digest != plan("shocks.demand.depth=20 %:61 %:3").digest
    assert plan().digest != planned(TINY, ["firms.lab.sheet.cash=1 bn USD"], [parse(DEPTH)]).digest


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--vary", "shocks.demand.dept=20 %"], 3, "did you mean shocks.demand.depth"),
        (["--vary", "shocks.demand.depth=20"], 3, "add the unit"),
        (["--vary", DEPTH, "--vary", DEPTH], 2, "varied twice"),
        (["--vary", "shocks.demand.depth=20 %:60 %"], 2, "--design lhs"),
        (["--design", "lhs", "--vary", DEPTH], 2, "--samples"),
        (["--vary", "shocks.demand.depth=1 %:90 %:9999", "--seeds", "1000"], 2, "plan 1 to 1,000,000"),
        (["--vary", DEPTH, "--seeds", "0"], 2, "seeds"),
        (["--vary", DEPTH, "--until-halfwidth", "cash_cents.lab"], 2, "OUTCOME=X"),
        (["--vary", DEPTH, "--seeds", "1", "--outcome", "cash"], 2, "did you mean cash_cents"),
        (["--vary", DEPTH, "--cluster", "local", "--timeout", "1"], 2, "leave it out"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_in_a_line(tmp_path, capsys, arguments, code, told):
    assert main(["sweep", "tiny", *arguments, "--workers", "1", "--quiet", "--runs", str(tmp_path)]) == code
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


# --- the table --------------------------------------------------------------------------------------------------------


def test_any_row_run_by_itself_has_the_same_head(tmp_path):
    swept = sweep(plan(keep_logs=True), tmp_path, InThisProcess())
    table = parquet.read_table(swept.folder / "results.parquet").to_pylist()

    row = table[-1]
    sets = [f"shocks.demand.depth={row['shocks.demand.depth']}", f"seed={row['seed']}"]
    alone = run(load(TINY, sets), tmp_path / "alone")
    assert (alone.head, alone.events) == (row["head"], row["events"])
    assert (swept.folder / "logs" / alone.folder.name / "events.jsonl").read_bytes() == (
        alone.folder / "events.jsonl"
    ).read_bytes()
    assert row["shocks.demand.depth (number)"] == 60.0


def test_workers_ways_of_starting_them_and_the_order_of_arrival_do_not_show(tmp_path):
    engines = {"here": InThisProcess(), "spawn": Processes(2), "fork": Processes(3, "fork")}
    swept = {name: sweep(plan(), tmp_path / name, engine) for name, engine in engines.items()}

    tables = {(one.folder / "results.parquet").read_bytes() for one in swept.values()}
    assert len(tables) == 1
    assert len({(one.folder / "plan.json").read_bytes() for one in swept.values()}) == 1


def test_more_seeds_run_only_what_is_missing(tmp_path):
    sweep(plan(seeds=1), tmp_path, InThisProcess())
    swept = sweep(plan(seeds=3), tmp_path, InThisProcess())

    assert (swept.reused, len(swept.rows)) == (3, 9)
    fresh = sweep(plan(seeds=3), tmp_path / "fresh", InThisProcess())
    assert [row.head for row in swept.rows] == [row.head for row in fresh.rows]


def test_until_the_mean_is_sure_enough_seeds_are_added(tmp_path, capsys):
    asked = ["sweep", "tiny", "--vary", DEPTH, "--seeds", "3", "--workers", "1", "--quiet", "--runs", str(tmp_path)]
    main([*asked, "--json"])
    first = json.loads(capsys.readouterr().out)
    main([*asked, "--json", "--until-halfwidth", "cash_cents.lab=1500000000"])
    more = json.loads(capsys.readouterr().out)

    widths = [cell["means"]["cash_cents.lab"] for cell in more["cells"]]
    assert all((one["high"] - one["low"]) / 2 <= 1.5e9 for one in widths)
    assert more["cells"][0]["n"] > first["cells"][0]["n"] == 3


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_k3_a_run_that_raises_dies_or_answers_nonsense_leaves_the_others_whole():
    how = ["", "raises", "", "dies", "answers nothing", "", "answers another", ""]
    tasks = [Task(number, "", (word,) if word else ()) for number, word in enumerate(how)]

    found = {one.number: one for one in answers(tasks, Processes(2, "fork"), misbehave)}
    assert [found[n].status for n in range(8)] == [
        "done", "failed", "done", "worker lost", "no result", "done", "no result", "done",
    ]  # fmt: skip
    assert "as it was told to" in found[1].why


def test_k1_a_worker_that_is_killed_once_costs_nothing(tmp_path):
    words = ["", f"dies once {tmp_path / 'mark'}", "", ""]
    tasks = [Task(number, "", (word,) if word else ()) for number, word in enumerate(words)]

    found = sorted(answers(tasks, Processes(2, "fork"), misbehave), key=lambda one: one.number)
    assert [one.status for one in found] == ["done"] * 4
    assert [one.head for one in found] == [f"head {n}" for n in range(4)]


def test_a_run_that_takes_too_long_is_timed_out_and_tried_again_next_time(tmp_path):
    swept = sweep(plan(seeds=1), tmp_path, InThisProcess(), seconds=0.02)
    assert {row.status for row in swept.rows} == {cells.TIMED_OUT}
    assert parquet.read_table(swept.folder / "results.parquet").column("head").null_count == 3

    again = sweep(plan(seeds=1), tmp_path, InThisProcess())
    assert (again.reused, len(again.failed)) == (0, 0)


def test_a_sweep_with_failures_says_so_and_does_not_exit_with_0(tmp_path, capsys):
    code = main(
        ["sweep", "tiny", "--vary", DEPTH, "--seeds", "1", "--workers", "1", "--timeout", "0.02", "--quiet", "--runs",
         str(tmp_path)]
    )  # fmt: skip
    assert code == 1
    said = capsys.readouterr().out
    assert "timed out: depth 20 %, seed 1" in said and "0 of 3 runs whole" in said


def test_a_torn_line_of_the_journal_is_run_again(tmp_path):
    swept = sweep(plan(), tmp_path, InThisProcess())
    table = (swept.folder / "results.parquet").read_bytes()
    journal = swept.folder / "results.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])

    again = sweep(plan(), tmp_path, InThisProcess())
    assert again.reused == 5
    assert (again.folder / "results.parquet").read_bytes() == table


def test_two_at_once_are_refused(tmp_path):
    def told(done: int, of: int, failed: int) -> None:
        with pytest.raises(Locked):
            sweep(plan(seeds=1), tmp_path, InThisProcess())

    sweep(plan(seeds=1), tmp_path, InThisProcess(), told=told)


def test_k2_a_parent_that_is_killed_is_resumed_to_the_same_bytes(tmp_path):
    """
    Killed after at least one run was kept; what is missing is run, and the table is that of an undisturbed sweep.
    """
    command = [sys.executable, "-m", "model", "sweep", "tiny", "--vary", DEPTH, "--seeds", "20", "--workers", "2",
               "--runs", str(tmp_path / "killed"), "--quiet"]  # fmt: skip
    parent = subprocess.Popen(command, cwd=SCENARIOS.parent, stdout=subprocess.DEVNULL, start_new_session=True)
    journal = _first(tmp_path / "killed", parent)
    os.killpg(parent.pid, signal.SIGKILL)
    parent.wait()
    kept = journal.read_bytes().count(b"\n")
    assert 0 < kept < 60

    resumed = sweep(plan(seeds=20), tmp_path / "killed", InThisProcess())
    fresh = sweep(plan(seeds=20), tmp_path / "fresh", InThisProcess())
    assert kept <= resumed.reused <= kept + 1
    assert (resumed.folder / "results.parquet").read_bytes() == (fresh.folder / "results.parquet").read_bytes()


def _first(runs: Path, parent: subprocess.Popen) -> Path:
    """The journal, once it has three lines."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and parent.poll() is None:
        for journal in runs.glob("*/results.jsonl"):
            if journal.read_bytes().count(b"\n") >= 3:
                return journal
    raise AssertionError("the sweep ended before it could be killed")


def test_no_seed_is_a_wrong_plan():
    with pytest.raises(Usage):
        plan(seeds=[])


def test_workers_are_renewed_and_the_answers_are_the_same(tmp_path):
    tasks = [Task(number, "", ("",)) for number in range(7)]
    engine = Renewing(1, renewed_after=2)
    assert sorted(answer.number for answer in answers(tasks, engine, misbehave)) == list(range(7))
    engine.close()
    assert engine.made == 4


class Renewing(Processes):
    """Counts the pools that it made."""

    made = 0

    def pool(self):
        self.made += self._pool is None
        return super().pool()
