"""The checker that reads a log with the catalogue at hand: what it hands out, and what it alone can see."""

import copy
import hashlib
import json
from pathlib import Path

import pytest

from events import catalogue as c
from events import replay as module
from events import verify
from events.books import replay as fold
from events.log import NAME, state_digest
from events.problems import AccountingBroken, LogDamaged, LogIncomplete, Problem, UnknownSchema, Usage
from events.replay import records, replay
from tests import plain_log, real_log


@pytest.fixture
def folder(tmp_path):
    return real_log.run(tmp_path / "run")


def rewritten(folder: Path, change, **how) -> Path:
    """The same folder, without manifest, the log's chain made to fit a changed story."""
    (folder / "manifest.json").unlink(missing_ok=True)
    (folder / NAME).write_bytes(plain_log.rewrite(real_log.write(), change, **how))
    return folder


def with_data(kind: str, **fields: object):
    """A change of a story: other data in the events of a kind."""

    def change(story):
        return [fact | {"data": fact["data"] | fields} if fact["type"] == kind else fact for fact in story]

    return change


def told_by_verifier(folder: Path) -> int:
    try:
        verify.verify(folder)
    except verify.Problem as problem:
        return problem.args[0]
    return 0


def seen(books):
    """What of books can be compared."""
    return books.ledger.balances, books.obligations, books.firms, books.contracts, books.market, books.seq, books.ended


def test_a_whole_log_is_handed_out_with_its_books(folder):
    told = replay(folder)
    assert (told.level, told.events, told.blocks, told.last_date) == ("self-consistent", 12, 4, "2025-12-31")
    assert told.complete and told.problems == [] and told.notes == []
    assert told.genesis == real_log.GENESIS
    assert told.books.ledger.cash_cents("lab") == 500 - 40 + 100
    assert [claim.claim for claim in told.books.obligations.of("lab")] == ["lab-cloud/1", "lab-costs/2"]
    assert replay(folder / NAME).head == told.head


def test_the_head_given_anchors_a_log_or_refuses_it(folder):
    """C4: a log cut at a seal, its head known from elsewhere."""
    head = replay(folder).head
    assert replay(folder, head=head).level == "anchored"
    (folder / "manifest.json").unlink()
    lines = (folder / NAME).read_bytes().splitlines(keepends=True)
    (folder / NAME).write_bytes(b"".join(lines[:-2]))
    with pytest.raises(LogIncomplete):
        replay(folder)
    with pytest.raises(LogDamaged, match=r"the log ends at [0-9a-f]{64} after seq 10.*head given says " + head):
        replay(folder, head=head)


def test_books_until_a_day_hold_that_day_and_none_after(folder):
    all_records = list(records(folder))
    for day in ("2025-01-01", "2025-09-30", "2025-10-02", "2025-10-31", "2025-11-03", "2026-12-31"):
        told = replay(folder, until=day)
        assert seen(told.books) == seen(fold(record for record in all_records if record.date <= day))
        assert told.events == 12


def test_what_cannot_be_meant_is_usage(folder, tmp_path):
    for call in (
        lambda: replay(tmp_path / "nowhere"), lambda: replay(tmp_path), lambda: replay(folder, head="abc"),
        lambda: replay(folder, until="2025-13-01"), lambda: replay(folder, until="20251001"),
    ):  # fmt: skip
        with pytest.raises(Usage):
            call()


def test_a_fold_without_agents_stands_at_every_month_where_the_run_stood(tmp_path):
    """D8: after each event that closes, and by the digest in the seal."""
    stood = {}
    for journal, event in real_log.tell(tmp_path / "run"):
        if isinstance(event, c.MonthClosed | c.RunEnded):
            stood[journal.books.seq] = (journal.state(), copy.deepcopy(journal.books))
    told = list(records(tmp_path / "run"))
    assert len(stood) == 3
    for seq, (state, books) in stood.items():
        again = fold(told[: seq + 1])
        assert state_digest(again.ledger.balances) == state
        assert seen(again) == seen(books)


