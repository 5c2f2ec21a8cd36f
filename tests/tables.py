"""Postings as a table, so that a test reads like a journal; and the names of what a rule may touch."""

from collections.abc import Iterable

from events.postings import Posting


def table(post: Iterable[Posting]) -> list[Posting]:
    """Postings in an order of their own: what is booked matters, not in which line."""
    return sorted(post)


def rows(text: str) -> list[Posting]:
    """The postings that a test states, one a line: firm, account, asset, signed quantity."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return sorted((firm, account, asset, int(quantity)) for firm, account, asset, quantity in lines)
