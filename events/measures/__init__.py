"""Measures of a run, each a function of its books or its records, with unit, definition and source."""

from events.measures.basic import (
    cash_cents,
    customer_concentration_ppm,
    debt_cents,
    net_worth_cents,
    remaining_performance_obligations_cents,
    runway_quarters_ppm,
    sales_by_customer_cents,
)

__all__ = [
    "cash_cents",
    "customer_concentration_ppm",
    "debt_cents",
    "net_worth_cents",
    "remaining_performance_obligations_cents",
    "runway_quarters_ppm",
    "sales_by_customer_cents",
]
