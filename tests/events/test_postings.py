"""What each kind of event books. The tables are the accounting policy, read from its rules."""

import pytest

from events import catalogue as c
from events import codec
from events.identities import imbalance
from events.postings import RULES, postings
from events.record import Record
from events.terms import ALL_TERMS, TermLoan, Terms
from tests.every_kind import example, examples
from tests.tables import rows, table

MOVES_NO_VALUE = {
    c.FirmFounded, c.ContractEnded, c.OfferDeclined, c.GpusOrdered, c.ProductionBooked, c.OrderDelayed,
    c.OrderCancelled,
    c.CapacityAccepted, c.TrancheLapsed, c.ScenarioChanged, c.ShockStruck, c.DemandObserved, c.ComputePriceSet,
    c.NewsPriced, c.MarketClosed,
    c.FundamentalsRevised, c.AppetiteSet, c.CostsCut, c.PaymentMissed, c.CovenantTripped, c.CovenantMet, c.Defaulted,
    c.StartupsClosed, c.PaymentStretched, c.CommitmentDeferred, c.VendorFinanceOffered,
    c.BuildingStarted, c.SiteEnergised, c.BuildingPaused, c.BuildingResumed,
    c.ContractAssumed, c.CrossDefaultWaived, c.EstateClosed, c.MonthClosed, c.RunEnded,
}  # fmt: skip


def named(value: object) -> str:
    return type(value).__name__ if isinstance(value, c.Event) else value.__name__


def test_every_kind_has_a_rule_or_is_known_to_move_no_value():
    assert set(c.CATALOGUE) - set(RULES) == MOVES_NO_VALUE
    assert set(RULES) - set(c.CATALOGUE) == set()


def test_every_kind_in_the_chapters_is_in_the_catalogue_once():
    kinds = [kind for kind in vars(c).values() if isinstance(kind, type) and issubclass(kind, c.Event)]

    assert sorted(map(named, c.CATALOGUE)) == sorted(named(kind) for kind in kinds if kind is not c.Event)


@pytest.mark.parametrize("event", examples(), ids=named)
def test_dollars_of_each_firm_cash_and_every_unit_sum_to_zero(event):
    """
    Added up here anew, and by the identities that the journal asks.
    """
    post = postings(event)
    sums: dict[object, int] = {}
    for firm, account, asset, quantity in post:
        cash = [("cash",)] if account == "Assets:Cash" else []
        for key in [("dollars", firm), *cash] if asset == "USD" else [("units", asset)]:
            sums[key] = sums.get(key, 0) + quantity

    assert set(sums.values()) <= {0}
    assert imbalance(post) == ""


@pytest.mark.parametrize("event", examples(), ids=named)
def test_no_line_of_zero_is_booked(event):
    assert 0 not in [line[3] for line in postings(event)]


@pytest.mark.parametrize("kind", ALL_TERMS, ids=named)
def test_signing_moves_no_dollars(kind: type[Terms]):
    post = postings(example(c.ContractSigned, terms=example(kind)))

    assert "USD" not in [line[2] for line in post]


@pytest.mark.parametrize(
    "event", [*examples(), *(example(c.ContractSigned, terms=example(kind)) for kind in ALL_TERMS)], ids=named
)
def test_a_record_comes_back_from_its_line_byte_for_byte(event):
    record = Record(7, "2026-02-28", event, 3, "azure", "microsoft", postings(event))

    line = codec.encode(record)

    assert codec.decode(line, "here") == record
    assert codec.encode(codec.decode(line, "here")) == line


def test_an_inconsistent_bill_does_not_balance():
    """
    What was taken and not taken is what a prepayment covers and what is to be paid.
    """
    event = example(
        c.ComputeBilled, buyer="openai", taken_cents=60, shortfall_cents=40, prepaid_cents=20, amount_cents=79
    )

    assert "the dollars of openai sum to 1 cents" in imbalance(postings(event))


