"""What cannot happen on given books although its postings balance."""

import pytest

from events import catalogue as c
from events.refusals import refusal
from events.terms import ALL_TERMS
from tests.every_kind import example, examples
from tests.told import Told

ROW = {"maker": "amd", "buyer": "oracle", "serves": "oci", "lab": "openai", "generation": "mi450", "gpus": 5, "kw": 600}
BILL = {"debtor": "openai", "creditor": "microsoft"}
GRANT = {"provider": "microsoft", "receiver": "openai"}


@pytest.fixture
def told():
    """
    One contract in force and one ended, one firm in its estate; a bill paid and one open; an order waiting, one built,
    one delivered, one accepted, one cancelled.
    """
    told = Told()
    for firm in ("openai", "microsoft", "lehman"):
        told.happens(c.FirmFounded, firm=firm)
    told.happens(c.Defaulted, firm="lehman")
    for contract in ("azure", "old"):
        told.happens(c.ContractSigned, contract=contract, terms=example(ALL_TERMS[0]))
    told.happens(c.ContractEnded, contract="old")
    told.gives_cash("openai", 1_000)
    told.happens(c.CreditsGranted, **GRANT, face_cents=500)
    told.happens(c.CapacityBroughtForward, host="amd", generation="mi450", gpus=100)
    for order in ("waiting", "built", "delivered", "accepted", "cancelled"):
        told.happens(c.GpusOrdered, order=order, **ROW)
    for number, order in enumerate(("delivered", "accepted"), start=1):
        told.happens(c.GpusDelivered, claim=f"chips/{number}", order=order, **ROW, cost_cents=0)
    told.record(built("built"))
    told.happens(c.CapacityAccepted, order="accepted", contract="oci", kw=600)
    told.happens(c.OrderCancelled, order="cancelled")
    for number in (1, 2, 4):
        told.bills(f"azure/{number}", 80)
    told.pays("azure/1", 80)
    told.record(missed("azure/4"))
    return told


def missed(claim, cents=80):
    return example(c.PaymentMissed, claim=claim, **BILL, amount_cents=cents, also=())


def paid(claim, cents=80, **parties):
    return example(c.ClaimPaid, claim=claim, **(BILL | parties), amount_cents=cents)


def cleared(claim, cents=80, dividend=10):
    return example(c.ClaimCleared, claim=claim, **BILL, amount_cents=cents, paid_cents=dividend)


def burned(claim, cents, **parties):
    return example(c.CreditsBurned, claim=claim, **(GRANT | parties), face_cents=cents)


def guaranteed(old, claim, cents=80):
    return example(
        c.GuaranteeCalled, old_claim=old, claim=claim, debtor="openai", lender="microsoft", guarantor="box",
        amount_cents=cents,
    )  # fmt: skip


def delivered(order, claim="chips/9", **otherwise):
    return example(c.GpusDelivered, claim=claim, order=order, **(ROW | otherwise))


def built(order, gpus=5):
    return example(c.GpusBuilt, order=order, maker="amd", generation="mi450", gpus=gpus)


def accepted(order, kw=600, contract="oci"):
    return example(c.CapacityAccepted, order=order, contract=contract, kw=kw)


def costs(claim, account):
    return example(c.CostsBilled, claim=claim, account=account)


