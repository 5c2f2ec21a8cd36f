"""Why, when, where two part, whose money: answers held against a plain reading of the whole log."""

import json
import shutil

import pytest

from events import catalogue as c
from events.log import NAME
from events.problems import LogDamaged, Problem, Usage
from events.replay import records, replay
from events.seek import Seeker
from model.audit import diff as diffing
from model.audit.as_of import as_of
from model.audit.diff import diff
from model.audit.explain import explain
from model.audit.follow import follow
from model.cli import main


def lines_of(folder):
    return [line for line in (folder / NAME).read_bytes().splitlines(keepends=True) if line.startswith(b'{"seq":')]


# --- single events ----------------------------------------------------------------------------------------------------


def test_every_event_is_found_by_its_number(fallen):
    lines = lines_of(fallen)
    with Seeker(fallen) as log:
        assert [log.line(seq) for seq in range(len(lines))] == lines
        assert log.last_seq() == len(lines) - 1
        assert list(log.lines_from(len(lines) - 3)) == lines[-3:]


@pytest.mark.parametrize("beyond", [0, 1, 10**18])
def test_an_event_that_is_not_there_is_told_with_the_last_one_that_is(fallen, beyond):
    last = len(lines_of(fallen)) - 1
    with Seeker(fallen) as log, pytest.raises(Usage, match=f"its last one is {last}"):
        log.line(last + 1 + beyond)


def test_an_event_in_a_block_that_was_changed_is_not_handed_out(fallen, tmp_path):
    copy = shutil.copytree(fallen, tmp_path / "copy")
    data = bytearray((copy / NAME).read_bytes())
    lines = lines_of(fallen)
    place = data.index(lines[40]) + lines[40].index(b'"post":[["') + 12
    data[place] ^= 1
    (copy / NAME).write_bytes(data)
    with Seeker(copy) as log, pytest.raises(LogDamaged, match="not as it was sealed"):
        log.line(39)


def test_an_event_after_the_last_seal_is_not_handed_out(fallen, tmp_path):
    copy = tmp_path / NAME
    lines = (fallen / NAME).read_bytes().splitlines(keepends=True)
    copy.write_bytes(b"".join(lines[:-1]))
    last = json.loads(lines[-2])["seq"]
    with Seeker(copy) as log, pytest.raises(LogDamaged, match="no seal"):
        log.line(last)


# --- why --------------------------------------------------------------------------------------------------------------


def default_in(folder):
    return next(record for record in records(folder) if isinstance(record.event, c.Defaulted))


def test_a_default_is_explained_back_to_what_the_scenario_scheduled(fallen):
    found = explain(fallen, default_in(fallen).seq)
    chain = [step.record for step in found.causes]
    assert chain[0].cause is None and chain[-1] == found.asked
    assert [record.cause for record in chain[1:]] == [record.seq for record in chain[:-1]]
    roots = {type(steps[0].record.event) for steps in (found.causes, *found.beside)}
    assert c.ShockStruck in roots


def test_effects_are_all_events_whose_causes_lead_to_it(fallen):
    listed = list(records(fallen))
    root = next(record.seq for record in listed if isinstance(record.event, c.ShockStruck))
    reached = {root}
    for record in listed:
        if record.cause in reached:
            reached.add(record.seq)
    found = explain(fallen, root, effects=True, most=10**6)
    assert {step.record.seq for step in found.effects} == reached - {root} != set()
    assert found.more == 0
    few = explain(fallen, root, effects=True, most=5)
    assert len(few.effects) == 5 and few.more == len(reached) - 6


def test_an_effect_comes_after_its_cause_one_step_deeper(fallen):
    root = next(record.seq for record in records(fallen) if isinstance(record.event, c.ShockStruck))
    depth = {root: 0}
    for step in explain(fallen, root, effects=True, most=10**6).effects:
        assert step.depth == depth[step.record.cause] + 1
        depth[step.record.seq] = step.depth


# --- when -------------------------------------------------------------------------------------------------------------