def test_what_a_prepayment_wholly_covers_leaves_no_bill():
    """
    A bill that the prepayment covers in full books no payable and no claim.
    """
    event = example(
        c.ComputeBilled, claim="azure/1", seller="microsoft", buyer="openai", taken_cents=20, shortfall_cents=0,
        prepaid_cents=20, amount_cents=0,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        openai     Expenses:Compute               USD  +20
        openai     Assets:PrepaidCompute          USD  -20
        microsoft  Liabilities:ContractLiability  USD  +20
        microsoft  Income:Compute                 USD  -20
    """)


def test_opening_cash_comes_from_the_outside_world():
    event = example(c.BalanceBroughtForward, firm="openai", account="Assets:Cash", amount_cents=100)

    assert table(postings(event)) == rows("""
        openai  Assets:Cash     USD  +100
        openai  Equity:Opening  USD  -100
        world   Equity:Opening  USD  +100
        world   Assets:Cash     USD  -100
    """)


def test_an_opening_liability_is_plugged_by_equity():
    event = example(c.BalanceBroughtForward, firm="openai", account="Liabilities:Other", amount_cents=-30)

    assert table(postings(event)) == rows("""
        openai  Liabilities:Other  USD  -30
        openai  Equity:Opening     USD  +30
    """)


def test_a_roll_forward_is_booked_like_an_opening_line():
    event = example(c.RolledForward, firm="openai", account="Assets:Property", amount_cents=7)

    assert table(postings(event)) == rows("""
        openai  Assets:Property  USD  +7
        openai  Equity:Opening   USD  -7
    """)


def test_shares_at_the_opening_carry_their_cost_and_a_place_in_the_cap_table():
    event = example(c.SharesBroughtForward, issuer="openai", holder="microsoft", shares=27, carrying_cents=110)

    assert table(postings(event)) == rows("""
        microsoft  Assets:Stake    USD           +110
        microsoft  Equity:Opening  USD           -110
        microsoft  Assets:Units    SHARE:openai  +27
        openai     Equity:Units    SHARE:openai  -27
    """)


def test_a_loan_at_the_opening_stands_on_both_sides_and_as_a_claim_in_units():
    event = example(c.LoanBroughtForward, contract="ddtl", lender="bank", borrower="box", amount_cents=50)

    assert table(postings(event)) == rows("""
        box   Equity:Opening     USD        +50
        box   Liabilities:Loan   USD        -50
        bank  Assets:Loan        USD        +50
        bank  Equity:Opening     USD        -50
        bank  Assets:Units       LOAN:ddtl  +50
        box   Liabilities:Units  LOAN:ddtl  -50
    """)


def test_capacity_at_the_opening_is_counted_without_dollars():
    event = example(c.CapacityBroughtForward, host="coreweave", generation="hopper", gpus=9)

    assert table(postings(event)) == rows("""
        coreweave  Assets:Units  GPU:hopper  +9
        world      Equity:Units  GPU:hopper  -9
    """)


def test_signing_a_loan_gives_the_borrower_the_undrawn_commitment():
    event = example(
        c.ContractSigned, contract="ddtl", terms=example(TermLoan, lender="bank", borrower="box",
        commitment_cents=100, opening_cents=40),
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        box   Assets:Units       COMMIT:ddtl  +60
        bank  Liabilities:Units  COMMIT:ddtl  -60
    """)


def test_built_chips_enter_the_makers_stock_by_count():
    event = example(c.GpusBuilt, order="1", maker="nvidia", generation="rubin", gpus=8)

    assert table(postings(event)) == rows("""
        nvidia  Assets:Units  GPU:rubin  +8
        world   Equity:Units  GPU:rubin  -8
    """)


