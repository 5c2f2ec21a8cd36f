"""The chart of accounts, and the names of the unit assets.

An account name carries its class. `Assets:*` is never negative, in any asset, but for the outside world: a reader of
a log needs no other list to know the floor. What a firm issues (shares, promises, pledges) therefore stands in
`Equity:` or `Liabilities:` accounts of its own, negative in units, and the holder's side in `Assets:`.
"""

CASH = "Assets:Cash"
RECEIVABLE = "Assets:Receivable"
INVENTORY = "Assets:Inventory"
PROPERTY = "Assets:Property"
PREPAID = "Assets:PrepaidCompute"
PREPAID_CREDITS = "Assets:PrepaidCredits"
LOAN_ASSET = "Assets:Loan"
STAKE = "Assets:Stake"
SUBSCRIPTION = "Assets:SubscriptionRight"
WARRANT_ASSET = "Assets:Warrant"
SUBSIDIARY = "Assets:Subsidiary"
OTHER_ASSETS = "Assets:Other"

PAYABLE = "Liabilities:Payable"
LOAN = "Liabilities:Loan"
CONTRACT_LIABILITY = "Liabilities:ContractLiability"
SUPPORT_COMMITTED = "Liabilities:SupportCommitted"
OTHER_LIABILITIES = "Liabilities:Other"
GUARANTEE_LIABILITY = "Liabilities:Guarantee"
ALLOWANCE = "Liabilities:Allowance"  # contra to receivables; outside Assets, whose balances are never negative

OPENING = "Equity:Opening"
PAID_IN = "Equity:PaidIn"
SUBSCRIBED = "Equity:Subscribed"
WARRANTS_GIVEN = "Equity:WarrantsGiven"
DISTRIBUTED = "Equity:Distributed"

SALES = "Income:Sales"
CONTRA_SALES = "Income:ContraSales"
COMPUTE_SALES = "Income:Compute"
COMPUTE_SALES_NONCASH = "Income:ComputeFromCredits"
SHORTFALL_SALES = "Income:Shortfall"
BREAKAGE = "Income:Breakage"
REVENUE_SHARE_INCOME = "Income:RevenueShare"
RENT_INCOME = "Income:Rent"
GUARANTEE_INCOME = "Income:Guarantee"
INTEREST_INCOME = "Income:Interest"
BACKSTOP_INCOME = "Income:Backstop"
OTHER_BUSINESS = "Income:OtherBusiness"
STAKE_GAIN = "Income:StakeGain"
DISCHARGE_GAIN = "Income:Discharge"
DAMAGES = "Income:Damages"
RECEIPTS = "Income:Receipts"

COST_OF_SALES = "Expenses:CostOfSales"
RUNNING_COSTS = "Expenses:Running"
OPERATIONS = "Expenses:Operations"
COMPUTE = "Expenses:Compute"
SHORTFALL = "Expenses:Shortfall"
REVENUE_SHARE = "Expenses:RevenueShare"
RENT = "Expenses:Rent"
INTEREST = "Expenses:Interest"
BACKSTOP = "Expenses:Backstop"
DEPRECIATION = "Expenses:Depreciation"
IMPAIRMENT = "Expenses:Impairment"
EQUITY_LOSS = "Expenses:EquityLoss"
CREDIT_LOSS = "Expenses:CreditLoss"
CREDITS_LAPSED = "Expenses:CreditsLapsed"
STAKE_LOSS = "Expenses:StakeLoss"
REJECTION_LOSS = "Expenses:Rejection"
GUARANTEE_LOSS = "Expenses:Guarantee"
SPENDING = "Expenses:Spending"
ESTATE_COSTS = "Expenses:EstateCosts"
INVENTORY_LOSS = "Expenses:InventoryLoss"
DISPOSAL_LOSS = "Expenses:Disposal"

# Units: the holder's account, and the account of the one who owes or issues.
UNITS = "Assets:Units"
UNITS_OWED = "Liabilities:Units"
UNITS_ISSUED = "Equity:Units"

# What a bill may be for: the account that takes the cost (see `CostsBilled`).
BILLABLE = (RUNNING_COSTS, OPERATIONS, INVENTORY, PROPERTY)

# An opening balance may be brought forward on these; equity is the plug.
OPENABLE = (
    CASH, RECEIVABLE, INVENTORY, PROPERTY, PREPAID, OTHER_ASSETS,
    PAYABLE, CONTRACT_LIABILITY, OTHER_LIABILITIES,
)  # fmt: skip


def claim_on(contract: str) -> str:
    """The unit asset of what is owed under a contract, in face cents."""
    return f"CLAIM:{contract}"


def loan_under(contract: str) -> str:
    """The unit asset of principal outstanding under a loan, in cents."""
    return f"LOAN:{contract}"


def undrawn_under(contract: str) -> str:
    """The unit asset of a facility's undrawn commitment, in cents."""
    return f"COMMIT:{contract}"


def shares_of(issuer: str) -> str:
    """The unit asset of an issuer's shares."""
    return f"SHARE:{issuer}"


def credits_of(provider: str) -> str:
    """The unit asset of a provider's cloud credits, in cents of face value."""
    return f"CREDIT:{provider}"


def warrant_of(contract: str, stage: str) -> str:
    """The unit asset of a warrant's shares at a stage: `granted`, `earned`, `vested`."""
    return f"WARRANT:{contract}:{stage}"


def gpus_of(generation: str) -> str:
    """The unit asset of GPUs of one generation, by count."""
    return f"GPU:{generation}"


def pledge_of(generation: str) -> str:
    """The unit asset of pledges over GPUs of one generation, by count."""
    return f"PLEDGE:{generation}"
