"""What differs between runs, in which parameters and outcomes, and from when on."""

import json
from pathlib import Path

import pytest

from events import catalogue as c
from events.record import Record
from model.cli import main
from model.compare import FirstDifference, Share, beside, decomposed, first_difference, leaves, parameters
from model.outcomes import NOT_SET, CameTo, Tale

TINY = Path(__file__).parents[2] / "scenarios" / "tiny.yaml"


def world(*touches):
    """A run in which something struck what is named."""
    struck = [
        Record(
            seq, "2027-01-01",
            c.ShockStruck(shock=what, touches=what, shape="step", against="plan", depth_ppm=1, ends_day=1),
            None, "", "scenario", (),
        )
        for seq, what in enumerate(touches)
    ]  # fmt: skip
    return CameTo(Tale(shocks=struck), None, {}, [], [], [])


def log(folder, *lines):
    folder.mkdir()
    text = "".join(line + "\n" for line in ('{"genesis":1}', *lines))
    (folder / "events.jsonl").write_text(text)
    return folder


def event(seq, date, word="a"):
    return f'{{"seq":{seq},"date":"{date}","type":"MonthClosed","v":1,"cause":0,"data":{{"month":"{word}"}}}}'


def test_a_parameter_is_a_path_and_the_value_that_each_run_was_given():
    one = {"firms": {"lab": {"cash": {"value": "1 bn USD", "assumption": "a guess"}}}, "seed": 1, "name": "one"}
    two = {"firms": {"lab": {"cash": "2 bn USD"}}, "seed": 1, "name": "two"}

    rows = parameters([one, two])

    assert [(row.path, row.values) for row in rows] == [("firms.lab.cash", ("1 bn USD", "2 bn USD"))]


def test_a_source_or_note_is_no_parameter():
    one = {"depth": {"value": "40 %", "assumption": "a guess", "range": ["0 %", "60 %"]}, "note": "x"}
    two = {"depth": {"value": "40 %", "source": "somebody", "date": "2025-10-01"}, "note": "y"}

    assert parameters([one, two]) == ()


def test_a_row_of_a_list_is_named_by_its_number():
    tree = {"tranches": [{"kw": "1 GW"}, {"kw": {"value": "2 GW", "assumption": "x"}}], "runs": False}

    assert dict(leaves(tree)) == {"tranches.1.kw": "1 GW", "tranches.2.kw": "2 GW", "runs": "false"}


def test_what_one_scenario_leaves_out_is_shown_as_not_set():
    assert parameters([{}, {"seed": 7}])[0].values == (NOT_SET, "7")


def test_an_outcome_that_one_run_lacks_is_nothing_there():
    found = beside([{"a": 1}, {"a": 1, "loss.x": 5, "who": "lab"}])

    assert found == {"a": (1, 1), "loss.x": (0, 5), "who": ("", "lab")}


def test_the_first_difference_is_that_of_the_events_not_of_genesis_or_seals(tmp_path):
    one = log(tmp_path / "one", event(0, "2026-01-31"), '{"seal":0}', event(1, "2026-02-28"))
    two = log(tmp_path / "two", event(0, "2026-01-31"), event(1, "2026-02-28", "b"))

    assert first_difference(one, two, "two") == FirstDifference("two", "2026-02-28", 1)
    assert first_difference(one, one, "one") is None


def test_a_log_that_goes_on_differs_where_the_other_ends(tmp_path):
    one = log(tmp_path / "one", event(0, "2026-01-31"))
    two = log(tmp_path / "two", event(0, "2026-01-31"), event(1, "2026-02-28"))

    assert first_difference(one, two, "two") == FirstDifference("two", "2026-02-28", 1)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_four_worlds_say_what_either_shock_explains_and_what_only_both(order):
    """
    100 in the calm world, 90 after the fall, 95 in the drought, 60 after both: 25 of the 40 lost are interaction.
    """
    drought, both = world("appetite", "credit"), world("appetite", "demand")
    worlds = [(world(), 100), (world("demand"), 90), (drought, 95), (both, 60)]
    given = [worlds[place] for place in order]

    shares = decomposed([came for came, _ in given], {"cash": tuple(cents for _, cents in given), "who": ("",) * 4})

    assert shares == {"cash": Share(base=100, demand=-10, drought=-5, interaction=-25, both=60)}


def test_other_sets_of_worlds_are_not_decomposed():
    assert decomposed([world(), world("demand"), world("demand"), world("credit")], {}) is None
    assert decomposed([world(), world("demand")], {}) is None


def test_two_runs_that_differ_in_one_parameter_are_compared_by_it(tmp_path, capsys):
    runs = ["--runs", str(tmp_path)]
    for change in ("50 %", "60 %"):
        assert main(["run", str(TINY), "--quiet", "--set", f"shocks.demand.depth={change}", *runs]) == 0
    names = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    capsys.readouterr()

    assert main(["compare", *names, "--json", *runs]) == 0

    found = json.loads(capsys.readouterr().out)
    assert {tuple(sorted(values.values())) for values in found["parameters"].values()} == {("50 %", "60 %")}
    assert list(found["parameters"]) == ["shocks.demand.depth"]
    assert found["outcomes"]["revenue_cents.lab"][names[0]] != found["outcomes"]["revenue_cents.lab"][names[1]]
    assert found["first_difference"][names[1]]["date"].startswith("2026-10")


def test_a_run_is_the_same_as_itself(tmp_path, capsys):
    assert main(["run", str(TINY), "--quiet", "--runs", str(tmp_path)]) == 0
    capsys.readouterr()

    assert main(["compare", "tiny", "last", "--runs", str(tmp_path)]) == 0

    said = capsys.readouterr().out
    assert "has the same events" in said and "No parameter differs." in said