def test_a_delivery_is_revenue_and_cost_of_sales_here_property_and_a_bill_there():
    event = example(
        c.GpusDelivered, claim="chips/1", maker="nvidia", buyer="box", generation="rubin", gpus=8, amount_cents=35,
        cost_cents=9,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        box     Assets:Property       USD          +35
        box     Liabilities:Payable   USD          -35
        nvidia  Assets:Receivable     USD          +35
        nvidia  Income:Sales          USD          -35
        nvidia  Assets:Units          CLAIM:chips  +35
        box     Liabilities:Units     CLAIM:chips  -35
        nvidia  Expenses:CostOfSales  USD          +9
        nvidia  Assets:Inventory      USD          -9
        box     Assets:Units          GPU:rubin    +8
        nvidia  Assets:Units          GPU:rubin    -8
    """)


def test_granted_credits_are_an_asset_here_and_a_contract_liability_there():
    event = example(c.CreditsGranted, provider="microsoft", receiver="openai", face_cents=50)

    assert table(postings(event)) == rows("""
        microsoft  Assets:SubscriptionRight       USD               +50
        microsoft  Liabilities:ContractLiability  USD               -50
        openai     Assets:PrepaidCredits          USD               +50
        openai     Equity:Subscribed              USD               -50
        openai     Assets:Units                   CREDIT:microsoft  +50
        microsoft  Liabilities:Units              CREDIT:microsoft  -50
    """)


def test_burned_credits_meet_a_bill_and_become_income_that_is_no_cash():
    event = example(c.CreditsBurned, claim="azure/1", provider="microsoft", receiver="openai", face_cents=10)

    assert table(postings(event)) == rows("""
        openai     Liabilities:Payable            USD               +10
        openai     Assets:PrepaidCredits          USD               -10
        microsoft  Liabilities:ContractLiability  USD               +10
        microsoft  Assets:Receivable              USD               -10
        microsoft  Income:Compute                 USD               +10
        microsoft  Income:ComputeFromCredits      USD               -10
        microsoft  Assets:Units                   CLAIM:azure       -10
        openai     Liabilities:Units              CLAIM:azure       +10
        openai     Assets:Units                   CREDIT:microsoft  -10
        microsoft  Liabilities:Units              CREDIT:microsoft  +10
    """)


def test_lapsed_credits_are_breakage_here_and_a_loss_there():
    event = example(c.CreditsLapsed, provider="microsoft", receiver="openai", face_cents=5)

    assert table(postings(event)) == rows("""
        openai     Expenses:CreditsLapsed         USD               +5
        openai     Assets:PrepaidCredits          USD               -5
        microsoft  Liabilities:ContractLiability  USD               +5
        microsoft  Income:Breakage                USD               -5
        openai     Assets:Units                   CREDIT:microsoft  -5
        microsoft  Liabilities:Units              CREDIT:microsoft  +5
    """)


def test_issuing_a_warrant_moves_no_dollars():
    event = example(c.WarrantIssued, contract="w", issuer="amd", holder="openai", shares=160)

    assert table(postings(event)) == rows("""
        openai  Assets:Units  WARRANT:w:granted  +160
        amd     Equity:Units  WARRANT:w:granted  -160
    """)


def test_an_earned_tranche_reduces_the_issuers_revenue_by_its_grant_date_value():
    event = example(c.WarrantEarned, contract="w", issuer="amd", holder="openai", shares=26, grant_value_cents=33)

    assert table(postings(event)) == rows("""
        amd     Income:ContraSales    USD                +33
        amd     Equity:WarrantsGiven  USD                -33
        openai  Assets:Warrant        USD                +33
        openai  Income:StakeGain      USD                -33
        openai  Assets:Units          WARRANT:w:granted  -26
        amd     Equity:Units          WARRANT:w:granted  +26
        openai  Assets:Units          WARRANT:w:earned   +26
        amd     Equity:Units          WARRANT:w:earned   -26
    """)


def test_vesting_moves_units_and_no_dollars():
    event = example(c.WarrantVested, contract="w", issuer="amd", holder="openai", shares=26)

    assert table(postings(event)) == rows("""
        openai  Assets:Units  WARRANT:w:earned  -26
        amd     Equity:Units  WARRANT:w:earned  +26
        openai  Assets:Units  WARRANT:w:vested  +26
        amd     Equity:Units  WARRANT:w:vested  -26
    """)


def test_exercise_turns_the_warrant_into_a_stake_and_renames_the_issuers_equity():
    event = example(
        c.WarrantExercised, contract="w", issuer="amd", holder="openai", shares=26, issued=25, value_cents=90,
        carrying_cents=33,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        openai  Assets:Stake          USD               +90
        openai  Assets:Warrant        USD               -33
        openai  Income:StakeGain      USD               -57
        amd     Equity:WarrantsGiven  USD               +33
        amd     Equity:PaidIn         USD               -33
        openai  Assets:Units          SHARE:amd         +25
        amd     Equity:Units          SHARE:amd         -25
        openai  Assets:Units          WARRANT:w:vested  -26
        amd     Equity:Units          WARRANT:w:vested  +26
    """)


