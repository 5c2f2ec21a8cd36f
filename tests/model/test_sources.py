"""
What would make two runs differ does not stand in the source, but in the few places that the table names.

The scan knows names and not values: it is a fence beside the runs of test_determinism.py, and shows where to look.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A file, what it does there, and why that never reaches a log. Everything else is forbidden under the three floors.
ALLOWED = {
    ("events/lock.py", "clock"): "how long to wait for another writer",
    ("events/lock.py", "float"): "seconds of that wait",
    ("events/lock.py", "host"): "the lock file says who holds it",
    ("events/measures/circularity.py", "float"): "Finn's index of a log that is written already; rounded to ppm",
    ("model/audit/query.py", "float"): "a number that a query computed, as JSON",
    ("model/audit/query.py", "host"): "a timer that stops a query that takes too long",
    ("model/experiments/beside.py", "float"): "estimates over runs that are written already",
    ("model/experiments/fans.py", "float"): "quantiles over runs that are written already",
    ("model/experiments/cell.py", "host"): "only a main thread can be told that a run takes too long",
    ("model/cli_experiments.py", "float"): "a share of seeds, as it is typed",
    ("model/experiments/condition.py", "float"): "how near a name must be to be proposed",
    ("model/experiments/discover.py", "float"): "edges and densities of boxes",
    ("model/experiments/engine.py", "host"): "how many processes, and how they are started",
    ("model/experiments/engine.py", "unordered"): "answers come in any order; the journal puts them in the plan's",
    ("model/experiments/many.py", "host"): "processes; their answers come in the order of the questions",
    ("model/experiments/plan.py", "chance"): "where the cells of a Latin hypercube lie, from a seed of its own",
    ("model/experiments/plan.py", "float"): "the same, as parts of a range; they leave as texts",
    ("model/experiments/sensitivity.py", "float"): "points of a design and effects; values leave as texts",
    ("model/experiments/statistics.py", "float"): "estimates over runs that are written already",
    ("model/experiments/summary.py", "float"): "outcomes of runs on their way to an estimate",
    ("model/experiments/sweeps.py", "clock"): "seconds taken, and when the journal was last synced",
    ("model/experiments/threshold.py", "float"): "a share, and the tails of its interval",
    ("model/experiments/vary.py", "float"): "the number of a value, beside its text, for pictures and fits",
    ("model/audit/diff.py", "host"): "two processes, for two logs that are written already",
    ("model/complaints.py", "float"): "how near a name must be to be proposed",
    ("model/folders.py", "clock"): "`last` is the run written last, where the index does not say",
    ("model/market/shares.py", "float"): "a day's move, which leaves as whole cents through the gate",
    ("model/randomness.py", "chance"): "the streams",
    ("model/randomness.py", "float"): "a draw, and the gate",
    ("model/report/charts.py", "float"): "what is drawn",
    ("model/report/compare_page.py", "float"): "what is drawn",
    ("model/report/firm_page.py", "float"): "what is drawn",
    ("model/report/money_circle.py", "float"): "what is drawn",
    ("model/report/run_measures.py", "float"): "what is drawn",
    ("model/report/search_page.py", "float"): "what is drawn",
    ("model/report/sweep_page.py", "float"): "what is drawn",
    ("model/report/timeline.py", "float"): "what is drawn",
    ("model/view.py", "chance"): "the token of an address",
    ("model/view.py", "float"): "the slider's place",
    ("model/view.py", "host"): "a server and the world that runs beside it",
    ("model/run.py", "clock"): "seconds taken, and when it started: for the result and the manifest",
    ("model/run.py", "host"): "the manifest says on what it ran",
    ("model/sweeping.py", "float"): "how sure a mean has to be",
    ("model/terminal.py", "host"): "how wide the terminal is",
    ("model/telling.py", "float"): "estimates in words",
}

MODULES = {
    "clock": {"time", "timeit", "sched"},
    "chance": {"random", "secrets", "uuid"},
    "host": {"socket", "platform", "getpass", "locale", "tempfile", "threading", "multiprocessing", "asyncio"},
}
ATTRIBUTES = {
    "clock": {"now", "utcnow", "today", "localtime", "monotonic", "perf_counter", "time_ns", "st_mtime", "st_mtime_ns"},
    "chance": {"random", "rng", "shuffle", "shuffle_do", "default_rng", "urandom", "uuid4"},
    "host": {"environ", "getenv", "environb", "getpid", "getlogin", "uname", "cpu_count", "gethostname"},
}
IDENTITY = {"hash", "id"}
# The clock of the world is SimPy's: `env.now` is a day.
WORLDS_CLOCK = {"env.now", "self.env.now", "economy.env.now"}
# A slash after one of these joins paths.
PATHS = {"folder", "runs", "place", "path", "parent", "top", "other", "run"}
# What comes in an order of its own: sets, and what a folder holds.
SETS = {"set", "frozenset"}
FOLDERS = {"iterdir", "glob", "rglob", "scandir", "listdir"}
SET_VERBS = {"union", "intersection", "difference", "symmetric_difference"}
ORDER_FREE = {"sorted", "set", "frozenset", "len", "sum", "any", "all", "min", "max"}
KEEPS_ORDER = {"list", "tuple", "iter", "enumerate", "zip", "map", "filter", "dict", "join", "deque", "chain", "extend"}

Finding = tuple[int, str, str]  # line, what it is, the source


def test_what_could_make_runs_differ_stands_only_where_the_table_allows_it():
    report = [
        f"{place}:{line}: {what}: {source}" for place, line, what, source in scanned() if (place, what) not in ALLOWED
    ]

    assert not report, "\n".join(report)


def test_the_table_allows_nothing_that_is_not_there():
    assert sorted(ALLOWED.keys() - {(place, what) for place, _, what, _ in scanned()}) == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import time", "clock"),
        ("from time import perf_counter", "clock"),
        ("when = datetime.datetime.now()", "clock"),
        ("day = datetime.date.today()", "clock"),
        ("day = self.env.now", None),
        ("import random", "chance"),
        ("from uuid import uuid4", "chance"),
        ("x = self.model.random.choice(firms)", "chance"),
        ("firms.shuffle_do('step')", "chance"),
        ("import socket", "host"),
        ("import numpy\nx = numpy.random.default_rng()", "chance"),
        ("home = os.environ['HOME']", "host"),
        ("number = os.getpid()", "host"),
        ("seed = hash(name)", "identity"),
        ("key = id(firm)", "identity"),
        ("share = 0.5", "float"),
        ("share = cents / total", "float"),
        ("cents /= 12", "float"),
        ("share = float(cents)", "float"),
        ("root = math.sqrt(cents)", "float"),
        ("cents = total // 12", None),
        ("file = folder / 'events.jsonl'", None),
        ("file = self.folder / NAME / other", None),
        ("for name in {'a', 'b'}: pay(name)", "unordered"),
        ("for name in sorted({'a', 'b'}): pay(name)", None),
        ("for name in set(names): pay(name)", "unordered"),
        ("names = {f for f in firms}\nfor name in names: pay(name)", "unordered"),
        ("names = {f for f in firms}\nfor name in sorted(names): pay(name)", None),
        ("names = {f for f in firms}\nok = 'a' in names", None),
        ("def f():\n    names = {1}\ndef g(names: list[str]):\n    return list(names)", None),
        ("NAMES = {'a', 'b'}\ndef g():\n    return list(NAMES)", "unordered"),
        ("for name in a.keys() & b.keys(): pay(name)", "unordered"),
        ("for name in a.keys(): pay(name)", None),
        ("names: set[str] = set()\nrows = [name for name in names]", "unordered"),
        ("def pay(names: frozenset[str]):\n    return list(names)", "unordered"),
        ("class A:\n    def f(self):\n        self.names = set()\n        return [*self.names]", "unordered"),
        ("class A:\n    names: frozenset[str]\n\nfor name in books.names: pay(name)", "unordered"),
        ("def names() -> set[str]: ...\nfor name in module.names(): pay(name)", "unordered"),
        ("names = set(a) | set(b)\ntext = ', '.join(names)", "unordered"),
        ("rows = {name: 1 for name in set(names)}", "unordered"),
        ("total = sum(cents[name] for name in set(names))", None),
        ("both = {name for name in set(names) if name}", None),
        ("first = next(iter(set(names)))", "unordered"),
        ("first = set(names).pop()", "unordered"),
        ("for path in folder.iterdir(): read(path)", "unordered"),
        ("for path in sorted(folder.iterdir()): read(path)", None),
    ],
)
def test_the_scan_sees_what_is_planted(source, what):
    assert {found for _, found, _ in findings(ast.parse(source))} == ({what} if what else set())


# --- the scan --------------------------------------------------------------------------------------------------------


def scanned() -> Iterator[tuple[str, int, str, str]]:
    paths = [path for floor in ("events", "agents", "model") for path in sorted((ROOT / floor).rglob("*.py"))]
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_bytes(), str(path)) for path in paths}
    public = {name for tree in trees.values() for name in handed_out(tree)}
    for place, tree in trees.items():
        for line, what, source in findings(tree, public):
            yield place, line, what, source


def handed_out(tree: ast.Module) -> Iterator[str]:
    """Fields of classes that are sets, with a dot before them, and functions that return one, with `()` after them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            fields = (each for each in node.body if isinstance(each, ast.AnnAssign))
            yield from (f".{ast.unparse(each.target)}" for each in fields if leads_to_set(each.annotation))
        elif isinstance(node, ast.FunctionDef) and node.returns is not None and leads_to_set(node.returns):
            yield f"{node.name}()"


