"""What contracts promise: every kind says it, and is known by its name."""

import pytest
from attrs import fields

from events import terms as t
from events.books import Books
from events.catalogue import ContractSigned
from events.record import Record
from tests.every_kind import example

PROMISED = {  # the kinds of the first release, with who owes whom what
    "gpu_supply": [("the-maker", "the-buyer", "KW:the-generation")],
    "warrant": [("the-issuer", "the-holder", "SHARE:the-issuer")],
    "milestone_equity": [("the-investor", "the-investee", "USD")],
    "share_purchase": [("the-investor", "the-issuer", "USD")],
    "credit_grant": [("the-provider", "the-receiver", "USD"), ("the-provider", "the-receiver", "CREDIT:the-provider")],
    "compute_commitment": [("the-buyer", "the-seller", "USD")],
    "term_loan": [("the-lender", "the-borrower", "USD"), ("the-borrower", "the-lender", "USD")],
    "capacity_backstop": [("the-guarantor", "the-beneficiary", "USD")],
    "priority_supply": [("the-maker", "the-buyer", "PLACE")],
    "data_centre_lease": [("the-landlord", "the-tenant", "KW"), ("the-tenant", "the-landlord", "USD")],
    "lease_back": [("the-tenant", "the-owner", "USD")],
    "lease_guarantee": [
        ("the-guarantor", "the-landlord", "USD"), ("the-landlord", "the-guarantor", "SHARE:the-landlord"),
    ],
    "vehicle_lease": [("the-lessee", "the-vehicle", "USD"), ("the-lessee", "the-vehicle", "USD")],
    "joint_product": [("the-lead", "the-partner", "USD")],
    "revenue_share": [("the-payer", "the-payee", "USD")],
}


def test_kinds_names_every_class_of_terms_once():
    classes = {kind for kind in vars(t).values() if isinstance(kind, type) and issubclass(kind, t.Terms)} - {t.Terms}

    assert set(t.ALL_TERMS) == classes
    assert set(t.KINDS.values()) == classes
    assert set(t.KINDS) == set(PROMISED)


@pytest.mark.parametrize("kind", PROMISED)
def test_every_kind_promises_something_to_somebody(kind):
    promises = example(t.KINDS[kind]).promises()

    assert [(one.debtor, one.creditor, one.asset) for one in promises] == PROMISED[kind]


@pytest.mark.parametrize("kind", PROMISED)
def test_every_promise_falls_due_on_a_day_or_on_a_condition_that_can_be_read(kind):
    for promise in example(t.KINDS[kind]).promises():
        assert promise.due_day >= 0 or promise.when
        assert promise.quantity >= 0


@pytest.mark.parametrize("kind", PROMISED)
def test_the_name_in_the_log_is_the_one_in_the_table(kind):
    assert fields(t.KINDS[kind]).kind.default == kind
    assert example(t.KINDS[kind]).kind == kind


@pytest.mark.parametrize("kind", [t.GpuSupply, t.Warrant, t.MilestoneEquity])
def test_each_tranche_is_a_promise_of_its_own(kind):
    """
    Tranches keep the order in which the terms name them.
    """
    one = example(kind).tranches[0]
    many = example(kind, tranches=(one, one, one))

    assert many.promises() == example(kind).promises() * 3


def test_terms_that_promise_nothing_are_a_mistake_in_the_code():
    with pytest.raises(TypeError, match="does not say what it promises"):
        t.Terms().promises()


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [
        (t.SupplyTranche, "kw", 0),
        (t.SharePurchase, "amount_cents", 0),
        (t.TermLoan, "commitment_cents", -1),
        (t.CapacityBackstop, "total_cents", 0),
        (t.RateStep, "rate_ppm", -1),
        (t.YearAmount, "year", 1999),
    ],
)
def test_an_amount_out_of_its_bounds_is_refused_where_it_is_made(kind, field, wrong):
    with pytest.raises(ValueError, match=field):
        example(kind, **{field: wrong})


def test_a_contract_is_known_to_each_firm_that_its_terms_name():
    loan = example(t.TermLoan)
    books = Books()
    signed = ContractSigned(contract="a-loan", status="binding", terms=loan)

    books.apply(Record(0, "2025-12-31", signed, None, "a-loan", "scenario", ()))

    assert t.parties(loan) == (loan.lender, loan.borrower)  # it has no guarantor
    assert [one.contract for one in books.of(loan.borrower)] == ["a-loan"]
    assert books.of(loan.lender) == books.of(loan.borrower)
    assert books.of("a stranger") == []
