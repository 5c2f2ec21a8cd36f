"""One valid instance of every kind of event and of every kind of terms, made from the classes themselves.

A new kind needs no line here unless its fields must agree with one another.
"""

from typing import Any, get_args, get_origin, get_type_hints

from attrs import NOTHING, fields

from events import catalogue as c
from events.terms import ALL_TERMS, TermLoan, Terms, VehicleLease

# Where fields of one must agree, or a word is one of a few.
AGREEING: dict[type[Any], dict[str, Any]] = {
    c.BalanceBroughtForward: {"account": "Assets:Cash"},
    c.RolledForward: {"account": "Liabilities:Other"},
    c.CostsBilled: {"account": "Expenses:Running"},
    c.WarrantLapsed: {"stage": "vested"},
    c.WarrantExercised: {"value_cents": 90, "carrying_cents": 40},
    c.ComputeBilled: {"taken_cents": 60, "shortfall_cents": 40, "prepaid_cents": 20, "amount_cents": 80},
    c.EquityLossShared: {
        "loss_cents": 100, "share_cents": 27, "against_stake_cents": 15, "against_support_cents": 2,
        "suspended_cents": 10,
    },
    VehicleLease: {"generation": "the-generation", "kw": 5, "cost_cents": 0},
    TermLoan: {"commitment_cents": 100, "opening_cents": 40},
    c.ClaimCleared: {"amount_cents": 430, "paid_cents": 160},
    c.ClaimsSetOff: {"firms": ("a", "b"), "claims": ("x/1", "y/1"), "deferred": (0, 1)},
    c.SharesSold: {"proceeds_cents": 70, "carrying_cents": 90},
}  # fmt: skip


def example(kind: type[Any], **given: Any) -> Any:
    """An instance of an attrs class: names after the fields, small numbers within their bounds; `given` goes before."""
    hints = get_type_hints(kind)
    values = AGREEING.get(kind, {}) | given
    for place, one in enumerate(fields(kind)):
        if one.name not in values and one.name != "kind":
            values[one.name] = _value(hints[one.name], one, place)
    return kind(**values)


def _value(hint: Any, one: Any, place: int) -> Any:
    if one.name in ("claim", "old_claim"):
        return f"{one.name}/{place + 1}"
    if hint is Terms:
        return example(ALL_TERMS[0])
    if one.default is not NOTHING and one.validator is None and get_origin(hint) is not tuple:
        return one.default.factory() if hasattr(one.default, "factory") else one.default
    if get_origin(hint) is tuple:
        return tuple(_part(part, one, place) for part in get_args(hint) if part is not Ellipsis)
    return _part(hint, one, place)


def _part(hint: Any, one: Any, place: int) -> Any:
    if get_origin(hint) is tuple:
        return tuple(_part(part, one, place) for part in get_args(hint))
    if hasattr(hint, "__attrs_attrs__"):
        return example(hint)
    if get_args(hint):  # Literal
        return get_args(hint)[0]
    if hint is int:
        return 3_000 if one.name == "year" else 10 + place
    return f"the-{one.name}"


def examples() -> list[c.Event]:
    """One event of every kind in the catalogue."""
    return [example(kind) for kind in c.CATALOGUE]


__all__ = ["example", "examples"]
