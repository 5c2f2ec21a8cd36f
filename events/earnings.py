"""What a firm has earned before interest, month by month: the ground that lenders measure debt against."""

from attrs import define, field

from events import accounts as a
from events.ledger import Ledger
from events.units import USD

# Income and running cost; not stakes, interest, losses or depreciation, and not what owners and boxes pass up and down.
COUNTED = (
    a.SALES, a.CONTRA_SALES, a.COMPUTE_SALES, a.COMPUTE_SALES_NONCASH, a.SHORTFALL_SALES, a.REVENUE_SHARE_INCOME,
    a.BACKSTOP_INCOME, a.RENT_INCOME, a.OTHER_BUSINESS,
    a.COST_OF_SALES, a.RUNNING_COSTS, a.OPERATIONS, a.COMPUTE, a.SHORTFALL, a.REVENUE_SHARE, a.BACKSTOP,
    a.RENT,
)  # fmt: skip
MONTHS = 12


@define
class Earnings:
    """Cents earned since the opening, by firm, as of each of the last thirteen month ends, the latest last."""

    months: dict[str, list[int]] = field(factory=dict)

    def close(self, ledger: Ledger, firms: list[str]) -> None:
        """One more month end."""
        stands_at = ledger.balances.get
        for firm in firms:
            row = self.months.setdefault(firm, [0])
            row.append(-sum(stands_at((firm, account, USD), 0) for account in COUNTED))
            del row[: -MONTHS - 1]

    def year_cents(self, firm: str) -> int:
        """Earnings of the last twelve months; of fewer, where the world is younger, at their pace."""
        row = self.months.get(firm, [0])
        months = len(row) - 1
        return (row[-1] - row[0]) * MONTHS // months if months else 0
