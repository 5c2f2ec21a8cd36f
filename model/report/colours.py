"""
Colours that colour-blind readers tell apart, always the same for the same thing.

Source: Okabe and Ito, Color Universal Design (2008); cividis: Nuñez, Anderton and Renslow, PLoS ONE 13 (2018).
"""

from collections.abc import Sequence

SEVERAL = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7F7F7F")
ORDERED = ("#00306f", "#33507b", "#5b6b77", "#7c7b78", "#a19d73", "#c8b866", "#f5d941")  # of cividis, dark to light
NOT_SO, SO = "#56B4E9", "#D55E00"  # it did not hold, it held


def of_several(at: int) -> str:
    """The colour of the thing with this number; beyond eight they come again."""
    return SEVERAL[at % len(SEVERAL)]


def faint(colour: str, part: float) -> str:
    """A colour of `#rrggbb` with so much of it, as CSS has it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{part:g})"


# What a balance sheet is drawn in: assets in blues and greens, debts in reds and ochres, of the same eight.
OF_GROUP = {
    "cash": "#0072B2", "systems and stock": "#56B4E9", "stakes": "#009E73", "owed by others": "#8C6D31",
    "other assets": "#7F7F7F", "loans": "#D55E00", "bills": "#E69F00", "other debts": "#CC79A7", "net worth": "#7F7F7F",
}  # fmt: skip
REST = "#6B747D"  # firms beyond the seven largest, which have their name beside them wherever they are drawn
PALE = "#A3A9B0"  # what stands beside, to be compared with


def of_firms(names: Sequence[str]) -> dict[str, str]:
    """A colour a firm, the same everywhere on a page: seven have one of their own, the others a grey."""
    return {name: SEVERAL[at] if at < len(SEVERAL) - 1 else REST for at, name in enumerate(names)}
