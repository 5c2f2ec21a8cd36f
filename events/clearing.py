"""
What firms that owe one another can pay when they are wound up together: the clearing of a network of claims.

Larry Eisenberg and Thomas Noe, "Systemic risk in financial systems", Management Science 47 (2001), with classes of
seniority and with the bankruptcy costs of Rogers and Veraart, Management Science 59 (2013). The conventions:

- Classes are numbered, the lowest number is paid first, in any order the caller likes. External creditors are ordinary
  creditors that owe nothing; senior or equal, they are just a class.
- A class is paid only when all before it are paid in full, and pro rata within (absolute priority). Owners come last.
- A firm defaults when its assets and receipts are less than all it owes; nothing missing is no default. Only then do
  bankruptcy costs bite: `alpha_ppm` of its assets and `beta_ppm` of its receipts reach its creditors, the rest is lost.
- A firm that does not default pays all it owes.
- With bankruptcy costs, or within a closed circle, more than one vector of payments may clear. The greatest is taken:
  nobody defaults who need not.

The greatest vector is found by fictitious default. All are taken to pay in full; those that then cannot are in default;
what they pay is solved for exactly; that may break others. A round takes at least one firm into default, or its default
into a more senior class: at most one round a firm where each has one class, one a firm and class otherwise.

Only the end is rounded to cents, once: by largest remainder and name, after which single cents are moved until every
estate adds up. So each claim, each firm's receipts and each loss are within less than a cent of the exact solution
(a flow with whole-number supplies has such a rounding), and no firm pays a cent that it does not have.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from math import gcd, prod
from typing import NamedTuple

from attrs import define, field, frozen

from events.units import PPM

# Numbers are solved for modulo powers of a prime; each of these is one, and the next serves where one divides a pivot.
PRIMES = (2**521 - 1, 2**607 - 1, 2**1279 - 1)

CONSTANT = ""  # the column of the right-hand side; no firm is without a name

Row = dict[str, int]
Node = tuple[str, str]  # firm, and which side of it: what it receives, what its estate hands out
WORLD: Node = ("", "")  # where assets come from, and where equity and losses go


@frozen
class Owed:
    """A claim: `cents` of face value, not negative; of a debtor's claims the lowest `seniority` is paid first."""

    debtor: str
    creditor: str
    cents: int
    seniority: int = 0


@frozen
class Cleared:
    """
    Who pays what. All amounts in cents.

    `paid`: by the claim's place in the sequence given.
    `equity`: assets and receipts less all that a firm owes; for a firm in default what its creditors lack, negative (or
    zero, where it lacks a part of a cent). What owners have is the positive part.
    `lost`: bankruptcy costs by firm in default. Assets = positive equity + lost, over all firms, to the cent.
    `defaulted`: in order of round, then of name.
    """

    paid: dict[int, int]
    equity: dict[str, int]
    lost: dict[str, int]
    defaulted: tuple[str, ...]
    rounds: int


def clear(
    assets_cents: Mapping[str, int],
    claims: Sequence[Owed],
    alpha_ppm: int = PPM,
    beta_ppm: int = PPM,
) -> Cleared:
    """
    The greatest clearing vector of a network of claims, in whole cents.

    Args:
        assets_cents: what each firm has beside its claims on the others, not negative; who is not in it has none.
        claims: in any order, which decides nothing; the names decide who gets a last cent.
        alpha_ppm: the part of a defaulting firm's assets that reaches its creditors.
        beta_ppm: the part of a defaulting firm's receipts that does.

    Raises:
        ValueError: a negative amount, a claim of a firm on itself or on nobody, or a part not in 0 to 1,000,000.
    """
    refuse_wrong(assets_cents, claims, alpha_ppm, beta_ppm)
    network = Network(assets_cents, claims, alpha_ppm, beta_ppm)
    broken: dict[str, int] = {}
    unpaid = Unpaid({}, 1)
    defaulted: list[str] = []
    rounds = 0
    while worse := network.breaks(broken, unpaid):
        rounds += 1
        defaulted += sorted(worse.keys() - broken.keys())
        broken |= worse
        unpaid = network.solve(broken)
    paid = network.in_cents(broken, unpaid)
    return booked(network, paid, tuple(defaulted), rounds)


