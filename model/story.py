"""The story of a run in sentences, from its tale alone; whoever shows them decides how.

Names are those of the scenario. Money in a sentence is in billions of dollars, or in millions where that reads better.
"""

import re
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from events import catalogue as c
from events.problems import safe
from events.record import Record
from events.units import KW_PER_GW, PPM
from model.outcomes import CONVENTIONS, CameTo, Tale

BILLION_CENTS = 10**11
MILLION_CENTS = 10**8
MOST_SHOCKS, MOST_DEFAULTS = 5, 6  # that find room in a screen

_TOUCHED = {
    "demand": "demand",
    "appetite": "investors' appetite",
    "credit": "credit",
    "base_rate": "the base rate",
    "delivery": "deliveries",
    "power": "power",
    "efficiency": "compute needed for a dollar",
}
CONVENTION_NAMES = {"pro_rata": "pro rata", "fifo": "first in, first out", "contract": "contract by contract"}


@frozen
class Moment:
    """Something that happened, with its day."""

    date: str
    text: str


def money(cents: int) -> str:
    """An amount with its unit: 3.4 bn USD, 20.5 m USD."""
    if abs(cents) >= BILLION_CENTS // 10:
        return f"{tenths(cents, BILLION_CENTS)} bn USD"
    return f"{tenths(cents, MILLION_CENTS)} m USD"


def tenths(amount: int, unit: int) -> str:
    """`amount` in `unit`s with one decimal, rounded half away from zero, thousands apart."""
    size = (20 * abs(amount) + unit) // (2 * unit)
    return f"{'-' if amount < 0 and size else ''}{size // 10:,}.{size % 10}"


def percent(ppm: int) -> str:
    """A part in percent: with one decimal, none where it is 0."""
    return f"{tenths(ppm, PPM // 100).removesuffix('.0')} %"


def headline(came: CameTo) -> str:
    """What the run comes down to, in a sentence or two."""
    tale = came.tale
    if not tale.misses and not tale.defaults:
        calm = "Calm: nobody missed a payment." if not tale.shocks else "Nobody missed a payment."
        return " ".join([*shocks(tale), calm])
    if not tale.misses:
        return " ".join([*shocks(tale), _defaulted(tale)])
    missed = _missed_first(tale.misses[0].date, tale.misses[0].event)
    if tale.defaults and tale.defaults[0].seq < tale.misses[0].seq:
        return " ".join([*shocks(tale), _defaulted(tale), f"{missed}."])
    return " ".join([*shocks(tale), f"{missed};", _defaulted(tale)])


def moments(came: CameTo) -> list[Moment]:
    """Shocks, the first of each kind of trouble, and the first defaults, by date; at most a screen's worth."""
    tale = came.tale
    told = [(record, _shock(record.event)) for record in tale.shocks[:MOST_SHOCKS]]
    told += [(record, _tripped(record.event)) for record in tale.covenants[:1]]
    told += [(record, _missed(record.event)) for record in tale.misses[:1]]
    told += [(record, _filed(record.event)) for record in first_of_each(tale.defaults)[:MOST_DEFAULTS]]
    return [Moment(record.date, text) for record, text in sorted(told, key=lambda pair: pair[0].seq)]


