"""Shocks: how deep one is in a month of the world, as a small function of its spec and the months since it struck."""

from events.units import PPM, divide, portion
from model.schema import Shock


def depth_ppm(shock: Shock, months_since: int) -> int:
    """
    How much of what it touches a shock takes, so many whole months after it struck.

    Args:
        shock: its spec; `months` and `recovery_months` are lengths in months.
        months_since: 0 in the month in which it strikes; negative before.

    Returns:
        Parts per million taken; 0 before it strikes.
    """
    if months_since < 0:
        return 0
    return portion(shock.depth_ppm, _SHAPES[shock.shape](shock, months_since))


def _step(shock: Shock, month: int) -> int:
    return PPM


def _ramp(shock: Shock, month: int) -> int:
    return min(PPM, divide((month + 1) * PPM, shock.months))


def _v(shock: Shock, month: int) -> int:
    down = _ramp(shock, month)
    return down if month < shock.months else max(0, PPM - divide((month + 1 - shock.months) * PPM, shock.months))


def _u(shock: Shock, month: int) -> int:
    if month < shock.months:
        return PPM
    if shock.recovery_months == 0:
        return 0
    return max(0, PPM - divide((month + 1 - shock.months) * PPM, shock.recovery_months))


def _pulse(shock: Shock, month: int) -> int:
    return PPM if month < shock.months else 0


def _profile(shock: Shock, month: int) -> int:
    years = [row.rate_ppm for row in shock.profile]
    return years[month // 12] if month // 12 < len(years) else 0


_SHAPES = {
    "step": _step,
    "ramp": _ramp,
    "l": _ramp,
    "slow_bleed": _ramp,
    "v": _v,
    "u": _u,
    "pulse": _pulse,
    "profile": _profile,
}
