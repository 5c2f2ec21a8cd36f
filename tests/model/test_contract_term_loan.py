"""Term loan: drawn as systems are delivered, interest on actual days over 360, level quarters, the rest at maturity."""

import pytest

from agents.plans import YearRate
from events import catalogue as c
from events.terms import Collateral, ComputeCommitment, GpuSupply, SupplyTranche, TermLoan
from model.schema import Credit, Deal, Installed
from tests.small_economy import BN, CHIPS, GW, World, box, fall, firm, lab, maker, monthly, outsider, rate, story

DRAWS = {
    "LoanDrawn": "amount_cents gpus",
    "CommitmentLapsed": "amount_cents",
    "OfferDeclined": "asked amount_cents reason",
}
NO_CREDIT = "a conditional facility, and credit is not to be had"
BILLS = {"InterestBilled": "amount_cents", "PrincipalDue": "amount_cents reason"}


def loan(**fields) -> TermLoan:
    """A commitment of 900 at an advance of 75 %, a coupon of 8 %, for two years."""
    plain = {
        "lender": "bank", "borrower": "box", "commitment_cents": 900, "advance_ppm": 750_000, "margin_ppm": 80_000,
        "fixed": 1, "available_until_day": 300, "maturity_day": 700,
    }  # fmt: skip
    return TermLoan(**plain | fields)


def outstanding(cents: int, **fields) -> TermLoan:
    """A loan that is fully drawn when the world opens."""
    return loan(commitment_cents=cents, opening_cents=cents, **fields)