def test_records_are_those_that_were_recorded_and_a_tail_is_none(folder):
    whole = list(records(folder))
    assert [(record.event, record.date, record.cause) for record in whole] == list(real_log.STORY)
    with (folder / NAME).open("ab") as file:
        file.write(b'{"seq":12,"date":"2025-12-31","type":"FirmFounded",')
    assert list(records(folder)) == whole


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (with_data("ClaimPaid", amount_cents=39), AccountingBroken, r"seq 5: a ClaimPaid was booked as \[\["),
        (with_data("CostsBilled", account="Expenses:Operations"), AccountingBroken, r"seq 4: .*Expenses:Operations"),
        (with_data("ClaimPaid", amount_cents=0), LogDamaged, "amount_cents"),
        (with_data("MonthClosed", month=10), LogDamaged, "Expected `str`"),
        (with_data("MonthClosed", more="x"), LogDamaged, "not spelled"),
        (with_data("RunEnded", days=2**63), LogDamaged, "64-bit integers"),
        (with_data("RunEnded", days=2**64), LogDamaged, "64-bit integers"),
        (with_data("RunEnded", days=10**4000), LogDamaged, "64-bit integers"),
        (lambda story: [*story[:-1], story[-1] | {"v": 2}], UnknownSchema, "'RunEnded' version 2; .* version 1"),
        (lambda story: [story[0] | {"v": 2, "data": {"rate": 1.5}}, *story[1:]], LogDamaged, "64-bit integers"),
        (lambda story: [story[0] | {"v": 2, "data": {"b": "", "a": ""}}, *story[1:]], LogDamaged, "not spelled"),
        (lambda story: [story[0] | {"type": "FirmDreamt"}, *story[1:]], UnknownSchema, "'FirmDreamt'.*no such type"),
        (lambda story: [story[0] | {"corr": "a" * 70_000}, *story[1:]], LogDamaged, "too long"),
    ],
)  # fmt: skip
def test_what_only_a_reader_of_the_catalogue_sees(folder, change, error, words):
    """J1, J3 and postings that do not follow from their event."""
    with pytest.raises(error, match=words):
        replay(rewritten(folder, change))


def test_a_bill_paid_twice_is_no_traceback(folder):
    """The postings balance and keep every floor, since another bill of the contract is open."""

    def paid_twice(story):
        first, payment = story[4], story[5]
        return [*story[:5], first | {"data": first["data"] | {"claim": "lab-costs/9"}}, payment, payment, *story[6:]]

    with pytest.raises(AccountingBroken, match="seq 7: a ClaimPaid speaks of 'lab-costs/1'"):
        replay(rewritten(folder, paid_twice))


def test_bills_must_agree_with_what_the_postings_say_is_owed(folder):
    """I5: one bill under the name of another that is open, so that the postings know of both and the bills of one."""

    def same_name_again(story):
        return [*story[:10], story[9], *story[10:]]

    with pytest.raises(AccountingBroken, match=r"lab-costs leave 60 cents .* of 30 are open"):
        replay(rewritten(folder, same_name_again))


def test_a_wrong_digest_names_its_seq_and_both_values(folder):
    """I5."""
    both = r"at seq 6: the seal states the digest 000000000000, .* add up to [0-9a-f]{12};"
    with pytest.raises(AccountingBroken, match=both):
        replay(rewritten(folder, list, state=lambda balances: "0" * 64))


def test_damage_further_down_goes_before_a_story_that_does_not_add_up(folder):
    """Code 4 before 9 before 7, wherever they stand; the verifier, which knows no types, says the same of 4 and 7."""
    rewritten(folder, with_data("CostsBilled", amount_cents=41))
    with pytest.raises(AccountingBroken):
        replay(folder)

    def unknown_too(story):
        return with_data("CostsBilled", amount_cents=41)([*story[:-1], story[-1] | {"v": 2}])

    with pytest.raises(UnknownSchema):
        replay(rewritten(folder, unknown_too))

    def misdated_too(story):
        return unknown_too([*story[:-2], story[-2] | {"date": "2025-01-01"}, story[-1]])

    with pytest.raises(LogDamaged, match="the date '2025-01-01'"):
        replay(rewritten(folder, misdated_too))
    assert told_by_verifier(folder) == 4


