"""Scenario files: found, read, laid over what they extend, checked, and put into one canonical form.

`load` gives the world that a file describes; `check` all that is wrong with it.
"""

import json
import os
import re
import stat
from collections.abc import Sequence as Listing
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import frozen

from events.problems import Usage, safe
from model.complaints import Complaint, Complaints, Enough, nearest, refused
from model.extends import SUFFIXES, beside, extended
from model.quantities import NotAQuantity, calendar_date
from model.structure import Origin, Structured, structure
from model.yaml_tree import MAX_BYTES, At, Entry, Mapping, Node, Scalar, Sequence, is_annotated, parse_value

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")
_DEVICES = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?", re.IGNORECASE)
# What JSON may hold raw and YAML may not, or reads as the end of a line.
_ESCAPED_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@frozen
class Loaded:
    """
    A scenario that is right.

    `scenario` is an object of the schema's class; `futures` are those that its changes make of it, each with the day
    from which it holds, in order. `resolved` are the bytes of `scenario.json`, YAML as well, which
    load to the same bytes again; `digest` is their SHA-256. `origins` tells for each path who wrote its value where
    (see `Structured`); `settable` are the paths that `--set` takes.
    """

    scenario: Any
    resolved: bytes
    digest: str
    origins: dict[str, Origin]
    settable: tuple[str, ...]
    futures: tuple[tuple[int, Any], ...] = ()


def load(path: Path | str, sets: Listing[str] = (), schema: type | None = None) -> Loaded:
    """
    The scenario in a file.

    Args:
        path: of a YAML or JSON file.
        sets: changes such as `shocks.demand.depth=60 %`, made in their order to the resolved scenario; a value is a
            YAML scalar or flow collection, and `null` takes an entry away.
        schema: the class to load into; `model.schema.Scenario` when not given.

    Raises:
        BadScenario: with all `complaints` about it.
        Usage: there is no such file, or a set is not of the form PATH=VALUE.
    """
    complaints = Complaints()
    loaded = _read(Path(path), sets, schema, complaints)
    if loaded is None:
        raise refused(complaints.sorted())
    return loaded


def check(path: Path | str, schema: type | None = None) -> list[Complaint]:
    """All that is wrong with a scenario, by file and line. Raises Usage when there is no such file."""
    complaints = Complaints()
    _read(Path(path), (), schema, complaints)
    return complaints.sorted()


def paths(loaded: Loaded) -> tuple[str, ...]:
    """All that `--set` can change, in the order of the schema: `contracts.x.tranches.2.day`."""
    return loaded.settable


def find(argument: str) -> Path:
    """
    The file that a SCENARIO argument means: a path to a .yaml, .yml or .json file, or a name within `scenarios/`.

    Raises:
        Usage: it is neither, or there is no such file.
    """
    if "\0" in argument or argument.startswith("-") or not argument:
        raise Usage("not a scenario; name a .yaml or .json file", argument or '""')
    if argument.endswith(SUFFIXES):
        return _file(Path(argument))
    if os.path.isdir(argument):
        raise Usage("a folder; name a .yaml or .json file in it", argument)
    if not _NAME.fullmatch(argument) or _DEVICES.fullmatch(argument) or argument.endswith("."):
        allowed = "write letters, digits and hyphens, or a path that ends in .yaml"
        raise Usage(f"not the name of a scenario; {allowed}", argument)
    return _file(Path("scenarios", argument + ".yaml"))


def _file(path: Path) -> Path:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as wrong:  # the latter for a name that no file system can hold
        near = nearest(path.name, beside(path))
        meant = f"did you mean {' or '.join(map(safe, near))}?" if near else "name a .yaml or .json file that exists"
        raise Usage(f"{getattr(wrong, 'strerror', None) or 'no file can have this name'}; {meant}", path) from None
    if not stat.S_ISREG(mode):
        raise Usage(f"{'a folder' if stat.S_ISDIR(mode) else 'not a file'}; name a .yaml or .json file", path)
    return path


def _read(path: Path, sets: Listing[str], schema: type | None, complaints: Complaints) -> Loaded | None:
    """The scenario, or None and at least one complaint."""
    changes = [_change(text) for text in sets]
    try:
        understood = _understood(path, changes, schema or _world(), complaints)
    except Enough:
        return None
    except OSError as wrong:
        raise Usage(f"{wrong.strerror or 'cannot be read'}; name a file that can be read", path) from None
    if understood is None or complaints.gathered:
        return None
    tree, structured = understood
    futures = _futures(tree, structured, schema or _world(), complaints)
    if complaints.gathered:
        return None
    resolved = canonical(tree)
    if len(resolved) > MAX_BYTES:
        rule = f"a scenario has at most {MAX_BYTES:,} bytes, resolved too"
        complaints.add(At(str(path)), f"{len(resolved):,} bytes when resolved", rule, "make it shorter")
        return None
    origins = _from(path, structured.origins)
    return Loaded(structured.value, resolved, sha256(resolved).hexdigest(), origins, tuple(structured.paths), futures)