def world(terms: TermLoan | Deal, *deliveries: int, price: int = 1_000, cash: int = 100 * BN, **others) -> World:
    """A box that gets systems for `price` on each of the days of `deliveries`, half a gigawatt each."""
    compute = ComputeCommitment(
        seller="box", buyer="lab", minimums=monthly(0), price_per_gw_year_cents=BN, days_to_pay=30, end_day=700,
        total_cents=1,
    )  # fmt: skip
    supply = GpuSupply(
        maker="maker", lab="lab", lead_days=90, days_to_pay=45,
        tranches=tuple(
            SupplyTranche(kw=GW // 2, day=day, generation=CHIPS, buyer="box", serves="compute") for day in deliveries
        ),
    )  # fmt: skip
    firms = {
        "lab": lab(plan=1), "box": box(cash), "bank": firm("lender", 100 * BN), "maker": maker(), "world": outsider()
    }  # fmt: skip
    given = World(firms, {"compute": compute, "loan": terms, "supply": supply}, **others)
    chips = given.scenario.generations["chips"]
    given.scenario.generations["chips"] = type(chips)(maker="maker", price_per_gw_cents=2 * price, gpus_per_gw=1_000)
    return given


# --- draws ----------------------------------------------------------------------------------------------------------


def test_the_draw_of_the_docstring():
    """
    A delivery of 1 bn at 75 %: 0.75 bn is drawn, the chips are pledged, and 0.25 bn is left to the box.
    """
    then = world(loan(commitment_cents=2 * BN, secured=1), 100, price=BN).runs_to(110)

    assert then.told(LoanDrawn="amount_cents gpus generation") == [(100, "LoanDrawn", 75 * BN // 100, 500, "chips")]
    assert then.books.ledger.balance("box", "Liabilities:Loan") == -75 * BN // 100


def test_a_draw_pledges_each_chip_once():
    then = world(loan(commitment_cents=9_000, secured=1), 100, 150).runs_to(160)

    assert [gpus for *_, gpus in then.told(LoanDrawn="amount_cents gpus")] == [500, 500]
    assert then.books.ledger.units("bank", "PLEDGE:chips") == 1_000 == then.books.ledger.units("box", "GPU:chips")


def test_an_unsecured_loan_takes_no_pledge():
    then = world(loan(secured=0), 100).runs_to(110)

    assert [gpus for *_, gpus in then.told(LoanDrawn="amount_cents gpus")] == [0]


def test_draws_end_with_the_commitment():
    """
    Three deliveries of 1,000 at 75 % would be 2,250; 900 are there: 750 and 150.
    """
    then = world(loan(), 100, 150, 200).runs_to(320)

    assert [cents for *_, cents in then.told(LoanDrawn="amount_cents")] == [750, 150]
    assert then.told(CommitmentLapsed="amount_cents") == []


def test_what_is_not_drawn_when_availability_ends_lapses():
    then = world(loan(available_until_day=160), 100, 200).runs_to(320)

    assert [(row[1], row[2]) for row in then.told(LoanDrawn="amount_cents", CommitmentLapsed="amount_cents")] == [
        ("LoanDrawn", 750),
        ("CommitmentLapsed", 150),
    ]
    assert then.told(CommitmentLapsed="amount_cents")[0][0] == 160
    assert then.books.ledger.units("box", "COMMIT:loan") == 0


def test_a_draw_names_the_delivery_that_it_finances():
    then = world(loan(), 100).runs_to(110)

    assert isinstance(then.cause(then.only(c.LoanDrawn)).event, c.GpusDelivered)


@pytest.mark.parametrize("advance_ppm", [400_000, 450_000, 850_000, 333_333, 1_000_000])
@pytest.mark.parametrize("price", [1_001, 1_003, 1_017, 1_009])
def test_a_delivery_is_financed_by_one_draw_whatever_the_cents(advance_ppm, price):
    """
    Rounding leaves no odd cent for another morning.
    """
    then = world(loan(commitment_cents=90_000, advance_ppm=advance_ppm), 100, price=price).runs_to(120)

    assert len(then.told(LoanDrawn="amount_cents")) == 1


def test_a_conditional_facility_refuses_in_a_credit_drought_and_says_so_once():
    """
    The lender stops below half of its appetite; the refusal is because of the drought. A binding one pays.
    """
    drought = {"drought": fall(400_000, day=20, touches="credit")}
    conditional = Deal(kind="term_loan", terms=loan(), status="conditional")
    refused = world(conditional, 100, 150, shocks=drought).runs_to(200)
    binding = world(loan(), 100, shocks=drought).runs_to(200)

    assert [row[2:] for row in refused.told(**DRAWS)] == [("draw", 750, NO_CREDIT)]
    assert refused.cause(refused.only(c.OfferDeclined)).event.shock == "drought"
    assert [row[1] for row in binding.told(**DRAWS)] == ["LoanDrawn"]


def test_a_conditional_facility_pays_while_credit_is_to_be_had():
    mild = {"drought": fall(600_000, day=20, touches="credit")}
    then = world(Deal(kind="term_loan", terms=loan(), status="conditional"), 100, shocks=mild).runs_to(200)

    assert [row[1] for row in then.told(**DRAWS)] == ["LoanDrawn"]


def test_a_revolver_is_not_drawn_on_deliveries_and_lapses_when_its_time_is_up():
    then = world(loan(revolving=1, available_until_day=160), 100).runs_to(200)

    assert then.told(**DRAWS) == story("160 CommitmentLapsed 900")


def test_a_revolver_is_drawn_for_cash_when_its_borrower_asks():
    """
    A parent with 100 that wants to hold 400 draws 300 at the month's end, while no bill is open.
    """
    firms = {"cloud": firm("neocloud", 100, {"minimum_cash_cents": 400}), "bank": firm("lender", BN)}
    then = World(firms, {"revolver": loan(borrower="cloud", revolving=1)}).runs_to(80)

    assert then.told(LoanDrawn="amount_cents") == story("31 LoanDrawn 300")


# --- interest and principal -----------------------------------------------------------------------------------------


def test_the_interest_of_the_docstring():
    """
    0.75 bn at a base rate of 4.24 % and a margin of 4 %, over the 92 days of a third quarter: 15,793,333.33 USD.
    """
    terms = outstanding(75 * BN // 100, margin_ppm=40_000, fixed=0)
    then = world(terms, credit=Credit(base_rate=rate(42_400))).runs_to(273)

    assert then.told(260, InterestBilled="amount_cents") == story("273 InterestBilled 15_793_333_33")


def test_the_first_instalment_of_the_docstring():
    """
    0.75 bn in 18 quarters: 41,666,666.67 USD.
    """
    terms = outstanding(75 * BN // 100, instalments=18, first_repayment_day=90, maturity_day=1_700)
    then = world(terms, ends_day=5 * 365 + 1).runs_to(90)

    assert then.told(PrincipalDue="amount_cents reason") == story("90 PrincipalDue 41_666_666_67 instalment")


def test_interest_counts_actual_days_over_360_on_what_is_outstanding():
    """
    360,000 at 8 % is 80 a day: 90, 91, 92, 92 days.
    """
    then = world(outstanding(360_000)).runs_to(365)

    assert then.told(InterestBilled="amount_cents") == story("""
        90   InterestBilled  7200
        181  InterestBilled  7280
        273  InterestBilled  7360
        365  InterestBilled  7360
    """)


def test_a_draw_costs_interest_from_its_own_day_on():
    """
    360,000 at 8 % is 80 a day. Drawn on day 100, it costs the 81 days up to the quarter's end, and then whole quarters.
    """
    then = world(loan(commitment_cents=360_000), 100, price=480_000).runs_to(273)

    assert then.told(InterestBilled="amount_cents") == story("""
        181  InterestBilled  6480
        273  InterestBilled  7360
    """)


def test_a_revolver_drawn_at_a_months_end_costs_interest_from_then_on():
    """
    360,000 drawn on the last day of January, at 80 a day: 59 days up to the end of March.
    """
    firms = {"cloud": firm("neocloud", 100, {"minimum_cash_cents": 360_100}), "bank": firm("lender", BN)}
    then = World(firms, {"revolver": loan(borrower="cloud", revolving=1, commitment_cents=360_000)}).runs_to(90)

    assert then.told(LoanDrawn="amount_cents", InterestBilled="amount_cents") == story("""
        31  LoanDrawn       360_000
        90  InterestBilled  4720
    """)


def test_a_floating_loan_follows_the_base_rate_of_the_year():
    """
    8 % on top of 4 %, from 2027 on on top of 1 %: 120 and 90 a day on 360,000.
    """
    rates = (YearRate(year=2026, rate_ppm=40_000), YearRate(year=2027, rate_ppm=10_000))
    then = world(outstanding(360_000, fixed=0), credit=Credit(base_rate=rates)).runs_to(455)

    assert then.told(300, InterestBilled="amount_cents") == [
        (365, "InterestBilled", 92 * 120),
        (455, "InterestBilled", 90 * 90),
    ]


def test_interest_falls_as_principal_is_repaid():
    """
    Of 360,000 a quarter is repaid each quarter from day 90 on: the interest is on what was outstanding before.
    """
    terms = outstanding(360_000, instalments=4, first_repayment_day=90)
    then = world(terms).runs_to(400)

    assert then.told(**BILLS) == story("""
        90   InterestBilled  7200
        90   PrincipalDue    90_000  instalment
        181  InterestBilled  5460
        181  PrincipalDue    90_000  instalment
        273  InterestBilled  3680
        273  PrincipalDue    90_000  instalment
        365  InterestBilled  1840
        365  PrincipalDue    90_000  instalment
    """)


def test_instalments_are_level_and_the_odd_cents_are_spread_by_rounding_what_is_left():
    """
    1,000 in three: 333, then half of 667 to even, then the rest; in all 1,000.
    """
    then = world(outstanding(1_000, instalments=3, first_repayment_day=90)).runs_to(365)

    paid = [cents for *_, cents in then.told(PrincipalDue="amount_cents")]
    assert paid == [333, 334, 333]
    assert sum(paid) == 1_000


def test_repayment_waits_for_its_first_day():
    then = world(outstanding(1_000, instalments=2, first_repayment_day=200)).runs_to(365)

    assert then.told(PrincipalDue="amount_cents") == story("""
        273  PrincipalDue  500
        365  PrincipalDue  500
    """)


def test_what_is_left_at_maturity_falls_due_then_with_the_interest_of_the_days_since_the_quarter():
    """
    Maturity on day 200, 19 days after the quarter's end: 19 x 80. Without instalments all of it falls due.
    """
    then = world(outstanding(360_000, maturity_day=200)).runs_to(230)

    assert then.told(190, **BILLS, ContractEnded="contract") == story("""
        200  InterestBilled  1520
        200  PrincipalDue    360_000  maturity
        200  ContractEnded   loan
    """)


def test_a_balloon_is_what_the_instalments_leave():
    terms = outstanding(1_000, instalments=10, first_repayment_day=90, maturity_day=200)

    assert world(terms).runs_to(230).told(PrincipalDue="amount_cents reason") == story("""
        90   PrincipalDue  100  instalment
        181  PrincipalDue  100  instalment
        200  PrincipalDue  800  maturity
    """)


def test_what_is_outstanding_at_the_opening_is_brought_forward_and_the_rest_may_be_drawn():
    given = world(loan(opening_cents=600)).runs_to(1)
    brought = given.only(c.LoanBroughtForward).event

    assert (brought.amount_cents, given.books.ledger.units("box", "COMMIT:loan")) == (600, 300)


def test_an_estate_is_billed_no_more_interest_and_its_loan_falls_due_at_once():
    """
    Cash of 1,000 does not reach the interest of day 90, due on day 95; the loan's own cure period is five days.
    """
    then = world(outstanding(360_000), cash=1_000).runs_to(200)

    assert then.told(**BILLS, PaymentMissed="channel", Defaulted="channel") == story("""
        90   InterestBilled  7200
        95   PaymentMissed   interest
        101  Defaulted       interest
        101  PrincipalDue    360_000  acceleration
    """)


def test_what_was_pledged_is_free_the_morning_after_the_last_cent_was_repaid():
    """
    Drawn against a delivery of day 40, all of it due at maturity on day 400 and paid five days later.
    """
    told = world(loan(secured=1, maturity_day=400), 40).runs_to(410)
    drawn = told.only(c.LoanDrawn)
    paid = [r for r in told.records if type(r.event) is c.ClaimPaid and r.corr == "loan"][-1]
    released = told.only(c.PledgeReleased)

    assert released.event.gpus == drawn.event.gpus > 0
    assert released.cause == paid.seq
    assert told.books.ledger.balance("box", "Liabilities:Units", f"PLEDGE:{CHIPS}") == 0


def test_what_is_outstanding_at_the_opening_is_secured_on_what_the_box_runs():
    given = World(
        {
            "bank": firm("lender", outside=True),
            "box": box(installed=(Installed(contract="served", generation="chips", kw=GW),)),
        },
        {"loan": loan(commitment_cents=100, opening_cents=100, secured=1)},
    ).runs_to(1)

    pledge = given.only(c.CollateralPledged).event
    assert (pledge.generation, pledge.gpus, pledge.lender) == ("chips", 500_000, "bank")
    assert given.books.ledger.units("bank", "PLEDGE:chips") == 500_000


def test_a_second_loan_of_the_opening_finds_nothing_left_to_pledge():
    """
    Nothing is pledged twice; terms that ask for it by name are refused before the world opens.
    """
    given = World(
        {
            "bank": firm("lender", outside=True),
            "box": box(installed=(Installed(contract="served", generation="chips", kw=GW),)),
        },
        {name: loan(commitment_cents=100, opening_cents=100, secured=1) for name in ("first", "second")},
    ).runs_to(1)

    assert [row[2] for row in given.told(0, CollateralPledged="contract")] == ["first"]


def test_collateral_that_two_loans_name_is_refused_before_the_world_opens():
    half = Collateral(generation="chips", kw=600_000)
    twice = "first and second pledge 1,200,000 kW of chips, and box has 1,000,000 installed"
    with pytest.raises(ValueError, match=twice):
        World(
            {
                "bank": firm("lender", outside=True),
                "box": box(installed=(Installed(contract="served", generation="chips", kw=GW),)),
            },
            {
                name: loan(commitment_cents=100, opening_cents=100, secured=1, collateral=(half,))
                for name in ("first", "second")
            },
        )