def test_a_lapsed_tranche_changes_nothing_at_the_issuer():
    event = example(
        c.WarrantLapsed, contract="w", issuer="amd", holder="openai", shares=26, stage="earned", carrying_cents=33,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        openai  Expenses:StakeLoss  USD               +33
        openai  Assets:Warrant      USD               -33
        openai  Assets:Units        WARRANT:w:earned  -26
        amd     Equity:Units        WARRANT:w:earned  +26
    """)


def test_customers_pay_in_the_month_they_are_served():
    event = example(c.CustomersServed, lab="openai", customer="consumers", amount_cents=12)

    assert table(postings(event)) == rows("""
        openai     Assets:Cash        USD  +12
        openai     Income:Sales       USD  -12
        consumers  Expenses:Spending  USD  +12
        consumers  Assets:Cash        USD  -12
    """)


def test_a_bill_from_outside_goes_where_its_account_says():
    event = example(
        c.CostsBilled, claim="wafers/1", firm="nvidia", supplier="world", account="Assets:Inventory",
        amount_cents=9,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        nvidia  Assets:Inventory     USD           +9
        nvidia  Liabilities:Payable  USD           -9
        world   Assets:Receivable    USD           +9
        world   Income:Receipts      USD           -9
        world   Assets:Units         CLAIM:wafers  +9
        nvidia  Liabilities:Units    CLAIM:wafers  -9
    """)


def test_take_or_pay_bills_the_shortfall_as_revenue():
    event = example(
        c.ComputeBilled, claim="azure/1", seller="microsoft", buyer="openai", taken_cents=60, shortfall_cents=40,
        prepaid_cents=20, amount_cents=80, make_up=0,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        openai     Expenses:Compute               USD          +60
        openai     Expenses:Shortfall             USD          +40
        openai     Assets:PrepaidCompute          USD          -20
        openai     Liabilities:Payable            USD          -80
        microsoft  Assets:Receivable              USD          +80
        microsoft  Liabilities:ContractLiability  USD          +20
        microsoft  Income:Compute                 USD          -60
        microsoft  Income:Shortfall               USD          -40
        microsoft  Assets:Units                   CLAIM:azure  +80
        openai     Liabilities:Units              CLAIM:azure  -80
    """)


def test_a_make_up_right_keeps_the_shortfall_a_liability():
    event = example(
        c.ComputeBilled, claim="azure/1", seller="microsoft", buyer="openai", taken_cents=60, shortfall_cents=40,
        prepaid_cents=20, amount_cents=80, make_up=1,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        openai     Expenses:Compute               USD          +60
        openai     Assets:PrepaidCompute          USD          +40
        openai     Assets:PrepaidCompute          USD          -20
        openai     Liabilities:Payable            USD          -80
        microsoft  Assets:Receivable              USD          +80
        microsoft  Liabilities:ContractLiability  USD          +20
        microsoft  Income:Compute                 USD          -60
        microsoft  Liabilities:ContractLiability  USD          -40
        microsoft  Assets:Units                   CLAIM:azure  +80
        openai     Liabilities:Units              CLAIM:azure  -80
    """)


def test_rented_compute_is_cost_and_income_of_the_month():
    event = example(c.ComputeRented, claim="spot/1", seller="coreweave", buyer="openai", amount_cents=6)

    assert table(postings(event)) == rows("""
        openai     Expenses:Compute     USD         +6
        openai     Liabilities:Payable  USD         -6
        coreweave  Assets:Receivable    USD         +6
        coreweave  Income:Compute       USD         -6
        coreweave  Assets:Units         CLAIM:spot  +6
        openai     Liabilities:Units    CLAIM:spot  -6
    """)