def findings(tree: ast.Module, public: frozenset[str] | set[str] = frozenset()) -> Iterator[Finding]:
    """All that the scan sees in a module; `public` is what all modules together hand out (see `handed_out`)."""
    free = order_free(tree)
    kept = {name for name in names_of_sets(ast.walk(tree)) if "." in name}  # attributes are known to the whole file
    outside, functions = split(tree)
    shared = kept | names_of_sets(outside) | public | set(handed_out(tree))
    for nodes in (outside, *(list(ast.walk(function)) for function in functions)):
        sets = shared | names_of_sets(nodes)
        for node in nodes:
            for what in (reached_for(node), "float" if is_float(node) else "", unordered(node, sets, free)):
                if what:
                    yield node.lineno, what, ast.unparse(node).partition("\n")[0][:100]


def split(tree: ast.Module) -> tuple[list[ast.AST], list[ast.AST]]:
    """What stands outside of functions, and the functions, each with all that is in it."""
    outside: list[ast.AST] = []
    functions: list[ast.AST] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            functions.append(node)
        else:
            outside.append(node)
            waiting.extend(ast.iter_child_nodes(node))
    return outside, functions


def reached_for(node: ast.AST) -> str:
    """The clock, chance, the host or an identity, if this node reaches for it."""
    if isinstance(node, ast.Import):
        return named(MODULES, {alias.name.partition(".")[0] for alias in node.names})
    if isinstance(node, ast.ImportFrom):
        return named(MODULES, {(node.module or "").partition(".")[0]})
    if isinstance(node, ast.Attribute) and ast.unparse(node) not in WORLDS_CLOCK:
        return named(ATTRIBUTES, {node.attr})
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IDENTITY
    return "identity" if called else ""


