"""A vehicle: buys what it lets, pays its lenders out of rent, and has no plans of its own."""

from agents.passive import Passive, Policy


class Vehicle(Passive):
    """What it owns and owes follows from its lease and its loan; nobody stands behind it but who says so in one."""

    Policy = Policy
