"""Days of the world and the dates, months and quarters they fall in."""

from datetime import date

import pytest

from model.calendar import Calendar

# A world that opens in September, as the base world does.
SEPTEMBER = Calendar(date(2025, 9, 30), 1918)


@pytest.mark.parametrize(
    ("day", "text", "month", "month_end", "quarter_end", "weekday"),
    [
        (0, "2025-09-30", (2025, 9), 0, True, True),
        (1, "2025-10-01", (2025, 10), 31, False, True),
        (4, "2025-10-04", (2025, 10), 31, False, False),
        (5, "2025-10-05", (2025, 10), 31, False, False),
        (31, "2025-10-31", (2025, 10), 31, False, True),
        (92, "2025-12-31", (2025, 12), 92, True, True),
        (151, "2026-02-28", (2026, 2), 151, False, False),
        (881, "2028-02-28", (2028, 2), 882, False, True),
        (882, "2028-02-29", (2028, 2), 882, False, True),
        (1918, "2030-12-31", (2030, 12), 1918, True, True),
    ],
)
def test_days_and_what_they_are(day, text, month, month_end, quarter_end, weekday):
    """
    The days of the week were read off a printed calendar: 2025-09-30 is a Tuesday.
    """
    assert SEPTEMBER.text(day) == text == SEPTEMBER.date(day).isoformat()
    assert SEPTEMBER.day_of(text) == day == SEPTEMBER.day(date.fromisoformat(text))
    assert SEPTEMBER.month(day) == month
    assert SEPTEMBER.month_end(day) == month_end
    assert SEPTEMBER.is_quarter_end(day) == quarter_end
    assert SEPTEMBER.is_weekday(day) == weekday


def test_every_day_of_the_world_agrees_with_the_calendar_of_the_library():
    for day in range(0, 1919, 7):
        then = SEPTEMBER.date(day)
        assert SEPTEMBER.is_weekday(day) == (then.weekday() < 5)
        end = SEPTEMBER.date(SEPTEMBER.month_end(day))
        assert (end.year, end.month) == (then.year, then.month)
        assert SEPTEMBER.month(SEPTEMBER.month_end(day) + 1) != (then.year, then.month)


@pytest.mark.parametrize(
    ("day", "months", "later"), [(0, 0, 0), (0, 1, 31), (5, 2, 92), (92, 2, 151), (92, 12, 457), (1, 63, 1949)]
)
def test_so_many_months_later_is_the_last_day_of_that_month(day, months, later):
    assert SEPTEMBER.months_later(day, months) == later


def test_business_begins_in_the_month_after_the_opening_days():
    assert SEPTEMBER.first_month == (2025, 10)
    assert Calendar(date(2025, 12, 15), 100).first_month == (2025, 12)