def booked(network: "Network", paid: dict[int, int], defaulted: tuple[str, ...], rounds: int) -> Cleared:
    """What payments in whole cents leave to each firm."""
    left = dict(network.assets)
    owing = {firm: network.owed(firm) for firm in network.firms}
    for place, claim in network.claims:
        left[claim.creditor] += paid[place]
        left[claim.debtor] -= paid[place]
        owing[claim.debtor] -= paid[place]
    return Cleared(
        paid=dict(sorted(paid.items())),
        equity={firm: -owing[firm] if firm in defaulted else left[firm] for firm in network.firms},
        lost={firm: left[firm] for firm in sorted(defaulted)},
        defaulted=defaulted,
        rounds=rounds,
    )


def refuse_wrong(assets_cents: Mapping[str, int], claims: Sequence[Owed], alpha_ppm: int, beta_ppm: int) -> None:
    """Say what is wrong with the input of a clearing, and what to do."""
    for firm, cents in assets_cents.items():
        if cents < 0:
            raise ValueError(f"{firm} has assets of {cents} cents; they cannot be negative; write a debt as a claim")
    for place, claim in enumerate(claims):
        if claim.cents < 0:
            raise ValueError(f"claim {place} is {claim.cents} cents; it cannot be negative; swap debtor and creditor")
        if claim.debtor == claim.creditor:
            raise ValueError(f"claim {place} is {claim.debtor}'s on itself; leave it out")
        if not (claim.debtor and claim.creditor):
            raise ValueError(f"claim {place} has a debtor or creditor without a name; name both")
    for name, ppm in (("alpha_ppm", alpha_ppm), ("beta_ppm", beta_ppm)):
        if not 0 <= ppm <= PPM:
            raise ValueError(f"{name} is {ppm}; it lies between 0 and {PPM}")


class Unpaid(NamedTuple):
    """Which part of the class that breaks stays unpaid, by firm: `parts[firm] / whole`, between 0 and 1, exactly."""

    parts: dict[str, int]
    whole: int


