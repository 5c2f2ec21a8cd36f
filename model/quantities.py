"""Quantities as people write them to the integers that the model keeps, exactly and without a float on the way.

The suffix of a field's name says its unit, and the key in YAML is the name without it: `amount_cents` is written
`amount: 17.5 bn USD`. A name that is nothing but a unit (`day`, `kw`) keeps it. A count (`shares`, `lead_days`) may
name what it counts: `160 m shares`, `30 days`. `-0` is 0.
"""

import re
from datetime import date
from functools import cache

from attrs import frozen

from events.units import MAX_POSTING
from model.yaml_tree import Scalar

_SCALES = {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9, "tn": 10**12}
_NUMBER = re.compile(r"([-+]?)(0|[1-9][0-9]{0,24})(?:\.([0-9]{1,24}))? *(.*)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[-+]?[0-9][0-9_,.']*")
_AT_MOST = f"at most {MAX_POSTING:,}"


class NotAQuantity(ValueError):
    """`rule` says what the field takes, `expected` what to write."""

    def __init__(self, rule: str, expected: str) -> None:
        super().__init__(f"{rule}; {expected}")
        self.rule, self.expected = rule, expected


@frozen
class Unit:
    """How amounts of one unit are written; `words` gives the size of each in whole units."""

    noun: str
    words: dict[str, int]
    example: str

    @property
    def rule(self) -> str:
        return f"it takes {self.noun} ({_AT_MOST})"


CENTS = Unit(
    "money with its unit, to the cent, counted in cents",
    {f"{scale} USD".strip(): 100 * size for scale, size in _SCALES.items()},
    "write such as 17.5 bn USD or 0.01 USD",
)
KW = Unit(
    "power with its unit, to the kilowatt, counted in kW", {"kW": 1, "MW": 10**3, "GW": 10**6}, "write such as 500 MW"
)
PPM = Unit(
    "a rate or multiple with its unit, to a millionth, counted in millionths",
    {"%": 10**4, "bp": 10**2, "x": 10**6, "ppm": 1},
    "write such as 20 %, 962 bp or 1.5 x",
)
UNITS = {"cents": CENTS, "kw": KW, "ppm": PPM}
COUNTED = ("shares", "gpus", "days", "quarters", "months", "years")


def key_of(name: str) -> str:
    """The key in YAML of a field: its name without the unit."""
    stem, _, suffix = name.rpartition("_")
    return stem if stem and (suffix in UNITS or suffix == "day") else name


def is_day(name: str) -> bool:
    """Whether a field counts days since the opening, and is written as a date."""
    return name == "day" or name.endswith("_day")


@cache
def unit_of(name: str) -> Unit | None:
    """The unit of a field of integers, None for a plain number."""
    if unit := UNITS.get(name.rpartition("_")[2]):
        return unit
    counted = [word for word in COUNTED if word in name]
    if not counted:
        return None
    sizes = {f"{scale} {word}".strip(): size for word in counted for scale, size in _SCALES.items()}
    singular = {key.removesuffix("s"): size for key, size in sizes.items()}
    return Unit(f"a whole number of {' or '.join(counted)}", singular | sizes, f"write such as 24 or 30 {counted[0]}")


def whole(scalar: Scalar, name: str) -> int:
    """
    The integer that `scalar` means in the field `name`, which is not a day.

    Raises:
        NotAQuantity: it is something else, not exact in the field's unit, or beyond 10^15 - 1 of it.
    """
    unit = unit_of(name)
    if unit is None or (unit not in UNITS.values() and scalar.kind == "int"):
        return _plain(scalar)
    if scalar.kind != "text":
        expected = unit.example if scalar.kind not in ("int", "float") else f"add the unit: {unit.example}"
        raise NotAQuantity(unit.rule, expected)
    return _bounded(_measured(scalar.text, unit), unit)


def _plain(scalar: Scalar) -> int:
    rule = f"it takes a whole number ({_AT_MOST})"
    if scalar.kind == "int" and len(scalar.text) <= 20:
        value = int(scalar.text)
        if abs(value) <= MAX_POSTING:
            return value
    if scalar.kind == "int":
        raise NotAQuantity(rule, "write a smaller one")
    if scalar.kind == "text" and _DIGITS.fullmatch(scalar.text):
        rule += " without quotes, leading zeros or separators"
    raise NotAQuantity(rule, "write such as 24")


def _measured(text: str, unit: Unit) -> int:
    parts = _NUMBER.fullmatch(text)
    if not parts or (size := unit.words.get(parts[4])) is None:
        raise NotAQuantity(unit.rule, unit.example)
    decimals = parts[3] or ""
    value, rest = divmod(int(parts[2] + decimals) * size, int("1" + "0" * len(decimals)))
    if rest:
        raise NotAQuantity(unit.rule, f"it is finer than that; {unit.example}")
    return -value if parts[1] == "-" else value


def _bounded(value: int, unit: Unit) -> int:
    if abs(value) > MAX_POSTING:
        raise NotAQuantity(unit.rule, "it is more than that; write less")
    return value


def calendar_date(scalar: Scalar) -> date:
    """The date that `scalar` means. Raises NotAQuantity."""
    if scalar.kind == "text" and _DATE.fullmatch(scalar.text):
        try:
            return date.fromisoformat(scalar.text)
        except ValueError:  # the 30th of February
            raise NotAQuantity("it takes a date that exists", "write such as 2026-10-01") from None
    raise NotAQuantity("it takes a date, year-month-day", "write such as 2026-10-01")


def shown(value: int, name: str, opens: date | None) -> str:
    """A bound of the field `name` in words that its author would write, for complaints."""
    if is_day(name) and opens is not None and 0 < opens.toordinal() + value <= date.max.toordinal():
        return date.fromordinal(opens.toordinal() + value).isoformat()
    unit = unit_of(name)
    if unit is CENTS:
        return _decimal(value, 100, "USD")
    if unit is PPM:
        return _decimal(value, 10**4, "%")
    return f"{value} kW" if unit is KW else str(value)


def _decimal(value: int, size: int, word: str) -> str:
    units, rest = divmod(abs(value), size)
    decimals = f".{rest:0{len(str(size)) - 1}d}".rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{units}{decimals} {word}"
