"""A sweep that was kept, read from its folder alone."""

from pathlib import Path
from typing import Any

from attrs import frozen

from events.files import Files, on_disk, read_object, read_whole
from events.problems import LogDamaged
from events.replay import LONGEST_SCENARIO
from model.experiments import plan as plans
from model.experiments.plan import Plan
from model.experiments.results import JOURNAL, rows_of
from model.experiments.summary import span_of
from model.experiments.sweeps import SCENARIO, Swept

LONGEST_PLAN = 2**28
_AGAIN = "run the sweep again"


@frozen
class Kept:
    """A sweep, and the resolved scenario that holds in all of its cells."""

    swept: Swept
    tree: dict[str, Any]

    @property
    def opens(self) -> str:
        """The first day, as an ISO date."""
        return span_of(self.tree)[0]

    @property
    def ends(self) -> str:
        """The last day, as an ISO date."""
        return span_of(self.tree)[1]


def read(folder: Path) -> Kept:
    """
    Read it.

    Raises:
        LogDamaged: a file of it is no JSON, or the plan's digest is not that of its cells.
        OutputFailed: it cannot be read.
    """
    plan = _plan(folder)
    tree = read_object(folder / SCENARIO, LONGEST_SCENARIO, _AGAIN)
    with on_disk(folder / JOURNAL):
        data = read_whole(folder / JOURNAL, Files(), (folder / JOURNAL).stat().st_size)
    rows = tuple(rows_of(plan, data))
    return Kept(Swept(plan, folder, rows, len(rows), 0), tree)


def _plan(folder: Path) -> Plan:
    path = folder / plans.NAME
    tree = read_object(path, LONGEST_PLAN, _AGAIN)
    try:
        plan = Plan.decode(tree)
    except (KeyError, TypeError, AttributeError):
        raise LogDamaged("not a plan of a sweep; run the sweep again", path) from None
    if plan.digest != tree.get("sha256"):
        raise LogDamaged("the digest in it is not that of its cells: it was changed; run the sweep again", path)
    return plan
