"""The clock: phases within a day, numbers within a phase, conditions that wake the next morning, and the boundary."""

import math
import re
from collections import deque
from itertools import pairwise
from pathlib import Path

import pytest

from events import catalogue as c
from events.conditions import Deployed, Met, SharePriceAbove
from model.economy import Economy, Phase, Process
from tests.small_economy import MONTH_ENDS, World, firm, lab, maker, outsider, scenario

MODEL = Path(__file__).parents[2] / "model"


def empty() -> Economy:
    """A clock with nobody in the world."""
    return Economy(scenario(firms={}), lambda line, date, closes: None, lambda state: None)


def run(economy: Economy, day: int) -> None:
    economy.env.run(until=economy.at(day, Phase.MONTH_END))


# --- at -------------------------------------------------------------------------------------------------------------


def test_within_a_day_phases_come_first_and_then_the_number_of_signing():
    """
    Whatever the order of asking.
    """
    economy, heard = empty(), []

    def life(day: int, phase: Phase, number: int) -> Process:
        yield economy.at(day, phase)
        heard.append((economy.day, phase.name, number))

    for day, phase, number in [(2, 1, 1), (1, 3, 1), (1, 1, 3), (1, 2, 2), (1, 1, 1), (1, 3, 0), (1, 2, 1)]:
        economy.start(life(day, Phase(phase), number), number)
    run(economy, 5)

    assert heard == [
        (1, "PERFORM", 1), (1, "PERFORM", 3), (1, "MARKET", 1), (1, "MARKET", 2), (1, "PAY", 0), (1, "PAY", 1),
        (2, "PERFORM", 1),
    ]  # fmt: skip


def test_a_late_contract_of_a_high_number_never_overtakes_the_next_phase():
    economy, heard = empty(), []

    def life(phase: Phase, number: int) -> Process:
        yield economy.at(1, phase)
        heard.append(number)

    economy.start(life(Phase.MARKET, 0), 0)
    economy.start(life(Phase.PERFORM, 9_999_999), 9_999_999)
    run(economy, 1)

    assert heard == [9_999_999, 0]


def test_a_day_that_has_passed_is_the_next_morning():
    economy, heard = empty(), []

    def life() -> Process:
        yield economy.at(5)
        yield economy.at(3)
        heard.append(economy.day)

    economy.start(life(), 1)
    run(economy, 10)

    assert heard == [6]


def test_month_ends_are_the_last_days_of_months():
    economy, heard = empty(), []

    def life() -> Process:
        while True:
            yield economy.month_end()
            heard.append(economy.day)

    economy.start(life(), 1)
    run(economy, 365)

    assert tuple(heard) == MONTH_ENDS


def test_no_contract_waits_for_a_bare_timeout():
    """
    SimPy's own timeouts know no phases.
    """
    sources = {path.name: path.read_text(encoding="utf-8") for path in MODEL.rglob("*.py")}

    assert [name for name, text in sources.items() if re.search(r"\.timeout\(|\bTimeout\(", text)] == []


# --- when -----------------------------------------------------------------------------------------------------------


def world() -> World:
    return World({"lab": lab(), "maker": maker(), "world": outsider()})


def waits(given: World, condition, number: int, heard: list) -> None:
    def life() -> Process:
        met = yield given.economy.when(condition)
        heard.append((given.economy.day, number, met))

    given.economy.start(life(), number)


def test_a_condition_wakes_the_morning_after_and_hands_over_the_record_that_met_it():
    given, heard = world().deploys(10, 60).deploys(20, 60), []
    waits(given, Deployed("lab", 100), 1, heard)
    given.runs_to(30)

    second = given.of(c.CapacityAccepted)[1]
    assert heard == [(21, 1, second.seq)]


def test_those_woken_by_one_record_come_in_the_order_of_signing():
    given, heard = world().deploys(10, 100), []
    for number in (3, 1, 2):
        waits(given, Deployed("lab", 100), number, heard)
    given.runs_to(30)

    assert [number for _, number, _ in heard] == [1, 2, 3]


def test_a_condition_that_holds_already_wakes_the_next_morning():
    given, heard = world(), []
    given.on(5, lambda economy: waits(given, Deployed("lab", 0), 1, heard))
    given.runs_to(10)

    assert [day for day, *_ in heard] == [6]


