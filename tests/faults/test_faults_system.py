"""Rows B6, B8, F7, F9, H5 and J2 of the table of faults, and the rare paths of a block's two limits."""

import csv
import datetime
import itertools
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

import model.run
from events import log as event_log
from events import replay
from events.clearing import Owed, clear
from events.log import NAME, Log, state_digest
from model.audit import export
from model.run import run
from model.scenario import load
from tests.failing_world import failing
from tests.shim import genesis, log_bytes
from tests.shim import run as run_toy

ROOT = Path(__file__).parents[2]
TINY = ROOT / "scenarios" / "tiny.yaml"
GOLDEN = ROOT / "tests" / "golden"

# A new interpreter with so many bytes of address space, and no more.
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from model.cli import main
sys.exit(main(sys.argv[2:]))
"""
STARVED = """
import resource, sys
from pathlib import Path
from events.sink import Sink
from model.cli import main

seal = Sink.seal
def sealing(self, state):
    seal(self, state)
    if self.blocks == 3:
        has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has, has))
Sink.seal = sealing
sys.exit(main(sys.argv[1:]))
"""
EMPTY = """
name: empty
asks: What happens where nobody is?
opens: 2025-09-30
ends: 2026-03-31
seed: 1
compute: {price_per_gw_year: 10 bn USD, market: 1 GW}
credit: {base_rate: {2025: 4 %}}
firms: {}
contracts: {}
"""
RING = EMPTY.replace(
    "firms: {}",
    """firms:
  world: {trade: passive, outside: true}
  left:
    trade: neocloud
    sheet: {cash: 1 bn USD}
    shares_outstanding: 10 m shares
    holdings: [{issuer: right, shares: 4 m shares, carrying: 100 m USD, treatment: LEFT}]
  right:
    trade: neocloud
    sheet: {cash: 1 bn USD}
    shares_outstanding: 10 m shares
    holdings: [{issuer: left, shares: 3 m shares, carrying: 100 m USD, treatment: RIGHT}]""",
)
HALF_A_GIGABYTE = 512 << 20


def script(source, *arguments):
    return subprocess.run(
        [sys.executable, "-c", source, *map(str, arguments)],
        cwd=ROOT, env={"OPENBLAS_NUM_THREADS": "1", "PATH": ""}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The folder of an undisturbed run."""
    return run(load(TINY), tmp_path_factory.mktemp("tiny")).folder


# --- B6: memory -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["replay", "explain", "state", "follow", "measures"])
def test_b6_what_reads_a_log_fits_in_half_a_gigabyte(tiny, command):
    more = {"explain": ["100"], "state": ["--at", "2026-12-31"], "follow": ["lab"]}.get(command, [])

    told = script(LIMITED, HALF_A_GIGABYTE, command, tiny, *more)

    assert (told.returncode, told.stderr) == (0, "")


def test_b6_a_run_that_outgrows_its_memory_ends_with_71_and_what_is_sealed_stays(tmp_path):
    """From its third seal on it gets no byte more than it has; with what it needs it is resumed."""
    scenario = tmp_path / "many.yaml"
    scenario.write_text(failing(20))
    arguments = ["run", scenario, "--runs", tmp_path / "runs", "--quiet", "--json"]

    starved = script(STARVED, *arguments)
    (folder,) = (path for path in (tmp_path / "runs").iterdir() if path.is_dir())
    with Log(folder / NAME) as log:
        blocks = len(list(log))
    resumed = script(LIMITED, 8 << 30, *arguments)

    assert starved.returncode == 71 and json.loads(starved.stdout)["error"]["code"] == 71
    assert blocks >= 3 and not log.complete
    assert json.loads(resumed.stdout)["outcome"] == "resumed"


# --- B8: the clock ----------------------------------------------------------------------------------------------------


