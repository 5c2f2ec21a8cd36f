"""
Colours that colour-blind readers tell apart, always the same for the same thing.

Source: Okabe and Ito, Color Universal Design (2008); cividis: Nuñez, Anderton and Renslow, PLoS ONE 13 (2018).
"""

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
