"""What a run came to follows from its records and books alone."""

from events import catalogue as c
from events.books import replay
from events.postings import postings
from events.record import Record
from model import story
from model.outcomes import came_to, causes, last_months, outcomes, runway_ppm, told
from tests.every_kind import example

OUTSIDE = ("customers", "world")


def recorded(*happened):
    """Records of (date, event, cause), numbered from 0."""
    return [
        Record(seq, date, event, cause, "", "scenario" if cause is None else "model", tuple(postings(event)))
        for seq, (date, event, cause) in enumerate(happened)
    ]


def bill(number, cents, due_day=30):
    return example(
        c.ComputeRented, claim=f"spot/{number}", contract="", seller="host", buyer="lab", amount_cents=cents,
        due_day=due_day,
    )  # fmt: skip


def missed(number, cents):
    return example(
        c.PaymentMissed, claim=f"spot/{number}", contract="spot", debtor="lab", creditor="host", amount_cents=cents,
        cash_cents=0, channel="compute", cure_day=60, also=(),
    )  # fmt: skip


FALL = c.ShockStruck(shock="demand", touches="demand", shape="step", against="plan", depth_ppm=400_000, ends_day=900)


def a_lab_that_fails():
    """Customers stay away, a bill of 1,000 is missed, the lab files, and its estate pays 300 of it."""
    seen = c.DemandObserved(lab="lab", customer="customers", expected_cents=900, demanded_cents=500, served_cents=500)
    cleared = c.ClaimCleared(claim="spot/1", debtor="lab", creditor="host", amount_cents=1_000, paid_cents=300)
    return recorded(
        ("2025-12-31", c.FirmFounded(firm="customers", trade="customer"), None),
        ("2025-12-31", c.FirmFounded(firm="lab", trade="ai_lab"), None),
        ("2025-12-31", c.FirmFounded(firm="host", trade="cloud"), None),
        ("2026-01-01", FALL, None),
        ("2026-01-31", seen, 3),
        ("2026-01-31", c.CustomersServed(lab="lab", customer="customers", amount_cents=500), 4),
        ("2026-01-31", bill(1, 1_000), 1),
        ("2026-03-02", missed(1, 1_000), 4),
        ("2026-04-02", c.Defaulted(firm="lab", channel="compute", contract="spot"), 7),
        ("2026-07-02", cleared, 6),
    )


def test_the_first_miss_and_default_are_named_with_their_day():
    records = a_lab_that_fails()

    found = outcomes(records, replay(records), OUTSIDE)

    assert found["first_miss_date"] == "2026-03-02"
    assert found["first_miss_firm"] == "lab"
    assert found["first_miss_contract"] == "spot"
    assert found["first_default_date"] == "2026-04-02"
    assert (found["misses"], found["defaults"], found["covenants_tripped"]) == (1, 1, 0)


def test_what_an_estate_does_not_pay_is_its_creditors_loss():
    records = a_lab_that_fails()

    found = outcomes(records, replay(records), OUTSIDE)

    assert found["credit_loss_cents.host"] == 700
    assert found["revenue_cents.lab"] == 500
    assert found["cash_cents.lab"] == 200
    assert found["cash_cents.host"] == 300
    assert "cash_cents.customers" not in found


def test_a_calm_run_has_the_same_outcomes_with_nothing_in_them():
    calm = outcomes(recorded(("2025-12-31", c.FirmFounded(firm="lab", trade="ai_lab"), None)), replay([]), OUTSIDE)

    assert calm["first_miss_date"] == "" and calm["first_default_firm"] == ""
    assert calm["misses"] == 0 and calm["circle"] == ""


def test_a_miss_is_walked_back_to_its_root():
    records = a_lab_that_fails()

    assert [record.seq for record in causes(records, 7)] == [3, 4, 7]
    assert story.why(causes(records, 7)) == (
        "demand struck (2026-01-01, seq 3), so customers spent 0.0 m USD of 0.0 m USD expected at lab (2026-01-31, "
        "seq 4), so lab missed 0.0 m USD to host (2026-03-02, seq 7)"
    )


