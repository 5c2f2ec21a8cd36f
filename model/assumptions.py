"""The register of a scenario's assumptions: who holds which, why, in which range."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen

from model.scenario import Loaded

Note = tuple[str, dict[str, Any], Any]  # path, what is noted there, where it was written
_NOWHERE = {"file": "", "line": 0}


@frozen
class Assumption:
    """
    A value that nobody has published.

    `owner` is the firm, contract, shock or market that it is about; `value`, `low` and `high` are as the file writes
    them, each with its unit; `file` and `line` say where.
    """

    path: str
    owner: str
    value: str
    low: str
    high: str
    why: str
    file: str
    line: int


@frozen
class Known:
    """A number from the world: as `Assumption`, with its source and the day for which it holds."""

    path: str
    owner: str
    value: str
    source: str
    date: str
    confidence: str
    file: str
    line: int


def assumed(loaded: Loaded) -> list[Assumption]:
    """Every assumption with a range, in the order of their paths. Lists have none and cannot be moved so."""
    return list(_assumed(_annotated(loaded)))


def _assumed(notes: Iterable[Note]) -> Iterator[Assumption]:
    for path, note, origin in notes:
        if "assumption" in note and len(note.get("range", ())) == 2:
            low, high = (_text(end) for end in note["range"])
            why = str(note["assumption"])
            yield Assumption(path, owner(path), _text(note["value"]), low, high, why, origin["file"], origin["line"])


def known(loaded: Loaded) -> list[Known]:
    """Every number from the world, in the order of their paths."""
    return list(_known(_annotated(loaded)))


def _known(notes: Iterable[Note]) -> Iterator[Known]:
    for path, note, origin in notes:
        if "source" in note:
            yield Known(
                path, owner(path), _text(note["value"]), str(note["source"]), str(note.get("date", "")),
                str(note.get("confidence", "")), origin["file"], origin["line"],
            )  # fmt: skip


def noted(tree: Any) -> tuple[list[Assumption], list[Known]]:
    """The same of a scenario as it is kept beside a log, whatever its fields mean; files are not known."""
    notes = sorted(_notes(tree, ""), key=lambda found: found[0])
    return list(_assumed(notes)), list(_known(notes))


def _notes(tree: Any, path: str) -> Iterator[Note]:
    if isinstance(tree, dict) and "value" in tree and ("assumption" in tree or "source" in tree):
        yield path, tree, _NOWHERE
        tree = tree["value"]
    rows = tree.items() if isinstance(tree, dict) else enumerate(tree, 1) if isinstance(tree, list) else ()
    for name, below in rows:
        yield from _notes(below, f"{path}.{name}" if path else str(name))


def owner(path: str) -> str:
    """Whom a path is about: `firms.openai.plan.2027` is openai's, `distress.discount` belongs to distress."""
    parts = path.split(".")
    return parts[1] if parts[0] in ("firms", "contracts", "shocks", "generations") and len(parts) > 1 else parts[0]


def _annotated(loaded: Loaded) -> Iterator[Note]:
    tree = json.loads(loaded.resolved)
    for path in sorted(loaded.origins):
        note = _at(tree, path)
        if isinstance(note, dict) and "value" in note:
            yield path, note, loaded.origins[path]


def _at(tree: Any, path: str) -> Any:
    """What stands at a dotted path of the resolved scenario; rows of a list count from one."""
    for part in path.split("."):
        if isinstance(tree, dict) and "value" in tree and part not in tree:
            tree = tree["value"]
        if isinstance(tree, list):
            tree = tree[int(part) - 1] if part.isdigit() and 0 < int(part) <= len(tree) else None
        else:
            tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _text(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
