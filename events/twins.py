"""For each kind of event a plain struct with the same fields: what a log's data is read into when it is only added up.

Reading an event back costs more than all else in a line, because its class checks each bound in Python. A twin has the
same bounds in its types, where they are checked while the bytes are read; its fields stand in the order in which a log
spells them. Whoever follows a record by `kind` need not know which of the two it was handed.
"""

from typing import Annotated, Any, get_type_hints

import attrs
from attrs.validators import ge
from msgspec import Meta, Struct, defstruct

from events.catalogue import Event
from events.units import MAX_BALANCE


def twin(kind: type[Event]) -> type[Struct] | None:
    """The struct of a kind; None where a field holds more than texts, integers and rows of them, or another check."""
    hints, declared = get_type_hints(kind), attrs.fields(kind)  # type: ignore[arg-type]
    found: list[tuple[str, Any]] = []
    for one in sorted(declared, key=lambda one: one.name):
        shape = _bounded(hints[one.name], one.validator)
        if shape is None:
            return None
        found.append((one.name, shape))
    if hasattr(kind, "__attrs_post_init__") or hasattr(kind, "__attrs_pre_init__"):
        return None
    return defstruct(kind.__name__, found, kw_only=True, gc=False, forbid_unknown_fields=True)


_BOUND: Any = type(ge(0))
WHOLE = Annotated[int, Meta(ge=-MAX_BALANCE, le=MAX_BALANCE)]
_SHAPES: dict[Any, Any] = {
    str: str,
    int: WHOLE,
    tuple[int, ...]: tuple[WHOLE, ...],
    tuple[str, ...]: tuple[str, ...],
    tuple[tuple[str, int], ...]: tuple[tuple[str, WHOLE], ...],
}


def _bounded(hint: Any, validator: Any) -> Any:
    if validator is None:
        return _SHAPES.get(hint)
    if hint is not int or type(validator) is not _BOUND or validator.compare_op not in (">=", ">"):
        return None
    least = validator.bound + (validator.compare_op == ">")
    return Annotated[int, Meta(ge=least, le=MAX_BALANCE)]
