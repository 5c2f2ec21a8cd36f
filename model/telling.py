"""Estimates in words, with their intervals, in the unit that an outcome's name says: for screens and for pages."""

import datetime
import math

from model.experiments.discover import Cut
from model.experiments.statistics import Estimate, Survival
from model.experiments.summary import Summary
from model.story import money


def percent(share: Estimate) -> str:
    """A share with its interval."""
    if not share.n:
        return "-"
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})".replace("%", " %")


def median(curve: Survival, found: Summary) -> str:
    """The month by which it had happened in half of the runs, or that it had not by the end."""
    if not curve.n:
        return "-"
    day = curve.median()
    if day is None:
        return f"> {found.ends[:7]}"
    return day_named(found.opens, day)


def amount(estimate: Estimate, name: str) -> str:
    """A mean with half its interval, in the unit that the outcome's name says."""
    if math.isnan(estimate.value):
        return "-"
    half = "" if math.isnan(estimate.low) else f" ±{_plain(estimate.halfwidth, name)}" if estimate.halfwidth else " ±0"
    return f"{_plain(estimate.value, name)}{half}"


def outcome_text(value: int | str, name: str) -> str:
    """One run's outcome, in the unit that its name says."""
    return _plain(value, name) if isinstance(value, int) else value or "-"


def day_named(opens: str, day: float | None) -> str:
    """A day counted from the opening, as a date; that it never came, where it did not."""
    if day is None:
        return "never, in half of them"
    return (datetime.date.fromisoformat(opens) + datetime.timedelta(days=int(day))).isoformat()


def _plain(value: float, name: str) -> str:
    if "_cents" in name:
        return money(round(value))
    if name.endswith("_ppm"):
        return f"{value / 10_000:.2f} %"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def effect(value: float, half: float, outcome: str, method: str) -> str:
    """An effect with half its interval: Sobol's as a part of the variance, Morris's in the outcome's own unit."""
    if method == "sobol":
        text = f"{value:.2f}"
    else:
        text = f"{value:,.0f} days" if outcome.endswith("_day") else _plain(value, outcome)
    if math.isnan(half):
        return text
    if method == "sobol":
        return f"{text} ±{half:.2f}"
    return f"{text} ±{f'{half:,.0f}' if outcome.endswith('_day') else _plain(half, outcome)}"


def in_words(cut: Cut) -> str:
    """A cut as people say it."""
    ends = [f"{end:,.6g} {cut.unit}".strip() for end in (cut.above, cut.below) if end is not None]
    if cut.above is not None and cut.below is not None:
        return f"{cut.path} {ends[0]} to {ends[1]}"
    return f"{cut.path} {'above' if cut.above is not None else 'below'} {ends[0]}"