def test_the_headline_tells_shock_miss_and_default():
    records = a_lab_that_fails()

    said = story.headline(came_to(iter(records), replay(records), OUTSIDE))

    assert said == (
        "Demand fell by 40 % from 2026-01. The first payment missed was lab's bill of 0.0 m USD to host (compute) on "
        "2026-03-02; lab defaulted on 2026-04-02."
    )


def test_a_default_before_the_first_miss_is_told_before_it():
    """
    A covenant can ruin a firm that has missed nothing.
    """
    records = a_lab_that_fails()
    default = next(r for r in records if type(r.event) is c.Defaulted)
    miss = next(r for r in records if type(r.event) is c.PaymentMissed)
    early = Record(miss.seq, "2026-02-01", default.event, 1, "", "lab", ())
    late = Record(default.seq, default.date, miss.event, 1, "", "lab", miss.post)
    changed = {miss.seq: early, default.seq: late}
    turned = [changed.get(r.seq, r) for r in records if type(r.event) is not c.ClaimCleared]

    said = story.headline(came_to(iter(turned), replay(records), OUTSIDE))

    assert said.endswith(
        "lab defaulted on 2026-02-01. "
        "The first payment missed was lab's bill of 0.0 m USD to host (compute) on 2026-04-02."
    )


def test_a_world_without_shock_or_miss_is_calm():
    records = a_lab_that_fails()[:3]

    assert story.headline(came_to(iter(records), replay(records), OUTSIDE)) == "Calm: nobody missed a payment."


def test_runway_counts_what_flows_out_and_not_what_investors_bring():
    """
    600 a quarter for half a year and 900 left: a quarter and a half.
    """
    opening = c.BalanceBroughtForward(firm="lab", account="Assets:Cash", amount_cents=1_500)
    happened = [("2025-12-31", c.FirmFounded(firm="lab", trade="ai_lab"), None), ("2025-12-31", opening, 0)]
    for month in range(1, 7):
        claim = f"spot/{month}"
        happened.append((f"2026-0{month}-28", bill(month, 200), 0))
        paid = c.ClaimPaid(claim=claim, debtor="lab", creditor="host", amount_cents=200)
        happened.append((f"2026-0{month}-28", paid, len(happened) - 1))
    raised = c.RoundClosed(
        issuer="lab", investor="world", wanted_cents=600, amount_cents=600, shares=6, price_cents=100,
        valuation_cents=6_000,
    )  # fmt: skip
    records = recorded(*happened, ("2026-06-30", raised, 0))
    books = replay(records)

    assert books.ledger.cash_cents("lab") == 900
    assert runway_ppm(books, told(records), ["lab"], "2026-06-30") == 1_500_000
    assert runway_ppm(books, told(records), ["host"], "2026-06-30") == -1


def test_months_are_counted_back_over_the_new_year():
    assert last_months("2026-02-28", 3) == ("2025-12", "2026-01", "2026-02")


def test_what_is_paid_under_a_deal_that_binds_nobody_is_counted():
    letter = example(c.ContractSigned)
    records = recorded(
        ("2026-01-01", c.ContractSigned(contract="spot", status="announced", terms=letter.terms), None),
        ("2026-01-31", bill(1, 50), 0),
        ("2026-02-28", c.ClaimPaid(claim="spot/1", debtor="lab", creditor="host", amount_cents=50), 1),
    )

    assert told(records).not_binding == {"spot": 50}


def test_names_cannot_write_on_the_terminal():
    event = c.Defaulted(firm="lab\x1b[2J", channel="compute", contract="x")

    assert "\x1b" not in story.phrase(event)


def test_money_is_said_in_billions_or_millions():
    assert story.money(340_000_000_000) == "3.4 bn USD"
    assert story.money(2_050_000_000) == "20.5 m USD"
    assert story.money(-340_000_000_000) == "-3.4 bn USD"
    assert story.tenths(123_456_700_000_000, story.BILLION_CENTS) == "1,234.6"
    assert story.percent(86_558) == "8.7 %"
