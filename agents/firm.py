"""A firm: a Mesa agent with a name and a policy, which sees a briefing and returns decisions."""

from typing import Any, ClassVar

import mesa

from agents.briefing import Briefing
from agents.decisions import Decision
from agents.relief import survive


class Firm(mesa.Agent):
    """
    A firm of some trade. OpenAI and Nvidia are data; what a trade does is a class.

    `Policy` is the frozen class of plain numbers that a scenario gives the firm.
    """

    Policy: ClassVar[type]

    def __init__(self, model: mesa.Model, firm: str, policy: Any) -> None:
        super().__init__(model)
        self.firm = firm
        self.policy = policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """What the firm wants this month; a passive one wants nothing."""
        return []

    def survive(self, seen: Briefing) -> list[Decision]:
        """What it does besides, when the coming month's bills are more than its cash."""
        return survive(seen)