def test_b8_a_clock_that_jumps_shows_in_the_manifests_environment_alone(tiny, tmp_path, monkeypatch):
    """An hour back, then a year ahead, at every look."""
    jumps = itertools.cycle([-3_600, 365 * 86_400])
    began = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    class Jumping(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return began + datetime.timedelta(seconds=next(jumps))

    monkeypatch.setattr(model.run.time, "perf_counter", lambda: float(next(jumps)))
    monkeypatch.setattr(model.run.datetime, "datetime", Jumping)

    jumped = run(load(TINY), tmp_path).folder

    assert log_bytes(jumped) == log_bytes(tiny)
    here, there = (json.loads((folder / "manifest.json").read_text()) for folder in (tiny, jumped))
    assert here["environment"].pop("started") != there["environment"].pop("started")
    assert here == there


# --- rare paths of a block's limits -----------------------------------------------------------------------------------


def test_random_small_limits_reach_every_way_that_a_block_can_end(tmp_path):
    """
    By count, by size, by both at once, by a month's end at a full block; and after each run a replay is clean.
    """
    ends = set()
    for seed in range(40):
        luck = random.Random(seed)
        folder = tmp_path / str(seed)
        limits = {"block_events": luck.randrange(1, 6), "block_bytes": luck.randrange(120, 900)}
        run_toy(folder, **limits)
        with Log(folder / NAME) as log:
            ends |= {_ended_by(block, limits) for block in log}
            assert log.complete
    assert ends == {"month", "count", "size", "both", "month and count", "month and size", "month and both"}


def _ended_by(block, limits):
    count = len(block.lines) >= limits["block_events"]
    size = len(block.body) >= limits["block_bytes"]
    full = "both" if count and size else "count" if count else "size" if size else ""
    return " and ".join(filter(None, ["month" if block.seal.state else "", full]))


@pytest.mark.parametrize("seed", range(3))
def test_a_real_run_in_small_blocks_tells_the_same_story(tiny, tmp_path, monkeypatch, seed):
    """The lines of the events are those of a run in large blocks, and a replay of them is clean."""
    luck = random.Random(seed)
    monkeypatch.setattr(event_log, "BLOCK_EVENTS", luck.randrange(1, 40))
    monkeypatch.setattr(event_log, "BLOCK_BYTES", luck.randrange(200, 9_000))

    small = run(load(TINY), tmp_path).folder

    assert _events(small) == _events(tiny)
    assert replay.replay(small).events == len(_events(tiny))


def _events(folder):
    return [line for line in log_bytes(folder).splitlines() if line.startswith(b'{"seq":')]


# --- the other rows ---------------------------------------------------------------------------------------------------


def test_f7_a_world_without_firms_is_refused_or_runs_to_its_end(tmp_path):
    scenario = tmp_path / "empty.yaml"
    scenario.write_text(EMPTY)

    ran = run(load(scenario), tmp_path / "runs")

    assert replay.replay(ran.folder).events == ran.events


@pytest.mark.parametrize("left", ["equity_method", "fair_value"])
@pytest.mark.parametrize("right", ["equity_method", "fair_value"])
def test_f6_firms_that_own_each_other_run_to_their_end(tmp_path, left, right):
    scenario = tmp_path / "ring.yaml"
    scenario.write_text(RING.replace("LEFT", left).replace("RIGHT", right))

    ran = run(load(scenario), tmp_path / "runs")

    assert replay.replay(ran.folder).events == ran.events


@pytest.mark.parametrize("firms", [2, 3, 50])
def test_f9_a_ring_of_debts_without_a_cent_ends_within_its_bound(firms):
    """Everybody owes the next one a dollar, nobody has anything: all is paid in full, as the greatest solution is."""
    names = [f"f{number}" for number in range(firms)]
    ring = [Owed(name, names[(at + 1) % firms], 100) for at, name in enumerate(names)]

    cleared = clear(dict.fromkeys(names, 0), ring)

    assert cleared.rounds <= firms
    assert set(cleared.paid.values()) == {100} and not cleared.defaulted


def test_h5_a_table_longer_than_a_sheet_comes_in_parts_whose_rows_and_sums_are_those_of_the_whole(
    tiny, tmp_path, monkeypatch
):
    export.export(tiny, "csv", tmp_path / "whole")
    monkeypatch.setattr(export, "SHEET_ROWS", 100)

    export.export(tiny, "csv", tmp_path / "parts")

    parts = sorted((tmp_path / "parts").glob("postings-*.csv"), key=lambda path: int(path.stem.split("-")[1]))
    sheets = [_sheet(path) for path in parts]
    assert len(parts) > 3 and all(len(rows) <= 101 for rows in sheets)
    assert [sheets[0][0], *(row for rows in sheets for row in rows[1:])] == _sheet(tmp_path / "whole" / "postings.csv")
    totals = [(tmp_path / name / "control_totals.json").read_bytes() for name in ("whole", "parts")]
    assert totals[0] == totals[1]


def _sheet(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("format-*.jsonl")), ids=lambda path: path.stem)
def test_j2_a_log_of_every_released_format_is_read_to_the_state_it_was_sealed_with(path, tmp_path):
    """The stored digests are read as text, so that a reader that recomputes them wrongly on both sides shows."""
    (tmp_path / NAME).write_bytes(path.read_bytes())
    last_seal = json.loads(path.read_bytes().splitlines()[-1])

    found = replay.replay(tmp_path)

    assert (found.head, state_digest(found.books.ledger.balances)) == (last_seal["hash"], last_seal["state"])
    assert genesis().encode().startswith(b'{"genesis":' + path.stem.split("-")[1].encode())
