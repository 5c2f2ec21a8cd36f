"""
Paying out what a clearing has found, with the money that there is: what is set off, and who pays before whom.

`events/clearing.py` says what each claim is paid, all at once. Books take payments one after the other, and nobody may
pay what it does not have yet. So rings are set off first, without cash; what is left of the payments has no ring, and
each estate can pay once those that owe it have paid.
"""

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen

from events.clearing import Owed


@frozen
class Ring:
    """Claims, by place, each owed to the debtor of the next and the last to that of the first; `cents` are set off."""

    claims: tuple[int, ...]
    cents: int


@frozen
class Plan:
    """
    How a clearing is carried out.

    `rings` are set off in this order; then estates pay in the order of `payers`, each claim what is left of it in
    `in_cash`, by place. Set-offs and cash together are what the clearing says.
    """

    rings: tuple[Ring, ...]
    payers: tuple[str, ...]
    in_cash: dict[int, int]


def plan(claims: Sequence[Owed], paid: Mapping[int, int], estates: Collection[str]) -> Plan:
    """
    Set-offs and an order of payment for payments that clear.

    Args:
        claims: as given to `clear`.
        paid: what each is paid, in cents, by place.
        estates: the debtors; whoever else is paid need not wait for anybody.

    Returns:
        A plan in which no estate pays cash before it has it: its own, and what estates before it have paid.
    """
    left = dict(paid)
    rings = []
    while ring := _ring(claims, left, estates):
        cents = min(left[place] for place in ring)
        for place in ring:
            left[place] -= cents
        rings.append(Ring(ring, cents))
    return Plan(tuple(rings), _in_turn(claims, left, estates), left)


def _ring(claims: Sequence[Owed], left: Mapping[int, int], estates: Collection[str]) -> tuple[int, ...]:
    """The places of claims that run in a ring; the first in the order of names, none where there is none."""
    owes = _owes(claims, left, estates)
    done: set[str] = set()
    for start in sorted(estates):
        way: list[int] = []
        seen = {start: 0}
        at = start
        while at not in done:
            place = next((place for place in owes.get(at, ()) if claims[place].creditor not in done), None)
            if place is None:
                done.add(at)  # no ring leads through here
                if not way:
                    break
                at = claims[way.pop()].debtor
                seen = {name: n for name, n in seen.items() if n <= len(way)}
                continue
            way.append(place)
            at = claims[place].creditor
            if at in seen:
                return tuple(way[seen[at] :])
            seen[at] = len(way)
    return ()


def _owes(claims: Sequence[Owed], left: Mapping[int, int], estates: Collection[str]) -> dict[str, list[int]]:
    """By estate, the places of what other estates still get of it, in the order of their names."""
    owes: dict[str, list[int]] = {}
    for place in sorted(left, key=lambda place: (claims[place].creditor, place)):
        if left[place] and claims[place].creditor in estates:
            owes.setdefault(claims[place].debtor, []).append(place)
    return owes


def _in_turn(claims: Sequence[Owed], left: Mapping[int, int], estates: Collection[str]) -> tuple[str, ...]:
    """Estates so that each comes after those that still pay it; in the order of names where nothing else decides."""
    waits = {name: 0 for name in sorted(estates)}
    owes = _owes(claims, left, estates)
    for places in owes.values():
        for place in places:
            waits[claims[place].creditor] += 1
    order: list[str] = []
    while len(order) < len(waits):
        ready = next(name for name, count in waits.items() if count == 0 and name not in order)
        order.append(ready)
        for place in owes.get(ready, ()):
            waits[claims[place].creditor] -= 1
    return tuple(order)
