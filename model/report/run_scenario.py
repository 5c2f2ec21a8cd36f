"""What was put in: the deals that bind nobody, every assumption with its range, every number with its source."""

from collections.abc import Iterator

from events.files import read_object
from events.replay import LONGEST_SCENARIO, SCENARIO
from model.assumptions import noted
from model.report.page import Cell, Fold, Heading, Part, Table, Words, escape
from model.report.run_fold import RunFold
from model.report.told import Told


def what_was_put_in(told: Told, fold: RunFold) -> Iterator[Part]:
    yield Heading("The scenario: what was put in", "scenario")
    path = told.folder / SCENARIO
    if not path.is_file():
        yield Words("No scenario lies beside this log; its SHA-256 stands in the log's first line.")
        return
    tree = read_object(path, LONGEST_SCENARIO, "take the scenario that the run was made of")
    yield Words(f"<strong>{escape(tree.get('name', ''))}</strong>: {escape(tree.get('asks', ''))}")
    deals: list[list[Cell]] = [
        [signed.contract, type(signed.terms).__name__, signed.status] for signed in fold.books.contracts.values()
    ]
    if told.came.tale.not_binding:
        loose = [row for row in deals if row[2] != "binding"]
        yield Table(["not binding: only announced or conditional", "kind", "status"], loose)
    guesses, facts = noted(tree)
    yield Words(f"{len(guesses)} values are <strong>assumed</strong>, each with its range; {len(facts)} are known, "
                "each with its source and date.")  # fmt: skip
    by_owner: dict[str, list[list[Cell]]] = {}
    for guess in guesses:
        by_owner.setdefault(guess.owner, []).append(
            ["assumed", guess.path, guess.value, f"{guess.low} to {guess.high}", guess.why]
        )
    for fact in facts:
        by_owner.setdefault(fact.owner, []).append(["known", fact.path, fact.value, fact.date, fact.source])
    for owner, rows in sorted(by_owner.items()):
        count = sum(row[0] == "assumed" for row in rows)
        table = Table(["", "what", "value", "range or date", "why or source"], rows)
        yield Fold(owner, [table], faint=f"{count} assumed, {len(rows) - count} known")
