"""The table in docs/reliability.md says where each kind of fault is tried; the places it names must be there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = re.compile(r"^\| ([A-L]\d+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
PLACE = re.compile(r"`(test_\w+)::(\w+)`")
# How many kinds there are of each letter; C6, C7 and D7 were given up while the list was made.
KINDS = {"A": 10, "B": 9, "C": 10, "D": 10, "E": 12, "F": 12, "G": 2, "H": 5, "I": 8, "J": 3, "K": 6, "L": 3}
GIVEN_UP = {"C6", "C7", "D7"}

ROWS = TABLE.findall((ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"))


def names(path):
    """What is defined in a test file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    return defined | {target.id for target in assigned if isinstance(target, ast.Name)}


def test_every_kind_of_fault_has_one_row():
    due = [f"{letter}{number}" for letter, most in KINDS.items() for number in range(1, most + 1)]

    assert [row for row, _, _ in ROWS] == [row for row in due if row not in GIVEN_UP]


@pytest.mark.parametrize(("row", "places"), [(row, places) for row, _, places in ROWS])
def test_each_row_names_tests_that_are_there_or_says_why_there_is_none(row, places):
    found = PLACE.findall(places)

    assert found or places.startswith("not met: ")
    for module, name in found:
        (path,) = (ROOT / "tests").rglob(f"{module}.py")
        assert name in names(path), f"{row}: no {name} in {path.name}"
