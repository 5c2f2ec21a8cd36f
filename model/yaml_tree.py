"""YAML and JSON bytes to a small tree whose nodes know where they stand.

The tree knows mappings, lists and scalars of YAML 1.2's core: `true`, `false`, `null` (also `~` and nothing), decimal
integers and numbers with a fraction or an exponent. All else is text: `NO`, `yes`, `1_000`, `010`, `0x10`, dates.
Tags, anchors, aliases, directives and a second document are refused, so that a file means what it shows.
"""

import re
from typing import Any

import yaml
from attrs import define, field

from events.problems import safe
from model.complaints import Complaints

MAX_BYTES = 4_000_000
MAX_DEPTH = 50
MAX_NODES = 500_000

# The C parser is twenty times faster; where PyYAML was built without it, the one in Python reads the same language.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
# Control characters, byte-order marks within the text, and the line ends that only old YAML knows.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@define(eq=False)
class Scalar:
    """One word or number as it was written; `kind` is text, int, float, bool or null."""

    file: str
    line: int
    column: int
    text: str
    kind: str = "text"

    def __str__(self) -> str:
        return f'"{safe(self.text)}"' if self.kind == "text" else safe(self.text) or "nothing"


@define(eq=False)
class Entry:
    """A key, which is always read as text, and what stands beside it."""

    key: Scalar
    value: "Node"


@define(eq=False)
class Mapping:
    """Entries by the text of their keys, in the order of the file."""

    file: str
    line: int
    column: int
    entries: dict[str, Entry] = field(factory=dict)

    def __str__(self) -> str:
        return f"a mapping of {len(self.entries)}"


@define(eq=False)
class Sequence:
    """A list."""

    file: str
    line: int
    column: int
    items: "list[Node]" = field(factory=list)

    def __str__(self) -> str:
        return f"a list of {len(self.items)}"


Node = Scalar | Mapping | Sequence


@define
class At:
    """A place in a file that holds no node."""

    file: str
    line: int = 1
    column: int = 1


def parse(data: bytes, file: str, complaints: Complaints) -> Mapping | None:
    """
    The tree of one file, whose top level has to be a mapping.

    Args:
        data: the whole file.
        file: its name, for the positions.
        complaints: gets what is wrong; raises its own Enough when full.

    Returns:
        None where there is nothing to go on with; the reason is among the complaints.
    """
    text = decoded(data, file, complaints)
    root = _built(text, At(file), complaints) if text is not None else None
    if root is None or isinstance(root, Mapping):
        return root
    found = "null" if isinstance(root, Scalar) and root.kind == "null" else str(root)
    _no_mapping(root, f"{found} at the top level", complaints)
    return None


def _no_mapping(at: At | Node, found: str, complaints: Complaints) -> None:
    complaints.add(at, found, "a scenario is a mapping", "begin with entries such as `name: ...`")


def parse_value(text: str, at: At, complaints: Complaints) -> Node | None:
    """The tree of one value given elsewhere than in a file, all of whose nodes stand at `at`."""
    if found := _FORBIDDEN.search(text) or _SURROGATE.search(text):
        complaints.add(at, f"the character {safe(found[0])}", "values are printable text", "leave it out")
        return None
    return _built(text, at, complaints, fixed=True)


def decoded(data: bytes, file: str, complaints: Complaints) -> str | None:
    """The text of a file, or None and a complaint when it is too long or not plain UTF-8."""
    if len(data) > MAX_BYTES:
        complaints.add(
            At(file), f"more than {MAX_BYTES:,} bytes", "a scenario has at most that many", "make it shorter"
        )
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        complaints.add(At(file), "UTF-16", "scenarios are UTF-8", "save the file as UTF-8")
    elif data.startswith(b"\xef\xbb\xbf"):
        rule, expected = "scenarios begin with their text", "save the file as UTF-8 without it"
        complaints.add(At(file), "a byte-order mark", rule, expected)
    else:
        return _utf8(data, file, complaints)
    return None


def _utf8(data: bytes, file: str, complaints: Complaints) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError as wrong:
        at = _at(data[: wrong.start].decode(), file)
        complaints.add(at, f"the byte 0x{data[wrong.start]:02x}", "scenarios are UTF-8", "save the file as UTF-8")
        return None
    if found := _FORBIDDEN.search(text):
        name = "a NUL (is it UTF-16?)" if found[0] == "\0" else f"the character {safe(found[0])}"
        expected = f'leave it out, or write "\\u{ord(found[0]):04x}" in double quotes'
        complaints.add(_at(text[: found.start()], file), name, "scenarios are printable text", expected)
        return None
    return text


