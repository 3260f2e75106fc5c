"""Which constants of the trend rule are in force for one client: read wherever the rule runs."""

from __future__ import annotations

from clinic.flags import response, trend
from clinic.flags.trend import TrendConfig
from clinic.models import Tuning

RULE_VERSION = f"{trend.RULE_VERSION}/{response.RULE_VERSION}"
STANDARD = (Tuning.Sensitivity.STANDARD.value, TrendConfig().smallest_rise)


def in_force(client: int) -> Tuning | None:
    """The newest setting of a client, by number; None: the rule as it comes."""
    return Tuning.objects.filter(client=client).order_by("-at", "-pk").first()


def settings_of(client: int) -> tuple[str, float]:
    """Sensitivity and smallest rise (points) in force for a client, by number."""
    found = in_force(client)
    return STANDARD if found is None else (found.sensitivity, found.smallest_rise)


def config_of(client: int) -> TrendConfig:
    """The rule's constants for a client, by number."""
    return TrendConfig.tuned(*settings_of(client))


def version_of(client: int) -> str:
    """The rules' names as stored on states and flags; they tell the knobs where these are not standard."""
    return version(*settings_of(client))


def version(sensitivity: str, smallest_rise: float) -> str:
    """``trend-2/response-1``, or ``trend-2 early 1.5/response-1`` with other knobs."""
    if (sensitivity, smallest_rise) == STANDARD:
        return RULE_VERSION
    return f"{trend.RULE_VERSION} {sensitivity} {smallest_rise:g}/{response.RULE_VERSION}"