class Network:
    """
    Claims by debtor. `broken` says of each firm in default the place of the class in which its money ends: those before
    it are paid in full, those behind it get nothing.
    """

    def __init__(self, assets: Mapping[str, int], claims: Sequence[Owed], alpha_ppm: int, beta_ppm: int) -> None:
        self.alpha_ppm, self.beta_ppm = alpha_ppm, beta_ppm
        # by name, so that the order in which claims are given decides nothing
        self.claims = sorted(
            enumerate(claims), key=lambda item: (item[1].debtor, item[1].creditor, item[1].seniority, item[1].cents)
        )
        self.firms = sorted({name for claim in claims for name in (claim.debtor, claim.creditor)} | assets.keys())
        self.assets = {firm: assets.get(firm, 0) for firm in self.firms}
        self.by_debtor: dict[str, list[tuple[int, Owed]]] = {firm: [] for firm in self.firms}
        classes: dict[str, dict[int, int]] = {firm: {} for firm in self.firms}
        for place, claim in self.claims:
            self.by_debtor[claim.debtor].append((place, claim))
            if claim.cents:
                classes[claim.debtor][claim.seniority] = classes[claim.debtor].get(claim.seniority, 0) + claim.cents
        self.class_at = {firm: sorted(of_firm) for firm, of_firm in classes.items()}
        # cents owed up to each class and with it
        self.owed_through = {
            firm: list(accumulate(classes[firm][n] for n in self.class_at[firm])) for firm in self.firms
        }

    def owed(self, firm: str) -> int:
        """All that a firm owes, in cents."""
        return self.owed_through[firm][-1] if self.owed_through[firm] else 0

    def class_size(self, firm: str, place: int) -> int:
        """What a firm owes to one class, in cents."""
        return self.owed_through[firm][place] - self.owed_before(firm, place)

    def owed_before(self, firm: str, place: int) -> int:
        """What a firm owes to the classes before one, in cents."""
        return self.owed_through[firm][place - 1] if place else 0

    def share(self, claim: Owed, broken: Mapping[str, int], unpaid: Unpaid) -> int:
        """The part of a claim that is paid, in `unpaid.whole`ths."""
        place = broken.get(claim.debtor)
        if place is None or not claim.cents:
            return unpaid.whole
        breaking = self.class_at[claim.debtor][place]
        if claim.seniority == breaking:
            return unpaid.whole - unpaid.parts[claim.debtor]
        return unpaid.whole if claim.seniority < breaking else 0

    def received(self, broken: Mapping[str, int], unpaid: Unpaid) -> dict[str, int]:
        """Receipts by firm, in `unpaid.whole`ths of a cent."""
        receipts = dict.fromkeys(self.firms, 0)
        for _, claim in self.claims:
            receipts[claim.creditor] += claim.cents * self.share(claim, broken, unpaid)
        return receipts

    def estate(self, firm: str, received: int, whole: int) -> int:
        """What bankruptcy leaves of assets and receipts, in parts per million of a `whole`th of a cent."""
        return self.alpha_ppm * self.assets[firm] * whole + self.beta_ppm * received

    def breaks(self, broken: Mapping[str, int], unpaid: Unpaid) -> dict[str, int]:
        """Firms that now default, or whose money ends in a more senior class than was thought, and in which."""
        whole = unpaid.whole
        worse = {}
        for firm, received in self.received(broken, unpaid).items():
            if firm not in broken and self.assets[firm] * whole + received >= self.owed(firm) * whole:
                continue
            estate = self.estate(firm, received, whole)
            ends = next(n for n, cents in enumerate(self.owed_through[firm]) if estate < cents * PPM * whole)
            if firm not in broken or ends < broken[firm]:
                worse[firm] = ends
        return worse

    def solve(self, broken: Mapping[str, int]) -> Unpaid:
        """
        What stays unpaid of the breaking classes, if no money ends in a more senior class than `broken` says.

        An estate too small even for the classes before is held: the class where it broke gets nothing, not less than
        nothing, and `breaks` takes up the rest. (Let to fall below, it would make those behind it seem poorer than
        they are, and break for no reason.) Who is held was guessed from a poorer world, so some are let go, none ever
        comes back: a system of linear equations each time, at most as many as firms, mostly one or two
        (Chandrasekaran, "A special case of the complementary pivot problem", 1970).
        """
        held: set[str] = set()
        unpaid = self.solve_free(broken, held)
        if unpaid is None:  # a closed circle that would sink without end
            held = {firm for firm, place in broken.items() if place}
        else:
            held = {firm for firm, part in unpaid.parts.items() if part > unpaid.whole}
            if not held:
                return unpaid
        while unpaid := self.solve_free(broken, held):
            let_go = self.above_floor(broken, held, unpaid)
            if not let_go:
                return unpaid
            held -= let_go
        raise ArithmeticError("the equations of a clearing have no single solution")

    def solve_free(self, broken: Mapping[str, int], held: Collection[str]) -> Unpaid | None:
        """The unpaid parts where the classes of those `held` get nothing, all others what there is; if that is one."""
        everything = Unpaid({firm: int(firm in held) for firm in broken}, 1)
        receipts = self.received(broken, everything)
        rows = {}
        for firm in sorted(broken.keys() - held):
            place = broken[firm]
            rows[firm] = {firm: PPM * self.class_size(firm, place)}
            rows[firm][CONSTANT] = PPM * self.owed_through[firm][place] - self.estate(firm, receipts[firm], 1)
        for _, claim in self.claims:
            debtor, creditor = claim.debtor, claim.creditor
            breaking = debtor in rows and claim.cents and claim.seniority == self.class_at[debtor][broken[debtor]]
            if breaking and creditor in rows:
                rows[creditor][debtor] = rows[creditor].get(debtor, 0) - self.beta_ppm * claim.cents
        solution = solve_exactly(rows)
        if solution is None:
            return None
        parts, whole = solution
        return Unpaid({firm: parts.get(firm, whole) for firm in broken}, whole)

    def above_floor(self, broken: Mapping[str, int], held: Iterable[str], unpaid: Unpaid) -> set[str]:
        """Those of `held` whose estates reach beyond the classes before theirs."""
        receipts = self.received(broken, unpaid)
        return {
            firm
            for firm in held
            if self.estate(firm, receipts[firm], unpaid.whole)
            > PPM * unpaid.whole * self.owed_before(firm, broken[firm])
        }

    def in_cents(self, broken: Mapping[str, int], unpaid: Unpaid) -> dict[int, int]:
        """Payments by place of the claim, in whole cents that add up in every estate."""
        whole = unpaid.whole
        receipts = self.received(broken, unpaid)
        paid = dict.fromkeys(self.firms, 0)
        for _, claim in self.claims:
            paid[claim.debtor] += claim.cents * self.share(claim, broken, unpaid)
        arcs = []
        for firm in self.firms:
            arcs.append(Arc((firm, "in"), (firm, "out") if firm in broken else WORLD, receipts[firm], whole))
            if firm in broken:
                assets = self.assets[firm] * whole
                arcs.append(Arc(WORLD, (firm, "out"), assets, whole))
                arcs += self.payments_of(firm, broken, unpaid)
                arcs.append(Arc((firm, "out"), WORLD, assets + receipts[firm] - paid[firm], whole))
        # passing a cent on comes before handing it back, so it is tried first
        arcs.sort(key=lambda arc: arc.claim is not None)
        arcs += [
            Arc(WORLD, (claim.creditor, "in"), claim.cents * whole, whole, place)
            for place, claim in self.claims
            if claim.debtor not in broken
        ]
        balance(arcs)
        return {arc.claim: arc.cents for arc in arcs if arc.claim is not None}

    def payments_of(self, firm: str, broken: Mapping[str, int], unpaid: Unpaid) -> list["Arc"]:
        """What a firm in default pays on each claim, its sum rounded down and handed out by largest remainder."""
        arcs = [
            Arc((firm, "out"), (claim.creditor, "in"), claim.cents * self.share(claim, broken, unpaid), unpaid.whole, n)
            for n, claim in self.by_debtor[firm]
        ]
        spare = sum(arc.exact for arc in arcs) // unpaid.whole - sum(arc.cents for arc in arcs)
        arcs.sort(key=lambda arc: -arc.remainder)
        for arc in arcs[:spare]:
            arc.cents += 1
        return arcs


