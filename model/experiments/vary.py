"""
What a sweep varies: `PATH=a,b,c` is a list, `PATH=lo:hi:n` so many values from end to end, `PATH=lo:hi` a range.

Values are texts as a scenario has them (`40 %`, `3 bn USD`, `2027-01-01`), so each cell can be run with `--set` too.
"""

import datetime
import re
from collections.abc import Iterable
from fractions import Fraction

from attrs import frozen

from events.problems import Usage

_NUMBER = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?)\s*(.*)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMES = re.compile(r"(.+):(.+):([0-9]+)")
_RANGE = re.compile(r"(.+):(.+)")
MOST_VALUES = 10_000


@frozen
class Vary:
    """A path and its values in their order, or, where `values` is empty, the ends of a range to sample from."""

    path: str
    values: tuple[str, ...] = ()
    low: str = ""
    high: str = ""


def parse(text: str) -> Vary:
    """
    One `--vary`.

    Raises:
        Usage: no path, no value, a value twice, or ends that are not of one unit.
    """
    path, equals, what = text.partition("=")
    path, what = path.strip(), what.strip()
    if not path or not equals or not what:
        raise Usage("no path or no value; write PATH=a,b,c or PATH=low:high:n, as depth=20 %:60 %:5", text)
    if found := _TIMES.fullmatch(what):
        low, high, count = found[1].strip(), found[2].strip(), int(found[3])
        if not 2 <= count <= MOST_VALUES:
            raise Usage(f"{count} values from end to end; write 2 to {MOST_VALUES:,}", text)
        return Vary(path, tuple(between(low, high, [Fraction(at, count - 1) for at in range(count)], text)))
    if (found := _RANGE.fullmatch(what)) and "," not in what:
        low, high = found[1].strip(), found[2].strip()
        between(low, high, [Fraction(0)], text)
        return Vary(path, (), low, high)
    values = tuple(value.strip() for value in what.split(","))
    if "" in values or len(set(values)) != len(values):
        raise Usage("a value is missing or stands twice; write each once", text)
    return Vary(path, values)


def between(low: str, high: str, parts: Iterable[Fraction], where: str) -> list[str]:
    """
    Values at these parts of the way from one end to the other, in the unit of both.

    A value has the decimals that its ends have and three more; days and counts (no decimals, no unit) stay whole.

    Raises:
        Usage: the ends are not two numbers of one unit, or two dates.
    """
    if _DATE.fullmatch(low) and _DATE.fullmatch(high):
        try:
            first, last = (datetime.date.fromisoformat(end).toordinal() for end in (low, high))
        except ValueError:
            raise Usage("a date that does not exist; write such as 2027-01-01", where) from None
        return [datetime.date.fromordinal(round(first + (last - first) * part)).isoformat() for part in parts]
    ends = [_NUMBER.fullmatch(end) for end in (low, high)]
    if ends[0] is None or ends[1] is None or (ends[0][2] and ends[1][2] and ends[0][2] != ends[1][2]):
        raise Usage("the ends of a range are two numbers of one unit, or two dates; write such as 20 %:60 %:5", where)
    unit = ends[1][2] or ends[0][2]
    first_number, last_number = Fraction(ends[0][1]), Fraction(ends[1][1])
    decimals = max(len(end[1].partition(".")[2]) for end in ends if end) + (3 if unit else 0)
    return [_written(first_number + (last_number - first_number) * part, decimals, unit) for part in parts]


def _written(number: Fraction, decimals: int, unit: str) -> str:
    scaled = round(number * 10**decimals)
    whole, rest = divmod(abs(scaled), 10**decimals)
    digits = f".{rest:0{decimals}d}".rstrip("0").rstrip(".") if decimals else ""
    return f"{'-' if scaled < 0 else ''}{whole}{digits} {unit}".strip()


def number_of(text: str) -> float | None:
    """The number that a value begins with, in its own unit, or a date as its ordinal; None where it is a word."""
    if _DATE.fullmatch(text):
        return float(datetime.date.fromisoformat(text).toordinal())
    found = _NUMBER.fullmatch(text)
    return float(found[1]) if found else None
