"""Days of the world: whole numbers from its opening, and the dates, months and quarters they fall in."""

import datetime
from functools import cached_property

from attrs import field, frozen

from events.schedules import Month


@frozen(slots=False)
class Calendar:
    """Turns day numbers into dates and back; day 0 is the opening."""

    opens: datetime.date
    ends_day: int
    _texts: dict[int, str] = field(factory=dict, init=False, repr=False)

    def date(self, day: int) -> datetime.date:
        """The date of a day."""
        return self.opens + datetime.timedelta(days=day)

    def text(self, day: int) -> str:
        """The date of a day, as the log writes it."""
        if day not in self._texts:
            self._texts[day] = self.date(day).isoformat()
        return self._texts[day]

    def day(self, date: datetime.date) -> int:
        """The day of a date."""
        return (date - self.opens).days

    def day_of(self, text: str) -> int:
        """The day of a date as the log writes it."""
        return self.day(datetime.date.fromisoformat(text))

    def month(self, day: int) -> Month:
        """The (year, month) that a day falls in."""
        date = self.date(day)
        return (date.year, date.month)

    def month_end(self, day: int) -> int:
        """The last day of the month that a day falls in; it may lie beyond the world's end."""
        return self.months_later(day, 0)

    def is_quarter_end(self, day: int) -> bool:
        """Whether a day closes a calendar quarter."""
        return self.date(day).month % 3 == 0 and day == self.month_end(day)

    def is_weekday(self, day: int) -> bool:
        """Whether shares trade (Monday to Friday; holidays are not modelled)."""
        return (self.opens.weekday() + day) % 7 < 5

    def months_later(self, day: int, months: int) -> int:
        """The last day of the month so many months after the one a day falls in."""
        date = self.date(day)
        index = date.year * 12 + date.month + months  # the month after the one wanted, from zero
        return self.day(datetime.date(index // 12, index % 12 + 1, 1)) - 1

    @cached_property
    def first_month(self) -> Month:
        """The first month whose business is simulated: the one after the opening day's."""
        return self.month(1)