# --- exact solution -------------------------------------------------------------------------------------------------


def solve_exactly(rows: Mapping[str, Row]) -> tuple[dict[str, int], int] | None:
    """
    The solution of a square system of linear equations in integers, as numerators and one denominator, if there is one.

    Args:
        rows: by unknown, shape (n, n), sparse; `CONSTANT` is the right-hand side.

    It is lifted modulo ever higher powers of a prime until only one fraction of bounded size can be meant (Dixon,
    "Exact solution of linear equations using p-adic expansions", Numerische Mathematik 40, 1982). Eliminating with the
    fractions themselves takes minutes for two hundred firms, since their digits grow at every step.
    """
    left = {name: shortened(row) for name, row in rows.items()}
    right = {name: row.pop(CONSTANT) for name, row in left.items()}
    columns: defaultdict[str, int] = defaultdict(int)
    for row in left.values():
        for name, entry in row.items():
            columns[name] += abs(entry)
    # by Cramer's rule and Hadamard's bound no denominator is above the first, no numerator above the second
    largest_whole = prod(columns.values())
    largest_part = largest_whole * max(1, sum(map(abs, right.values())))
    for prime in PRIMES:
        factors = Factors.of(left, prime)
        if factors:
            power, residues = lift(left, right, factors, 2 * largest_part * largest_whole)
            return as_fractions(residues, power, largest_part, largest_whole)
    return None