def _futures(
    tree: Mapping, structured: Structured, schema: type, complaints: Complaints
) -> tuple[tuple[int, Any], ...]:
    """The scenario as its own changes make it, day by day; what is not live must stay as it is."""
    from model.live import frozen_parts

    changes = getattr(structured.value, "changes", ())
    futures: list[tuple[int, Any]] = []
    now = structured.value
    for day in sorted({change.at_day for change in changes}):
        sets = [(change.path, change.value) for change in changes if change.at_day == day]
        tree = _with_changes(tree, sets, structured.paths, complaints)
        then = structure(tree, schema, _opens(tree, complaints), complaints).value
        if complaints.gathered:
            break
        for what in frozen_parts(now, then, day):
            paths = ", ".join(path for path, _ in sets)
            rule, expected = f"{what} cannot change in a world that is running", (
                "change a shock that has not struck, a firm's policy, or a rule of distress, compute, credit or shares"
            )  # fmt: skip
            complaints.add(At("changes"), safe(paths), rule, expected)
        futures.append((day, then))
        now = then
    return tuple(futures)


def _world() -> type:
    from model.schema import Scenario

    return Scenario


def _understood(
    path: Path, changes: list[tuple[str, str]], schema: type, complaints: Complaints
) -> tuple[Mapping, Structured] | None:
    tree = extended(_file(path), complaints)
    if tree is None:
        return None
    structured = structure(tree, schema, _opens(tree, complaints), complaints)
    if changes and not complaints.gathered:
        tree = _with_changes(tree, changes, structured.paths, complaints)
        structured = structure(tree, schema, _opens(tree, complaints), complaints)
    return tree, structured


def _opens(tree: Mapping, complaints: Complaints) -> date | None:
    """Day 0 of the world; a scenario without one is complained about as for any other field."""
    entry = tree.entries.get("opens")
    node = entry.value if entry else None
    node = node.entries["value"].value if isinstance(node, Mapping) and is_annotated(node) else node
    if not isinstance(node, Scalar):
        return None
    try:
        return calendar_date(node)
    except NotAQuantity as wrong:
        complaints.add(node, str(node), wrong.rule, wrong.expected, "opens")
        return None


def _from(path: Path, origins: dict[str, Origin]) -> dict[str, Origin]:
    """Origins with files named from the scenario's own folder, wherever that is."""
    folder = str(path.parent) + "/"
    return {at: origin | {"file": origin["file"].removeprefix(folder)} for at, origin in origins.items()}


def canonical(tree: Mapping) -> bytes:
    """The one spelling of a resolved tree: JSON with sorted keys, indented by 1, that YAML reads the same."""
    text = json.dumps(_plain(tree), sort_keys=True, indent=1, ensure_ascii=False)
    return (_ESCAPED_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n").encode()


def _plain(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {key: _plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if node.kind == "bool":
        return node.text == "true"
    return int(node.text) if node.kind == "int" else node.text


def _change(text: str) -> tuple[str, str]:
    """The path and the value of one `--set`."""
    path, equals, value = (part.strip() for part in text.partition("="))
    if not (equals and path and value):
        expected = "a change is PATH=VALUE (null takes an entry away); write such as seed=7"
        raise Usage(f"{safe(text)}; {expected}", "--set")
    return path, value


def _with_changes(tree: Mapping, changes: list[tuple[str, str]], known: list[str], complaints: Complaints) -> Mapping:
    for number, (path, value) in enumerate(changes, start=1):
        at = At("--set", number)
        node = parse_value(value, at, complaints)
        if path not in known:
            near, expected = nearest(path, known), "name one of the scenario's values"
            complaints.add(at, safe(path), "there is nothing at this path", expected, nearest=near)
        elif node is not None:
            tree = _changed(tree, path, node, at, complaints)
    return tree


def _changed(tree: Mapping, path: str, node: Node, at: At, complaints: Complaints) -> Mapping:
    new = None if isinstance(node, Scalar) and node.kind == "null" else node
    try:
        return _put_entry(tree, path, new, at)
    except LookupError:
        complaints.add(at, safe(path), "an earlier change took it away", "leave one of the two out")
        return tree


def _put(node: Node | None, path: str, new: Node | None, at: At) -> Node | None:
    """`node` with `new` at the end of `path`, taken away where it is None. Nothing is changed in place."""
    if not path:
        return new
    if isinstance(node, Sequence):
        return _put_item(node, path, new, at)
    # Where there is no mapping, the path leads into something that was left at its default.
    return _put_entry(node if isinstance(node, Mapping) else Mapping(at.file, at.line, at.column), path, new, at)


def _put_entry(node: Mapping, path: str, new: Node | None, at: At) -> Mapping:
    key, below = ("value", path) if is_annotated(node) else _step(node, path)
    entries, old = dict(node.entries), node.entries.get(key)
    changed = _put(old.value if old else None, below, new, at)
    if changed is None:
        entries.pop(key, None)
    else:
        entries[key] = Entry(old.key if old else Scalar(at.file, at.line, at.column, key), changed)
    return Mapping(node.file, node.line, node.column, entries)


def _put_item(node: Sequence, path: str, new: Node | None, at: At) -> Sequence:
    number, _, below = path.partition(".")
    place = int(number) - 1 if number.isdecimal() else len(node.items)
    changed = _put(node.items[place], below, new, at)
    items = [*node.items[:place], *([] if changed is None else [changed]), *node.items[place + 1 :]]
    return Sequence(node.file, node.line, node.column, items)


def _step(node: Mapping, path: str) -> tuple[str, str]:
    """The next key of `path` and what is left; keys of rows (`1.5 x`) may have a dot themselves."""
    for key in sorted(node.entries, key=len, reverse=True):
        if path == key or path.startswith(key + "."):
            return key, path[len(key) + 1 :]
    key, _, below = path.partition(".")
    return key, below
