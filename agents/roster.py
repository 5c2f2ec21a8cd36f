"""The word that a scenario uses for a trade, and the class that plays it."""

from agents.ai_lab import AiLab
from agents.chip_maker import ChipMaker
from agents.cloud import Cloud
from agents.customer import Customer
from agents.firm import Firm
from agents.investor import Investor
from agents.landlord import Landlord
from agents.lender import Lender
from agents.neocloud import Box, Neocloud
from agents.passive import Passive
from agents.startups import StartupPool
from agents.vehicle import Vehicle

ROSTER: dict[str, type[Firm]] = {
    "ai_lab": AiLab,
    "chip_maker": ChipMaker,
    "cloud": Cloud,
    "neocloud": Neocloud,
    "box": Box,
    "startups": StartupPool,
    "landlord": Landlord,
    "vehicle": Vehicle,
    "lender": Lender,
    "investor": Investor,
    "customer": Customer,
    "passive": Passive,
}
POLICIES: dict[str, type] = {trade: firm.Policy for trade, firm in ROSTER.items()}
