"""What a compute commitment asks for in a month, as it was agreed and as it was put off since."""

from attrs import frozen

from events.schedules import Month, amount_in
from events.terms import ComputeCommitment
from events.units import portion


@frozen
class Deferral:
    """From a month on, for so many months, this part of each minimum is owed as many months later instead."""

    start: int  # year x 12 + month - 1
    months: int
    part_ppm: int


def index_of(month: Month) -> int:
    """Months counted through the years."""
    return month[0] * 12 + month[1] - 1


def minimum_cents(
    terms: ComputeCommitment, deferrals: tuple[Deferral, ...] | list[Deferral], first: Month, month: Month
) -> int:
    """
    Cents of a month's minimum: as agreed, less what is put off, plus what earlier months put off until now.

    Args:
        terms: with yearly minimums.
        deferrals: in the order in which they were agreed; the sum over all months stays what it was.
        first, month: (year, month), the first of the plan and the one asked for.
    """
    agreed = amount_in(terms.minimums, first, month)
    if not deferrals:
        return agreed
    at, moved = index_of(month), 0
    for row in deferrals:
        if row.start <= at < row.start + row.months:
            moved -= portion(agreed, row.part_ppm)
        elif row.start + row.months <= at < row.start + 2 * row.months:
            earlier = at - row.months
            moved += portion(amount_in(terms.minimums, first, (earlier // 12, earlier % 12 + 1)), row.part_ppm)
    return max(0, agreed + moved)