def test_a_prepayment_is_a_liability_until_it_is_used():
    event = example(c.PrepaymentCalled, claim="azure/1", seller="microsoft", buyer="openai", amount_cents=30)

    assert table(postings(event)) == rows("""
        openai     Assets:PrepaidCompute          USD          +30
        openai     Liabilities:Payable            USD          -30
        microsoft  Assets:Receivable              USD          +30
        microsoft  Liabilities:ContractLiability  USD          -30
        microsoft  Assets:Units                   CLAIM:azure  +30
        openai     Liabilities:Units              CLAIM:azure  -30
    """)


def test_a_revenue_share_is_cost_here_and_income_there():
    event = example(c.RevenueShared, claim="share/1", payer="openai", payee="microsoft", amount_cents=4)

    assert table(postings(event)) == rows("""
        openai     Expenses:RevenueShare  USD          +4
        openai     Liabilities:Payable    USD          -4
        microsoft  Assets:Receivable      USD          +4
        microsoft  Income:RevenueShare    USD          -4
        microsoft  Assets:Units           CLAIM:share  +4
        openai     Liabilities:Units      CLAIM:share  -4
    """)


def test_a_backstop_bill_is_the_guarantors_cost():
    event = example(c.BackstopBilled, claim="stop/1", guarantor="nvidia", beneficiary="coreweave", amount_cents=5)

    assert table(postings(event)) == rows("""
        nvidia     Expenses:Backstop    USD         +5
        nvidia     Liabilities:Payable  USD         -5
        coreweave  Assets:Receivable    USD         +5
        coreweave  Income:Backstop      USD         -5
        coreweave  Assets:Units         CLAIM:stop  +5
        nvidia     Liabilities:Units    CLAIM:stop  -5
    """)


