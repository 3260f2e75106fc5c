"""The rule settings in force: the client's own, else the clinic's, else the standard ones."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from clinic.flags import response, trend
from clinic.flags.trend import TrendConfig
from clinic.models import Client, RuleSettings

RULE_VERSION = f"{trend.RULE_VERSION}/{response.RULE_VERSION}"
STANDARD_SETTINGS = (RuleSettings.Sensitivity.STANDARD.value, TrendConfig().smallest_rise)


def settings_of(client: int) -> tuple[str, float]:
    """Sensitivity and smallest rise (points) in force for a client, by number; the only way to them."""
    own = RuleSettings.objects.filter(client=OuterRef("pk")).order_by("-at", "-pk")
    clinics = RuleSettings.objects.filter(clinic=OuterRef("clinic"), client=None).order_by("-at", "-pk")
    row = (  # in one query, as every report reads it
        Client.objects.filter(pk=client)
        .annotate(
            own_sensitivity=Subquery(own.values("sensitivity")[:1]),
            own_rise=Subquery(own.values("smallest_rise")[:1]),
            clinics_sensitivity=Subquery(clinics.values("sensitivity")[:1]),
            clinics_rise=Subquery(clinics.values("smallest_rise")[:1]),
        )
        .values_list("own_sensitivity", "own_rise", "clinics_sensitivity", "clinics_rise")
        .first()
    )
    if row is None:
        return STANDARD_SETTINGS
    settings = (row[:2], row[2:], STANDARD_SETTINGS)
    return next((sensitivity, rise) for sensitivity, rise in settings if sensitivity is not None and rise is not None)


def clinic_settings_of(clinic: int) -> tuple[str, float]:
    """Those of a clinic, by number, in force for its clients without settings of their own."""
    newest = RuleSettings.objects.filter(clinic=clinic, client=None).order_by("-at", "-pk").first()
    return STANDARD_SETTINGS if newest is None else (newest.sensitivity, newest.smallest_rise)


def config_of(client: int) -> TrendConfig:
    """The rule's constants for a client, by number."""
    return TrendConfig.for_settings(*settings_of(client))


def version_of(client: int) -> str:
    """The version of the rules for a client, by number, as stored on states and flags."""
    return version_name(*settings_of(client))


def version_name(sensitivity: str, smallest_rise: float) -> str:
    """``trend-2/response-1``, or ``trend-2 early 1.5/response-1`` with other settings."""
    if (sensitivity, smallest_rise) == STANDARD_SETTINGS:
        return RULE_VERSION
    return f"{trend.RULE_VERSION} {sensitivity} {smallest_rise:g}/{response.RULE_VERSION}"
