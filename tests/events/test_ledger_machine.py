"""Row I1: random legal and illegal operations, against a second bookkeeper who reads only the lines of the log."""

import json
from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from events import catalogue as c
from events import codec
from events.books import replay
from events.postings import postings
from events.problems import AccountingBroken
from events.terms import TermLoan
from tests.every_kind import example
from tests.told import OUTSIDE, Told, compute_bill

FIRMS = st.sampled_from(["bank", "cloud", "lab", "maker"])
PAIRS = st.tuples(FIRMS, FIRMS).filter(lambda pair: pair[0] != pair[1])
CENTS = st.integers(1, 100)
COUNTS = st.integers(1, 6)
NAMES = st.builds("{}/{}".format, st.sampled_from("ab"), st.integers(1, 30))
ORDERS = st.sampled_from(["o1", "o2", "o3"])
LOANS = st.sampled_from(["l1", "l2"])
OFF = st.sampled_from([0, 0, 0, 0, -1, 1])  # mostly the right amount


def held(balances: Counter) -> bool:
    """Whether every floor holds, by the words of docs/log-format.md."""
    owned = {key: quantity for key, quantity in balances.items() if key[0] not in OUTSIDE}
    free = Counter()  # GPUs less pledges
    for (firm, account, asset), quantity in owned.items():
        if (account, asset) in (("Assets:Units", "GPU:g"), ("Liabilities:Units", "PLEDGE:g")):
            free[firm] += quantity
    assets = [quantity for (_, account, _), quantity in owned.items() if account.startswith("Assets:")]
    return min([0, *assets, *free.values()]) == 0


