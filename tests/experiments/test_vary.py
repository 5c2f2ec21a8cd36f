"""What `--vary` means: lists, steps and ranges of values as a scenario writes them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.problems import Usage
from model.experiments.vary import Vary, between, number_of, parse


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=1,2,3", ("1", "2", "3")),
        ("a.b=20 %", ("20 %",)),
        ("depth=20 %:60 %:5", ("20 %", "30 %", "40 %", "50 %", "60 %")),
        ("depth=20:60 %:3", ("20 %", "40 %", "60 %")),
        ("cash=1 bn USD:2 bn USD:4", ("1 bn USD", "1.333 bn USD", "1.667 bn USD", "2 bn USD")),
        ("start=2027-01-01:2027-01-11:3", ("2027-01-01", "2027-01-06", "2027-01-11")),
        ("days=10:20:2", ("10", "20")),
        ("pays=never,confidence", ("never", "confidence")),
    ],
)
def test_lists_and_steps(text, values):
    assert parse(text).values == values


def test_a_range_has_ends_and_no_values():
    assert parse("depth=20 %:60 %") == Vary("depth", (), "20 %", "60 %")


@pytest.mark.parametrize(
    "text",
    ["depth", "=1,2", "depth=", "depth=1,,2", "depth=1,1", "depth=a:b:3", "depth=1 %:2 GW:3", "depth=1:2:1", "d=1:x",
     "start=2027-02-30:2027-03-01:2", "depth=1:2:99999999"],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_wrong_command(text):
    with pytest.raises(Usage) as wrong:
        parse(text)
    assert wrong.value.code == 2


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.fractions(0, 1))
def test_values_lie_between_the_ends(low, high, part):
    (text,) = between(f"{low} %", f"{high} %", [Fraction(part)], "")
    found = number_of(text)
    assert found is not None and min(low, high) - 0.001 <= found <= max(low, high) + 0.001


def test_counts_stay_whole():
    assert between("1", "2", [Fraction(1, 3)], "") == ["1"]
    assert number_of("word") is None
