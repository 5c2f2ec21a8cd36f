"""Another future from a byte-identical past: only what is live may change, and the change is its root cause."""

import json

import pytest

from events import catalogue as c
from events.log import NAME, event_head
from events.problems import BadScenario, Diverged, Usage
from events.replay import records, replay
from model.audit.fork import forked, shared
from model.cli import main
from model.run import rerun, run
from model.scenario import load
from tests.kept import SCENARIOS

AT = "2026-08-01"  # demand falls on 2026-10-01
DEEPER = "shocks.demand.depth=60 %"


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    return run(load(SCENARIOS / "tiny.yaml"), tmp_path_factory.mktemp("runs")).folder


@pytest.fixture(scope="module")
def deeper(parent):
    loaded, _ = forked(parent, AT, [DEEPER])
    return run(loaded, parent.parent).folder


def lines_of(folder):
    return [line for line in (folder / NAME).read_bytes().splitlines() if event_head(line)]


def test_the_past_is_the_parents_byte_for_byte_up_to_the_day(parent, deeper):
    before = [line for line in lines_of(parent) if event_head(line)[1] < AT]
    assert lines_of(deeper)[: len(before)] == before
    assert shared(parent, deeper, AT).events == len(before)


def test_the_first_event_of_its_own_is_the_change_a_root(parent, deeper):
    seq = shared(parent, deeper, AT).events
    record = list(records(deeper))[seq]
    assert record.event == c.ScenarioChanged(path="shocks.demand.depth", value="60 %")
    assert (record.cause, record.actor, record.date) == (None, "scenario", AT)


def test_a_shock_that_was_changed_strikes_as_changed_and_because_of_it(deeper):
    listed = list(records(deeper))
    struck = next(record for record in listed if isinstance(record.event, c.ShockStruck))
    assert struck.event.depth_ppm == 600_000
    assert isinstance(listed[struck.cause].event, c.ScenarioChanged)


def test_from_the_day_on_it_is_as_if_it_had_always_been_so(parent, deeper, tmp_path):
    """A shock that strikes after the fork falls as deep as in a run of its own: the outcomes are the same."""
    alone = replay(run(load(SCENARIOS / "tiny.yaml", [DEEPER]), tmp_path).folder).books
    here = replay(deeper).books
    assert here.ledger.balances == alone.ledger.balances


def test_a_fork_names_its_parent_and_its_day_and_runs_again_from_its_own_scenario(parent, deeper):
    found = replay(deeper)
    assert (found.genesis.parent, found.genesis.parent_date) == (replay(parent).head, AT)
    assert rerun(deeper).outcome == "reproduced"


def test_a_policy_holds_from_its_day_on(tmp_path):
    sets = ["firms.lab.cash_target_quarters=1"]
    root = run(load(SCENARIOS / "tiny.yaml"), tmp_path).folder
    loaded, _ = forked(root, AT, sets)
    assert loaded.scenario.firms["lab"].policy != loaded.futures[0][1].firms["lab"].policy
    assert loaded.futures[0][1].firms["lab"].policy.cash_target_quarters == 1


def test_a_fork_can_be_forked_later_and_not_before_its_own_change(deeper):
    loaded, _ = forked(deeper, "2026-09-01", ["shocks.demand.depth=10 %"])
    assert [change.at_day for change in loaded.scenario.changes] == sorted(
        change.at_day for change in loaded.scenario.changes
    )
    assert loaded.futures[-1][1].shocks["demand"].depth_ppm == 100_000
    with pytest.raises(Usage, match="itself changed"):
        forked(deeper, "2026-05-01", ["shocks.demand.depth=10 %"])


@pytest.mark.parametrize(
    ("at", "change"),
    [
        ("2027-01-01", DEEPER),
        (AT, "shocks.demand.start=2026-01-01"),
        (AT, "shocks.demand.start=2027-01-01"),
        (AT, "firms.lab.sheet.cash=1 bn USD"),
        (AT, "contracts.host-lab-compute.days_to_pay=15"),
        (AT, "contracts.host-lab-compute.runs=false"),
        (AT, "seed=5"),
        (AT, "shocks={}"),
    ],
)
def test_what_is_not_live_does_not_change(parent, at, change):
    with pytest.raises(BadScenario, match="cannot change in a world that is running"):
        forked(parent, at, [change])


@pytest.mark.parametrize(
    ("at", "sets", "told"),
    [
        ("2020-01-01", [DEEPER], "can be forked at"),
        ("2050-01-01", [DEEPER], "can be forked at"),
        ("soon", [DEEPER], "YYYY-MM-DD"),
        (AT, [], "needs a change"),
        (AT, ["depth"], "PATH=VALUE"),
        (AT, ["shocks.demand.dept=1 %"], "did you mean shocks.demand.depth"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(parent, capsys, at, sets, told):
    more = [word for text in sets for word in ("--set", text)]
    assert main(["fork", str(parent), "--at", at, *more, "--quiet", "--runs", str(parent.parent)]) in (2, 3)
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


def test_a_past_that_is_not_the_parents_is_refused(parent, tmp_path):
    other = run(load(SCENARIOS / "tiny.yaml", ["seed=5"]), tmp_path).folder
    with pytest.raises(Diverged, match="not the parent's"):
        shared(parent, other, AT)


def test_the_command_runs_it_and_holds_it_against_its_parent(parent, capsys):
    asked = ["fork", str(parent), "--at", AT, "--set", DEEPER, "--quiet", "--runs", str(parent.parent)]
    assert main(asked) == 0
    assert "byte for byte" in capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (parted,) = found["first_difference"].values()
    assert parted["date"] == AT
