"""What any firm does when the coming month's bills are more than its cash: sell listed stakes, then ask creditors."""

from agents.briefing import Briefing, Due
from agents.decisions import AskRelief, Decision, SellShares
from events.units import portion

SALE_PPM = 250_000  # of a stake a month; a sale takes weeks
ASKED_AT_ONCE = 3
STRETCHABLE = ("compute", "chips", "rent", "joint", "revenue-share")  # staff, suppliers and lenders are not asked


def survive(seen: Briefing, sells: bool = True) -> list[Decision]:
    """
    In order: a quarter of each listed stake until the gap is closed; then the creditors that would be paid last.

    Args:
        seen: `dues_ahead` are bills of the next 31 days in the firm's own order of payment.
        sells: whether stakes are sold here; a firm that sells them by a rule of its own does not.
    """
    gap = sum(due.amount_cents for due in seen.dues_ahead) - seen.cash_cents
    if gap <= 0 or seen.in_estate:
        return []
    decisions: list[Decision] = []
    for stake in seen.stakes if sells else ():
        if gap <= 0:
            break
        shares = portion(stake.shares, SALE_PPM) or stake.shares
        gap -= shares * stake.price_cents
        decisions.append(SellShares(holder=seen.firm, issuer=stake.issuer, shares=shares))
    return [*decisions, *_ask(seen, gap)]


def _ask(seen: Briefing, gap: int) -> list[Decision]:
    asked: list[Decision] = []
    for due in reversed(seen.dues_ahead):
        if gap <= 0 or len(asked) == ASKED_AT_ONCE:
            break
        if due.channel in STRETCHABLE:
            asked.append(AskRelief(debtor=seen.firm, claim=due.claim, form=_form(due)))
            gap -= due.amount_cents
    return asked


def _form(due: Due) -> str:
    """First time; then shares; then, where there is a contract to put off, a part of what it will ask for."""
    if due.times_stretched == 0:
        return "stretch"
    return "defer" if due.channel == "compute" and due.times_stretched == 1 else "swap"
