"""A tree of a scenario to the classes that a schema is made of, with everything that does not fit complained about.

What a class may hold: other attrs classes, `tuple[X, ...]`, `dict[str, X]`, `int` in the unit that its name says,
`str`, `bool`, `date`, `Literal`, each or None, and the three kinds of names that refer to something in the scenario.
A tuple of two-field classes may be written as a mapping from the first field to the second. A field declared with
`metadata={"by_kind": KINDS}` holds an object of class `KINDS[kind]`, whose fields stand flat beside the others;
`"kind_field": "trade"` in the metadata takes another entry than `kind` for it.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from itertools import combinations
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import define, field, frozen

from events.problems import safe
from events.units import ContractId, FirmId, GenerationId
from model.complaints import Complaints, nearest
from model.quantities import NotAQuantity, calendar_date, is_day, key_of, shown, whole
from model.yaml_tree import ANNOTATION, Entry, Mapping, Node, Scalar, Sequence, is_annotated, kind_of

WORLD = "world"
REFERENCES: dict[Any, str] = {FirmId: "firms", ContractId: "contracts", GenerationId: "generations"}
PARTIES = (
    "maker", "lab", "buyer", "seller", "lender", "borrower", "investor", "investee", "payer", "payee",
    "guarantor", "beneficiary", "issuer", "holder", "provider", "receiver",
)  # fmt: skip
# A maker may pay for shares of the lab that deploys its systems: this is the circle that the model is about.
MAY_BE_ONE = {"investor", "maker"}

_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
_BOUND = re.compile(r"'\w+' must be (>=|>|<=|<) (-?[0-9]+): ")
_WORDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
_FAILED: Any = object()  # stands for a value about which a complaint was made
_ABSENT: Any = object()

Origin = dict[str, Any]


@define
class Structured:
    """
    What a tree meant.

    `value` is None where there are complaints. `origins` tells for the path of each value who wrote it where: `file`,
    `line`, and, where the author said it, `source`, `date`, `confidence`, `note`, `assumption` and `range` (the
    integers between which an assumed one may lie; for choices and texts, the others considered). `paths` names all
    that may be set, what was left at its default included.
    """

    value: Any
    origins: dict[str, Origin]
    paths: list[str]


def structure(tree: Mapping, cls: type, opens: date | None, complaints: Complaints) -> Structured:
    """
    `tree` as an object of the attrs class `cls`.

    Args:
        tree: a whole scenario; references are looked up in its `firms`, `contracts` and `generations`.
        cls: the class of the schema.
        opens: day 0; None where the scenario does not say it rightly, and then days are only checked for their form.
        complaints: gets all that does not fit.
    """
    before = len(complaints.gathered)
    reader = _Reader(opens, complaints)
    value = reader.instance(tree, cls, "")
    reader.look_up(tree)
    if len(complaints.gathered) > before or value is _FAILED:
        value = None
    return Structured(value, reader.origins, reader.paths)


@frozen
class Kinds:
    """The classes that a field may hold, and the entry beside it that says which."""

    classes: dict[str, type]
    key: str

    def of(self, node: Mapping) -> type | None:
        """The class that `node` names; None where it names none of them."""
        entry = node.entries.get(self.key)
        return self.classes.get(entry.value.text) if entry and isinstance(entry.value, Scalar) else None


@frozen(eq=False)
class Slot:
    """One field of a class as its author in YAML sees it."""

    key: str
    type: Any
    attribute: Any

    @property
    def name(self) -> str:
        return str(self.attribute.name)

    @property
    def kinds(self) -> Kinds | None:
        said = self.attribute.metadata
        return Kinds(said["by_kind"], said.get("kind_field", "kind")) if "by_kind" in said else None

    @property
    def default(self) -> Any:
        """What stands there when nothing is written; `attrs.NOTHING` for a field that has to be written."""
        default = self.attribute.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            return None if default.takes_self else default.factory()
        return default


@cache
def slots(cls: type) -> tuple[Slot, ...]:
    """
    The fields of a class of the schema, in its order.

    Raises:
        TypeError: two fields differ only in their unit, so that their keys are one.
    """
    hints = get_type_hints(cls)
    found = tuple(Slot(key_of(a.name), bare(hints[a.name]), a) for a in attrs.fields(cls) if a.init)
    if len({slot.key for slot in found}) < len(found):
        raise TypeError(f"{cls.__name__} has two fields with one key in YAML")
    return found


def bare(hint: Any) -> Any:
    """A type without `| None` and without the names given to it, those of references apart."""
    while True:
        if get_origin(hint) in (Union, UnionType):
            others = [arg for arg in get_args(hint) if arg is not NoneType]
            if len(others) > 1:
                raise TypeError(f"a field may hold one type or None, not {hint}")
            hint = others[0]
        elif hasattr(hint, "__supertype__") and hint not in REFERENCES:
            hint = hint.__supertype__
        else:
            return hint


def _is_leaf(kind: Any) -> bool:
    return not attrs.has(kind) and get_origin(kind) not in (tuple, dict)


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


@define
class _Reader:
    opens: date | None
    complaints: Complaints
    origins: dict[str, Origin] = field(factory=dict)
    paths: list[str] = field(factory=list)
    references: list[tuple[Scalar, str, str]] = field(factory=list)

    def value(self, node: Node, kind: Any, name: str, path: str) -> Any:
        """What `node` means as a `kind` in the unit that the field's `name` says; _FAILED after a complaint."""
        self.paths.append(path)
        if isinstance(node, Mapping) and self.is_annotation(node, kind):
            return self.annotated(node, kind, name, path)
        if isinstance(node, Scalar):
            self.origins[path] = {"file": node.file, "line": node.line}
        return self.plain(node, kind, name, path)

    def is_annotation(self, node: Mapping, kind: Any) -> bool:
        if _is_leaf(kind):
            return "value" in node.entries
        return is_annotated(node) and not (attrs.has(kind) and any(slot.key == "value" for slot in slots(kind)))

    def plain(self, node: Node, kind: Any, name: str, path: str) -> Any:
        if attrs.has(kind):
            return self.instance(node, kind, path)
        if get_origin(kind) is tuple:
            return self.rows(node, get_args(kind), name, path)
        if get_origin(kind) is dict:
            return self.named(node, get_args(kind), name, path)
        return self.leaf(node, kind, name, path)

    def instance(self, node: Node, cls: type, path: str) -> Any:
        """An object of an attrs class, out of a mapping of its fields."""
        if not isinstance(node, Mapping):
            rule, expected = "it takes a mapping", f"write its fields: {', '.join(s.key for s in slots(cls))[:200]}"
            return self.complain(node, str(node), rule, expected, path)
        self.refuse_unknown(node, cls, path)
        values = {slot: self.in_slot(node, slot, cls, path) for slot in slots(cls)}
        return self.made(cls, values, node, path)

    def refuse_unknown(self, node: Mapping, cls: type, path: str) -> None:
        known = _keys(node, cls)
        for key, entry in node.entries.items():
            if known and key not in known:
                near = nearest(key, known)
                expected = "rename or remove it" if near else f"it takes {', '.join(known)[:300]}"
                self.complain(entry.key, f"the field {safe(key)}", "there is none of this name", expected, path, near)

    def in_slot(self, node: Mapping, slot: Slot, cls: type, path: str) -> Any:
        if slot.kinds is not None:
            return self.by_kind(node, slot.kinds, cls, path)
        entry, below = node.entries.get(slot.key), _below(path, slot.key)
        if entry is None:
            if slot.default is attrs.NOTHING:
                rule, expected = "it has to be written", f"add `{slot.key}: ...`"
                return self.complain(node, f"no field {slot.key}", rule, expected, below)
            self.paths.extend(_default_paths(slot, below))
            return _ABSENT
        if isinstance(entry.value, Scalar) and entry.value.kind == "text" and entry.value.text == "" == slot.default:
            self.paths.append(below)
            self.origins[below] = {"file": entry.value.file, "line": entry.value.line}
            return slot.default  # a reference to nobody, where the field allows it
        return self.bounded(self.value(entry.value, slot.type, slot.name, below), slot, entry.value, below)

    def bounded(self, value: Any, slot: Slot, node: Node, path: str) -> Any:
        """`value`, if the field's own validator has nothing against it."""
        if value is _FAILED or slot.attribute.validator is None:
            return value
        try:
            slot.attribute.validator(None, slot.attribute, value)
        except AttributeError:
            pass  # this one compares fields: it is asked again when the object is made
        except (ValueError, TypeError) as wrong:
            return self.out_of_bounds(str(wrong.args[0]), slot.name, node, path)
        return value

    def out_of_bounds(self, said: str, name: str, node: Node, path: str) -> Any:
        found = str(node.entries["value"].value) if isinstance(node, Mapping) and is_annotated(node) else str(node)
        if bound := _BOUND.match(said):
            rule = f"it has to be {_WORDS[bound[1]]} {shown(int(bound[2]), name, self.opens)}"
            return self.complain(node, found, rule, "write a value within this bound", path)
        return self.complain(node, found, safe(said, 300), "write a value that fits", path)

    def made(self, cls: type, values: dict[Slot, Any], node: Node, path: str) -> Any:
        if any(value is _FAILED for value in values.values()):
            return _FAILED
        given = {slot.attribute.alias: value for slot, value in values.items() if value is not _ABSENT}
        try:
            return cls(**given)
        except ValueError as wrong:
            return self.complain(node, f"fields that disagree in {cls.__name__}", safe(str(wrong.args[0]), 300),
                                 "change one of them", path)  # fmt: skip

    def by_kind(self, node: Mapping, kinds: Kinds, outer: type, path: str) -> Any:
        """The object whose class `kind` names; its fields stand in `node` beside those of `outer`."""
        entry, cls, choices = node.entries.get(kinds.key), kinds.of(node), ", ".join(kinds.classes)
        if entry is None:
            if any(slot.key == kinds.key for slot in slots(outer)):
                return _FAILED  # that field complains
            return self.complain(node, f"no field {kinds.key}", "it has to be written", f"it is one of {choices}", path)
        if cls is None:
            near = nearest(entry.value.text, kinds.classes) if isinstance(entry.value, Scalar) else ()
            found, rule, expected = str(entry.value), f"there is no such {kinds.key}", f"it is one of {choices}"
            return self.complain(entry.value, found, rule, expected, _below(path, kinds.key), near)
        values = {slot: self.in_slot(node, slot, cls, path) for slot in slots(cls) if slot.key != kinds.key}
        self.refuse_self_dealing(node, values, path)
        return self.made(cls, values, node, path)

    def refuse_self_dealing(self, node: Mapping, values: dict[Slot, Any], path: str) -> None:
        """Two sides of one promise are two firms."""
        of = {slot.name: value for slot, value in values.items()}
        parties = [name for name in PARTIES if isinstance(of.get(name), str) and of[name]]
        for one, other in combinations(parties, 2):
            if of[one] == of[other] and {one, other} != MAY_BE_ONE:
                self.one_firm(node.entries[other].value, one, other, of[one], path)
        for slot, rows in values.items():
            for number, row in enumerate(rows if isinstance(rows, tuple) else (), start=1):
                for seller in ("maker", "seller"):
                    if of.get(seller) and of[seller] is not _FAILED and getattr(row, "buyer", None) == of[seller]:
                        at = node.entries[slot.key].value
                        self.one_firm(at, seller, "buyer", of[seller], f"{_below(path, slot.key)}.{number}")

    def one_firm(self, at: Node, one: str, other: str, firm: str, path: str) -> None:
        found = f"{safe(firm)} as {one} and as {other}"
        self.complain(at, found, "nobody deals with itself", "name two firms", path)

    def rows(self, node: Node, args: tuple[Any, ...], name: str, path: str) -> Any:
        """A tuple, out of a list, or out of a mapping from the first field of its rows to their second."""
        if len(args) != 2 or args[1] is not Ellipsis:
            raise TypeError(f"{name}: a tuple in a schema is tuple[X, ...]")
        kind = bare(args[0])
        if isinstance(node, Sequence):
            found = [self.value(item, kind, name, f"{path}.{n}") for n, item in enumerate(node.items, start=1)]
        elif isinstance(node, Mapping) and attrs.has(kind) and len(slots(kind)) == 2:
            found = [self.pair(entry, kind, _below(path, key)) for key, entry in node.entries.items()]
            if not any(row is _FAILED for row in found):
                first = slots(kind)[0].name
                found.sort(key=lambda row: getattr(row, first))
        else:
            return self.complain(node, str(node), "it takes a list", "write one `- ...` for each item", path)
        return _FAILED if any(row is _FAILED for row in found) else tuple(found)

    def pair(self, entry: Entry, cls: type, path: str) -> Any:
        first, second = slots(cls)
        said = entry.key
        # A key is no less a number for its quotes, which JSON asks for; and a word is one, whatever it looks like.
        kind = kind_of(said.text) if first.type is int else "text"
        key = Scalar(said.file, said.line, said.column, said.text, kind)
        left = self.bounded(self.leaf(key, first.type, first.name, path), first, key, path)
        right = self.bounded(self.value(entry.value, second.type, second.name, path), second, entry.value, path)
        return self.made(cls, {first: left, second: right}, entry.value, path)

    def named(self, node: Node, args: tuple[Any, ...], name: str, path: str) -> Any:
        """A dictionary by name, in the order of the names, so that a file's order changes nothing."""
        if not isinstance(node, Mapping):
            return self.complain(node, str(node), "it takes a mapping of names", "write one `name: ...` for each", path)
        found = {}
        for key, entry in sorted(node.entries.items()):
            if not _NAME.fullmatch(key):
                rule = "a name has small letters, digits and hyphens, begins with a letter, and is at most 60 long"
                self.complain(entry.key, f"the name {safe(key)}", rule, "write such as openai-amd-supply", path)
            elif args[0] in REFERENCES:
                self.references.append((entry.key, REFERENCES[args[0]], path))
            found[key] = self.value(entry.value, bare(args[1]), name, _below(path, key))
        return _FAILED if any(value is _FAILED for value in found.values()) else found

    def leaf(self, node: Node, kind: Any, name: str, path: str) -> Any:
        if not isinstance(node, Scalar):
            expected = "write it plain, or as `value:` with its source"
            return self.complain(node, str(node), "it takes one value", expected, path)
        try:
            value = self.meaning(node, kind, name)
        except NotAQuantity as wrong:
            near = nearest(node.text, map(str, get_args(kind))) if get_origin(kind) is Literal else ()
            return self.complain(node, str(node), wrong.rule, wrong.expected, path, near)
        if kind in REFERENCES:
            self.references.append((node, REFERENCES[kind], path))
        return value

    def meaning(self, scalar: Scalar, kind: Any, name: str) -> Any:
        if get_origin(kind) is Literal:
            return _chosen(scalar, get_args(kind))
        if kind is bool:
            return _truth(scalar)
        if kind is int and is_day(name):
            return self.day(scalar)
        if kind is int:
            return whole(scalar, name)
        if kind is date:
            return calendar_date(scalar)
        if kind is str or kind in REFERENCES:
            return _text(scalar)
        raise TypeError(f"{name}: a schema cannot hold {kind}")

    def day(self, scalar: Scalar) -> Any:
        """Days since the opening, negative before it."""
        when = calendar_date(scalar)
        return _FAILED if self.opens is None else (when - self.opens).days

    def annotated(self, node: Mapping, kind: Any, name: str, path: str) -> Any:
        """The value of a mapping that also says where it is from, or why it is assumed."""
        inner = node.entries["value"].value
        origin: Origin = {"file": inner.file, "line": inner.line}
        self.origins[path] = origin
        for key, entry in node.entries.items():
            if key not in ANNOTATION:
                self.complain(entry.key, f"the field {safe(key)}", "a value is not annotated with it",
                              f"it takes {', '.join(ANNOTATION)}", path, nearest(key, ANNOTATION))  # fmt: skip
            elif key not in ("value", "range"):
                origin[key] = self.leaf(entry.value, _ANNOTATED[key], key, _below(path, key))
        value = self.plain(inner, kind, name, path)
        self.from_somewhere(node, kind, path)
        if "range" in node.entries:
            origin["range"] = self.range(node.entries["range"].value, value, kind, name, path)
        for key in [key for key, said in origin.items() if said is _FAILED]:
            del origin[key]
        if "date" in origin:
            origin["date"] = origin["date"].isoformat()
        return value

    def from_somewhere(self, node: Mapping, kind: Any, path: str) -> None:
        said = node.entries.keys()
        if "assumption" in said:
            if _is_leaf(kind) and "range" not in said:
                rule = "an assumption states the range it may lie in"
                self.complain(node, "an assumption without range", rule, "add `range: [low, high]`", path)
        elif "source" not in said:
            rule = "an annotated value names its source, or is an assumption"
            expected = "add `source:` and `date:`, or `assumption:` and `range:`"
            self.complain(node, "neither source nor assumption", rule, expected, path)
        elif "date" not in said:
            rule = "a source has the date of its value"
            self.complain(node, "a source without date", rule, "add `date: 2025-10-06`", path)

    def range(self, node: Node, value: Any, kind: Any, name: str, path: str) -> Any:
        """The bounds of an assumed number, or the alternatives of an assumed word."""
        path = _below(path, "range")
        if not _is_leaf(kind) or not isinstance(node, Sequence):
            return self.complain(node, str(node), "a range belongs to one value", "write `range: [low, high]`", path)
        found = [self.leaf(item, kind, name, f"{path}.{n}") for n, item in enumerate(node.items, start=1)]
        if value is _FAILED or any(bound is _FAILED for bound in found):
            return _FAILED
        numbers = kind in (int, date)
        if numbers and (len(found) != 2 or found[0] > found[1]):
            rule = "a range has a low and a high bound"
            return self.complain(node, str(node), rule, "write `range: [low, high]`", path)
        if not (found[0] <= value <= found[1] if numbers else value in found):
            return self.complain(node, "a range without the value", "the value lies within its range", "widen it", path)
        return tuple(bound.isoformat() if isinstance(bound, date) else bound for bound in found)

    def look_up(self, tree: Mapping) -> None:
        """Each reference names something that the scenario has."""
        known = {section: _names(tree, section) for section in REFERENCES.values()}
        for scalar, section, path in self.references:
            if scalar.text not in known[section]:
                near = nearest(scalar.text, known[section])
                found, rule = f'"{safe(scalar.text)}"', f"there is no such name in {section}"
                self.complain(scalar, found, rule, f"name one of the scenario's {section}", path, near)

    def complain(self, at: Any, found: str, rule: str, expected: str, path: str, near: Collection[str] = ()) -> Any:
        self.complaints.add(at, found, rule, expected, path, near)
        return _FAILED


