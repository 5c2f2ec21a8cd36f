"""Files: what they extend, the one form they resolve to, changes from the command line, and how they are found."""

import json

import pytest

from events.problems import BadScenario, Usage
from model.scenario import find, load, paths
from tests.small_world import WORLD, Small, complaints, loaded, only, written

CHILD = """\
extends: world.yaml
name: child
firms:
  openai:
    cash: 3 bn USD
contracts:
  loan: ~
  chips:
    tranches:
      - {kw: 2 GW, day: 2028-01-01, buyer: openai, generation: blackwell}
market: {growth: 5 %}
"""


def extending(tmp_path, text=CHILD):
    written(tmp_path, WORLD)
    return load(written(tmp_path, text, "child.yaml"), schema=Small)


def test_a_child_says_only_what_differs(tmp_path):
    child, base = extending(tmp_path).scenario, loaded(tmp_path).scenario

    assert child.name == "child"
    assert child.firms["nvidia"] == base.firms["nvidia"]
    assert child.firms["openai"].cash_cents == 300_000_000_000
    assert child.firms["openai"].shares_outstanding == 160_000_000
    assert list(child.contracts) == ["chips"]
    assert [row.kw for row in child.contracts["chips"].terms.tranches] == [2_000_000]
    assert child.market.growth_ppm == 50_000


def test_an_origin_is_the_file_that_wrote_the_value(tmp_path):
    origins = extending(tmp_path).origins

    assert origins["firms.openai.cash"] == {"file": "child.yaml", "line": 5}  # and nothing of what the base assumed
    assert origins["firms.nvidia.cash"] == {"file": "world.yaml", "line": 5}


def test_a_complaint_names_the_file_that_wrote_the_value(tmp_path):
    with pytest.raises(BadScenario) as caught:
        extending(tmp_path, CHILD.replace("3 bn USD", "3") + "colour: red\n")

    assert [(c.file, c.line) for c in caught.value.complaints] == [
        (f"{tmp_path}/child.yaml", 5),
        (f"{tmp_path}/child.yaml", 12),
    ]
    assert caught.value.code == 3
    assert caught.value.line.count("error[3]") == 2


def test_an_annotated_value_is_replaced_whole(tmp_path):
    child = extending(tmp_path, CHILD.replace("cash: 3 bn USD", "cash: {value: 4 bn USD, source: s, date: 2025-10-06}"))

    assert child.scenario.firms["openai"].cash_cents == 400_000_000_000
    assert "assumption" not in child.origins["firms.openai.cash"]


def test_a_null_that_takes_nothing_away_is_a_mistake(tmp_path):
    with pytest.raises(BadScenario, match="did you mean loan"):
        extending(tmp_path, CHILD.replace("loan: ~", "laon: ~"))


def test_mappings_from_year_to_amount_merge_by_year(tmp_path):
    child = extending(tmp_path, "extends: world.yaml\ncontracts: {loan: {minimums: {2026: null, 2028: 1 USD}}}\n")

    assert [row.year for row in child.scenario.contracts["loan"].terms.minimums] == [2027, 2028]


def test_later_bases_lie_over_earlier_ones_and_a_shared_one_below_both(tmp_path):
    """Without the last rule `right` would bring back from `world` what `left` had changed."""
    written(tmp_path, WORLD)
    written(tmp_path, "extends: world.yaml\nname: left\nseed: 2\nmarket: {growth: 1 %}\n", "left.yaml")
    written(tmp_path, "extends: world.yaml\nname: right\n", "right.yaml")

    diamond = load(written(tmp_path, "extends: [left.yaml, right.yaml]\nseed: 3\n", "d.yaml"), schema=Small).scenario

    assert (diamond.name, diamond.seed, diamond.market.growth_ppm) == ("right", 3, 10_000)


def test_a_base_may_lie_in_a_folder_below(tmp_path):
    (tmp_path / "worlds").mkdir()
    written(tmp_path / "worlds", WORLD)

    child = load(written(tmp_path, "extends: worlds/world.yaml\n", "child.yaml"), schema=Small)

    assert child.origins["name"] == {"file": "worlds/world.yaml", "line": 1}


def test_the_resolved_scenario_is_canonical_json_that_loads_to_itself(tmp_path):
    text = CHILD.replace("name: child", 'name: "a\\u2028b\\x7f\\u0085 \\\\ \\" é \\U0001f600 \\ufeff \\t\\n \\e"')
    child = extending(tmp_path, text)
    again = load(written(tmp_path, child.resolved, "scenario.json"), schema=Small)

    assert again.resolved == child.resolved and again.digest == child.digest and again.scenario == child.scenario
    assert child.resolved.endswith(b"}\n") and b"extends" not in child.resolved
    data = json.loads(child.resolved)
    assert data["name"] == 'a\u2028b\x7f\x85 \\ " é 😀 \ufeff \t\n \x1b'
    assert (
        child.resolved
        == (json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False) + "\n")
        .replace("\u2028", "\\u2028")
        .replace("\x7f", "\\u007f")
        .replace("\x85", "\\u0085")
        .replace("\ufeff", "\\ufeff")
        .encode()
    )


def test_annotations_are_part_of_what_is_resolved_and_spelling_and_comments_are_not(tmp_path):
    plain = loaded(tmp_path)
    spelled = loaded(tmp_path, WORLD.replace("name: small", "# why\nname: 'small'"))
    elsewhere = loaded(tmp_path, WORLD.replace("https://example.org/a", "https://example.org/b"))

    assert spelled.digest == plain.digest
    assert elsewhere.digest != plain.digest