def shortened(row: Row) -> Row:
    """An equation divided by what all its numbers have in common."""
    common = gcd(*row.values())
    return {name: entry // common for name, entry in row.items()}


def lift(left: Mapping[str, Row], right: Row, factors: "Factors", beyond: int) -> tuple[int, Row]:
    """The solution modulo a power of the prime that is larger than `beyond`, and that power."""
    prime, power = factors.prime, 1
    rest, found = dict(right), dict.fromkeys(right, 0)
    while power <= beyond:
        digits = factors.solve(rest)
        for name, row in left.items():
            found[name] += digits[name] * power
            rest[name] = (rest[name] - sum(entry * digits[column] for column, entry in row.items())) // prime
        power *= prime
    return power, found


def as_fractions(residues: Row, power: int, largest_part: int, largest_whole: int) -> tuple[Row, int]:
    """The only fractions within the bounds that leave these residues, over one denominator."""
    parts: Row = {}
    whole = 1
    for name, residue in residues.items():
        part = nearest_zero(residue * whole, power)
        if abs(part) > largest_part:  # the denominator so far does not hold this one's
            factor = denominator(part % power, power, largest_part)
            parts = {earlier: factor * known for earlier, known in parts.items()}
            whole *= factor
            part = nearest_zero(residue * whole, power)
        parts[name] = part
    return parts, whole


def nearest_zero(number: int, modulus: int) -> int:
    """The remainder that is smallest without its sign."""
    remainder = number % modulus
    return remainder - modulus if 2 * remainder > modulus else remainder


def denominator(residue: int, modulus: int, largest_part: int) -> int:
    """Of the fraction that leaves a residue: Euclid's algorithm, stopped halfway (Wang 1981)."""
    before, now = (modulus, 0), (residue, 1)
    while now[0] > largest_part:
        quotient, remainder = divmod(before[0], now[0])
        before, now = now, (remainder, before[1] - quotient * now[1])
    return abs(now[1])


class Factors(NamedTuple):
    """A matrix taken apart modulo a prime, in order of elimination: (unknown, multiples by row below, row, inverse)."""

    prime: int
    steps: list[tuple[str, Row, Row, int]]

    @classmethod
    def of(cls, left: Mapping[str, Row], prime: int) -> "Factors | None":
        """Eliminate the shortest row next, as that fills in least; nothing where the prime divides a pivot."""
        rows = {name: dict(row) for name, row in left.items()}
        steps = []
        while rows:
            name = min(rows, key=lambda name: (len(rows[name]), name))
            pivot = rows.pop(name)
            diagonal = pivot.pop(name) % prime
            if not diagonal:
                return None
            inverse = pow(diagonal, -1, prime)
            multiples = {}
            for below, row in rows.items():
                if name in row:
                    multiples[below] = multiple = row.pop(name) * inverse % prime
                    for column, entry in pivot.items():
                        row[column] = (row.get(column, 0) - multiple * entry) % prime
            steps.append((name, multiples, pivot, inverse))
        return cls(prime, steps)

    def solve(self, right: Row) -> Row:
        """The solution modulo the prime."""
        rest = dict(right)
        for name, multiples, _, _ in self.steps:
            value = rest[name] = rest[name] % self.prime
            for below, multiple in multiples.items():
                rest[below] -= multiple * value
        for name, _, pivot, inverse in reversed(self.steps):
            known = sum(entry * rest[column] for column, entry in pivot.items())
            rest[name] = (rest[name] - known) * inverse % self.prime
        return rest


# --- whole cents ----------------------------------------------------------------------------------------------------


@define(eq=False)
class Arc:
    """Money from one node to the next: `exact / whole` cents, to be rounded down or up to whole `cents`."""

    tail: Node
    head: Node
    exact: int
    whole: int
    claim: int | None = None
    cents: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.cents = self.exact // self.whole

    @property
    def remainder(self) -> int:
        """What rounding down leaves, in `whole`ths of a cent."""
        return self.exact % self.whole

    @property
    def rounded_up(self) -> bool:
        """Whether there was a part of a cent, and it counts as one."""
        return self.cents > self.exact // self.whole

    def other(self, node: Node) -> Node:
        """Where a cent more (or less) at one end turns up."""
        return self.head if node == self.tail else self.tail


def balance(arcs: Sequence[Arc]) -> None:
    """
    Round some arcs the other way until as much leaves each node as enters it.

    Exactly it does already, and an exact flow has whole ones beside it (Hoffman's circulation theorem), so each cent
    too many at one node finds a way to a node that lacks one.
    """
    excess: defaultdict[Node, int] = defaultdict(int)
    loose: defaultdict[Node, list[Arc]] = defaultdict(list)
    for arc in arcs:
        excess[arc.tail] -= arc.cents
        excess[arc.head] += arc.cents
        if arc.remainder:
            loose[arc.tail].append(arc)
            loose[arc.head].append(arc)
    for node in sorted(excess):
        while excess[node] > 0:
            end = move_cent(node, loose, excess)
            excess[node] -= 1
            excess[end] += 1


def move_cent(start: Node, loose: Mapping[Node, list[Arc]], excess: Mapping[Node, int]) -> Node:
    """Send a cent the shortest way from a node to one that lacks one, and say which."""
    came_by: dict[Node, Arc | None] = {start: None}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if excess[node] < 0:
            turn_back(node, came_by)
            return node
        for arc in loose.get(node, ()):
            # forward a cent more, where there is none yet; backward the cent that there is
            if arc.rounded_up != (node == arc.tail) and arc.other(node) not in came_by:
                came_by[arc.other(node)] = arc
                waiting.append(arc.other(node))
    raise ArithmeticError(f"a cent at {start} fits nowhere; the payments to round do not add up")


def turn_back(end: Node, came_by: Mapping[Node, Arc | None]) -> None:
    """Round every arc on the way that was found the other way."""
    while arc := came_by[end]:
        end = arc.other(end)
        arc.cents += -1 if arc.rounded_up else 1
