"""How money comes round: own money by supplier and lab, the cycling of a network, and when a stake has paid back."""

from collections.abc import Collection, Iterable, Sequence

from attrs import frozen

from events import catalogue as c
from events.flows import EXTERNAL, Payments, Provenance, Tied, transfers
from events.record import Record
from events.units import PPM, USD, divide


@frozen
class OwnMoney:
    """
    A supplier's receipts for chips serving a lab, and what of them was its own money, in US cents.

    `pro_rata`, `fifo` and `contract` are the three conventions of `events/flows.py`; `external` is money of customers
    and of the outside world, `others` that of further financiers, both pro rata.
    """

    supplier: str
    lab: str
    month: str  # "" for the whole log
    receipts_cents: int
    pro_rata_cents: int
    fifo_cents: int
    contract_cents: int
    external_cents: int
    others_cents: int


def own_money(
    records: Iterable[Record], pairs: Collection[tuple[str, str]], outside: Collection[str], monthly: bool = False
) -> list[OwnMoney]:
    """
    Own money over all paths for several pairs of supplier and lab, in one reading of the log.

    Args:
        records: a log from its first record on.
        pairs: (supplier, lab).
        outside: the account holders outside the circle, as genesis names them.
        monthly: a row a month with receipts, before the row of the whole log.

    Returns:
        Rows in the order of `pairs`; amounts in US cents.

    Source: definitions of `events/flows.py`.
    """
    provenance, tied = Provenance(outside), {pair: Tied(*pair) for pair in pairs}
    for record in records:
        provenance.apply(record)
        for follow in tied.values():
            follow.apply(record)
    rows: list[OwnMoney] = []
    for (supplier, lab), by_contract in tied.items():
        mixed = provenance.by_month(supplier, lab)
        queued = provenance.by_month(supplier, lab, "fifo")
        months = [
            _row(supplier, lab, month, origins, queued[month], by_contract.own_by_month.get(month, 0))
            for month, origins in mixed.items()
        ]
        rows += months if monthly else []
        whole = provenance.receipts_by_origin(supplier, lab)
        fifo = provenance.receipts_by_origin(supplier, lab, "fifo")
        rows.append(_row(supplier, lab, "", whole, fifo, by_contract.own_cents))
    return rows


def _row(supplier: str, lab: str, month: str, mixed: dict[str, int], queued: dict[str, int], contract: int) -> OwnMoney:
    receipts, own, external = sum(mixed.values()), mixed.get(supplier, 0), mixed.get(EXTERNAL, 0)
    return OwnMoney(
        supplier, lab, month, receipts, own, queued.get(supplier, 0), contract, external, receipts - own - external
    )


def circles(records: Iterable[Record]) -> list[tuple[str, str]]:
    """The pairs of a maker and the lab that its chips serve of which the maker has ever financed the lab, by name."""
    financed: set[tuple[str, str]] = set()
    served: set[tuple[str, str]] = set()
    payments = Payments()
    for record in records:
        if isinstance(record.event, c.GpusDelivered) and record.event.lab:
            served.add((record.event.maker, record.event.lab))
        for payment in payments.of(record):
            if payment.meaning.stake and payment.payer == payment.meaning.mark:
                financed.add((payment.payer, payment.meaning.stake))
    return sorted(financed & served)


