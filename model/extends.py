"""A scenario that says only what differs: the files that it `extends`, and how they lie over one another.

Each file is taken once, after all that it extends, and lies over what came before: mappings merge, `null` takes an
entry away, and all else (a list, a word, a value with its annotation) is replaced whole.
"""

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TypeGuard

from attrs import define, field

from events.problems import safe
from model.complaints import Complaints, nearest
from model.yaml_tree import MAX_BYTES, At, Entry, Mapping, Node, Scalar, Sequence, is_annotated, parse

SUFFIXES = (".yaml", ".yml", ".json")
MAX_CHAIN = 20


def extended(path: Path, complaints: Complaints) -> Mapping | None:
    """
    The tree of a file lying over those that it extends; None where one of them could not be read.

    Raises:
        OSError: the file itself cannot be read.
    """
    files = _Files(complaints)
    files.visit(path, str(path))
    if not files.whole:
        return None
    merged = Mapping(str(path), 1, 1)
    for tree in files.trees:
        merged = merge(merged, tree, complaints)
    return merged


def merge(base: Mapping, over: Mapping, complaints: Complaints, path: str = "") -> Mapping:
    """`over` lying over `base`. A `null` that takes nothing away gets a complaint."""
    entries = dict(base.entries)
    for name, entry in over.entries.items():
        old = entries.get(name)
        here = f"{path}.{name}" if path else name
        if isinstance(entry.value, Scalar) and entry.value.kind == "null":
            if entries.pop(name, None) is None:
                near, rule = nearest(name, entries), "a null takes away what the file extended has, and it has no such"
                complaints.add(entry.value, "null", rule, "write a value, or leave the line out", here, near)
        elif _merges(entry.value):
            below = old.value if old and _merges(old.value) else Mapping(over.file, over.line, over.column)
            entries[name] = Entry(entry.key, merge(below, entry.value, complaints, here))
        else:
            entries[name] = entry
    return Mapping(over.file, over.line, over.column, entries)


def _merges(node: Node) -> TypeGuard[Mapping]:
    return isinstance(node, Mapping) and not is_annotated(node)


@define
class _Files:
    """The files of one scenario, in the order in which they lie over one another."""

    complaints: Complaints
    trees: list[Mapping] = field(factory=list)
    whole: bool = True
    done: set[str] = field(factory=set)
    chain: list[str] = field(factory=list)
    names: list[str] = field(factory=list)
    size: int = 0

    def visit(self, path: Path, name: str) -> None:
        """Take `path` after all that it extends."""
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        self.size += len(data)
        real = os.path.realpath(path)
        tree = parse(data, name, self.complaints)
        if tree is None:
            self.whole = False
            return
        self.chain.append(real)
        self.names.append(name)
        entry = tree.entries.pop("extends", None)
        for said in self.bases(entry):
            self.base(said, path, name)
        self.chain.pop()
        self.names.pop()
        self.done.add(real)
        self.trees.append(tree)

    def bases(self, entry: Entry | None) -> list[Scalar]:
        if entry is None:
            return []
        said = entry.value.items if isinstance(entry.value, Sequence) else [entry.value]
        texts = [node for node in said if isinstance(node, Scalar) and node.kind == "text" and node.text]
        if len(texts) != len(said) or len(texts) > MAX_CHAIN:
            rule = f"it names one file, or a list of at most {MAX_CHAIN}"
            self.refuse(entry.value, str(entry.value), rule, "write such as baseline.yaml")
            return []
        return texts

    def base(self, said: Scalar, path: Path, name: str) -> None:
        target = self.target(said, path)
        if target is None:
            return
        real, shown = os.path.realpath(target), str(PurePosixPath(name).parent / said.text)
        if real in self.chain:
            loop = " -> ".join(Path(n).name for n in [*self.names[self.chain.index(real) :], shown])
            self.refuse(said, f"the loop {safe(loop, 300)}", "no file extends itself", "take one of them out")
        elif len(self.chain) >= MAX_CHAIN:
            rule = f"a chain has at most {MAX_CHAIN} files"
            self.refuse(said, f"a chain of more than {MAX_CHAIN} files", rule, "put some of them together")
        elif real not in self.done:
            self.open(said, target, shown)

    def target(self, said: Scalar, path: Path) -> Path | None:
        """The file that is meant, if it lies in the folder of `path` or below it."""
        text, folder = said.text, os.path.realpath(path.parent)
        inside = "it names a file in the same folder or below it"
        if "://" in text or "\\" in text or "\0" in text or text.startswith(("/", "~")) or ".." in text.split("/"):
            return self.refuse(said, str(said), inside, "write such as baseline.yaml")
        if len(text) > 255 or not text.endswith(SUFFIXES):
            return self.refuse(said, str(said), "it names a file that ends in .yaml, .yml or .json", "write its name")
        target = path.parent / text
        if not os.path.realpath(target).startswith(folder.rstrip("/") + "/"):
            return self.refuse(said, f"{said}, which leads out of its folder", inside, "copy the file here")
        return target

    def open(self, said: Scalar, target: Path, shown: str) -> None:
        try:
            about = target.stat()
            if not stat.S_ISREG(about.st_mode):
                self.refuse(said, f"{said}, which is not a file", "it names a file", "write such as baseline.yaml")
            elif self.size + about.st_size > MAX_BYTES:
                rule = f"a scenario has at most {MAX_BYTES:,} bytes, all its files together"
                self.refuse(said, f"{said}, which makes it longer", rule, "make it shorter")
            else:
                self.visit(target, shown)
        except OSError as wrong:
            near = nearest(target.name, beside(target))
            self.refuse(said, f"{said}: {wrong.strerror}", "it names a file that can be read", "write its name", near)

    def refuse(self, at: Node, found: str, rule: str, expected: str, near: tuple[str, ...] = ()) -> None:
        self.whole = False
        self.complaints.add(At(at.file, at.line, at.column), found, rule, expected, "extends", near)


def beside(target: Path) -> list[str]:
    """The scenario files in the folder of `target`."""
    try:
        return sorted(name for name in os.listdir(target.parent) if name.endswith(SUFFIXES))
    except (OSError, ValueError):
        return []