def test_what_a_day_brings_about_goes_round_no_circle_within_it():
    """
    Two that answer each other's closing prices take a day for every answer.
    """
    given, heard = world(), []

    def life(own: str, other: str, cents: int) -> Process:
        for level in range(cents, cents + 4, 2):
            yield given.economy.when(SharePriceAbove(other, level))
            heard.append((given.economy.day, own))
            given.economy.record(c.MarketClosed(prices=((own, level + 1),)), None, actor="scenario")

    given.economy.start(life("a", "b", 1), 1)
    given.economy.start(life("b", "a", 2), 2)
    given.happens(5, c.MarketClosed(prices=(("b", 1),)))
    given.runs_to(20)

    assert heard == [(6, "a"), (7, "b"), (8, "a"), (9, "b")]


def test_a_paid_bill_wakes_once():
    given, heard = World({"a": firm(cash=10), "b": firm()}), []
    bill = c.ComputeRented(claim="x/1", contract="", seller="b", buyer="a", kw=1, amount_cents=5, due_day=5)
    given.happens(1, bill)
    given.on(2, lambda economy: waits(given, Met("x/1"), 1, heard))
    given.runs_to(20)

    assert heard == [(6, 1, given.only(c.ClaimPaid).seq)]


# --- step -----------------------------------------------------------------------------------------------------------


def test_a_step_ends_on_the_boundary_and_now_is_that_day():
    """
    Also where nothing at all happens on it.
    """
    economy = empty()
    days = []
    for _ in range(12):
        economy.step()
        days.append(economy.day)

    assert tuple(days) == MONTH_ENDS


def test_everything_of_the_last_day_happens_before_the_boundary_and_nothing_of_the_next():
    economy, heard = empty(), []

    def life(day: int, phase: Phase) -> Process:
        yield economy.at(day, phase)
        heard.append((day, phase.name))

    for day, phase in ((31, Phase.CLOSE), (32, Phase.PERFORM), (31, Phase.PERFORM)):
        economy.start(life(day, phase), 1)
    economy.step()

    assert heard == [(31, "PERFORM"), (31, "CLOSE")]


def test_the_world_runs_to_its_last_day_and_no_further():
    economy = empty()
    while economy.running:
        economy.step()

    assert economy.day == 730


def test_bills_of_a_contract_are_numbered_upwards():
    economy = empty()

    assert [economy.claim(name) for name in ("a", "a", "b", "a")] == ["a/1", "a/2", "b/1", "a/3"]


# --- a clock that is driven right -----------------------------------------------------------------------------------


def queue(economy: Economy, load: float, mean_days: int, customers: int) -> list[tuple[int, int]]:
    """A single server, Poisson orders, exponential service: (day, number in the system from then on)."""
    draws = economy.streams.of("queue")
    waiting: deque[int] = deque()
    path: list[tuple[int, int]] = []

    def arrivals() -> Process:
        for _ in range(customers):
            yield economy.at(economy.day + round(draws.exponential(mean_days / load)))
            waiting.append(round(draws.exponential(mean_days)))
            path.append((economy.day, len(waiting)))
            if len(waiting) == 1:
                economy.start(serve(), 2)

    def serve() -> Process:
        while waiting:
            yield economy.at(economy.day + waiting[0])
            waiting.popleft()
            path.append((economy.day, len(waiting)))

    process = economy.start(arrivals(), 1)
    economy.env.run(until=process)
    return path


def batch_means(path: list[tuple[int, int]], batches: int) -> list[float]:
    """The mean number in the system over equal stretches of time."""
    length = path[-1][0] // batches
    areas = [0] * (batches + 1)
    for (day, number), (until, _) in pairwise(path):
        while day < until:
            end = min(until, (day // length + 1) * length)
            areas[min(batches, day // length)] += number * (end - day)
            day = end
    return [area / length for area in areas[:batches]]


def test_a_single_server_queue_agrees_with_theory():
    """
    At a load of 0.8 the mean number in the system is 4, within max(3 standard errors, 2 %).

    The mean service takes 50 days, so that whole days round little. Source: M/M/1, load / (1 - load).
    """
    means = batch_means(queue(empty(), 0.8, 50, 40_000), 40)
    mean = math.fsum(means) / len(means)
    error = math.sqrt(math.fsum((one - mean) ** 2 for one in means) / (len(means) - 1) / len(means))

    assert error < 0.4
    assert mean == pytest.approx(4, abs=max(3 * error, 0.08))