class Bookkeeping(RuleBasedStateMachine):
    """
    `balances`, `bills` and `orders` are the second bookkeeper's own; from them it foretells what is refused.
    """

    def __init__(self):
        super().__init__()
        self.told = Told()
        self.lines_read = 0
        self.balances = Counter()
        self.bills = {}
        self.last = Counter()
        self.orders = {}
        self.loans = set()

    def offer(self, event, possible=True):
        """The event is recorded just when it is possible and keeps every floor; a refusal changes nothing."""
        foretold = Counter(self.balances)
        for firm, account, asset, quantity in postings(event):
            foretold[firm, account, asset] += quantity
        lines = len(self.told.lines)
        before = self.told.state()
        try:
            self.told.record(event)
        except AccountingBroken:
            assert not (possible and held(foretold)), f"{event} was refused"
            assert self.told.state() == before
            return False
        assert possible and held(foretold), f"{event} was let through"
        assert len(self.told.lines) == lines + 1
        return True

    def billed(self, event, debtor, creditor, cents, possible=True):
        contract, number = event.claim.split("/")
        recorded = self.offer(event, possible and int(number) > self.last[contract])
        if recorded:
            self.last[contract] = int(number)
            self.bills[event.claim] = [debtor, creditor, cents]
        return recorded

    # --- money and bills ----------------------------------------------------------------------------------------------

    @rule(firm=FIRMS, cents=CENTS)
    def bring_cash(self, firm, cents):
        self.offer(example(c.BalanceBroughtForward, firm=firm, account="Assets:Cash", amount_cents=cents))

    @rule(pair=PAIRS, contract=st.sampled_from("ab"), step=OFF, cents=CENTS)
    def bill(self, pair, contract, step, cents):
        name = f"{contract}/{self.last[contract] + 1 + step}"
        self.billed(compute_bill(name, cents, *pair), *pair, cents)

    def any_name(self, data):
        """Mostly that of an open bill; else one that was paid, or never billed."""
        if self.bills and data.draw(OFF) == 0:
            return data.draw(st.sampled_from(sorted(self.bills)))
        return data.draw(NAMES)

    def parties(self, name, data):
        """Those of the bill, if there is one, and now and then others."""
        if name in self.bills and data.draw(OFF) == 0:
            return self.bills[name][:2]
        return data.draw(PAIRS)

    def owed_cents(self, name, data):
        return max(1, self.bills.get(name, [0, 0, 5])[2] + data.draw(OFF))

    @rule(data=st.data())
    def pay(self, data):
        name = self.any_name(data)
        debtor, creditor = self.parties(name, data)
        cents = self.owed_cents(name, data)
        event = example(c.ClaimPaid, claim=name, debtor=debtor, creditor=creditor, amount_cents=cents)
        if self.offer(event, self.bills.get(name) == [debtor, creditor, cents]):
            del self.bills[name]

    @rule(paid=st.integers(0, 20), data=st.data())
    def clear(self, paid, data):
        name = self.any_name(data)
        debtor, creditor = self.parties(name, data)
        cents = self.owed_cents(name, data)
        event = example(
            c.ClaimCleared, claim=name, debtor=debtor, creditor=creditor, amount_cents=cents, paid_cents=paid
        )
        if self.offer(event, self.bills.get(name) == [debtor, creditor, cents] and paid <= cents):
            del self.bills[name]

    @rule(name=NAMES, guarantor=FIRMS, data=st.data())
    def call_guarantee(self, name, guarantor, data):
        old = self.any_name(data)
        debtor, lender = self.parties(old, data)
        cents = self.owed_cents(old, data)
        if guarantor in (debtor, lender):
            return
        event = example(
            c.GuaranteeCalled, old_claim=old, claim=name, debtor=debtor, lender=lender, guarantor=guarantor,
            amount_cents=cents,
        )  # fmt: skip
        if self.billed(event, guarantor, lender, cents, self.bills.get(old) == [debtor, lender, cents]):
            del self.bills[old]

    # --- credits ------------------------------------------------------------------------------------------------------

    @rule(cents=CENTS, data=st.data())
    def grant(self, cents, data):
        pair = self.parties(self.any_name(data), data)[::-1]
        self.offer(example(c.CreditsGranted, provider=pair[0], receiver=pair[1], face_cents=cents))

    @rule(cents=CENTS, data=st.data())
    def burn(self, cents, data):
        name = self.any_name(data)
        debtor, creditor = self.parties(name, data)
        bill = self.bills.get(name)
        possible = bill is not None and bill[:2] == [debtor, creditor] and cents <= bill[2]
        event = example(c.CreditsBurned, claim=name, provider=creditor, receiver=debtor, face_cents=cents)
        if self.offer(event, possible):
            bill[2] -= cents
            if bill[2] == 0:
                del self.bills[name]

    @rule(pair=PAIRS, cents=CENTS)
    def lapse(self, pair, cents):
        self.offer(example(c.CreditsLapsed, provider=pair[0], receiver=pair[1], face_cents=cents))

    # --- loans, chips, shares -----------------------------------------------------------------------------------------

    @rule(loan=LOANS, cents=CENTS)
    def sign_loan(self, loan, cents):
        terms = example(TermLoan, lender="bank", borrower="cloud", commitment_cents=cents, opening_cents=0)
        if self.offer(example(c.ContractSigned, contract=loan, terms=terms), loan not in self.loans):
            self.loans.add(loan)

    @rule(loan=LOANS, cents=st.integers(1, 40), gpus=st.integers(0, 4))
    def draw(self, loan, cents, gpus):
        loan = {"contract": loan, "lender": "bank", "borrower": "cloud"}
        self.offer(example(c.LoanDrawn, **loan, amount_cents=cents, generation="g", gpus=gpus))

    @rule(loan=LOANS, name=NAMES, cents=st.integers(1, 40))
    def repay(self, loan, name, cents):
        event = example(
            c.PrincipalDue, claim=name, contract=loan, lender="bank", borrower="cloud", amount_cents=cents
        )
        self.billed(event, "cloud", "bank", cents)

    @rule(gpus=COUNTS, host=st.sampled_from(["cloud", "maker"]))
    def install(self, gpus, host):
        self.offer(example(c.CapacityBroughtForward, host=host, generation="g", gpus=gpus))

    @rule(order=ORDERS, gpus=COUNTS)
    def order(self, order, gpus):
        row = {"order": order, "maker": "maker", "buyer": "cloud", "serves": "a", "lab": "lab", "generation": "g"}
        event = example(c.GpusOrdered, **row, gpus=gpus, kw=gpus)
        if self.offer(event, order not in self.orders):
            self.orders[order] = ["ordered", row | {"gpus": gpus, "kw": gpus}]

    @rule(order=ORDERS, name=NAMES, off=OFF, cents=CENTS)
    def deliver(self, order, name, off, cents):
        row = {"order": order, "maker": "maker", "buyer": "cloud", "serves": "a", "lab": "lab", "generation": "g"}
        state, ordered = self.orders.get(order, ("never", row | {"gpus": 1, "kw": 1}))
        told = ordered | {"gpus": max(1, ordered["gpus"] + off)}
        event = example(c.GpusDelivered, **told, claim=name, amount_cents=cents, cost_cents=0)
        if self.billed(event, "cloud", "maker", cents, state == "ordered" and told == ordered):
            self.orders[order][0] = "delivered"

    @rule(order=ORDERS)
    def accept(self, order):
        state, ordered = self.orders.get(order, ("never", {"kw": 1}))
        place = {"host": "cloud", "maker": "maker", "contract": "a", "lab": "lab", "generation": "g"}
        if self.offer(example(c.CapacityAccepted, order=order, **place, kw=ordered["kw"]), state == "delivered"):
            self.orders[order][0] = "accepted"

    @rule(order=ORDERS)
    def cancel(self, order):
        state, _ = self.orders.get(order, ("never", {}))
        if self.offer(example(c.OrderCancelled, order=order, buyer="cloud"), state == "ordered"):
            self.orders[order][0] = "cancelled"

    @rule(pair=PAIRS, cents=CENTS, shares=COUNTS)
    def close_round(self, pair, cents, shares):
        self.offer(example(c.RoundClosed, issuer=pair[0], investor=pair[1], amount_cents=cents, shares=shares))

    @rule(pair=PAIRS, issuer=FIRMS, shares=COUNTS, proceeds=CENTS, carrying=st.integers(0, 100))
    def sell_shares(self, pair, issuer, shares, proceeds, carrying):
        sale = {"holder": pair[0], "buyer": pair[1], "issuer": issuer, "shares": shares}
        self.offer(example(c.SharesSold, **sale, proceeds_cents=proceeds, carrying_cents=carrying))

    # --- what must hold after each ------------------------------------------------------------------------------------

    @invariant()
    def balances_are_those_of_the_lines(self):
        """
        Each new line sums to zero by firm, in cash and by unit; so does every prefix of the log.
        """
        for line in self.told.lines[self.lines_read :]:
            self.read(json.loads(line)["post"])
        found = {key: balance for key, balance in self.told.books.ledger.balances.items() if balance}
        assert found == {key: balance for key, balance in self.balances.items() if balance}

    def read(self, post):
        self.lines_read += 1
        sums = Counter()
        for firm, account, asset, quantity in post:
            self.balances[firm, account, asset] += quantity
            sums[(firm, "USD") if asset == "USD" else asset] += quantity
            sums["cash"] += quantity if account == "Assets:Cash" else 0
        assert not any(sums.values())

    @invariant()
    def every_asset_sums_to_zero(self):
        sums = Counter()
        for (_, _, asset), balance in self.balances.items():
            sums[asset] += balance
        assert not any(sums.values())

    @invariant()
    def open_bills_are_those_of_the_second_bookkeeper(self):
        obligations = self.told.books.obligations
        assert {
            name: [bill.debtor, bill.creditor, bill.amount_cents] for name, bill in obligations.open.items()
        } == self.bills

    @invariant()
    def opened_is_met_and_lapsed_and_discharged_and_open(self):
        obligations = self.told.books.obligations
        for contract, tally in obligations.tallies.items():
            still = sum(bill.amount_cents for bill in obligations.open.values() if bill.contract == contract)
            units = sum(
                balance
                for (_, account, asset), balance in self.balances.items()
                if asset == f"CLAIM:{contract}" and account == "Assets:Units"
            )
            assert tally.opened == tally.met + tally.lapsed + tally.discharged + still
            assert still == units

    def teardown(self):
        """A replay of the lines tells the same books."""
        again = replay(codec.decode(line, "here") for line in self.told.lines)
        assert again.ledger.balances == self.told.books.ledger.balances
        assert again.obligations == self.told.books.obligations
        assert again.capacity == self.told.books.capacity


TestBookkeeping = Bookkeeping.TestCase
TestBookkeeping.settings = settings(max_examples=100, stateful_step_count=40, deadline=None, derandomize=True)
