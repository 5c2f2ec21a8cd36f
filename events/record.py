"""A record is an event with its place: sequence, date, cause, correlation, actor, postings."""

from msgspec import Struct

from events.catalogue import Event
from events.postings import Posting


class Record(Struct, frozen=True):
    """One line of the log, as values. `cause` is None only for what the scenario itself scheduled."""

    seq: int
    date: str
    event: Event
    cause: int | None
    corr: str
    actor: str
    post: tuple[Posting, ...]
