"""Small classes that scenario files share: a rate, a power or a generation for a calendar year."""

from attrs import field, frozen
from attrs.validators import ge

from events.units import GenerationId

ONE = 1_000_000


@frozen(kw_only=True)
class YearRate:
    """A rate for a calendar year."""

    year: int = field(validator=ge(2000))
    rate_ppm: int


@frozen(kw_only=True)
class YearPower:
    """Power for a calendar year."""

    year: int = field(validator=ge(2000))
    kw: int = field(validator=ge(0))


@frozen(kw_only=True)
class YearGeneration:
    """Which generation of systems is bought from this calendar year on."""

    year: int = field(validator=ge(2000))
    generation: GenerationId


def rate_in(rates: tuple[YearRate, ...], year: int) -> int:
    """The rate of a year: before the first as in the first, after the last as in the last."""
    known = [row.rate_ppm for row in rates if row.year <= year]
    return known[-1] if known else rates[0].rate_ppm


def power_in(plan: tuple[YearPower, ...], year: int) -> int:
    """The power of a year, likewise."""
    known = [row.kw for row in plan if row.year <= year]
    return known[-1] if known else plan[0].kw


def generation_in(plan: tuple[YearGeneration, ...], year: int) -> GenerationId:
    """The generation bought in a year, likewise."""
    known = [row.generation for row in plan if row.year <= year]
    return known[-1] if known else plan[0].generation
