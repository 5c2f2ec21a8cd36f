"""Imports point one way, events <- agents <- model, so an audit needs neither Mesa nor SimPy nor any firm's code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ANYTHING = None
# What each place may import beside the standard library; the longest matching path rules.
MAY_IMPORT = {
    "events": {"events", "attrs", "msgspec"},
    "events/verify.py": set(),
    "agents": {"events", "agents", "attrs", "mesa", "numpy"},
    "model": ANYTHING,
}


@pytest.mark.parametrize("floor", ["events", "agents", "model"])
def test_a_floor_imports_only_what_the_table_allows(floor):
    files = sorted((ROOT / floor).rglob("*.py"))

    assert files, f"{floor}/ holds no Python file"
    assert not report(complaint for path in files for complaint in forbidden_imports(path, ROOT))


@pytest.mark.parametrize(
    "path, source, found",
    [
        ("events/books.py", "import json\nfrom attrs import define\nfrom events.units import USD", None),
        ("events/books.py", "from agents.firm import Firm", "agents"),
        ("events/books.py", "def late():\n    import simpy", "simpy"),
        ("events/books.py", "if True:\n    import mesa.space as space", "mesa"),
        ("events/verify.py", "from .units import USD", "events"),
        ("agents/firm.py", "from . import briefing", None),
        ("events/verify.py", "import msgspec", "msgspec"),
        ("agents/firm.py", "import events, mesa", None),
        ("agents/firm.py", "from model.economy import Economy", "model"),
        ("model/economy.py", "import simpy, mesa, events, agents", None),
    ],
)
def test_the_scan_sees_an_import_wherever_it_stands(tmp_path, path, source, found):
    planted = write(tmp_path / path, source)

    complaints = list(forbidden_imports(planted, tmp_path))

    assert [complaint.split()[2] for complaint in complaints] == ([f"{found};"] if found else [])


def test_contracts_wait_only_through_the_economy():
    """
    A bare timeout knows no phases, so it could wake a contract before the market has priced the day.
    """
    files = sorted((ROOT / "model" / "contracts").rglob("*.py"))

    assert not report(complaint for path in files for complaint in bare_timeouts(path, ROOT))


@pytest.mark.parametrize("wait", ["yield env.timeout(30)", "yield met | self.env.timeout(30)", "yield Timeout(env, 3)"])
def test_the_scan_sees_a_bare_timeout(tmp_path, wait):
    planted = write(tmp_path / "model/contracts/loan.py", f"def loan(terms, economy, signed):\n    {wait}\n")

    assert len(list(bare_timeouts(planted, tmp_path))) == 1


def test_help_answers_without_importing_mesa():
    """
    Nor SimPy nor NumPy: who asks for help is not to wait for a simulator to load.
    """
    asked = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "model", "--help"], cwd=ROOT, capture_output=True, text=True
    )

    imported = {line.rpartition("|")[2].strip() for line in asked.stderr.splitlines() if "import time:" in line}
    assert asked.returncode == 0, asked.stderr
    assert "Usage" in asked.stdout
    assert not imported & {"mesa", "simpy", "numpy", "pandas"}


def forbidden_imports(path: Path, root: Path) -> Iterator[str]:
    """One line for each import of this file that the table does not allow."""
    place = path.relative_to(root).as_posix()
    allowed = MAY_IMPORT[max((rule for rule in MAY_IMPORT if covers(rule, place)), key=len)]
    if allowed is ANYTHING:
        return
    for line, package in imports(path, own=place.partition("/")[0]):
        if package not in allowed | sys.stdlib_module_names:
            beside = ", ".join(sorted(allowed)) or "nothing else"
            yield f"{place}:{line}: imports {package}; allowed are the standard library and {beside}"


def covers(rule: str, place: str) -> bool:
    return place == rule or place.startswith(rule + "/")


def imports(path: Path, own: str) -> Iterator[tuple[int, str]]:
    """Line and top-level package of every import; a relative one leads to the file's own."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, own if node.level else (node.module or "").partition(".")[0]


def bare_timeouts(path: Path, root: Path) -> Iterator[str]:
    """One line for each call of a SimPy timeout, under whichever environment."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"timeout", "Timeout"}:
            place = path.relative_to(root).as_posix()
            yield f"{place}:{node.lineno}: {ast.unparse(node)}; wait through economy.at or economy.when"


def report(complaints: Iterator[str]) -> str:
    return "\n".join(complaints)


def write(path: Path, source: str) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    return path