@pytest.mark.parametrize(
    "change, get, value",
    [
        ("seed=7", lambda w: w.seed, 7),
        ("ends = 2026-10-01", lambda w: w.ends_day, 366),
        ("contracts.chips.tranches.2.day=2026-10-01", lambda w: w.contracts["chips"].terms.tranches[1].day, 366),
        ("contracts.loan.minimums.2027=1 USD", lambda w: w.contracts["loan"].terms.minimums[1].amount_cents, 100),
        ("contracts.loan.rates.2027-01-01=5 %", lambda w: w.contracts["loan"].terms.rates[1].rate_ppm, 50_000),
        ("contracts.loan.minimums={2030: 2 USD}", lambda w: w.contracts["loan"].terms.minimums[0].year, 2030),
        ("contracts.chips.tranches.1=null", lambda w: len(w.contracts["chips"].terms.tranches), 1),
        ("contracts.loan.status=announced", lambda w: w.contracts["loan"].status, "announced"),
        ("firms.openai.cash=-1 USD", lambda w: w.firms["openai"].cash_cents, -100),
        ("firms.nvidia.owners={a: 5}", lambda w: w.firms["nvidia"].owners, {"a": 5}),
        ("firms.nvidia.title=a=b", lambda w: w.firms["nvidia"].title, "a=b"),
    ],
)
def test_a_change_names_a_value_by_its_path(tmp_path, change, get, value):
    assert get(loaded(tmp_path, WORLD, change).scenario) == value


def test_a_change_may_reach_into_what_was_left_at_its_default(tmp_path):
    text = WORLD.replace("market:\n  growth: -30 %\n", "")

    assert loaded(tmp_path, text, "market.growth=3 %").scenario.market.growth_ppm == 30_000


def test_a_changed_value_loses_its_source_and_gets_the_command_line_as_its_origin(tmp_path):
    world = loaded(tmp_path, WORLD, "seed=2", "firms.openai.cash=1 USD")

    assert world.origins["firms.openai.cash"] == {"file": "--set", "line": 2}
    assert json.loads(world.resolved)["firms"]["openai"]["cash"] == "1 USD"


def test_changes_and_the_file_that_says_the_same_resolve_to_the_same_bytes(tmp_path):
    assert loaded(tmp_path, WORLD, "name=other").digest == loaded(tmp_path, WORLD.replace("small", "other")).digest


@pytest.mark.parametrize(
    "change, words",
    [
        ("contracts.chips.tranches.3.day=2026-10-01", "contracts.chips.tranches.2.day"),
        ("market.grwth=1 %", "market.growth"),
        ("firms.openai.cash.value=1 USD", "firms.openai.cash"),
        ("seed=1.5", "whole number"),
        ("seed=[1", "YAML"),
        ("seed=\x1b", "printable"),
        ("firms.openai.cash=3", "add the unit"),
        ("contracts.loan.lender=openai", "nobody deals with itself"),
        ("contracts.loan=null", "no such name in contracts"),
        ("name=null", "no field name"),
    ],
)
def test_a_change_that_fits_nothing_is_a_complaint(tmp_path, change, words):
    with pytest.raises(BadScenario) as caught:
        loaded(tmp_path, WORLD, change)

    assert words in caught.value.line


def test_a_change_to_what_an_earlier_one_took_away_is_a_complaint(tmp_path):
    with pytest.raises(BadScenario, match="an earlier change took it away"):
        loaded(tmp_path, WORLD, "contracts.chips.tranches.1=null", "contracts.chips.tranches.2.day=2026-10-01")


@pytest.mark.parametrize("change", ["seed", "=3", "seed=", " = "])
def test_a_change_without_path_or_value_is_a_wrong_command(tmp_path, change):
    with pytest.raises(Usage, match="PATH=VALUE"):
        loaded(tmp_path, WORLD, change)


def test_every_settable_path_is_named_once_and_those_left_at_default_too(tmp_path):
    known = paths(loaded(tmp_path))

    assert len(set(known)) == len(known)
    assert {"seed", "contracts.chips.lead_days", "contracts.loan.rates.2027-01-01", "firms.nvidia.listed"} <= set(known)
    assert "contracts.loan.amount.source" not in known


def test_a_name_means_a_file_in_scenarios(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    path = written(tmp_path / "scenarios", WORLD, "small.yaml")

    assert find("small").resolve() == path
    assert find("scenarios/small.yaml").resolve() == path
    assert find(str(path)) == path
    with pytest.raises(Usage, match=r"did you mean small\.yaml"):
        find("smal")


def test_two_complaints_about_syntax_and_meaning_come_together(tmp_path):
    found = complaints(tmp_path, WORLD.replace("56.8 bn USD", "56.8") + "name: again\n")

    assert [(c.line, c.found) for c in found] == [(5, "56.8"), (31, "the key name in lines 1 and 31")]


def test_a_field_that_the_classes_lack_is_refused_in_json_too(tmp_path):
    path = written(tmp_path, json.dumps({**json.loads(loaded(tmp_path).resolved), "extra": 1}), "s.json")

    with pytest.raises(BadScenario) as caught:
        load(path, schema=Small)
    assert only(list(caught.value.complaints)).found == "the field extra"
