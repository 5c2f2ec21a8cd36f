"""Named streams and the one gate: draws are pinned, and nobody's luck depends on who else is there."""

import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

import model.economy
from events.log import NAME
from model.randomness import Streams, quantise
from model.run import run
from model.scenario import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"

# Seed and stream, the first raw words of its generator, and its first standard normals in parts per million.
PINS = [
    (0, "", [11556737650901236092, 5250231843263424831], [-18003, -301469, -588216, 1305518]),
    (1, "market/sentiment", [17448173431646252525, 2693534053005133811], [-1492816, -469249, -1230087, 1049877]),
    (1, "customer/customers", [14186461933868001914, 4312367319040047599], [227808, -2332560, 1736385, -1286653]),
    (1, "business/microsoft", [6968165650404229548, 1984964354956629022], [-40714, 692055, 746164, 695474]),
    (20250930, "market/sentiment", [9772859847601822542, 557297721485197146], [-285286, -309362, -169024, -1345322]),
    (20250930, "market/nvidia", [15067167638200158400, 16079948542074301164], [1082425, 2541894, -287640, -177187]),
]
EXACT = ["-0x1.33f4e5d22322fp-1", "0x1.89b645dc9ab3cp-2", "0x1.7f2263da4343fp+0"]


@pytest.mark.parametrize(("seed", "name", "words", "normals"), PINS)
def test_a_stream_follows_from_the_seed_and_its_name_alone(seed, name, words, normals):
    streams = Streams(seed)

    assert Streams(seed).of(name).bit_generator.random_raw(2).tolist() == words
    assert [streams.normal_ppm(name, 1_000_000) for _ in normals] == normals


def test_a_normal_is_the_same_to_its_last_bit():
    """
    Prices are made of whole floats before they pass the gate.
    """
    stream = Streams(1).of("pins")

    assert [float(stream.normal()).hex() for _ in EXACT] == EXACT


def test_what_another_stream_draws_moves_nothing():
    alone, crowded = Streams(7), Streams(7)
    for number in range(100):
        crowded.of(f"market/{number}").normal(size=number)
        assert crowded.normal_ppm("market/nvidia", 1_000_000) == alone.normal_ppm("market/nvidia", 1_000_000)


@pytest.mark.parametrize(
    ("value", "whole"),
    [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (0.49999999999999994, 0), (1e15, 10**15), (-0.0, 0), (7, 7)],
)
def test_the_gate_rounds_to_the_nearest_and_halves_to_even(value, whole):
    passed = quantise(value)

    assert passed == whole and type(passed) is int


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_does_not_pass_the_gate(value):
    with pytest.raises(ValueError, match="only finite numbers pass the gate"):
        quantise(value)


# --- the luck of whole runs ------------------------------------------------------------------------------------------

OPENING_TO = "ends=2027-06-30"  # half a year after the bubble's shocks
NEWCOMER = """
extends: baseline.yaml
name: with-newcomer
asks: Does a newcomer move anybody's luck?
firms:
  aaa-newcomer:
    trade: passive
    sheet: {cash: 1 bn USD}
    shares_outstanding: 1 m shares
    listing: {price: 100 USD, volatility: 2 %}
    other_business: {quarter: 0.1 bn USD, growth: 5 %, noise: 2 %}
"""


class Recording(Streams):
    """Streams that keep what each of them drew."""

    def __init__(self, seed):
        super().__init__(seed)
        self.drawn = defaultdict(list)

    def of(self, name):
        return Watched(super().of(name), self.drawn[name])


class Watched:
    """A generator from which only normals are taken, one at a time."""

    def __init__(self, generator, drawn):
        self._generator, self._drawn = generator, drawn

    def normal(self):
        self._drawn.append(self._generator.normal())
        return self._drawn[-1]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """What each stream drew, and the log, of the calm world, of the bubble, and of the calm world with a newcomer."""
    folder = tmp_path_factory.mktemp("luck")
    shutil.copy(SCENARIOS / "baseline.yaml", folder)
    shutil.copytree(SCENARIOS / "circle", folder / "circle", dirs_exist_ok=True)
    (folder / "with-newcomer.yaml").write_text(NEWCOMER, encoding="utf-8")
    told = {}
    with pytest.MonkeyPatch.context() as patched:
        for path in (SCENARIOS / "baseline.yaml", SCENARIOS / "bubble.yaml", folder / "with-newcomer.yaml"):
            kept = []
            patched.setattr(model.economy, "Streams", lambda seed, kept=kept: kept.append(Recording(seed)) or kept[0])
            ran = run(load(path, [OPENING_TO]), folder / "runs")
            told[path.stem] = dict(kept[0].drawn), events(ran.folder)
    return told


def events(folder: Path) -> list[dict]:
    lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"seq":')]


def prices(log: list[dict]) -> dict[str, dict[str, int]]:
    """Closing prices by date and issuer, in cents."""
    return {event["date"]: dict(event["data"]["prices"]) for event in log if event["type"] == "MarketClosed"}


def test_a_shock_moves_no_draw_of_any_stream(drawn):
    """
    So what differs between two runs comes from what was changed, and not from other luck.
    """
    calm, bubble = drawn["baseline"][0], drawn["bubble"][0]

    assert {"market/sentiment", "market/nvidia", "customer/consumers"} <= calm.keys()
    assert all(len(draws) > 20 for draws in calm.values())
    assert bubble == calm


def test_a_new_firm_moves_no_draw_of_another_stream(drawn):
    calm, crowded = drawn["baseline"][0], drawn["with-newcomer"][0]

    assert crowded.keys() - calm.keys() == {"market/aaa-newcomer", "business/aaa-newcomer"}
    assert {name: crowded[name] for name in calm} == calm


def test_a_new_listing_moves_no_other_price(drawn):
    calm, crowded = prices(drawn["baseline"][1]), prices(drawn["with-newcomer"][1])

    assert len(calm) > 400
    assert {date: {name: day[name] for name in calm[date]} for date, day in crowded.items()} == calm


def test_the_bubble_is_the_calm_world_until_its_shock(drawn):
    """
    Event by event; from then on share prices part too, once a quarter's shortfall is known.
    """
    calm, bubble = drawn["baseline"][1], drawn["bubble"][1]
    struck = next(number for number, event in enumerate(bubble) if event["type"] == "ShockStruck")

    assert bubble[struck]["date"] == "2027-01-01"
    assert bubble[:struck] == calm[:struck]
    first_parted = next(date for date, day in prices(bubble).items() if day != prices(calm)[date])
    assert "2027-03-31" <= first_parted <= "2027-04-10"
