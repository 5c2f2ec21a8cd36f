"""Worlds that nobody should mean are refused in one line; strange ones that can be meant run to their end."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from events import catalogue as c
from events.replay import records
from model.experiments.in_memory import run_in_memory
from model.outcomes import came_to
from model.run import run
from model.scenario import check, load
from model.story import headline, moments
from tests.failing_world import failing

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def world(folder: Path, text: str) -> Path:
    """`text` laid over tiny.yaml."""
    shutil.copy(SCENARIOS / "tiny.yaml", folder)
    path = folder / "world.yaml"
    path.write_text(f"extends: tiny.yaml\n{text}\n")
    return path


@pytest.mark.parametrize(
    "text, said",
    [
        ("name: ../../x", "it names a folder"),
        ("name: /x", "it names a folder"),
        ("name: ..", "it names a folder"),
        ("name: ''", "it names a folder"),
        ("name: 'a b'", "it names a folder"),
        ("firms: {host: {sheet: {cash: -0.01 USD}}}", "cash is below zero in sheet;"),
        ("firms: {host: {sheet: {payable: -0.01 USD}}}", "payable is below zero in sheet;"),
        ("firms: {host: {roll_forward: {cash: -501 m USD}}}", "cash is below zero in sheet and roll_forward together"),
        ("firms: {customers: {outside: false}}", "firms.customers is a customer inside the circle"),
        ("firms: {lab: {rents_from: lab}}", "firms.lab.rents_from names lab itself"),
        ("firms: {host: {holdings: [{issuer: host, shares: 1}]}}", "firms.host.holdings names host itself"),
        (
            "firms: {host: {holdings: [{issuer: lab, shares: 10000001}]}}",
            "firms.lab.shares_outstanding is 10,000,000, and 10,000,001 are held (by host)",
        ),
        ("shocks: {demand: {who: [lab]}}", "shocks.demand.who names lab"),
        ("shocks: {demand: {shape: profile}}", "is written with the shape profile, and only with it"),
        ("shocks: {demand: {profile: {2027: 50 %}}}", "is written with the shape profile, and only with it"),
        ("shocks: {demand: {shape: profile, profile: {2027: 101 %}}}", "each from 0 % to 100 %"),
        ("contracts: {host-lab-compute: {prepayment: 1 m USD, prepaid_use: 101 %}}", "has to be at most 100 %"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_runs(tmp_path, text, said):
    (complaint,) = check(world(tmp_path, text))

    assert said in str(complaint) and str(complaint).startswith("error[3] ")


@pytest.mark.parametrize(
    "text",
    [
        "shocks: null",
        "ends: 2026-01-31",
        "shocks: {demand: {shape: step, depth: 100 %}}",
        "contracts: {host-lab-compute: {total: 1 m USD}}",
        "contracts: {host-lab-compute: {signed: 2028-05-01}}",
        "contracts: {host-lab-compute: {prepayment: 50 m USD, prepaid_use: 100 %}}",
        "contracts: null\nfirms: {host: {installed: null}}",
        "firms: {host: {sheet: {cash: 0 USD}}}",
        "firms: {lab: {shares_outstanding: null, holdings: [{issuer: host, shares: 5}]}}",
        "firms: {host: {holdings: [{issuer: lab, shares: 10000000}]}}",
    ],
)
def test_what_is_only_strange_runs_to_its_end(tmp_path, text):
    ran = run(load(world(tmp_path, text)), tmp_path / "runs")

    assert type(list(records(ran.folder))[-1].event).__name__ == "RunEnded"


def test_a_covenant_does_not_ruin_who_is_outside_and_always_pays(tmp_path):
    loan = (
        "{kind: term_loan, lender: bank, borrower: customers, commitment: 100 m USD, opening: 100 m USD, "
        "margin: 300 bp, instalments: 4, first_repayment: 2026-03-31, maturity: 2030-01-31, "
        "covenants: {minimum_liquidity: 1 USD}}"
    )
    path = world(tmp_path, f"firms: {{bank: {{trade: lender, outside: true}}}}\ncontracts: {{loan: {loan}}}")
    ran = run(load(path), tmp_path / "runs")

    kinds = {type(record.event).__name__ for record in records(ran.folder) if record.corr == "loan"}
    assert "ClaimPaid" in kinds and not kinds & {"CovenantTripped", "Defaulted"}


@pytest.mark.parametrize("depth, moved", [("2.5 %", "rose"), ("-2.5 %", "fell")])
def test_a_shock_to_the_base_rate_is_told_as_points_in_the_direction_it_goes(tmp_path, depth, moved):
    rate = f"{{touches: base_rate, start: 2026-10-01, shape: step, depth: {depth}, against: plan}}"
    ran = run(load(world(tmp_path, f"shocks: {{demand: null, rate: {rate}}}")), tmp_path / "runs")
    came = came_to(records(ran.folder), ran.books, ("customers", "public", "world"))

    assert headline(came).startswith(f"The base rate {moved} by 2.5 percentage points from 2026-10.")
    moves = {"rose": "rises", "fell": "falls"}[moved]
    assert moments(came)[0].text == f"shock rate: the base rate {moves} by 2.5 percentage points (step)"


def test_a_world_in_which_everybody_fails_runs_to_its_end(tmp_path):
    """
    Labs and boxes default, guarantors are called, chips are seized and sold, estates are cleared; a loan whose
    collateral is gone and that is repaid in the end has nothing to release.
    """
    path = tmp_path / "failing.yaml"
    path.write_text(failing(2))
    ran = run_in_memory(load(path))

    told = Counter(type(record.event) for record in ran.records)
    channels = (c.Defaulted, c.ContractRejected, c.CollateralSold, c.StakeImpaired, c.EstateClosed, c.GuaranteeCalled)
    assert all(told[kind] >= 2 for kind in channels), told
    assert ran.books.ended
