"""YAML bytes to nodes with places: what is text, what is a number, and what is refused."""

import pytest

from model.complaints import Complaints
from model.yaml_tree import MAX_BYTES, MAX_DEPTH, Mapping, Scalar, parse


def tree(text: str | bytes):
    complaints = Complaints()
    root = parse(text.encode() if isinstance(text, str) else text, "x.yaml", complaints)
    return root, complaints.sorted()


@pytest.mark.parametrize(
    "written, kind",
    [
        ("true", "bool"), ("false", "bool"), ("True", "text"), ("yes", "text"), ("NO", "text"), ("off", "text"),
        ("null", "null"), ("~", "null"), ("", "null"), ("NULL", "text"), ('""', "text"), ("'null'", "text"),
        ("0", "int"), ("-12", "int"), ("+5", "int"), ("010", "text"), ("0x10", "text"), ("0o17", "text"),
        ("1_000", "text"), ("1,000", "text"), ("12:30:00", "text"), ('"1"', "text"),
        ("1.0", "float"), ("1e3", "float"), (".5", "float"), (".inf", "float"), ("-.INF", "float"), (".nan", "float"),
        ("nan", "text"), ("2025-09-30", "text"), ("17.5 bn USD", "text"), ("20 %", "text"), ("=", "text"),
    ],
)  # fmt: skip
def test_a_scalar_is_a_number_a_truth_or_null_only_where_yaml_1_2_says_so_plainly(written, kind):
    root, complaints = tree(f"a: {written}")

    assert complaints == []
    assert root.entries["a"].value.kind == kind


def test_a_node_knows_its_line_and_column():
    root, _ = tree("a:\n  b:\n    - x\n    - {c: é, d: y}\n")

    y = root.entries["a"].value.entries["b"].value.items[1].entries["d"].value
    assert (y.file, y.line, y.column, y.text) == ("x.yaml", 4, 17, "y")


def test_json_is_read_as_yaml():
    root, complaints = tree('{\n "a": [1, true, "\\u2028 \\" x"],\n "b": {}\n}\n')

    assert complaints == []
    assert [(item.kind, item.text) for item in root.entries["a"].value.items] == [
        ("int", "1"), ("bool", "true"), ("text", '\u2028 " x'),
    ]  # fmt: skip
    assert isinstance(root.entries["b"].value, Mapping)


def test_keys_are_text_whatever_they_look_like():
    root, _ = tree("2026: a\ntrue: b\n'x y': c\n")

    assert list(root.entries) == ["2026", "true", "x y"]
    assert all(isinstance(entry.key, Scalar) for entry in root.entries.values())


@pytest.mark.parametrize(
    "text, place, words",
    [
        ("", "1:1", "an empty file"),
        ("# only a comment\n", "1:1", "an empty file"),
        ("- a\n- b\n", "1:1", "a list of 2 at the top level"),
        ("null\n", "1:1", "null at the top level"),
        ("word\n", "1:1", '"word" at the top level'),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document"),
        ("%YAML 1.1\n---\na: 1\n", "1:1", "a directive"),
        ("a: 1\nb: &x 2\n", "2:4", "the anchor &x"),
        ("a: 1\nb: *x\n", "2:4", "the alias *x"),
        ("a: !!int 3\n", "1:4", "the tag tag:yaml.org,2002:int"),
        ("a: !mine 3\n", "1:4", "the tag !mine"),
        ("? [a]\n: b\n", "1:3", "a list of 0 as a key"),
        ("a:\n\tb: 1\n", "2:1", "a tab in the indentation"),
        ("a: 1\nb: 'x\n", "3:1", "found unexpected end of stream"),
        ("a: 1\nb: \x1b[31m\n", "2:4", "the character \\x1b"),
        ("a: x\u2028y\n", "1:5", "the character \\u2028"),
        ('a: "\\ud83d"\n', "1:", ""),
        (b"a: 1\nb: \xff\n", "2:4", "the byte 0xff"),
        (b"\xef\xbb\xbfa: 1\n", "1:1", "a byte-order mark"),
        (b"\xff\xfea\0:\0 \x001\0", "1:1", "UTF-16"),
        (b"a\0:\0 \x001\0", "1:2", "a NUL (is it UTF-16?)"),
        (b"a: 1\nb: \0\n", "2:4", "a NUL"),
    ],
)
def test_what_is_not_plain_yaml_gets_one_complaint_at_its_place(text, place, words):
    root, complaints = tree(text)

    assert root is None
    assert len(complaints) == 1
    assert complaints[0].where.startswith(f"x.yaml:{place}")
    assert words in complaints[0].found


def test_a_key_given_twice_is_told_with_both_lines_and_reading_goes_on():
    root, complaints = tree("a:\n  b: 1\n  c: 2\n  b: 3\nd: 1\n'd': 2\n")

    assert [(c.line, c.found) for c in complaints] == [
        (4, "the key b in lines 2 and 4"),
        (6, "the key d in lines 5 and 6"),
    ]
    assert root.entries["a"].value.entries["b"].value.text == "1"


def test_nesting_is_bounded_at_50_for_block_and_flow():
    deepest, none = tree("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    _, flow = tree("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH)
    _, block = tree("".join(" " * depth + "a:\n" for depth in range(MAX_DEPTH + 1)))

    assert deepest is not None and none == []
    assert [c.found for c in flow + block] == ["nesting deeper than 50"] * 2


def test_the_size_limit_counts_bytes_and_takes_the_last_one():
    root, none = tree(b"a: " + b"x" * (MAX_BYTES - 3))
    _, complaints = tree(b"a: " + b"x" * (MAX_BYTES - 2))

    assert root is not None and none == []
    assert complaints[0].found == "more than 4,000,000 bytes"


def test_the_parser_in_python_reads_the_same(monkeypatch):
    import yaml

    text = "a: [1, {b: NO}]\nc: |\n  x\n"
    fast, _ = tree(text)
    monkeypatch.setattr("model.yaml_tree._LOADER", yaml.SafeLoader)
    slow, complaints = tree(text)

    assert complaints == []
    assert shape(fast) == shape(slow)
    assert tree('a: "\\U00110000"')[0] is None


def shape(node):
    if isinstance(node, Scalar):
        return node.kind, node.text, node.line, node.column
    inner = (
        {k: shape(e.value) for k, e in node.entries.items()} if isinstance(node, Mapping) else map(shape, node.items)
    )
    return node.line, node.column, inner if isinstance(inner, dict) else list(inner)