_ANNOTATED: dict[str, Any] = {
    "source": str, "date": date, "confidence": Literal["filed", "reported", "estimate"], "note": str, "assumption": str,
}  # fmt: skip


def _keys(node: Mapping, cls: type) -> list[str]:
    """The keys that `node` may have as a `cls`; none where its kind is unknown, so that nothing can be said."""
    known = []
    for slot in slots(cls):
        if slot.kinds is None:
            known.append(slot.key)
        elif (inner := slot.kinds.of(node)) is None:
            return []
        else:
            known += [key for key in _keys(node, inner) if key != slot.kinds.key]
            known += [] if slot.kinds.key in known else [slot.kinds.key]
    if len(set(known)) < len(known):
        raise TypeError(f"{cls.__name__} and what stands flat beside it have two fields with one key in YAML")
    return known


def _default_paths(slot: Slot, path: str) -> Iterator[str]:
    yield path
    cls: Any = type(slot.default)
    if attrs.has(cls):
        for inner in slots(cls):
            yield from _default_paths(inner, _below(path, inner.key))


def _names(tree: Mapping, section: str) -> set[str]:
    entry = tree.entries.get(section)
    found = set(entry.value.entries) if entry and isinstance(entry.value, Mapping) else set()
    return found | {WORLD} if section == "firms" else found


def _chosen(scalar: Scalar, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        if scalar.text == str(choice) and scalar.kind == ("text" if isinstance(choice, str) else "int"):
            return choice
    raise NotAQuantity("it takes one of a few words", f"write one of {', '.join(map(str, choices))}")


def _truth(scalar: Scalar) -> bool:
    if scalar.kind != "bool":
        raise NotAQuantity("it takes true or false", "write one of these two, without quotes")
    return scalar.text == "true"


def _text(scalar: Scalar) -> str:
    if scalar.kind != "text":
        raise NotAQuantity("it takes text", f'write it in quotes: "{safe(scalar.text)}"')
    if len(scalar.text) > 4_000:
        raise NotAQuantity("a text has at most 4,000 characters", "write a shorter one")
    return scalar.text
