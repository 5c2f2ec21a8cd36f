"""More firms: what an event costs, on the ground floor and in whole runs, and what memory follows."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median

from events import catalogue as c
from model.experiments.in_memory import run_in_memory
from model.run import run
from model.scenario import load
from tests.bench import ledgers
from tests.bench.timing import cpu, tell
from tests.failing_world import failing

TOP = Path(__file__).resolve().parents[2]
SIZES = (10, 100, 1_000)
EVENTS = 40_000
ROUNDS = 3


def test_what_an_event_costs_as_firms_grow(tmp_path):
    costs: dict[int, list[float]] = {firms: [] for firms in SIZES}
    for number in range(ROUNDS):
        for firms in SIZES:
            told = list(ledgers.story(firms, EVENTS))
            folder = tmp_path / f"{firms}-{number}"
            done = []
            seconds = cpu(lambda told=told, f=folder, d=done: d.append(ledgers.record(f, told)))
            assert done[0].books.ended and done[0].books.seq >= len(told)  # the months and the end are more
            costs[firms].append(seconds / len(told))
    per_event = {firms: median(found) for firms, found in costs.items()}
    print("\nrecording: CPU microseconds an event, by firms:", {n: round(s * 1e6, 1) for n, s in per_event.items()})
    tell("at most, of a smaller one's", growth(per_event), "times", 1.5, at_most=True)


def growth(cost: dict[int, float]) -> float:
    """The most that an event costs, measured by what it costs with fewer firms."""
    return max(cost[more] / cost[fewer] for more in cost for fewer in cost if fewer < more)


def world(copies: int) -> str:
    """So many copies of a lab, its host and its customers, as a scenario of a year and a half."""
    firms = "".join(FIRMS.replace("#", str(number)) for number in range(copies))
    contracts = "".join(CONTRACT.replace("#", str(number)) for number in range(copies))
    return f"{HEAD}firms:\n  world: {{trade: passive, outside: true}}\n{firms}\ncontracts:\n{contracts}"


HEAD = """\
name: many
asks: What does an event cost when there are many firms?
opens: 2025-12-31
ends: 2027-06-30
seed: 1
generations:
  chips: {maker: world, price_per_gw: 20 bn USD, gpus_per_gw: 500000}
compute: {price_per_gw_year: 10 bn USD, market: 1000 GW}
credit:
  base_rate: {2026: 4 %}
"""
FIRMS = """\
  customers-#: {trade: customer, outside: true, lab: lab-#, share: 100 %, noise: 1 %}
  lab-#:
    trade: ai_lab
    sheet: {cash: 120 m USD}
    shares_outstanding: 10 m shares
    last_round: 100.00 USD
    plan: {2026: 600 m USD, 2027: 900 m USD}
    running_costs: {2026: 40 %, 2027: 35 %}
    compute_need: {2026: 360 m USD, 2027: 500 m USD}
    rents_from: host-#
    cash_target_quarters: 2
  host-#:
    trade: cloud
    sheet: {cash: 500 m USD, property: 400 m USD}
    buys: {2026: chips}
    operating_cost: 40 %
    installed:
      - {contract: compute-#, generation: chips, kw: 50 MW}
"""
CONTRACT = """\
  compute-#:
    kind: compute_commitment
    seller: host-#
    buyer: lab-#
    minimums: {2026: 360 m USD, 2027: 240 m USD}
    price_per_gw_year: 10 bn USD
    days_to_pay: 30
    end: 2027-06-30
    total: 600 m USD
"""


def test_what_a_run_costs_as_firms_grow(tmp_path):
    per_event: dict[int, float] = {}
    for firms in SIZES:
        path = tmp_path / f"world-{firms}.yaml"
        path.write_text(world(max(1, round(firms / 3))))
        loaded = load(path)
        ran = []
        seconds = [
            cpu(lambda n=number: ran.append(run(loaded, tmp_path / f"{firms}-{n}")))  # noqa: B023 - called at once
            for number in range(1 if firms == SIZES[-1] else ROUNDS)
        ]
        assert all(one.books.ended and one.outcome == "new" for one in ran)
        per_event[firms] = median(seconds) / ran[0].events
    print("\nwhole runs: CPU microseconds an event, by firms:", {n: round(s * 1e6, 1) for n, s in per_event.items()})
    tell("at most, of a smaller one's", growth(per_event), "times", 1.5, at_most=True)


def test_what_a_run_costs_as_firms_fail(tmp_path):
    """
    Every lab defaults, so do boxes, guarantors are called, chips are seized and sold, estates cleared as one network.
    """
    per_event: dict[int, float] = {}
    kinds = (c.Defaulted, c.ContractRejected, c.CollateralSold, c.StakeImpaired, c.EstateClosed, c.GuaranteeCalled)
    for firms in SIZES:
        path = tmp_path / f"distress-{firms}.yaml"
        copies = max(1, round(firms / 5))
        path.write_text(failing(copies))
        loaded = load(path)
        ran = []
        seconds = [cpu(lambda: ran.append(run_in_memory(loaded))) for _ in range(1 if firms == SIZES[-1] else ROUNDS)]  # noqa: B023
        told = Counter(type(record.event) for record in ran[0].records)
        assert all(told[kind] >= copies for kind in kinds), told
        per_event[firms] = median(seconds) / len(ran[0].records)
    told_costs = {firms: round(cost * 1e6, 1) for firms, cost in per_event.items()}
    print("\nruns in distress: CPU microseconds an event, by firms:", told_costs)
    tell("at most, of a smaller one's", growth(per_event), "times", 1.5, at_most=True)


def peak_kb(firms: int, events: int, folder: Path) -> int:
    """The most memory that a process needs which writes, checks and folds a log of that size (Linux says so)."""
    subprocess.run([sys.executable, "-c", PEAK, str(folder), str(firms), str(events)], cwd=TOP, check=True)
    return int((folder / "peak").read_text())


PEAK = """
import sys
from pathlib import Path
from events.replay import fold, replay
from tests.bench import ledgers
folder, firms, events = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
ledgers.record(folder, ledgers.story(firms, events))
assert replay(folder).books.seq == fold(folder).seq >= events
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
(folder / "peak").write_text(peak.split()[1])
"""


def test_memory_follows_firms_and_not_events(tmp_path):
    few, many = (peak_kb(100, events, tmp_path / str(events)) for events in (20_000, 200_000))
    assert few > 0
    print(f"\npeak memory, 100 firms: {few:,} kB for 20,000 events, {many:,} kB for 200,000")
    tell("ten times the events", many / few, "times", 1.2, at_most=True)
