"""The opening of a world: who is there, what they have, what they already owe."""

from agents.neocloud import Box
from agents.roster import ROSTER
from events import accounts as a
from events import catalogue as c
from events.terms import ComputeCommitment, TermLoan, VehicleLease
from events.units import divide
from model.economy import Economy
from model.schema import FirmSpec, Sheet

SCENARIO = "scenario"

# Always there, whether a scenario names them or not: the rest of the world, and the public that holds listed shares.
ALWAYS = ("public", "world")

# The lines of an opening sheet, and on which account and side they stand.
LINES = (
    ("cash_cents", a.CASH, 1),
    ("receivable_cents", a.OTHER_ASSETS, 1),
    ("inventory_cents", a.INVENTORY, 1),
    ("property_cents", a.PROPERTY, 1),
    ("other_assets_cents", a.OTHER_ASSETS, 1),
    ("payable_cents", a.OTHER_LIABILITIES, -1),
    ("contract_liability_cents", a.CONTRACT_LIABILITY, -1),
    ("other_liabilities_cents", a.OTHER_LIABILITIES, -1),
)


def found(economy: Economy) -> None:
    """Found every firm, bring its sheet forward, and count what it holds, in the scenario's order."""
    for name in sorted({*economy.scenario.firms, *ALWAYS}):
        _found_firm(economy, name, economy.spec(name))
    for name, spec in economy.scenario.firms.items():
        _bring_forward(economy, name, spec)
    for name, spec in economy.scenario.firms.items():
        _hold(economy, name, spec)


def install(economy: Economy) -> None:
    """Count the capacity that runs at the opening; its contracts have been signed by then."""
    for name, spec in economy.scenario.firms.items():
        for row in spec.installed:
            generation = economy.scenario.generations[row.generation]
            event = c.CapacityBroughtForward(
                host=name,
                maker=generation.maker,
                contract=row.contract,
                lab=lab_of(economy, row.contract),
                generation=row.generation,
                gpus=gpus_in(row.kw, generation.gpus_per_gw),
                kw=row.kw,
            )
            economy.record(event, None, corr=row.contract, actor=SCENARIO)


def lab_of(economy: Economy, contract: str) -> str:
    """The buyer of the compute that a contract sells, or the lessee of a vehicle's systems; "" for other kinds."""
    deal = economy.scenario.contracts.get(contract)
    if deal and isinstance(deal.terms, VehicleLease):
        return deal.terms.lessee
    return deal.terms.buyer if deal and isinstance(deal.terms, ComputeCommitment) else ""


def gpus_in(kw: int, gpus_per_gw: int) -> int:
    """Whole GPUs that so much power feeds, at least one."""
    return max(1, divide(kw * gpus_per_gw, 1_000_000))


def _found_firm(economy: Economy, name: str, spec: FirmSpec) -> None:
    firm = ROSTER[spec.trade](economy, name, spec.policy)
    if isinstance(firm, Box):
        firm.owner = spec.owner
    economy.firms[name] = firm
    event = c.FirmFounded(firm=name, trade=spec.trade, owner=spec.owner, guarantor=spec.guarantor)
    economy.roots[name] = economy.record(event, None, actor=SCENARIO).seq


def _bring_forward(economy: Economy, name: str, spec: FirmSpec) -> None:
    for sheet, kind in ((spec.sheet, c.BalanceBroughtForward), (spec.roll_forward, c.RolledForward)):
        for account, cents in _lines(sheet):
            economy.record(kind(firm=name, account=account, amount_cents=cents), economy.roots[name], actor=SCENARIO)


def _lines(sheet: Sheet) -> list[tuple[str, int]]:
    return [(account, sign * getattr(sheet, line)) for line, account, sign in LINES if getattr(sheet, line)]


def _hold(economy: Economy, name: str, spec: FirmSpec) -> None:
    for stake in spec.holdings:
        event = c.SharesBroughtForward(
            issuer=stake.issuer, holder=name, shares=stake.shares, carrying_cents=stake.carrying_cents
        )
        economy.record(event, economy.roots[name], actor=SCENARIO)
    held = sum(
        stake.shares for other in economy.scenario.firms.values() for stake in other.holdings if stake.issuer == name
    )
    if spec.shares_outstanding > held:
        event = c.SharesBroughtForward(
            issuer=name, holder="public", shares=spec.shares_outstanding - held, carrying_cents=0
        )
        economy.record(event, economy.roots[name], actor=SCENARIO)


def bring_loans_forward(economy: Economy, contract: str, terms: TermLoan, signed: int) -> None:
    """What a facility has outstanding at the opening."""
    if terms.opening_cents:
        event = c.LoanBroughtForward(
            contract=contract, lender=terms.lender, borrower=terms.borrower, amount_cents=terms.opening_cents
        )
        economy.record(event, signed, corr=contract, actor=SCENARIO)
