"""A condition on what a run came to, as people type it: `defaults>=1`, `first_default_date<2029-01-01`."""

import operator
import re
from collections.abc import Callable
from typing import Any

from attrs import frozen

from events.problems import Usage
from model.outcomes import Outcomes

_FORM = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*(>=|<=|==|!=|>|<|=)\s*([^=<>!].*?)\s*")
_WAYS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq, "=": operator.eq,
    "!=": operator.ne,
}  # fmt: skip


@frozen
class Condition:
    """An outcome, how it is compared, and with what: a whole number, or a text such as a date or a firm."""

    outcome: str
    way: str
    value: int | str

    def __str__(self) -> str:
        return f"{self.outcome}{self.way}{self.value}"

    def holds(self, outcomes: Outcomes) -> bool:
        """Whether it does; what a run has not (a date of a default that never came) fulfils nothing."""
        found = outcomes.get(self.outcome)
        if found is None or found == "" or isinstance(found, str) != isinstance(self.value, str):
            return False
        return _WAYS[self.way](found, self.value)

    def demand_known(self, outcomes: Outcomes) -> None:
        """
        Raises:
            Usage: no run has such an outcome; the nearest are named.
        """
        if self.outcome not in outcomes:
            import difflib

            near = " or ".join(difflib.get_close_matches(self.outcome, list(outcomes), 2, 0.0))
            raise Usage(f"no outcome of this name; did you mean {near}?", self.outcome)


def condition(text: str) -> Condition:
    """
    What was typed.

    Raises:
        Usage: it is no comparison.
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise Usage("no condition; write OUTCOME>=NUMBER, as defaults>=1", text or '""')
    value: int | str = int(found[3]) if re.fullmatch(r"[-+]?[0-9]+", found[3]) else found[3]
    return Condition(found[1], found[2], value)
