"""The worlds that are shipped: each says what it asks and finds, knows nothing later, and runs."""

import re
import shutil

import pytest

from agents.roster import ROSTER
from events import catalogue as c
from events.terms import KINDS
from model.experiments.in_memory import run_in_memory
from model.scenario import load
from tests.kept import SCENARIOS

LISTS = ("firms.openai.payment_order",)  # a range belongs to one value
WORLDS = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
ALL = (
    "amd-wins as-the-article-says baseline boom bubble cheaper-tokens cloud-credits-2023 credit-freeze demand-only "
    "drought-only lab-failure late-power no-circular-deals slow-bleed tiny"
)


def test_all_worlds_are_there():
    assert ALL.split() == WORLDS


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_says_in_a_sentence_what_it_asks_and_what_it_finds(world):
    spec = load(SCENARIOS / f"{world}.yaml").scenario

    assert spec.name == world
    assert spec.asks.endswith("?")
    assert spec.finds.endswith(".") and len(spec.finds) > 40


@pytest.mark.parametrize("world", WORLDS)
def test_each_source_has_a_date_and_each_assumption_a_range(world):
    """
    What is known is dated by 2025-10-31, but for what firms themselves have guided for later days.
    """
    origins = load(SCENARIOS / f"{world}.yaml").origins
    wrong = [
        path for path, origin in origins.items()
        if ("source" in origin and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(origin.get("date", ""))))
        or ("assumption" in origin and "range" not in origin and path not in LISTS)
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("world", [world for world in WORLDS if world != "cloud-credits-2023"])
def test_a_world_runs_its_first_quarters(world):
    """
    A year and a quarter; the whole of it is for the slow suite.
    """
    check_runs(world, "2026-12-31")


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_a_world_runs_to_its_end(world):
    check_runs(world, "")


def check_runs(world: str, ends: str) -> None:
    ran = run_in_memory(load(SCENARIOS / f"{world}.yaml", [f"ends={ends}"] if ends else []))

    assert isinstance(ran.records[-1].event, c.RunEnded)
    assert sum(ran.books.ledger.cash_cents(firm) for firm in ran.books.firms) == 0


def test_the_readmes_firm_and_deal_are_yaml_alone_and_run(tmp_path):
    """
    Five lines a firm, nine a deal: the new host orders systems, is paid, and is in the books.
    """
    text = (SCENARIOS / "README.md").read_text()
    world = text.split("## Adding a firm")[1].split("```yaml\n")[1].split("```")[0]
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    path = tmp_path / "scenarios" / "one-more-cloud.yaml"
    path.write_text(world)

    ran = run_in_memory(load(path, ["ends=2027-06-30"]))
    billed = [r for r in ran.records if isinstance(r.event, c.ComputeBilled) and r.event.seller == "my-cloud"]
    assert billed and billed[-1].event.amount_cents > 0


def test_the_readme_names_every_trade_and_every_kind():
    text = (SCENARIOS / "README.md").read_text().split("## Values")[0]
    for name in [*ROSTER, *KINDS]:
        assert f"`{name}`" in text


def test_the_world_of_credits_runs_whole():
    check_runs("cloud-credits-2023", "")
