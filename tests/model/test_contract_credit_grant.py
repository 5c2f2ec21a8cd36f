"""Credit grant: shares for cash and credits together; credits pay bills before cash does; what is left expires."""

from events.terms import ComputeCommitment, CreditGrant
from model.schema import Generation, Installed
from tests.small_economy import BN, GW, World, customers, host, lab, monthly, outsider, story


def grant(**fields) -> CreditGrant:
    plain = {
        "provider": "host", "receiver": "lab", "cash_cents": 100, "credit_cents": 300, "pays_for": "compute", "day": 5,
        "expiry_day": 200,
    }  # fmt: skip
    return CreditGrant(**plain | fields)


def world(terms: CreditGrant, bill: int = 120, cash: int = 10_000, round_cents: int = 20) -> World:
    """A lab with a commitment of so much a month, all of it installed and taken."""
    compute = ComputeCommitment(
        seller="host", buyer="lab", minimums=monthly(bill), price_per_gw_year_cents=12 * bill, days_to_pay=10,
        end_day=700, total_cents=100 * bill,
    )  # fmt: skip
    firms = {
        "customers": customers(),
        "lab": lab(cash, need=bill, last_round_cents=round_cents),
        "host": host(terms.cash_cents, installed=(Installed(contract="compute", generation="chips", kw=GW),)),
        "world": outsider(),
    }
    chips = {"chips": Generation(maker="world", price_per_gw_cents=100 * BN, gpus_per_gw=1_000)}
    return World(firms, {"grant": terms, "compute": compute}, generations=chips)


def test_shares_for_cash_and_credits_together_once_the_cash_is_paid():
    """
    100 in cash and 300 in credits at 20 a share: 20 shares.
    """
    then = world(grant()).runs_to(20)

    kinds = {"TrancheCalled": "amount_cents", "ClaimPaid": "amount_cents", "CreditsGranted": "face_cents"}
    assert then.told(**kinds, SharesIssued="shares amount_cents") == story("""
        5  TrancheCalled   100
        5  ClaimPaid       100
        6  CreditsGranted  300
        6  SharesIssued    20  400
    """)


def test_credits_pay_bills_before_cash_and_the_last_one_in_part():
    """
    300 of credits against bills of 120 a month: two whole ones, 60 of the third, whose rest of 60 is paid in cash.
    """
    then = world(grant()).runs_to(110)

    assert then.told(7, CreditsBurned="face_cents", ClaimPaid="amount_cents") == story("""
        32   CreditsBurned  120
        60   CreditsBurned  120
        91   CreditsBurned  60
        100  ClaimPaid      60
    """)
    assert then.cash("lab") == 10_000 + 100 - 60


def test_the_contract_ends_when_the_credits_are_used():
    then = world(grant()).runs_to(110)

    assert then.told(ContractEnded="contract", CreditsLapsed="face_cents") == story("91 ContractEnded grant")


def test_what_is_left_at_the_expiry_lapses():
    """
    Bills of January to March use 360 of 1,000 by the expiry on day 95; 640 are gone.
    """
    then = world(grant(credit_cents=1_000, expiry_day=95)).runs_to(140)

    assert then.told(CreditsBurned="face_cents", CreditsLapsed="face_cents", ContractEnded="contract") == story("""
        32  CreditsBurned  120
        60  CreditsBurned  120
        91  CreditsBurned  120
        95  CreditsLapsed  640
        95  ContractEnded  grant
    """)
    assert then.books.ledger.units("lab", "CREDIT:host") == 0


def test_credits_meet_only_the_bills_they_were_given_for():
    """
    A bill of the same provider under another contract is paid in cash.
    """
    then = world(grant(pays_for="something-else")).runs_to(45)

    assert then.told(7, CreditsBurned="face_cents", ClaimPaid="amount_cents") == story("41 ClaimPaid 120")


def test_compute_rented_on_demand_from_the_provider_is_paid_with_credits_too():
    given = world(grant(pays_for="something-else"))
    lab_with_rent = lab(10_000, need=150, policy={"rents_from": "host"}, last_round_cents=20)
    given.economy.firms["lab"].policy = lab_with_rent.policy
    then = given.runs_to(45)

    assert then.told(7, CreditsBurned="face_cents", ClaimPaid="amount_cents") == story("""
        32  CreditsBurned  30
        41  ClaimPaid      120
    """)


def test_a_grant_of_credits_alone_issues_at_once():
    then = world(grant(cash_cents=0)).runs_to(10)

    assert then.told(CreditsGranted="face_cents", SharesIssued="shares") == story("""
        5  CreditsGranted  300
        5  SharesIssued    15
    """)


def test_the_example_of_the_docstring():
    """
    0.7 bn cash and 0.7 bn credits at 500.00 USD: 2,800,000 shares. A bill of 0.15 bn a month is met by credits alone
    four times; the fifth takes the last 0.1 bn.
    """
    part = 7 * BN // 10
    given = world(grant(cash_cents=part, credit_cents=part), bill=15 * BN // 100, round_cents=500_00)
    then = given.runs_to(160)

    assert then.told(SharesIssued="shares") == story("6 SharesIssued 2_800_000")
    assert [cents for *_, cents in then.told(CreditsBurned="face_cents")] == [15 * BN // 100] * 4 + [BN // 10]
