"""Statistics against textbook numbers, and against what they promise over many draws."""

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.experiments import statistics as s


def test_the_mean_of_ten_with_students_interval():
    """
    1 to 10: mean 5.5, standard deviation 3.0277, t(9) = 2.2622: 5.5 +- 2.1659.
    """
    found = s.mean(range(1, 11))
    assert (found.value, found.n) == (5.5, 10)
    assert (found.low, found.high) == (pytest.approx(3.3341, abs=1e-4), pytest.approx(7.6659, abs=1e-4))


def test_one_run_has_no_interval_and_runs_alike_one_of_no_width():
    assert math.isnan(s.mean([3.0]).low) and s.mean([3.0]).value == 3.0
    assert s.mean([2.0, 2.0]).halfwidth == 0
    assert s.mean([]).n == 0


def test_wilsons_interval_of_the_textbook():
    """
    10 of 10: from 0.722 to 1; none of ten: from 0 to 0.278 (Brown, Cai and DasGupta 2001).
    """
    assert (round(s.share(10, 10).low, 3), s.share(10, 10).high) == (0.722, 1.0)
    assert (s.share(0, 10).low, round(s.share(0, 10).high, 3)) == (0.0, 0.278)


def test_pairs_see_what_two_clouds_hide():
    """
    Cells that differ by one in each seed, whose own values scatter by hundreds: the difference is one, exactly.
    """
    draws = numpy.random.default_rng(1).normal(0, 300, 20)
    base = {seed: float(value) for seed, value in enumerate(draws)}
    found = s.paired(base, {seed: value + 1 for seed, value in base.items()})

    assert found.by_t.value == pytest.approx(1)
    assert found.by_t.halfwidth < 1e-9
    assert s.mean(list(base.values())).halfwidth > 80
    assert found.n == 20


def test_only_seeds_that_both_have_are_paired():
    assert s.paired({1: 0.0, 2: 0.0, 3: 5.0}, {2: 1.0, 3: 7.0, 4: 9.0}).n == 2


def test_students_t_on_the_sleep_data():
    """
    Student 1908, ten patients: 1.58 hours more, 95 % from 0.70 to 2.46.
    """
    one = dict(enumerate([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]))
    two = dict(enumerate([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]))
    found = s.paired(one, two)

    assert [round(x, 2) for x in (found.by_t.value, found.by_t.low, found.by_t.high)] == [1.58, 0.70, 2.46]
    assert found.by_bootstrap.low > 0.7 and found.by_bootstrap == s.paired(one, two).by_bootstrap


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """
    1,000 samples of fifteen: 95 % of the intervals hold the mean, within three standard errors of that share.
    """
    draws = numpy.random.default_rng(7)
    held = sum((found := s.mean(list(draws.normal(4, 2, 15)))).low <= 4 <= found.high for _ in range(1000))
    assert abs(held / 1000 - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 1000)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=30))
def test_a_quantile_lies_between_the_ends_of_its_interval_where_it_has_one(values):
    found = s.quantile(values)
    assert found.n == len(values)
    assert not found.low > found.value and not found.high < found.value


def test_the_median_of_ten_lies_between_the_second_and_the_ninth():
    """
    Conover: for n = 10 the binomial gives the order statistics 2 and 9 at 97.9 %.
    """
    found = s.quantile(list(range(1, 11)))
    assert (found.value, found.low, found.high) == (5.5, 2, 9)


FREIREICH = ["6", "6", "6", "7", "10", "13", "16", "22", "23"]
CENSORED = ["6", "9", "10", "11", "17", "19", "20", "25", "32", "32", "34", "35"]


def test_kaplan_and_meier_on_freireichs_leukaemia_patients():
    """
    21 patients on 6-MP, weeks to relapse (Freireich 1963): .857, .807, .753, .690, .627, .538, .448; median 23.
    """
    times = [int(week) for week in [*FREIREICH, *CENSORED]]
    found = s.kaplan_meier(times, [True] * len(FREIREICH) + [False] * len(CENSORED))

    at = dict(zip(found.days, found.left, strict=True))
    steps = [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448]
    assert [round(at[week], 3) for week in (6, 7, 10, 13, 16, 22, 23)] == steps
    assert (found.median(), found.events, found.n) == (23, 9, 21)


def test_what_has_not_happened_is_censored_and_not_averaged():
    """
    Of four runs two default, after 10 and 20 days of 100: three quarters are left, then half; the median is day 20.
    """
    found = s.survival("2026-01-01", "2026-04-11", ["2026-01-11", "2026-01-21", None, None])

    assert list(zip(found.days, found.left, strict=True))[:2] == [(10, 0.75), (20, 0.5)]
    assert (found.events, found.n, found.median()) == (2, 4, 20)
    assert found.low[0] < 0.75 < found.high[0]


def test_where_nothing_happens_there_is_no_median():
    found = s.survival("2026-01-01", "2026-04-11", [None, None])
    assert (found.median(), found.events, found.n) == (None, 0, 2)
    assert s.survival("2026-01-01", "2026-04-11", []).n == 0