def test_a_draw_is_cash_for_a_promise_and_pledges_the_chips():
    event = example(
        c.LoanDrawn, contract="ddtl", lender="bank", borrower="box", amount_cents=26, generation="rubin", gpus=8,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        box   Assets:Cash        USD           +26
        box   Liabilities:Loan   USD           -26
        bank  Assets:Loan        USD           +26
        bank  Assets:Cash        USD           -26
        bank  Assets:Units       LOAN:ddtl     +26
        box   Liabilities:Units  LOAN:ddtl     -26
        box   Assets:Units       COMMIT:ddtl   -26
        bank  Liabilities:Units  COMMIT:ddtl   +26
        bank  Assets:Units       PLEDGE:rubin  +8
        box   Liabilities:Units  PLEDGE:rubin  -8
    """)


def test_interest_is_billed_as_cost_and_income():
    event = example(c.InterestBilled, claim="ddtl/1", lender="bank", borrower="box", amount_cents=2)

    assert table(postings(event)) == rows("""
        box   Expenses:Interest    USD         +2
        box   Liabilities:Payable  USD         -2
        bank  Assets:Receivable    USD         +2
        bank  Income:Interest      USD         -2
        bank  Assets:Units         CLAIM:ddtl  +2
        box   Liabilities:Units    CLAIM:ddtl  -2
    """)


def test_due_principal_leaves_the_loan_and_becomes_a_bill():
    event = example(c.PrincipalDue, claim="ddtl/2", contract="ddtl", lender="bank", borrower="box", amount_cents=26)

    assert table(postings(event)) == rows("""
        box   Liabilities:Loan     USD         +26
        box   Liabilities:Payable  USD         -26
        bank  Assets:Receivable    USD         +26
        bank  Assets:Loan          USD         -26
        bank  Assets:Units         LOAN:ddtl   -26
        box   Liabilities:Units    LOAN:ddtl   +26
        bank  Assets:Units         CLAIM:ddtl  +26
        box   Liabilities:Units    CLAIM:ddtl  -26
    """)


def test_a_lapsed_commitment_moves_no_dollars():
    event = example(c.CommitmentLapsed, contract="ddtl", lender="bank", borrower="box", amount_cents=34)

    assert table(postings(event)) == rows("""
        box   Assets:Units       COMMIT:ddtl  -34
        bank  Liabilities:Units  COMMIT:ddtl  +34
    """)


def test_an_owners_cash_is_its_boxs_equity():
    event = example(c.EquityContributed, owner="coreweave", box="box", amount_cents=9)

    assert table(postings(event)) == rows("""
        coreweave  Assets:Subsidiary  USD  +9
        coreweave  Assets:Cash        USD  -9
        box        Assets:Cash        USD  +9
        box        Equity:PaidIn      USD  -9
    """)


def test_a_sweep_takes_cash_out_of_the_boxs_equity():
    event = example(c.CashSwept, box="box", owner="coreweave", amount_cents=3)

    assert table(postings(event)) == rows("""
        box        Equity:Distributed  USD  +3
        box        Assets:Cash         USD  -3
        coreweave  Assets:Cash         USD  +3
        coreweave  Income:Receipts     USD  -3
    """)


def test_a_called_tranche_is_a_right_to_shares_against_a_bill():
    event = example(c.TrancheCalled, claim="equity/1", investor="nvidia", investee="openai", amount_cents=100)

    assert table(postings(event)) == rows("""
        nvidia  Assets:SubscriptionRight  USD           +100
        nvidia  Liabilities:Payable       USD           -100
        openai  Assets:Receivable         USD           +100
        openai  Equity:Subscribed         USD           -100
        openai  Assets:Units              CLAIM:equity  +100
        nvidia  Liabilities:Units         CLAIM:equity  -100
    """)


def test_shares_are_issued_for_what_was_subscribed():
    event = example(c.SharesIssued, issuer="openai", holder="nvidia", shares=2, amount_cents=100)

    assert table(postings(event)) == rows("""
        nvidia  Assets:Stake              USD           +100
        nvidia  Assets:SubscriptionRight  USD           -100
        openai  Equity:Subscribed         USD           +100
        openai  Equity:PaidIn             USD           -100
        nvidia  Assets:Units              SHARE:openai  +2
        openai  Equity:Units              SHARE:openai  -2
    """)


def test_called_capital_comes_from_the_outside_world():
    event = example(c.CapitalCalled, investor="softbank", amount_cents=40)

    assert table(postings(event)) == rows("""
        softbank  Assets:Cash        USD  +40
        softbank  Equity:PaidIn      USD  -40
        world     Expenses:Spending  USD  +40
        world     Assets:Cash        USD  -40
    """)


def test_a_round_is_new_shares_for_cash():
    event = example(c.RoundClosed, issuer="openai", investor="softbank", amount_cents=40, shares=1)

    assert table(postings(event)) == rows("""
        softbank  Assets:Stake   USD           +40
        softbank  Assets:Cash    USD           -40
        openai    Assets:Cash    USD           +40
        openai    Equity:PaidIn  USD           -40
        softbank  Assets:Units   SHARE:openai  +1
        openai    Equity:Units   SHARE:openai  -1
    """)


def test_a_sale_below_the_carrying_amount_is_a_loss():
    event = example(
        c.SharesSold, holder="openai", buyer="public", issuer="amd", shares=25, proceeds_cents=70,
        carrying_cents=90,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        openai  Assets:Cash       USD        +70
        openai  Assets:Stake      USD        -90
        openai  Income:StakeGain  USD        +20
        public  Assets:Stake      USD        +70
        public  Assets:Cash       USD        -70
        public  Assets:Units      SHARE:amd  +25
        openai  Assets:Units      SHARE:amd  -25
    """)


def test_other_business_may_also_lose_money():
    event = example(c.OtherBusinessEarned, firm="microsoft", amount_cents=-8)

    assert table(postings(event)) == rows("""
        microsoft  Assets:Cash           USD  -8
        microsoft  Income:OtherBusiness  USD  +8
        world      Expenses:Spending     USD  -8
        world      Assets:Cash           USD  +8
    """)


def test_payment_ends_payable_receivable_and_claim():
    event = example(c.ClaimPaid, claim="azure/1", debtor="openai", creditor="microsoft", amount_cents=80)

    assert table(postings(event)) == rows("""
        openai     Liabilities:Payable  USD          +80
        openai     Assets:Cash          USD          -80
        microsoft  Assets:Cash          USD          +80
        microsoft  Assets:Receivable    USD          -80
        microsoft  Assets:Units         CLAIM:azure  -80
        openai     Liabilities:Units    CLAIM:azure  +80
    """)