def named(table: dict[str, set[str]], names: set[str]) -> str:
    return next((what for what, members in table.items() if members & names), "")


def is_float(node: ast.AST) -> bool:
    """Whether a float arises here: written, divided, converted, or of a function of `math`."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float | complex)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div) and leftmost(node) not in PATHS
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ast.Div)
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        return called == "float" or (called.startswith("math.") and called not in ("math.isqrt", "math.gcd"))
    return False


def leftmost(node: ast.expr) -> str:
    """The last name of the first operand: `folder` for `self.folder / NAME`."""
    while isinstance(node, ast.BinOp):
        node = node.left
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def unordered(node: ast.AST, sets: set[str], free: set[ast.AST]) -> str:
    """Whether the order of a set, or of a folder, decides what happens here."""
    given: list[ast.expr] = []
    if isinstance(node, ast.For):
        given = [node.iter]
    elif isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp) and node not in free:
        given = [each.iter for each in node.generators]
    elif isinstance(node, ast.List | ast.Tuple):
        given = [each.value for each in node.elts if isinstance(each, ast.Starred)]
    elif isinstance(node, ast.Call):
        called = leaf(node.func)
        if called in KEEPS_ORDER and node not in free:
            given = list(node.args)
        elif called == "pop" and not node.args and isinstance(node.func, ast.Attribute):
            given = [node.func.value]
    return "unordered" if any(is_set(each, sets) for each in given) else ""


def is_set(node: ast.expr, sets: set[str]) -> bool:
    """Whether an expression comes in no order, as far as its shape tells."""
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call):
        called = leaf(node.func)
        if called in SETS or called in FOLDERS or f"{called}()" in sets:
            return True
        return called in SET_VERBS and isinstance(node.func, ast.Attribute) and is_set(node.func.value, sets)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        return any(is_set(each, sets) or is_keys(each) for each in (node.left, node.right))
    if isinstance(node, ast.IfExp):
        return is_set(node.body, sets) or is_set(node.orelse, sets)
    if isinstance(node, ast.Attribute) and f".{node.attr}" in sets:
        return True
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in sets


def is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and leaf(node.func) == "keys"


def leaf(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def names_of_sets(nodes: Iterable[ast.AST]) -> set[str]:
    """Names and attributes that hold a set somewhere among these nodes."""
    held: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and is_set(node.value, held):
            held |= {ast.unparse(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign) and leads_to_set(node.annotation):
            held |= {ast.unparse(node.target), f"self.{ast.unparse(node.target)}"}
        elif isinstance(node, ast.arg) and node.annotation is not None and leads_to_set(node.annotation):
            held.add(node.arg)
    return held


def leads_to_set(annotation: ast.expr) -> bool:
    return ast.unparse(annotation).startswith(("set", "frozenset", "Set", "AbstractSet"))


def order_free(tree: ast.Module) -> set[ast.AST]:
    """What is given straight to `sorted` or to another that does not care about order."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and leaf(node.func) in ORDER_FREE)
    return {argument for call in calls for argument in call.args}
