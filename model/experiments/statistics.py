"""
What runs over seeds say, with how much they do not say: every figure comes with its n and an interval of 95 %.

Cells share their seeds, and a seed's draws are the same whatever a cell changes (common random numbers). So two cells
are compared seed by seed: the differences scatter far less than the cells do. What may not happen before the world
ends, a first default, is not averaged: runs without one are censored at the end (Kaplan and Meier 1958).

All of it is SciPy's; here it is given names, plain numbers, and a seed where it draws.
"""

import datetime
import math
import warnings
from collections.abc import Sequence

import numpy
from attrs import frozen

CONFIDENCE = 0.95
RESAMPLES = 9_999
SEED = 20250930  # of the bootstrap: the same table twice


@frozen
class Estimate:
    """A value, its interval, and from how many runs; `nan` where it cannot be said."""

    value: float
    low: float
    high: float
    n: int

    @property
    def halfwidth(self) -> float:
        return (self.high - self.low) / 2


def _unknown(n: int, value: float = math.nan) -> Estimate:
    return Estimate(value, math.nan, math.nan, n)


def mean(values: Sequence[float]) -> Estimate:
    """The mean with Student's interval; of a single run no interval, of runs that are all alike one of no width."""
    from scipy import stats

    n = len(values)
    if n < 2:
        return _unknown(n, float(values[0]) if values else math.nan)
    data = numpy.asarray(values, dtype=float)
    if numpy.ptp(data) == 0:
        return Estimate(float(data[0]), float(data[0]), float(data[0]), n)
    interval = stats.ttest_1samp(data, 0).confidence_interval(CONFIDENCE)
    return Estimate(float(data.mean()), float(interval.low), float(interval.high), n)


def quantile(values: Sequence[float], part: float = 0.5) -> Estimate:
    """
    A quantile, between two runs of the order statistics whatever the distribution is.

    Source: Conover, Practical Nonparametric Statistics (1999), section 3.2; scipy.stats.quantile_test.
    """
    from scipy import stats

    n = len(values)
    if not n:
        return _unknown(0)
    interval = stats.quantile_test(values, p=part).confidence_interval(CONFIDENCE)
    return Estimate(float(numpy.quantile(values, part)), float(interval.low), float(interval.high), n)


def share(hits: int, n: int) -> Estimate:
    """The share of runs in which something happened, with Wilson's interval (1927)."""
    from scipy import stats

    if not n:
        return _unknown(0)
    interval = stats.binomtest(hits, n).proportion_ci(CONFIDENCE, method="wilson")
    return Estimate(hits / n, float(interval.low), float(interval.high), n)


@frozen
class Paired:
    """A difference seed by seed: its mean by Student's t, and by the bootstrap; `n` pairs."""

    by_t: Estimate
    by_bootstrap: Estimate

    @property
    def n(self) -> int:
        return self.by_t.n


def paired(base: dict[int, float], other: dict[int, float]) -> Paired:
    """
    `other` less `base` over the seeds that both have.

    Source: Efron, Journal of the American Statistical Association 82 (1987), for the bootstrap (BCa).
    """
    from scipy import stats

    gaps = [other[seed] - base[seed] for seed in sorted(base.keys() & other.keys())]
    by_t = mean(gaps)
    if len(gaps) < 3 or len(set(gaps)) == 1:
        return Paired(by_t, by_t)
    drawn = stats.bootstrap(
        (numpy.asarray(gaps),), numpy.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="BCa", rng=SEED
    ).confidence_interval
    return Paired(by_t, Estimate(by_t.value, float(drawn.low), float(drawn.high), len(gaps)))


@frozen
class Survival:
    """
    How long it takes until something happens, where it need not happen at all.

    `days` since the opening and `left` (the share to which it has not happened after that day) step down together,
    with pointwise intervals; `events` of `n` runs saw it.
    """

    days: tuple[float, ...]
    left: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    events: int
    n: int

    def median(self) -> float | None:
        """The first day by which it has happened to half of them; None where that is not reached."""
        return next((day for day, left in zip(self.days, self.left, strict=True) if left <= 0.5), None)


def survival(opens: str, ends: str, dates: Sequence[str | None]) -> Survival:
    """
    The curve of what happened on these dates.

    Args:
        opens, ends: of the world, as ISO dates.
        dates: when it happened in each run, None where it had not by the end.
    """
    first, last = (datetime.date.fromisoformat(day).toordinal() for day in (opens, ends))
    times = [(datetime.date.fromisoformat(date).toordinal() if date else last) - first for date in dates]
    return kaplan_meier(times, [date is not None for date in dates])


def kaplan_meier(times: Sequence[int], seen: Sequence[bool]) -> Survival:
    """
    Kaplan and Meier's curve with Greenwood's variance on the scale of log(-log) (Kalbfleisch and Prentice 2002).

    Args:
        times: of each run, when it was seen to happen, or until when it had not.
        seen: which of the two.
    """
    from scipy import stats

    if not times:
        return Survival((), (), (), (), 0, 0)
    if not any(seen):
        return Survival((float(max(times)),), (1.0,), (math.nan,), (math.nan,), 0, len(times))
    curve = stats.ecdf(stats.CensoredData.right_censored(times, [not hit for hit in seen])).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where all or none are left there is no interval: nan
        interval = curve.confidence_interval(CONFIDENCE, method="log-log")
    columns = (curve.quantiles, curve.probabilities, interval.low.probabilities, interval.high.probabilities)
    days, left, low, high = (tuple(float(value) for value in column) for column in columns)
    return Survival(days, left, low, high, sum(seen), len(times))
