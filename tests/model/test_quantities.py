"""Quantities as people write them are exact integers in the unit of their field, or refused."""

from datetime import date

import pytest

from model.quantities import NotAQuantity, key_of, shown, whole
from model.yaml_tree import Scalar, kind_of

BOUND = 10**15 - 1


def meant(text: str, name: str, quoted: bool = False) -> int:
    return whole(Scalar("x.yaml", 1, 1, text, "text" if quoted else kind_of(text)), name)


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("cash_cents", "17.5 bn USD", 1_750_000_000_000),
        ("cash_cents", "350 m USD", 35_000_000_000),
        ("cash_cents", "12 k USD", 1_200_000),
        ("cash_cents", "0.01 USD", 1),
        ("cash_cents", "12 USD", 1_200),
        ("cash_cents", "1.4 tn USD", 140_000_000_000_000),
        ("cash_cents", "-2.25 USD", -225),
        ("cash_cents", "+1 USD", 100),
        ("cash_cents", "0 USD", 0),
        ("cash_cents", "-0.0 USD", 0),
        ("cash_cents", "9999999999999.99 USD", BOUND),
        ("cash_cents", "9999999999999.98 USD", BOUND - 1),
        ("cash_cents", "0.123456789012345678 bn USD", None),
        ("cash_cents", "0.29 USD", 29),  # as a float it would be 28.999999999999996 cents
        ("power_kw", "500 MW", 500_000),
        ("kw", "1 GW", 1_000_000),
        ("kw", "12 kW", 12),
        ("kw", "1.5MW", 1_500),
        ("rate_ppm", "20 %", 200_000),
        ("rate_ppm", "20%", 200_000),
        ("rate_ppm", "-30 %", -300_000),
        ("rate_ppm", "962 bp", 96_200),
        ("rate_ppm", "1.5 x", 1_500_000),
        ("rate_ppm", "0.0001 %", 1),
        ("rate_ppm", "7 ppm", 7),
        ("seed", "24", 24),
        ("seed", "-24", -24),
        ("seed", str(BOUND), BOUND),
        ("shares", "160 m shares", 160_000_000),
        ("shares", "24.3 bn shares", 24_300_000_000),
        ("shares_outstanding", "1 share", 1),
        ("gpus_per_gw", "450000 gpus", 450_000),
        ("lead_days", "30 days", 30),
        ("days_to_pay", "30", 30),
        ("instalment_quarters", "4 quarters", 4),
        ("build_months", "18 months", 18),
    ],
)
def test_a_quantity_is_the_whole_number_of_its_fields_unit(name, text, value):
    if value is None:
        with pytest.raises(NotAQuantity, match="finer"):
            meant(text, name)
    else:
        assert meant(text, name) == value


@pytest.mark.parametrize("text", ["nan", ".nan", ".inf", "-.inf", "inf", "1e400", "1e308", "-1e400"])
@pytest.mark.parametrize("name", ["cash_cents", "rate_ppm", "kw", "shares", "seed"])
def test_no_number_is_infinite_or_none_at_all_and_the_bound_is_named(name, text):
    with pytest.raises(NotAQuantity, match="at most 999,999,999,999,999"):
        meant(text, name)


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("cash_cents", "17", "add the unit"),
        ("cash_cents", "17.5", "add the unit"),
        ("cash_cents", "0", "add the unit"),
        ("cash_cents", "true", "money with its unit"),
        ("cash_cents", "17 EUR", "17.5 bn USD"),
        ("cash_cents", "17.5 bn", "17.5 bn USD"),
        ("cash_cents", "17.5 BN USD", "17.5 bn USD"),
        ("cash_cents", "1e3 USD", "17.5 bn USD"),
        ("cash_cents", "1e400 USD", "17.5 bn USD"),
        ("cash_cents", "1,000 USD", "17.5 bn USD"),
        ("cash_cents", "1_000 USD", "17.5 bn USD"),
        ("cash_cents", "010 USD", "17.5 bn USD"),
        ("cash_cents", "-USD", "17.5 bn USD"),
        ("cash_cents", "١٢ USD", "17.5 bn USD"),
        ("cash_cents", "nan USD", "17.5 bn USD"),
        ("cash_cents", "0.001 USD", "finer"),
        ("cash_cents", "10000000000000 USD", "more than that"),
        ("cash_cents", "-10 tn USD", "more than that"),
        ("cash_cents", "9" * 5000 + " USD", "17.5 bn USD"),
        ("kw", "500 mw", "500 MW"),
        ("kw", "0.5 kW", "finer"),
        ("rate_ppm", "0.2", "add the unit"),
        ("rate_ppm", "0.00001 %", "finer"),
        ("shares", "160 m", "30 shares"),
        ("shares", "0.5 shares", "finer"),
        ("shares", "30 days", "30 shares"),
        ("seed", "30 days", "write such as 24"),
        ("seed", "1.0", "write such as 24"),
        ("seed", "1e3", "write such as 24"),
        ("seed", "true", "write such as 24"),
        ("seed", "010", "leading zeros"),
        ("seed", "1_000", "separators"),
        ("seed", str(BOUND + 1), "a smaller one"),
        ("seed", "9" * 5000, "a smaller one"),
    ],
)
def test_what_is_not_exact_or_not_in_the_fields_unit_is_refused_with_an_example(name, text, words):
    with pytest.raises(NotAQuantity, match=words):
        meant(text, name)


@pytest.mark.parametrize("text", ["1", "24", "-3"])
def test_a_number_in_quotes_is_text(text):
    with pytest.raises(NotAQuantity, match="without quotes"):
        meant(text, "seed", quoted=True)


def test_a_key_is_its_fields_name_without_the_unit():
    names = [
        "amount_cents",
        "kw",
        "deployed_kw",
        "rate_ppm",
        "day",
        "end_day",
        "lead_days",
        "shares",
        "price_per_gw_cents",
    ]

    assert [key_of(name) for name in names] == [
        "amount", "kw", "deployed", "rate", "day", "end", "lead_days", "shares", "price_per_gw",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value, name, text",
    [
        (0, "end_day", "2025-09-30"),
        (1, "day", "2025-10-01"),
        (10**9, "day", "1000000000"),
        (1_050, "price_cents", "10.5 USD"),
        (-1, "price_cents", "-0.01 USD"),
        (1_000_000, "rate_ppm", "100 %"),
        (5, "kw", "5 kW"),
        (7, "seed", "7"),
    ],
)
def test_a_bound_is_shown_as_its_author_would_write_it(value, name, text):
    assert shown(value, name, date(2025, 9, 30)) == text