REFUSED = [
    (example(c.ComputeRented, claim="azure/1", contract=""), "azure/1 was billed already"),
    (example(c.ComputeRented, claim="azure/2", contract=""), "azure/2 was billed already"),
    (example(c.InterestBilled, claim="azure/3"), "its number is not above 4, the last of azure"),
    (example(c.BackstopBilled, claim="azure/04"), "azure/04 was billed already"),
    (example(c.BackstopBilled, claim="azure"), "'azure' does not name a bill"),
    (example(c.BackstopBilled, claim="azure/x"), "'azure/x' does not name a bill"),
    (example(c.BackstopBilled, claim="/5"), "'/5' does not name a bill"),
    (costs("costs/1", "Assets:Cash"), "a bill cannot be for Assets:Cash"),
    (paid("azure/1"), "azure/1 is not open"),
    (paid("never/1"), "never/1 is not open"),
    (paid("azure/2", 79), "azure/2 stands at 80 cents, not at 79"),
    (paid("azure/2", 81), "azure/2 stands at 80 cents, not at 81"),
    (paid("azure/2", creditor="oracle"), "azure/2 is owed by openai to microsoft, not by openai to oracle"),
    (paid("azure/2", debtor="microsoft", creditor="openai"), "not by microsoft to openai"),
    (missed("azure/1"), "azure/1 is not open"),
    (missed("azure/2", 8), "azure/2 stands at 80 cents"),
    (missed("azure/4"), "azure/4 was missed already"),
    (cleared("azure/1"), "azure/1 is not open"),
    (cleared("azure/2", 81), "azure/2 stands at 80 cents"),
    (cleared("azure/2", 80, 81), "81 cents are paid on a claim of 80"),
    (burned("azure/1", 10), "azure/1 is not open"),
    (burned("azure/2", 81), "azure/2 stands at 80 cents"),
    (burned("azure/2", 10, provider="amazon"), "azure/2 is owed by openai to microsoft, not by openai to amazon"),
    (guaranteed("azure/1", "guarantee/1"), "azure/1 is not open"),
    (guaranteed("azure/2", "azure/2"), "azure/2 was billed already"),
    (guaranteed("azure/2", "guarantee/1", 81), "azure/2 stands at 80 cents"),
    (example(c.GpusOrdered, order="waiting"), "waiting was ordered already"),
    (example(c.GpusOrdered, order="cancelled"), "cancelled was ordered already"),
    (built("built"), "built was built already"),
    (built("never"), "never is not waiting"),
    (built("waiting", gpus=6), "waiting has gpus 5, not 6"),
    (example(c.ComputeRented, claim="spot/1", contract="azure"), "azure was not rejected"),
    (example(c.LoanDrawn, contract="never"), "never was never signed"),
    (example(c.CovenantTripped, contract="never"), "never was never signed"),
    (delivered("delivered"), "delivered is not waiting"),
    (delivered("cancelled"), "cancelled is not waiting"),
    (delivered("never"), "never is not waiting"),
    (delivered("waiting", gpus=6), "waiting has gpus 5, not 6"),
    (delivered("waiting", buyer="openai"), "waiting has buyer oracle, not openai"),
    (delivered("waiting", claim="chips/2"), "chips/2 was billed already"),
    (example(c.OrderDelayed, order="delivered"), "delivered is not waiting"),
    (example(c.OrderCancelled, order="cancelled"), "cancelled is not waiting"),
    (accepted("waiting"), "waiting has not been delivered"),
    (accepted("never"), "never has not been delivered"),
    (accepted("cancelled"), "cancelled has not been delivered"),
    (accepted("accepted"), "accepted was accepted already"),
    (accepted("delivered", kw=601), "delivered brings 600 kW to oci, not 601 kW to oci"),
    (example(c.FirmFounded, firm="openai"), "openai was founded already"),
    (example(c.RolledForward, account="Liabilities:Loan"), "Liabilities:Loan cannot be brought forward as one line"),
    (example(c.ContractSigned, contract="azure"), "azure was signed already"),
    (example(c.ContractEnded, contract="old"), "old is ended already"),
    (example(c.ContractEnded, contract="never"), "never was never signed"),
    (example(c.ContractAssumed, contract="old"), "old is ended already"),
    (example(c.ContractRejected, contract="old"), "old is ended already"),
    (example(c.Defaulted, firm="lehman"), "lehman is an estate already"),
    (example(c.Defaulted, firm="nobody"), "nobody was never founded"),
    (example(c.EstateClosed, firm="openai"), "openai is no estate"),
]

ALLOWED = [
    example(c.ComputeRented, claim="azure/5", contract=""),
    example(c.RevenueShared, claim="other/1"),
    costs("costs/1", "Assets:Inventory"),
    paid("azure/2"),
    paid("azure/4"),
    missed("azure/2"),
    cleared("azure/4"),
    cleared("azure/2", 80, 0),
    burned("azure/2", 80),
    burned("azure/2", 1),
    guaranteed("azure/2", "azure/5"),
    built("waiting"),
    delivered("built"),
    delivered("waiting"),
    example(c.CovenantTripped, contract="azure"),
    example(c.OrderDelayed, order="waiting"),
    example(c.OrderCancelled, order="waiting"),
    accepted("delivered"),
    example(c.ContractRejected, contract="azure", claim="damages/1"),
    example(c.ContractEnded, contract="azure"),
    example(c.Defaulted, firm="openai"),
    example(c.EstateClosed, firm="lehman"),
]


def named(value):
    return type(value).__name__ if isinstance(value, c.Event) else ""


@pytest.mark.parametrize(("event", "words"), REFUSED, ids=named)
def test_refused(told, event, words):
    before = told.state()

    assert words in refusal(told.books, event)
    assert told.state() == before  # to ask changes nothing


@pytest.mark.parametrize("event", ALLOWED, ids=named)
def test_allowed(told, event):
    assert refusal(told.books, event) == ""


@pytest.mark.parametrize("event", examples(), ids=named)
def test_nothing_follows_on_the_end_of_the_run(told, event):
    told.happens(c.RunEnded)

    assert refusal(told.books, event) == "the run has ended"
