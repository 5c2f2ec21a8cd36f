"""The one place where anything happens: what it refuses leaves books and log as they were. Rows F10, F11, I2 to I4."""

import pytest

from events import catalogue as c
from events import codec, postings
from events.accounts import CASH, UNITS, UNITS_OWED
from events.books import replay
from events.journal import Journal
from events.problems import AccountingBroken, OutputFailed
from events.terms import TermLoan
from events.units import MAX_BALANCE, MAX_POSTING, USD
from tests.every_kind import example
from tests.told import OUTSIDE, Told


@pytest.fixture
def told():
    told = Told()
    told.gives_cash("openai", 1_000)
    return told


def check_refused(told, event, words, **place):
    """The event is refused with code 7 and these words, and nothing has changed."""
    before = told.state()
    with pytest.raises(AccountingBroken, match=words) as trouble:
        told.record(event, **place)
    assert trouble.value.code == 7
    assert "nothing was recorded" in str(trouble.value)
    assert told.state() == before


# --- I2: unbalanced ---------------------------------------------------------------------------------------------------

UNBALANCED = {
    "one side only": ([("openai", CASH, USD, 5)], "cash over all firms sums to 5"),
    "a cent lost within a firm": (
        [("openai", "Expenses:Running", USD, 5), ("openai", "Liabilities:Payable", USD, -4)],
        "the dollars of openai sum to 1 cents",
    ),
    "one firm receives what the other did not pay": (
        [
            ("openai", CASH, USD, 10), ("openai", "Income:Sales", USD, -10),
            ("microsoft", CASH, USD, -9), ("microsoft", "Expenses:Compute", USD, 9),
        ],
        "cash over all firms sums to 1",
    ),
    "shares out of nothing": ([("openai", UNITS, "SHARE:amd", 1)], "SHARE:amd over all firms sums to 1"),
    "firms that only balance together": (
        [("openai", "Expenses:Running", USD, 5), ("microsoft", "Income:Compute", USD, -5)],
        "the dollars of openai sum to 5",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNBALANCED)
def test_an_unbalanced_event_is_refused(told, monkeypatch, case):
    post, words = UNBALANCED[case]
    monkeypatch.setitem(postings.RULES, c.CostsCut, lambda event: tuple(post))

    check_refused(told, example(c.CostsCut), words)


# --- I3: consumed twice -----------------------------------------------------------------------------------------------


def test_a_bill_is_paid_once(told):
    told.bills("azure/1", 80)
    told.bills("azure/2", 80)  # so that the units of the contract alone would allow a second payment
    told.pays("azure/1", 80)

    again = example(c.ClaimPaid, claim="azure/1", debtor="openai", creditor="microsoft", amount_cents=80)
    check_refused(told, again, "not open")


def test_a_gpu_is_sold_once(told):
    told.happens(c.CapacityBroughtForward, host="amd", generation="mi450", gpus=5)
    row = {"maker": "amd", "buyer": "oracle", "serves": "oci", "generation": "mi450", "gpus": 5, "kw": 600}
    placed = ("first", "second")
    for order in placed:
        told.happens(c.GpusOrdered, order=order, **row)
    told.happens(c.GpusDelivered, order="first", claim="chips/1", **row, cost_cents=0)

    again = {order: example(c.GpusDelivered, order=order, claim="chips/2", **row, cost_cents=0) for order in placed}
    check_refused(told, again["first"], "not waiting")
    check_refused(told, again["second"], "amd Assets:Units GPU:mi450")


def signs(told, contract, commitment):
    terms = example(TermLoan, lender="bank", borrower="box", commitment_cents=commitment, opening_cents=0)
    told.happens(c.ContractSigned, contract=contract, terms=terms)


def drawn(contract, cents, gpus):
    return example(
        c.LoanDrawn, contract=contract, lender="bank", borrower="box", amount_cents=cents, generation="mi450", gpus=gpus
    )


def test_a_gpu_is_pledged_once(told):
    told.gives_cash("bank", 1_000)
    told.happens(c.CapacityBroughtForward, host="box", generation="mi450", gpus=8)
    signs(told, "first", 500)
    signs(told, "second", 500)
    told.record(drawn("first", 100, 5))

    check_refused(told, drawn("second", 100, 4), "pledged 1 more GPU:mi450 than it holds|nothing is pledged twice")
    told.record(drawn("second", 100, 3))


def test_a_pledged_gpu_is_not_sold(told):
    told.gives_cash("bank", 1_000)
    told.happens(c.CapacityBroughtForward, host="box", generation="mi450", gpus=5)
    signs(told, "first", 500)
    told.record(drawn("first", 100, 5))
    row = {"order": "1", "maker": "box", "generation": "mi450", "gpus": 5}
    told.happens(c.GpusOrdered, **row, buyer="oracle", serves="oci", kw=6)

    event = example(c.GpusDelivered, **row, claim="chips/1", buyer="oracle", serves="oci", kw=6, cost_cents=0)
    check_refused(told, event, "nothing is pledged twice")


def test_credits_are_burned_once(told):
    told.happens(c.CreditsGranted, provider="microsoft", receiver="openai", face_cents=50)
    told.bills("azure/1", 80)
    burn = {"claim": "azure/1", "provider": "microsoft", "receiver": "openai"}
    told.happens(c.CreditsBurned, **burn, face_cents=50)

    check_refused(told, example(c.CreditsBurned, **burn, face_cents=1), "an asset is never below zero")


def test_a_warrant_is_exercised_once(told):
    warrant = {"contract": "w", "issuer": "amd", "holder": "openai", "shares": 26}
    told.happens(c.WarrantIssued, **warrant)
    told.happens(c.WarrantEarned, **warrant, grant_value_cents=0)
    told.happens(c.WarrantVested, **warrant)
    exercise = example(c.WarrantExercised, **warrant, issued=25, value_cents=0, carrying_cents=0)
    told.record(exercise)

    check_refused(told, exercise, "WARRANT:w:vested would stand at -26")


def test_a_contract_is_signed_once(told):
    signs(told, "first", 500)

    check_refused(told, example(c.ContractSigned, contract="first"), "signed already")


# --- I4: a leg that fails ---------------------------------------------------------------------------------------------


def test_a_draw_beyond_the_commitment_moves_neither_cash_nor_pledge(told):
    """
    Its first legs, cash and loan, would hold by themselves.
    """
    told.gives_cash("bank", 1_000)
    told.happens(c.CapacityBroughtForward, host="box", generation="mi450", gpus=8)
    signs(told, "first", 99)

    check_refused(told, drawn("first", 100, 5), "box Assets:Units COMMIT:first would stand at -1")


def test_a_delivery_of_chips_that_were_not_built_bills_nobody(told):
    row = {"order": "1", "maker": "amd", "buyer": "oracle", "serves": "oci", "generation": "mi450", "gpus": 5, "kw": 6}
    told.happens(c.GpusOrdered, **row)

    check_refused(told, example(c.GpusDelivered, **row, claim="chips/1", cost_cents=0), "amd Assets:Units GPU:mi450")


def test_a_disk_that_does_not_take_the_line_leaves_the_books_behind_it(told):
    def full(line, date, closes):
        raise OutputFailed("no space")

    journal = Journal(full, OUTSIDE)
    with pytest.raises(OutputFailed):
        journal.record(example(c.CapitalCalled), "2025-10-01", cause=None, actor="scenario")

    assert journal.books.seq == -1
    assert journal.books.ledger.balances == {}


# --- F10, F11: no cash, and the bounds --------------------------------------------------------------------------------


def test_nobody_inside_spends_what_it_has_not(told):
    told.bills("azure/1", 1_001)

    event = example(c.ClaimPaid, claim="azure/1", debtor="openai", creditor="microsoft", amount_cents=1_001)
    check_refused(told, event, "openai Assets:Cash USD would stand at -1")


def test_the_outside_world_may_owe_cash(told):
    told.happens(c.CapitalCalled, investor="softbank", amount_cents=5)

    assert told.books.ledger.cash_cents("world") == -1_005


@pytest.mark.parametrize(
    ("cents", "accepted"),
    [
        (MAX_POSTING - 1, True),
        (MAX_POSTING, True),
        (MAX_POSTING + 1, False),
        (2**63 - 1, False),
        (2**63, False),
        (10**30, False),
    ],
)
def test_a_posting_holds_up_to_its_bound(told, cents, accepted):
    event = example(c.CapitalCalled, investor="softbank", amount_cents=cents)
    if accepted:
        told.record(event)
        assert told.books.ledger.cash_cents("softbank") == cents
        assert codec.decode(told.lines[-1], "here").event.amount_cents == cents
    else:
        check_refused(told, event, f"a posting of {cents} on")


@pytest.mark.parametrize(("room", "accepted"), [(11, True), (10, True), (9, False), (0, False)])
@pytest.mark.parametrize("side", [1, -1])
def test_a_balance_holds_64_bits_and_never_wraps(told, room, accepted, side):
    """
    A called tranche of 10 meets a balance that has so much room left, on the debit or on the credit side.
    """
    account = "Assets:SubscriptionRight" if side > 0 else "Liabilities:Payable"
    told.books.ledger.balances["nvidia", account, USD] = side * (MAX_BALANCE - room)
    event = example(c.TrancheCalled, claim="equity/1", investor="nvidia", investee="openai", amount_cents=10)
    if accepted:
        told.record(event)
        assert told.books.ledger.balance("nvidia", account) == side * (MAX_BALANCE - room + 10)
    else:
        check_refused(told, event, "a balance has at most 64 bits")


# --- what is recorded -------------------------------------------------------------------------------------------------


def test_a_line_carries_the_event_and_what_it_booked(told):
    record = told.bills("azure/1", 80)

    assert codec.decode(told.lines[-1], "here") == record
    assert [codec.decode(line, "here").seq for line in told.lines] == [0, 1]


def test_the_books_are_those_of_a_replay(told):
    told.happens(c.FirmFounded, firm="openai")
    told.happens(c.CreditsGranted, provider="microsoft", receiver="openai", face_cents=50)
    told.bills("azure/1", 80)
    told.happens(c.CreditsBurned, claim="azure/1", provider="microsoft", receiver="openai", face_cents=50)
    told.pays("azure/1", 30)

    again = replay(codec.decode(line, "here") for line in told.lines)

    assert again.ledger.balances == told.books.ledger.balances
    assert again.obligations == told.books.obligations
    assert (again.firms, again.seq, again.opens) == (told.books.firms, told.books.seq, told.books.opens)


def test_two_postings_of_one_event_on_one_account_both_count(told):
    """
    A bill with a make-up right adds its shortfall to the prepayment that it also uses.
    """
    seller = {"seller": "microsoft", "buyer": "openai"}
    told.happens(c.PrepaymentCalled, claim="azure/1", **seller, amount_cents=50)
    told.happens(
        c.ComputeBilled, claim="azure/2", **seller, taken_cents=60, shortfall_cents=40, prepaid_cents=20,
        amount_cents=80, make_up=1,
    )  # fmt: skip

    assert told.books.ledger.balance("openai", "Assets:PrepaidCompute") == 50 + 40 - 20


def test_only_the_scenario_acts_without_a_cause(told):
    check_refused(told, example(c.CostsCut), "names no cause", cause=None, actor="openai")


def test_the_state_is_the_digest_of_the_balances(told):
    before = told.journal.state()
    told.bills("azure/1", 80)
    with_a_bill = told.journal.state()
    told.books.ledger.balances["nobody", UNITS_OWED, "SHARE:x"] = 0  # a zero is no balance

    assert before != with_a_bill == told.journal.state()


def test_the_journal_itself_asks_what_cannot_happen():
    """
    Nothing reaches the log that the books could not follow.
    """
    lines = []
    journal = Journal(lambda line, date, closes: lines.append(line), OUTSIDE)
    with pytest.raises((AccountingBroken, KeyError)):
        journal.record(
            example(c.ClaimPaid, creditor="world", debtor="public"), "2025-10-01", cause=None, actor="scenario"
        )
    assert lines == []


@pytest.mark.parametrize("cause", [1, 99, -1])
def test_a_cause_comes_before_its_event(told, cause):
    """
    The verifier concludes 7 from such a log; the writer should not write it.
    """
    check_refused(told, example(c.CostsCut), "cause", cause=cause, actor="openai")
