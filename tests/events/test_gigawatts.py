"""
Every gigawatt has one row.
"""

from events import catalogue as c
from events.gigawatts import gigawatts
from events.record import Record
from tests.every_kind import example

FACTS = {
    "order": "order:azure-1", "maker": "nvidia", "buyer": "box", "serves": "azure", "lab": "openai",
    "generation": "rubin", "gpus": 450, "kw": 1_000,
}  # fmt: skip


def told(*happened: tuple[str, c.Event]) -> list[Record]:
    return [Record(seq, date, event, None, "", "scenario", ()) for seq, (date, event) in enumerate(happened)]


def test_a_row_follows_its_order_from_the_signature_to_the_grid():
    """
    Ordered, delivered, financed by the first draw after the delivery, accepted.
    """
    rows = gigawatts(
        told(
            ("2026-01-31", example(c.GpusOrdered, **FACTS, price_cents=22)),
            ("2026-06-30", example(c.GpusDelivered, **FACTS, amount_cents=22)),
            ("2026-07-01", example(c.LoanDrawn, borrower="box", lender="bank")),
            ("2026-07-02", example(c.LoanDrawn, borrower="box", lender="another")),
            ("2026-09-30", example(c.CapacityAccepted, order="order:azure-1")),
        )
    )

    assert [(r.maker, r.buyer, r.serves, r.financier, r.kw, r.price_cents) for r in rows] == [
        ("nvidia", "box", "azure", "bank", 1_000, 22)
    ]
    assert (rows[0].ordered, rows[0].delivered, rows[0].accepted) == ("2026-01-31", "2026-06-30", "2026-09-30")


def test_a_cancelled_order_keeps_its_row_and_is_never_delivered():
    rows = gigawatts(
        told(
            ("2026-01-31", example(c.GpusOrdered, **FACTS)),
            ("2026-02-28", example(c.OrderCancelled, order="order:azure-1")),
        )
    )

    assert (rows[0].cancelled, rows[0].delivered, rows[0].financier) == ("2026-02-28", "", "")