def why(chain: Sequence[Record], most: int = 6) -> str:
    """How the last record came about, from the root on; the middle of a long chain is left out."""
    steps = [f"{phrase(record.event)} ({record.date}, seq {record.seq})" for record in chain]
    if len(steps) > most:
        steps = [*steps[: most // 2], f"{len(steps) - most} more", *steps[-(most - most // 2) :]]
    return ", so ".join(steps)


def circle(came: CameTo) -> str:
    """The supplier's own money in its receipts, by three conventions side by side; "" where there is no circle."""
    loop = came.loop
    if loop is None:
        return ""
    shares = ", ".join(f"{percent(loop.own_ppm[name])} {CONVENTION_NAMES[name]}" for name in CONVENTIONS)
    received = f"{safe(loop.supplier)} was paid {money(loop.receipts_cents)} for chips serving {safe(loop.lab)}"
    return f"{received}; its own money in that, over all paths: {shares}."


def built(came: CameTo) -> str:
    """What was ordered and delivered, each gigawatt once; "" where nothing was."""
    delivered: dict[str, int] = {}
    for row in came.gigawatts:
        if row.delivered:
            delivered[row.maker] = delivered.get(row.maker, 0) + row.kw
    if not delivered:
        return ""
    makers = ", ".join(f"{safe(maker)} {tenths(kw, KW_PER_GW)}" for maker, kw in sorted(delivered.items()))
    total = tenths(sum(delivered.values()), KW_PER_GW)
    return f"{total} GW were delivered ({makers}), each order serving one contract (gigawatts in summary.json)."


def not_binding(tale: Tale) -> str:
    """The deals that nobody was bound to, and what rests on them; "" where there is none."""
    if not tale.not_binding:
        return ""
    count = f"{len(tale.not_binding)} deal{'s' * (len(tale.not_binding) > 1)}"
    paid = sorted(((cents, name) for name, cents in tale.not_binding.items() if cents), reverse=True)
    if not paid:
        return f"{count} only announced or conditional; nothing was paid under them."
    most = ", ".join(f"{safe(name)} {money(cents)}" for cents, name in paid[:3])
    return f"{count} only announced or conditional; {money(tale.paid_under_them)} was paid under them ({most})."


def phrase(event: c.Event) -> str:
    """An event in a few words."""
    say = _PHRASES.get(type(event))
    return safe(say(event) if say else _words(event), 160)


def _words(event: c.Event) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(event).__name__).lower()
    about = getattr(event, "contract", "") or getattr(event, "firm", "")
    return f"{words} ({about})" if about else words


def shocks(tale: Tale) -> list[str]:
    """One sentence for all shocks, in the order of their dates; none where there is none."""
    struck: list[tuple[str, Any]] = [(record.date[:7], record.event) for record in tale.shocks]
    struck.sort(key=lambda shock: (shock[0], shock[1].touches != "demand"))
    falls = [(month, _fall(event, "rose" if _rises(event) else "fell")) for month, event in struck]
    if not falls:
        return []
    same = len({month for month, _ in falls}) == 1
    texts = [text if same else f"{text} from {month}" for month, text in falls]
    sentence = (", ".join(texts[:-1]) + " and " if len(texts) > 1 else "") + texts[-1]
    sentence += f" from {falls[0][0]}" if same else ""
    return [f"{sentence[:1].upper()}{sentence[1:]}."]


def _fall(event: Any, moved: str) -> str:
    much = "by" if event.shape == "step" else "by up to"
    size = percent(abs(event.depth_ppm))
    depth = size.replace("%", "percentage points") if event.touches == "base_rate" else size  # it is an addition
    return f"{_TOUCHED.get(event.touches, safe(event.touches))} {moved} {much} {depth}"


def _rises(event: Any) -> bool:
    """A depth is what a shock takes; what is done to the base rate is added to it."""
    return bool((event.depth_ppm > 0) == (event.touches == "base_rate") and event.depth_ppm)


def _missed_first(date: str, event: Any) -> str:
    return (
        f"The first payment missed was {safe(event.debtor)}'s bill of {money(event.amount_cents)} to "
        f"{safe(event.creditor)} ({safe(event.channel)}) on {date}"
    )


def _defaulted(tale: Tale) -> str:
    if not tale.defaults:
        return "it was cured, and nobody defaulted."
    first, *others = first_of_each(tale.defaults)
    names = [safe(record.event.firm) for record in (first, *others)]  # type: ignore[attr-defined]
    more = f" and {len(names) - MOST_DEFAULTS} more" if len(names) > MOST_DEFAULTS else ""
    then = f", after it {', '.join(names[1:MOST_DEFAULTS])}{more}" if others else ""
    return f"{names[0]} defaulted on {first.date}{then}."


def first_of_each(defaults: Sequence[Record]) -> list[Record]:
    """The first default of each firm."""
    first: dict[str, Record] = {}
    for record in defaults:
        first.setdefault(record.event.firm, record)  # type: ignore[attr-defined]
    return list(first.values())


def _shock(event: Any) -> str:
    against = "" if event.touches == "base_rate" else " of plan" if event.against == "plan" else " of its level then"
    moves = _fall(event, "rises" if _rises(event) else "falls")
    return f"shock {safe(event.shock)}: {moves}{against} ({event.shape})"


def _tripped(event: Any) -> str:
    return (
        f"first covenant tripped: {safe(event.borrower)}'s {safe(event.covenant).replace('_', ' ')} under "
        f"{safe(event.contract)} ({safe(event.lender)})"
    )


def _missed(event: Any) -> str:
    return (
        f"first payment missed: {safe(event.debtor)} owes {safe(event.creditor)} {money(event.amount_cents)} "
        f"({safe(event.channel)}, {safe(event.contract)}) and has {money(event.cash_cents)}"
    )


def _filed(event: Any) -> str:
    return f"{safe(event.firm)} defaults over {safe(event.contract)} ({safe(event.channel)})"


_PHRASES: dict[type[c.Event], Any] = {
    c.ShockStruck: lambda e: f"{e.shock} struck",
    c.DemandObserved: lambda e: (
        f"{e.customer} spent {money(e.served_cents)} of {money(e.expected_cents)} expected at {e.lab}"
    ),
    c.AppetiteSet: lambda e: f"{e.investor} offered {e.issuer} {money(e.amount_cents)} that quarter",
    c.RoundClosed: lambda e: f"{e.issuer} raised {money(e.amount_cents)} of {money(e.wanted_cents)} sought",
    c.OfferDeclined: lambda e: f"{e.counterparty} declined {e.firm}'s {e.asked} of {money(e.amount_cents)}",
    c.PaymentMissed: lambda e: f"{e.debtor} missed {money(e.amount_cents)} to {e.creditor}",
    c.Defaulted: lambda e: f"{e.firm} defaulted",
    c.TrancheLapsed: lambda e: f"{e.investor}'s {money(e.amount_cents)} for {e.investee} lapsed",
    c.CovenantTripped: lambda e: f"{e.borrower} tripped {e.covenant}",
    c.CommitmentLapsed: lambda e: f"{e.lender}'s {money(e.amount_cents)} for {e.borrower} lapsed",
    c.ContractSigned: lambda e: f"{e.contract} was signed",
    c.FirmFounded: lambda e: f"{e.firm} was there",
    c.ComputeBilled: lambda e: f"{e.seller} billed {e.buyer} {money(e.amount_cents)}",
    c.GpusDelivered: lambda e: f"{e.maker} delivered to {e.buyer}",
    c.ContractRejected: lambda e: f"{e.estate}'s estate rejected {e.contract}, {e.counterparty}",
    c.GuaranteeCalled: lambda e: f"{e.lender} called {money(e.amount_cents)} of {e.guarantor} for {e.debtor}",
    c.StakeImpaired: lambda e: f"{e.holder} wrote {money(e.amount_cents)} off its stake in {e.issuer}",
    c.SubsidiaryImpaired: lambda e: f"{e.owner} wrote {money(e.amount_cents)} off {e.box}",
    c.ReceivableImpaired: lambda e: f"{e.creditor} wrote {money(e.amount_cents)} off what {e.debtor} owes",
    c.PropertyImpaired: lambda e: f"{e.firm} wrote {money(e.amount_cents)} off systems that served {e.contract}",
    c.ClaimSwapped: lambda e: f"{e.creditor} took shares of {e.debtor} for {money(e.amount_cents)}",
    c.Rescued: lambda e: f"{e.rescuer} paid {money(e.amount_cents)} into {e.firm}",
    c.CostsCut: lambda e: f"{e.firm} cut its costs to {percent(e.to_ppm)}",
    c.BuildingPaused: lambda e: f"{e.firm} stopped building for {e.contract}, {money(e.lacking_cents)} short",
    c.OrderCancelled: lambda e: f"{e.buyer} took order {e.order} back",
    c.WarrantVested: lambda e: f"{tenths(e.shares, 1_000_000)} m shares of {e.issuer} vested for {e.holder}",
    c.SharesIssued: lambda e: f"{e.issuer} issued {e.holder} shares for {money(e.amount_cents)}",
}
