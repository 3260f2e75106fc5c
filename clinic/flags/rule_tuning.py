"""Changes of the rule settings of one client or of a clinic, each stored with its reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.flags import engine
from clinic.flags.rule_settings import clinic_settings_of, settings_of
from clinic.flags.trend import SMALLEST_RISES
from clinic.models import Client, Clinic, PainTrend, Practitioner, Prescription, RuleSettings
from clinic.models.rule_settings import MAX_REASON

MAX_REBUILT_STATES = 200  # a few milliseconds each, while somebody waits for the page; the most recent first


def set_client_rule_settings(
    client: Client,
    *,
    sensitivity: str,
    smallest_rise: float,
    reason: str,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> RuleSettings:
    """Set the rule settings of one client, from the next report on; earlier ones stay as history.

    The trend states of the client's running prescriptions are rebuilt at once. No flag is raised in hindsight.

    Args:
        sensitivity: a value of RuleSettings.Sensitivity.
        smallest_rise: points, one of SMALLEST_RISES.
        reason: 1 to REASON_AT_MOST characters.
        by: somebody who treats clients at the client's clinic.

    Returns:
        The new row.

    Raises:
        ValidationError: by field; nothing is stored then.
    """
    errors = _errors(sensitivity, smallest_rise, reason)
    if not by.treats_at(client.clinic_id):
        errors["practitioner"] = _("Only somebody who treats clients at this clinic may change this.")
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        running = Prescription.objects.running().filter(client=client)
        rows = list(PainTrend.objects.select_for_update().filter(prescription__in=running).order_by("pk"))
        Client.objects.lock_for_writing(client.pk)
        created = _store(settings_of(client.pk), sensitivity, smallest_rise, reason, by, now, client=client)
        for row in rows:
            engine.replay_reports(row)
        audit.record(by.user, audit.Verb.RULE_SETTINGS_CHANGED, client, client.clinic)
    return created


def set_clinic_rule_settings(
    clinic: Clinic,
    *,
    sensitivity: str,
    smallest_rise: float,
    reason: str,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> RuleSettings:
    """Set the rule settings of all clients of a clinic who have none of their own.

    The trend states of the REBUILT_AT_ONCE prescriptions with the newest reports are rebuilt at once, the others at
    their next report. Arguments, result and errors as in :func:`set_client_rule_settings`.

    Args:
        by: an owner of the clinic.
    """
    errors = _errors(sensitivity, smallest_rise, reason)
    if not by.owns(clinic.pk):
        errors["practitioner"] = _("Only the owner of a clinic decides this.")
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        created = _store(clinic_settings_of(clinic.pk), sensitivity, smallest_rise, reason, by, now)
        running = Prescription.objects.running().filter(client__clinic=clinic, client__rule_settings=None)
        reported = PainTrend.objects.filter(prescription__in=running, last_report_at__isnull=False)
        latest = list(reported.order_by("-last_report_at").values_list("pk", flat=True)[:MAX_REBUILT_STATES])
        for row in PainTrend.objects.select_for_update(of=("self",)).filter(pk__in=latest).order_by("pk"):
            engine.replay_reports(row)
        audit.record(by.user, audit.Verb.RULE_SETTINGS_CHANGED, clinic, clinic)
    return created


def _store(
    current: tuple[str, float],
    sensitivity: str,
    smallest_rise: float,
    reason: str,
    by: Practitioner,
    now: dt.datetime | None,
    **about: Any,
) -> RuleSettings:
    if current == (sensitivity, smallest_rise):
        raise ValidationError({"sensitivity": _("Both are set so already. Change one of them, or leave it.")})
    return RuleSettings.objects.create(
        clinic_id=by.clinic_id, sensitivity=sensitivity, smallest_rise=smallest_rise, reason=reason.strip(), by=by,
        at=now or timezone.now(), **about,
    )  # fmt: skip


def _errors(sensitivity: str, smallest_rise: float, reason: str) -> dict[str, str]:
    """The error of each invalid field."""
    errors: dict[str, str] = {}
    if sensitivity not in RuleSettings.Sensitivity.values:
        choices = ", ".join(RuleSettings.Sensitivity.values)
        errors["sensitivity"] = _("Choose one of: %(known)s.") % {"known": choices}
    if smallest_rise not in SMALLEST_RISES:
        choices = ", ".join(f"{rise:g}" for rise in SMALLEST_RISES)
        errors["smallest_rise"] = _("Choose one of: %(known)s.") % {"known": choices}
    if not reason.strip():
        errors["reason"] = _("Say in a few words why.")
    elif len(reason.strip()) > MAX_REASON:
        errors["reason"] = _("At most %(most)s characters.") % {"most": MAX_REASON}
    return errors
