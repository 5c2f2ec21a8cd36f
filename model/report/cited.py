"""The events that a page speaks of: each is linked from where it is said, and stands at the end as the log has it."""

from collections.abc import Iterator

from attrs import define, field

from events import codec
from events.record import Record
from model import story
from model.report.page import Fold, Heading, Lines, Link, Part, Words, escape

LONGEST = 2_000  # of a line that is shown


@define
class Cited:
    """Records by seq, as they were cited; `run` is the name by which commands find the log."""

    run: str
    _records: dict[int, Record] = field(factory=dict)

    def link(self, record: Record, text: str) -> str:
        """Markup: the text, leading to the event."""
        return str(Link(text, self.cite(record)))

    def cite(self, record: Record) -> str:
        """Where the event stands on the page, now that it is spoken of."""
        self._records[record.seq] = record
        return anchor(record.seq)

    def parts(self) -> Iterator[Part]:
        """The section of all that were cited, in the order of the log."""
        yield Heading("The events behind this page", "events")
        yield Words("As they stand in the log, each with what caused it. Any other is shown by "
                    f"<code>python -m model explain {escape(self.run)} SEQ --effects</code>.", faint=True)  # fmt: skip
        for seq, record in sorted(self._records.items()):
            yield Fold(f"{record.date}, event {seq}", list(self._one(record)), anchor(seq), story.phrase(record.event))

    def _one(self, record: Record) -> Iterator[Part]:
        line = codec.encode(record).decode().rstrip("\n")
        yield Lines(line if len(line) <= LONGEST else f"{line[:LONGEST]} … ({len(line):,} characters in the log)")
        cause = record.cause
        if cause in self._records:
            yield Words(f"Caused by {Link(f'event {cause}', anchor(cause))}: "
                        f"{escape(story.phrase(self._records[cause].event))}.")  # fmt: skip
        elif cause is not None:
            yield Words(f"Caused by event {cause}.")


def anchor(seq: int) -> str:
    """Where an event stands on the page."""
    return f"event-{seq}"
