"""A new kind of contract is a class of terms and a generator of its name; nothing else in the sources is touched."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("events", "agents", "model")

# The two places: a class in events/terms.py with its line in ALL_TERMS, and model/contracts/<kind>.py.
TERMS = '''
@frozen(kw_only=True)
class Retainer(Terms):
    """A payer owes a payee the same fee every month, whatever happens."""

    payer: FirmId
    payee: FirmId
    fee_cents: int = field(validator=gt(0))
    days_to_pay: int = field(validator=ge(0))
    end_day: int = field(validator=gt(0))
    kind: Literal["retainer"] = "retainer"

    def promises(self) -> tuple[Promise, ...]:
        return (Promise(self.payer, self.payee, "USD", 0, when="every month", long_stop_day=self.end_day),)


ALL_TERMS: tuple[type[Terms], ...] = (
    Retainer,
'''

GENERATOR = '''
"""Retainer: a fee at every month's end."""

from events import catalogue as c
from events.accounts import RUNNING_COSTS
from events.terms import Retainer
from model.economy import Economy, Process


def perform(terms: Retainer, economy: Economy, contract: str, signed: int) -> Process:
    """Bill at each month's end until the term is over."""
    while economy.day < terms.end_day:
        yield economy.month_end()
        event = c.CostsBilled(
            claim=economy.claim(contract), firm=terms.payer, supplier=terms.payee, account=RUNNING_COSTS,
            purpose="retainer", amount_cents=terms.fee_cents, due_day=economy.day + terms.days_to_pay,
        )
        economy.record(event, signed, corr=contract, actor=terms.payee)
    economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)
'''

SCENARIO = """
name: retained
asks: Does a kind that nobody has heard of run?
opens: 2025-12-31
ends: 2026-06-30
seed: 1
firms:
  lab: {trade: passive, sheet: {cash: 100 USD}}
  counsel: {trade: passive}
compute: {price_per_gw_year: 10 bn USD, market: 1 GW}
credit:
  base_rate: {2026: 4 %}
contracts:
  advice: {kind: retainer, payer: lab, payee: counsel, fee: 30 USD, days_to_pay: 10, end: 2026-05-31}
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The three floors, with the two places touched, and a scenario that signs the new kind."""
    folder = tmp_path_factory.mktemp("copy")
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, folder / floor, ignore=shutil.ignore_patterns("__pycache__"))
    terms = folder / "events" / "terms.py"
    text = terms.read_text(encoding="utf-8")
    before = "ALL_TERMS: tuple[type[Terms], ...] = (\n"
    assert text.count(before) == 1
    terms.write_text(text.replace(before, TERMS.lstrip("\n")), encoding="utf-8")
    (folder / "model" / "contracts" / "retainer.py").write_text(GENERATOR.lstrip("\n"), encoding="utf-8")
    (folder / "retained.yaml").write_text(SCENARIO, encoding="utf-8")
    return folder


def model(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "model", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def run(copy: Path) -> dict[str, object]:
    """What the run of the scenario came to."""
    ran = model(copy, "run", "retained.yaml", "--runs", "runs", "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_new_kind_runs_from_its_scenario_to_its_last_bill(copy, run):
    """
    30 a month from a purse of 100: three are paid, the fourth is missed in May, and that is a default.
    """
    lines = [json.loads(line) for line in (copy / str(run["run"]) / "events.jsonl").read_text().splitlines()]
    told = [(line["date"], line["type"]) for line in lines if line.get("corr") == "advice"]

    assert told[:8] == [
        ("2025-12-31", "ContractSigned"),
        ("2026-01-31", "CostsBilled"),
        ("2026-02-10", "ClaimPaid"),
        ("2026-02-28", "CostsBilled"),
        ("2026-03-10", "ClaimPaid"),
        ("2026-03-31", "CostsBilled"),
        ("2026-04-10", "ClaimPaid"),
        ("2026-04-30", "CostsBilled"),
    ]
    assert ("2026-05-10", "PaymentMissed") in told
    assert ("2026-05-31", "ContractEnded") in told
    assert run["defaults"]


def test_its_log_replays(copy, run):
    """
    The terms are stored whole in the log, and read back from it.
    """
    replayed = model(copy, "replay", str(run["run"]), "--json")

    assert replayed.returncode == 0, replayed.stderr
    assert json.loads(replayed.stdout)["head"] == run["head"]


def test_the_loader_knows_its_name_and_its_fields(copy):
    """
    A slip in the new kind is told as in any other: the nearest valid name is in the complaint.
    """
    advice = SCENARIO.splitlines()[-1]
    slips = [("kind: retainer", "kind: retainr"), ("fee: 30", "fe: 30"), ("payee: counsel", "payee: councel")]
    wrong = [advice.replace("advice", f"advice-{n}").replace(*slip) for n, slip in enumerate(slips)]
    (copy / "wrong.yaml").write_text("\n".join([SCENARIO.replace(advice, ""), *wrong]), encoding="utf-8")
    checked = model(copy, "check", "wrong.yaml")

    assert checked.returncode == 3
    for name in ("retainer", "fee", "counsel"):
        assert f"did you mean {name}?" in checked.stderr + checked.stdout


def test_every_kind_has_a_generator_of_its_name_and_every_generator_a_kind():
    """
    So that the two places cannot part.
    """
    from events.terms import ALL_TERMS, KINDS
    from model.contracts.perform import life_of

    modules = {path.stem for path in (ROOT / "model" / "contracts").glob("*.py")} - {"__init__", "perform"}
    assert modules == set(KINDS)
    assert set(KINDS.values()) == set(ALL_TERMS)
    assert all(callable(life_of(kind)) for kind in KINDS)


def test_an_unknown_kind_is_nobodys_life():
    from model.contracts.perform import life_of

    with pytest.raises(KeyError):
        life_of("perform")
