"""What the page of a run is made of."""

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from events.record import Record
from model.outcomes import CameTo


@frozen
class Told:
    """
    All that a page is made of: a log that was checked, and what it came to.

    `name` is the folder's; `so_far` is the last sealed day of a run that is still going on, "" of a whole one.
    """

    name: str
    folder: Path
    head: str
    blocks: int
    records: Sequence[Record]
    came: CameTo
    outside: frozenset[str]
    opens: str
    ends: str
    so_far: str = ""