def _at(before: str, file: str) -> At:
    return At(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _built(text: str, at: At, complaints: Complaints, fixed: bool = False) -> Node | None:
    builder = _Builder(at, fixed, complaints)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _Refused:
        return None
    except yaml.MarkedYAMLError as wrong:
        _not_yaml(wrong, text, builder, complaints)
        return None
    except (yaml.YAMLError, ValueError):  # an escape beyond Unicode, in the parser in Python
        complaints.add(at, "something that is not YAML", "scenarios are YAML 1.2", "look at quotes and escapes")
        return None
    if builder.root is None:
        _no_mapping(at, "an empty file", complaints)
    return builder.root


def _not_yaml(wrong: yaml.MarkedYAMLError, text: str, builder: "_Builder", complaints: Complaints) -> None:
    mark = wrong.problem_mark or wrong.context_mark
    at = builder.at(mark)
    said = safe(wrong.problem or "something that is not YAML")
    lines = text.splitlines()[at.line - 1 : at.line]
    if not builder.fixed and lines and "\t" in lines[0][: len(lines[0]) - len(lines[0].lstrip())]:
        complaints.add(at, "a tab in the indentation", "YAML indents by spaces", "replace each tab by two spaces")
    else:
        complaints.add(
            at, said, "scenarios are YAML 1.2", "look at indentation, quotes, colons and brackets just before"
        )


class _Refused(Exception):
    """The rest of the file is not worth reading; the complaint is made."""


@define
class _Builder:
    """Takes the parser's events one by one and keeps the open mappings and lists on a stack."""

    start: At
    fixed: bool
    complaints: Complaints
    root: Node | None = None
    open: list[tuple[Mapping | Sequence, list[Scalar]]] = field(factory=list)
    nodes: int = 0

    def at(self, mark: Any) -> At:
        if self.fixed or mark is None:
            return self.start
        return At(self.start.file, mark.line + 1, mark.column + 1)

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.place(self.scalar(event))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self.enter(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self.refuse(event, f"the alias *{safe(event.anchor or '')}", "aliases are not used", "write the value out")
        elif isinstance(event, yaml.DocumentStartEvent):
            self.document(event)

    def document(self, event: yaml.DocumentStartEvent) -> None:
        if self.root is not None:
            expected = "remove the line `---` and what follows"
            self.refuse(event, "a second document", "a scenario is one document", expected)
        if event.version or event.tags:
            self.refuse(event, "a directive", "directives are not used", "remove the line that begins with %")

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        self.no_tag(event)
        if _SURROGATE.search(event.value):
            self.refuse(event, "half a surrogate pair", "text is Unicode", "write the whole character")
        at = self.at(event.start_mark)
        return Scalar(at.file, at.line, at.column, event.value, "text" if event.style else kind_of(event.value))

    def enter(self, event: Any) -> None:
        self.no_tag(event)
        if len(self.open) == MAX_DEPTH:
            self.refuse(event, f"nesting deeper than {MAX_DEPTH}", "scenarios nest at most so deep", "flatten it")
        at = self.at(event.start_mark)
        cls = Mapping if isinstance(event, yaml.MappingStartEvent) else Sequence
        node = cls(at.file, at.line, at.column)
        self.place(node)
        self.open.append((node, []))

    def place(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            rule = "a scenario has at most that many"
            self.refuse_at(node, f"more than {MAX_NODES:,} values", rule, "make it shorter")
        if not self.open:
            self.root = node
            return
        parent, key = self.open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key:
            self.enter_into(parent, key.pop(), node)
        elif isinstance(node, Scalar):
            key.append(node)
        else:
            self.refuse_at(node, f"{node} as a key", "keys are words", "write a name before the colon")

    def enter_into(self, parent: Mapping, key: Scalar, value: Node) -> None:
        first = parent.entries.setdefault(key.text, Entry(key, value))
        if first.key is not key:
            found = f"the key {safe(key.text)} in lines {first.key.line} and {key.line}"
            self.complaints.add(key, found, "a key stands once in a mapping", "rename or remove one of the two")

    def no_tag(self, event: Any) -> None:
        if event.anchor:
            self.refuse(event, f"the anchor &{safe(event.anchor)}", "anchors are not used", "write the value out")
        if event.tag:
            self.refuse(event, f"the tag {safe(event.tag)}", "tags are not used", "write the plain value")

    def refuse(self, event: Any, found: str, rule: str, expected: str) -> None:
        self.refuse_at(self.at(event.start_mark), found, rule, expected)

    def refuse_at(self, at: Any, found: str, rule: str, expected: str) -> None:
        self.complaints.add(at, found, rule, expected)
        raise _Refused


def kind_of(plain: str) -> str:
    """What a plain (unquoted) scalar is: text, int, float, bool or null."""
    if plain in ("", "~", "null"):
        return "null"
    if plain in ("true", "false"):
        return "bool"
    if _INTEGER.fullmatch(plain):
        return "int"
    # `010` is ten to some readers and eight to others, so it is no number here.
    return "float" if _FLOAT.fullmatch(plain) and not _LEADING_ZERO.fullmatch(plain) else "text"


ANNOTATION = ("value", "source", "date", "confidence", "note", "assumption", "range")


def is_annotated(node: Node) -> bool:
    """Whether a mapping is one value with its source or its assumption beside it."""
    return isinstance(node, Mapping) and "value" in node.entries and node.entries.keys() <= set(ANNOTATION)