def external_share_by_month_ppm(rows: Iterable[OwnMoney]) -> dict[str, int]:
    """By month, what customers and the outside world paid of a supplier's receipts for chips, pro rata, in ppm."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        if row.month:
            total = sums.setdefault(row.month, [0, 0])
            total[0] += row.external_cents
            total[1] += row.receipts_cents
    return {month: divide(part * PPM, whole) for month, (part, whole) in sorted(sums.items()) if whole}


def cycling_index_ppm(records: Iterable[Record], outside: Collection[str], since: str = "", until: str = "9") -> int:
    """
    Finn's cycling index of the money of a period: the part of all money passing through firms that will come back to
    where it has been, in ppm; 0 without a cycle, towards 1,000,000 where all goes round.

    With f(i, j) what firm i paid firm j inside the circle, T(j) the larger of what j received and what it paid (what
    is short on one side is a change of its stock, taken as a flow over the boundary), and N the inverse of
    I - f(i, j) / T(j): the sum of T(j) (1 - 1 / N(j, j)) over the sum of T(j).

    Args:
        records: of any stretch of a log.
        outside: firms that are the boundary and cycle nothing.
        since, until: first and last date, both counted.

    Source: Finn, Measures of ecosystem structure and function derived from analysis of flows, Journal of Theoretical
    Biology 56 (1976), as used for flows of money.
    """
    paid: dict[tuple[str, str], int] = {}
    received: dict[str, int] = {}
    spent: dict[str, int] = {}
    for record in records:
        if not since <= record.date <= until:
            continue
        for payer, payee, cents in transfers(record.post):
            spent[payer] = spent.get(payer, 0) + cents
            received[payee] = received.get(payee, 0) + cents
            if payer not in outside and payee not in outside:
                paid[payer, payee] = paid.get((payer, payee), 0) + cents
    firms = sorted({firm for pair in paid for firm in pair})
    through = [max(received.get(firm, 0), spent.get(firm, 0)) for firm in firms]
    if not firms or not sum(through):
        return 0
    matrix = [
        [(1.0 if i == j else 0.0) - paid.get((a, b), 0) / through[j] for j, b in enumerate(firms)]
        for i, a in enumerate(firms)
    ]
    diagonal = _inverse_diagonal(matrix)
    cycled = sum(total * (1 - 1 / n) for total, n in zip(through, diagonal, strict=True))
    return round(cycled * PPM / sum(through))


def _inverse_diagonal(matrix: Sequence[Sequence[float]]) -> list[float]:
    """The diagonal of the inverse of a small matrix, by elimination with the largest pivot of a column."""
    size = len(matrix)
    rows = [list(row) + [1.0 if i == j else 0.0 for j in range(size)] for i, row in enumerate(matrix)]
    for column in range(size):
        best = max(range(column, size), key=lambda i: abs(rows[i][column]))
        rows[column], rows[best] = rows[best], rows[column]
        pivot = rows[column][column]
        rows[column] = [value / pivot for value in rows[column]]
        for i in range(size):
            factor = rows[i][column]
            if i != column and factor:
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[column], strict=True)]
    return [rows[i][size + i] for i in range(size)]


@frozen
class Payback:
    """
    What a stake has cost and what sales to the firm have earned its holder since, in US cents.

    `date` is the day since when profit exceeds cost, "" where it does not; `multiple_ppm` profit over cost at the end.
    """

    holder: str
    issuer: str
    cost_cents: int
    gross_profit_cents: int
    net_profit_cents: int
    gross_date: str
    net_date: str
    gross_multiple_ppm: int
    net_multiple_ppm: int


def paybacks(records: Iterable[Record], margins: dict[str, tuple[int, int]]) -> list[Payback]:
    """
    When each maker's stakes have paid for themselves in chips for the firm, whoever bought them, and its boxes.

    Args:
        records: a log from its first record on.
        margins: (gross, net) margin of each maker in ppm; see `margins_ppm`.

    Returns:
        A row for each stake that a maker paid for, by holder and issuer. Receipts count from the first outlay on.

    Source: the question of the deal's critics; margins of ASC 220 income statements.
    """
    payments, owners = Payments(), dict[str, str]()
    cost: dict[tuple[str, str], int] = {}
    sales: dict[tuple[str, str], int] = {}
    since: dict[tuple[str, str], list[str]] = {}
    for record in records:
        if isinstance(record.event, c.FirmFounded) and record.event.owner:
            owners[record.event.firm] = record.event.owner
        for payment in payments.of(record):
            meaning = payment.meaning
            touched: list[tuple[str, str]] = []
            if meaning.stake and payment.payer in margins and payment.payer == meaning.mark:
                pair = (payment.payer, meaning.stake)
                cost[pair] = cost.get(pair, 0) + payment.cents
                touched.append(pair)
            elif meaning.sale and meaning.sale.maker in margins:
                buyer = meaning.sale.buyer
                for firm in sorted({meaning.sale.lab, buyer, owners.get(buyer, buyer)}):
                    pair = (meaning.sale.maker, firm)
                    if pair in cost:
                        sales[pair] = sales.get(pair, 0) + payment.cents
                        touched.append(pair)
            for pair in touched:
                dates = since.setdefault(pair, ["", ""])
                for place, margin in enumerate(margins[pair[0]]):
                    back = divide(sales.get(pair, 0) * margin, PPM) > cost[pair]
                    dates[place] = (dates[place] or record.date) if back else ""
    rows = []
    for pair in sorted(cost):
        gross, net = (divide(sales.get(pair, 0) * margin, PPM) for margin in margins[pair[0]])
        dated = since[pair]
        rows.append(
            Payback(
                holder=pair[0], issuer=pair[1], cost_cents=cost[pair], gross_profit_cents=gross,
                net_profit_cents=net, gross_date=dated[0], net_date=dated[1],
                gross_multiple_ppm=divide(gross * PPM, cost[pair]), net_multiple_ppm=divide(net * PPM, cost[pair]),
            )
        )  # fmt: skip
    return rows


def margins_ppm(balances: dict[tuple[str, str, str], int], maker: str) -> tuple[int, int]:
    """
    A maker's gross and net margin over the whole log, in ppm: sales less cost of sales, and all income less all
    expenses but gains and losses on stakes, over sales; (0, 0) where nothing was sold.
    """

    def of(*accounts: str) -> int:
        return -sum(balances.get((maker, account, USD), 0) for account in accounts)

    sales = of("Income:Sales", "Income:ContraSales")
    if sales <= 0:
        return (0, 0)
    gross = sales + of("Expenses:CostOfSales")
    every = -sum(
        cents
        for (firm, account, asset), cents in balances.items()
        if firm == maker and asset == USD and account.startswith(("Income:", "Expenses:")) and "Stake" not in account
    )
    return (divide(gross * PPM, sales), divide(every * PPM, sales))