@pytest.mark.parametrize(
    "genesis",
    [
        {"ends": "2025-02-31"}, {"ends": "2025-01-01"}, {"outside": ["suppliers", "world", "world"]},
        {"outside": ["world", "suppliers"]}, {"parent": "0" * 64}, {"parent_date": "2025-10-01"}, {"block_events": 0},
        {"scenario_sha256": "0"}, {"outside": ["a\tb", "suppliers", "world"]},
    ],
)  # fmt: skip
def test_a_genesis_out_of_its_bounds_is_damage_to_both_checkers(folder, genesis):
    _, *rest = real_log.write().splitlines(keepends=True)
    story = [json.loads(line) for line in rest if line.startswith(b'{"seq":')]
    changed = json.loads(real_log.write().splitlines()[0]) | genesis
    (folder / "manifest.json").unlink()
    (folder / NAME).write_bytes(plain_log.write(story, changed | {"block_events": changed["block_events"] or 4}))
    if not changed["block_events"]:
        text = (folder / NAME).read_bytes()
        (folder / NAME).write_bytes(text.replace(b'"block_events":4', b'"block_events":0', 1))
    with pytest.raises(LogDamaged):
        replay(folder)
    assert told_by_verifier(folder) == 4


def test_names_with_a_tab_are_damage_to_both_checkers(folder):
    tabbed = json.loads(json.dumps(plain_log_story()).replace('"lab"', '"l\\tb"'))
    rewritten(folder, lambda story: tabbed)
    with pytest.raises(LogDamaged, match="no tab"):
        replay(folder)
    assert told_by_verifier(folder) == 4


def plain_log_story() -> list[dict]:
    """The story of the real log as plain objects."""
    lines = map(json.loads, real_log.write().splitlines()[1:])
    return [{key: value for key, value in fields.items() if key != "seq"} for fields in lines if "seq" in fields]


def test_another_posting_policy_is_checked_by_what_was_booked(folder, monkeypatch):
    """The rules of today may differ; identities, floors and digests hold all the same."""
    monkeypatch.setattr(module, "POLICY", 2)
    changed = rewritten(folder, with_data("CostsBilled", account="Expenses:Operations"))
    told = replay(changed)
    assert any("posting policy 1" in note and "not derived" in note for note in told.notes)
    assert told.books.ledger.balance("lab", "Expenses:Running") == 70
    assert fold(records(changed)).ledger.balances == told.books.ledger.balances
    with pytest.raises(AccountingBroken, match="debits must equal credits"):
        replay(rewritten(folder, out_of_balance))


def out_of_balance(story):
    (*name, cents), *others = story[4]["post"]
    return [*story[:4], story[4] | {"post": [[*name, cents + 1], *others]}, *story[5:]]


def test_scenario_and_manifest_must_be_those_of_the_log(folder):
    """C5: what the log determines of the manifest; and the scenario's digest in genesis."""
    stated = json.loads((folder / "manifest.json").read_text())
    for name, other in (
        ("events", 13), ("blocks", 3), ("bytes", 1), ("head", "0" * 64), ("last_date", "2025-12-30"),
    ):  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(stated | {name: other}))
        with pytest.raises(LogDamaged, match=f"{name} differ"):
            replay(folder)
    (folder / "manifest.json").unlink()
    assert replay(folder).notes == ["no manifest.json of a complete run beside the log, so it was not compared"]
    (folder / "scenario.json").write_bytes(b"{}")
    with pytest.raises(LogDamaged, match="SHA-256"):
        replay(folder)
    assert told_by_verifier(folder) == 4
    (folder / "scenario.json").unlink()
    assert len(replay(folder).notes) == 2


def test_every_problem_is_one_line(folder):
    rewritten(folder, lambda story: [story[0] | {"type": "Firm\u202eX\n"}, *story[1:]])
    with pytest.raises(Problem) as caught:
        replay(folder)
    assert caught.value.line.isprintable()


def test_the_real_log_is_the_same_every_time(tmp_path):
    """Nothing of the clock or the machine is in it."""
    again = (real_log.run(tmp_path / "again") / NAME).read_bytes()
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(real_log.write()).hexdigest()