def test_a_stake_is_marked_through_income():
    event = example(c.StakeMarked, holder="openai", issuer="amd", change_cents=-5)

    assert table(postings(event)) == rows("""
        openai  Assets:Stake      USD  -5
        openai  Income:StakeGain  USD  +5
    """)


def test_an_equity_method_loss_stops_at_stake_and_support():
    event = example(
        c.EquityLossShared, investor="microsoft", investee="openai", loss_cents=100, share_cents=27,
        against_stake_cents=15, against_support_cents=2, suspended_cents=10,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        microsoft  Expenses:EquityLoss           USD  +17
        microsoft  Assets:Stake                  USD  -15
        microsoft  Liabilities:SupportCommitted  USD  -2
    """)


def test_a_rejected_contract_is_a_loss_here_and_no_income_there():
    event = example(c.ContractRejected, claim="damages/1", estate="openai", counterparty="oracle", amount_cents=43)

    assert table(postings(event)) == rows("""
        openai  Expenses:Rejection             USD            +43
        openai  Liabilities:Payable            USD            -43
        oracle  Assets:Receivable              USD            +43
        oracle  Liabilities:ContractLiability  USD            -43
        oracle  Assets:Units                   CLAIM:damages  +43
        openai  Liabilities:Units              CLAIM:damages  -43
    """)


def test_a_called_guarantee_moves_the_claim_to_the_guarantor():
    event = example(
        c.GuaranteeCalled, old_claim="ddtl/2", claim="guarantee/1", debtor="box", guarantor="coreweave",
        lender="bank", amount_cents=43,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        box        Liabilities:Payable  USD              +43
        box        Equity:PaidIn        USD              -43
        coreweave  Expenses:Guarantee   USD              +43
        coreweave  Liabilities:Payable  USD              -43
        bank       Assets:Units         CLAIM:ddtl       -43
        box        Liabilities:Units    CLAIM:ddtl       +43
        bank       Assets:Units         CLAIM:guarantee  +43
        coreweave  Liabilities:Units    CLAIM:guarantee  -43
    """)


def test_a_cleared_claim_is_a_dividend_and_a_loss():
    event = example(
        c.ClaimCleared, claim="guarantee/1", debtor="coreweave", creditor="bank", amount_cents=43, paid_cents=16,
        deferred=0,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        coreweave  Liabilities:Payable  USD              +43
        coreweave  Assets:Cash          USD              -16
        coreweave  Income:Discharge     USD              -27
        bank       Assets:Cash          USD              +16
        bank       Expenses:CreditLoss  USD              +27
        bank       Assets:Receivable    USD              -43
        bank       Assets:Units         CLAIM:guarantee  -43
        coreweave  Liabilities:Units    CLAIM:guarantee  +43
    """)


def test_a_released_pledge_goes_back_and_moves_no_dollars():
    event = example(c.PledgeReleased, contract="ddtl", lender="bank", borrower="box", generation="rubin", gpus=8)

    assert table(postings(event)) == rows("""
        box   Liabilities:Units  PLEDGE:rubin  +8
        bank  Assets:Units       PLEDGE:rubin  -8
    """)


def test_damages_that_are_cleared_become_income_as_far_as_they_are_paid_and_no_loss():
    event = example(
        c.ClaimCleared, claim="damages/1", debtor="openai", creditor="oracle", amount_cents=80, paid_cents=27,
        deferred=1,
    )  # fmt: skip

    assert table(postings(event)) == rows("""
        openai  Liabilities:Payable            USD            +80
        openai  Assets:Cash                    USD            -27
        openai  Income:Discharge               USD            -53
        oracle  Assets:Cash                    USD            +27
        oracle  Liabilities:ContractLiability  USD            +27
        oracle  Income:Damages                 USD            -27
        oracle  Liabilities:ContractLiability  USD            +53
        oracle  Assets:Receivable              USD            -80
        oracle  Assets:Units                   CLAIM:damages  -80
        openai  Liabilities:Units              CLAIM:damages  +80
    """)


def test_depreciation_takes_property_down():
    event = example(c.Depreciated, firm="box", amount_cents=1)

    assert table(postings(event)) == rows("""
        box  Expenses:Depreciation  USD  +1
        box  Assets:Property        USD  -1
    """)