def test_the_state_after_an_event_is_what_the_postings_up_to_it_add_up_to(fallen):
    middle = len(lines_of(fallen)) // 2
    found = as_of(fallen, str(middle))
    sums = {}
    for line in lines_of(fallen)[: middle + 1]:
        for firm, account, asset, quantity in json.loads(line)["post"]:
            if asset == "USD" and account.startswith("Assets:"):
                sums[firm, account] = sums.get((firm, account), 0) + quantity
    told = {
        (name, account): cents for name, sheet in found.sheets.items() for account, cents in sheet.assets_cents.items()
    }
    assert told == {key: cents for key, cents in sums.items() if cents and key[0] in found.sheets}
    assert found.seq == middle


def test_the_state_of_a_day_is_that_after_its_last_event(fallen):
    listed = list(records(fallen))
    date = listed[len(listed) // 2].date
    last = max(record.seq for record in listed if record.date == date)
    assert as_of(fallen, date).sheets == as_of(fallen, str(last)).sheets


def test_open_bills_of_a_firm_are_those_it_owes_or_is_owed(fallen):
    date = default_in(fallen).date
    everything, lab = as_of(fallen, date), as_of(fallen, date, "lab")
    assert lab.bills == tuple(bill for bill in everything.bills if "lab" in (bill.debtor, bill.creditor))
    assert any(bill.missed_seq is not None for bill in lab.bills)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--at", "999999"], "its last one is"),
        (["--at", "2027-13-01"], "YYYY-MM-DD"),
        (["--firm", "lba"], "did you mean lab"),
    ],
)  # fmt: skip
def test_a_moment_or_a_firm_that_is_not_there_is_told_in_a_line(fallen, capsys, more, told):
    assert main(["state", str(fallen), *more]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


# --- where two part ---------------------------------------------------------------------------------------------------


def test_two_histories_part_at_the_first_line_that_differs(fallen, calm):
    one, other = lines_of(fallen), lines_of(calm)
    seq = next(at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    found = diff(fallen, calm)
    assert found.parting.seq == found.parting.one.seq == seq
    assert found.fates["lab"] == ("defaulted", "stands")


def test_balances_that_differ_are_those_of_both_ends(fallen, calm):
    found = diff(fallen, calm)
    mine, theirs = (replay(folder).books.ledger for folder in (fallen, calm))
    for (firm, account), pair in found.balances.items():
        assert pair == (mine.balance(firm, account), theirs.balance(firm, account))
    assert ("lab", "Assets:Cash") in found.balances


def test_long_logs_are_checked_each_in_a_process_with_the_same_answer(fallen, calm, tmp_path, monkeypatch):
    alone = diff(fallen, calm)
    shutil.copytree(calm, tmp_path / calm.name)
    log = tmp_path / calm.name / NAME
    log.write_bytes(log.read_bytes()[:-200])

    monkeypatch.setattr(diffing, "WORTH_A_PROCESS", 1)

    assert diff(fallen, calm) == alone
    with pytest.raises(Problem) as caught:
        diff(fallen, tmp_path / calm.name)
    assert caught.value.code == LogDamaged.code and tmp_path.name in caught.value.line


def test_a_history_does_not_part_from_itself(fallen):
    assert diff(fallen, fallen).parting is None


# --- whose money ------------------------------------------------------------------------------------------------------


def test_what_a_firm_received_less_what_it_paid_is_its_cash(fallen):
    for firm in ("lab", "host"):
        found = follow(fallen, firm)
        ledger = replay(fallen).books.ledger
        assert found.total("received_cents") - found.total("paid_cents") == ledger.cash_cents(firm)


def test_own_money_is_never_more_than_what_was_received(fallen):
    for flow in follow(fallen, "lab").flows:
        assert 0 <= flow.own_pro_rata_cents <= flow.received_cents
        assert 0 <= flow.financed_cents <= flow.paid_cents


def test_each_command_shows_its_answer_and_gives_it_as_an_object(fallen, calm, capsys):
    seq = str(default_in(fallen).seq)
    for asked, key in (
        (["explain", str(fallen), seq, "--effects"], "causes"), (["state", str(fallen), "--firm", "lab"], "sheets"),
        (["diff", str(fallen), str(calm)], "parts_at"), (["follow", str(fallen), "lab"], "flows"),
        (["query", str(fallen), "SELECT 1 AS one"], "rows"),
    ):  # fmt: skip
        assert main(asked) == 0
        assert capsys.readouterr().out
        assert main([*asked, "--json"]) == 0
        assert key in json.loads(capsys.readouterr().out)


# --- the index, and a world without a deal ----------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path):
    """Two runs and their index."""
    for depth in ("20 %", "60 %"):
        asked = ["run", "tiny", "--set", f"shocks.demand.depth={depth}", "--quiet", "--runs", str(tmp_path)]
        assert main(asked) == 0
    return tmp_path, sorted(path.name for path in tmp_path.iterdir() if path.is_dir())


def states(runs, capsys):
    capsys.readouterr()
    code = main(["index", "--runs", str(runs), "--json"])
    return code, {row["name"]: row["state"] for row in json.loads(capsys.readouterr().out)["runs"]}


def test_runs_that_are_as_they_ended_are_there(kept, capsys):
    runs, names = kept
    assert states(runs, capsys) == (0, dict.fromkeys(names, "there"))


def test_a_missing_run_shows(kept, capsys):
    runs, names = kept
    shutil.rmtree(runs / names[0])
    assert states(runs, capsys) == (4, {names[0]: "missing", names[1]: "there"})


@pytest.mark.parametrize("how", ["cut at a seal", "emptied", "another run's"])
def test_a_run_that_ends_elsewhere_shows(kept, capsys, how):
    runs, names = kept
    log = runs / names[0] / NAME
    data = log.read_bytes()
    if how == "cut at a seal":
        data = data[: data.rindex(b'{"seq"', 0, data.rindex(b'{"seal"'))]
        data = data[: data.rindex(b'{"seal"')] + data[data.rindex(b'{"seal"') :].split(b"\n")[0] + b"\n"
    elif how == "emptied":
        data = b""
    else:
        data = (runs / names[1] / NAME).read_bytes()
    log.write_bytes(data)
    assert states(runs, capsys) == (4, {names[0]: "ends elsewhere", names[1]: "there"})


def test_a_run_that_the_index_does_not_know_is_told_and_is_no_fault(kept, capsys):
    runs, names = kept
    shutil.copytree(runs / names[0], runs / "copied")
    assert states(runs, capsys) == (0, dict.fromkeys(names, "there") | {"copied": "not in the index"})


def test_a_world_without_a_deal_is_held_against_the_one_with_it(tmp_path, capsys):
    asked = ["run", "tiny", "--without", "host-lab-compute", "--quiet", "--runs", str(tmp_path)]
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["parameters"]) == {"contracts.host-lab-compute.runs"}
    assert len(found["runs"]) == 2
    with_it, without = (row["name"] for row in found["runs"])
    cash = found["outcomes"]["cash_cents.host"]
    assert cash[with_it] != cash[without]
    assert main(asked) == 0
    assert "parts from" in capsys.readouterr().out


def test_a_world_without_a_deal_that_is_not_there_is_refused(tmp_path, capsys):
    assert main(["run", "tiny", "--without", "host-lab-computer", "--quiet", "--runs", str(tmp_path)]) == 3
    assert "host-lab-compute" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["explain", "0"], ["state"], ["follow", "lab"], ["query", "SELECT 1"]])
def test_a_log_that_is_no_plain_file_is_refused_and_never_waited_for(tmp_path, capsys, command):
    import os

    folder = tmp_path / "run"
    folder.mkdir()
    os.mkfifo(folder / NAME)
    assert main([command[0], str(folder), *command[1:]]) in (2, 4, 74)
    assert capsys.readouterr().err.count("\n") == 1
