"""The cascade: what went wrong because of what, as a tree over the causes in the log."""

from collections.abc import Sequence

from events import catalogue as c
from events.record import Record
from model import story
from model.report.cited import Cited
from model.report.page import Branch

# What stands in the tree; everything between is passed over.
SHOWN = (
    c.ShockStruck, c.ScenarioChanged, c.CovenantTripped, c.PaymentMissed, c.Defaulted, c.ContractRejected,
    c.GuaranteeCalled, c.Rescued, c.CommitmentLapsed, c.TrancheLapsed, c.StakeImpaired, c.ReceivableImpaired,
    c.PropertyImpaired, c.SubsidiaryImpaired, c.OrderCancelled, c.BuildingPaused, c.CostsCut, c.ClaimSwapped,
)  # fmt: skip
MOST, MOST_CHILDREN, DEEPEST = 400, 12, 12


def cascade(records: Sequence[Record], cited: Cited) -> list[Branch]:
    """
    The tree, roots first; a shock of which nothing came stands alone, and what no shock caused is a root too.

    Args:
        records: from the first one on.
        cited: gets the events that are shown.
    """
    above: dict[int, int | None] = {}  # of every record the nearest shown one among its causes
    children: dict[int | None, list[Record]] = {}
    for record in records:
        cause = record.cause
        parent = None if cause is None else cause if isinstance(records[cause].event, SHOWN) else above[cause]
        above[record.seq] = parent
        if isinstance(record.event, SHOWN):
            children.setdefault(parent, []).append(record)
    children[None] = [record for record in children.get(None, []) if _starts(record, children)]
    return _branches(children, None, cited, [MOST], 0)


def _starts(record: Record, children: dict[int | None, list[Record]]) -> bool:
    """Offers that end unused are part of every world; they begin something where something follows."""
    return not isinstance(record.event, c.CommitmentLapsed | c.TrancheLapsed) or record.seq in children


def _branches(
    children: dict[int | None, list[Record]], at: int | None, cited: Cited, left: list[int], depth: int
) -> list[Branch]:
    """The branches below a record, those with most below them first; `left` counts down what the page has room for."""
    rows = children.get(at, [])
    order = sorted(rows, key=lambda record: (-_size(children, record.seq), record.seq))
    most = MOST_CHILDREN if at is not None else MOST
    shown = sorted(order[: min(most, max(0, left[0]))], key=lambda record: record.seq)
    left[0] -= len(shown)
    found = []
    for record in shown:
        below = _branches(children, record.seq, cited, left, depth + 1) if depth < DEEPEST else []
        text = f"{record.date}: {story.phrase(record.event)}"
        found.append(Branch(cited.link(record, text), below))
    if len(rows) > len(shown):
        found.append(Branch(f'<span class="faint">and {len(rows) - len(shown)} more</span>'))
    return found


def _size(children: dict[int | None, list[Record]], seq: int) -> int:
    """How much hangs below a record; a loop instead of a recursion, for chains can be long."""
    total, waiting = 0, [seq]
    while waiting:
        below = children.get(waiting.pop(), [])
        total += len(below)
        waiting += [record.seq for record in below]
    return total
