"""How finely the trend rule listens, to one client or to all of a clinic: turn the knobs, with a reason that stays."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.flags import engine
from clinic.flags.rule_settings import clinic_settings, config_of, in_force, settings_of
from clinic.flags.trend import SMALLEST_RISES
from clinic.models import Client, Clinic, ClinicTuning, PainTrend, Practitioner, Prescription, Tuning

REASON_AT_MOST = 500
REBUILT_AT_ONCE = 200  # states, of those heard of last; a few milliseconds each, while somebody waits for the page


def tune(
    client: Client,
    *,
    sensitivity: str,
    smallest_rise: float,
    reason: str,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> Tuning:
    """Turn the knobs; what was set before stays as history. The next report is judged by it.

    The states of the client's running exercises are rebuilt at once, so that the next report goes on from them; what
    the new setting would have flagged in the past raises nothing.

    Args:
        sensitivity: a value of Tuning.Sensitivity.
        smallest_rise: points, one of SMALLEST_RISES.
        reason: why, required; at most 500 characters.
        by: somebody who treats clients at the client's clinic.

    Raises ValidationError by field; nothing is stored then.
    """
    wrong = _wrong(sensitivity, smallest_rise, reason)
    if not (by.active and by.is_clinical and by.clinic_id == client.clinic_id):
        wrong["practitioner"] = _("Only somebody who treats clients at this clinic may change this.")
    _refuse(wrong)
    with transaction.atomic():
        running = Prescription.objects.running().filter(client=client)
        rows = list(PainTrend.objects.select_for_update().filter(prescription__in=running).order_by("pk"))
        if settings_of(client.pk) == (sensitivity, smallest_rise):
            raise ValidationError({"sensitivity": _("Both are set so already. Change one of them, or leave it.")})
        made = Tuning.objects.create(
            client=client, sensitivity=sensitivity, smallest_rise=smallest_rise, reason=reason.strip(), by=by,
            at=now or timezone.now(),
        )  # fmt: skip
        for row in rows:
            engine.replay(row)
        audit.record(by.user, "tuned", client, client.clinic)
    return made


def tune_clinic(
    clinic: Clinic,
    *,
    sensitivity: str,
    smallest_rise: float,
    reason: str,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> ClinicTuning:
    """Turn the knobs for all clients who have no setting of their own; arguments as in :func:`tune`.

    The states of the REBUILT_AT_ONCE exercises heard of last are rebuilt at once, the others at their next report.

    Args:
        by: an owner of the clinic.

    Raises ValidationError by field; nothing is stored then.
    """
    wrong = _wrong(sensitivity, smallest_rise, reason)
    if not (by.active and by.role == Practitioner.Role.OWNER and by.clinic_id == clinic.pk):
        wrong["practitioner"] = _("Only the owner of a clinic decides this.")
    _refuse(wrong)
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        if clinic_settings(clinic.pk) == (sensitivity, smallest_rise):
            raise ValidationError({"sensitivity": _("Both are set so already. Change one of them, or leave it.")})
        made = ClinicTuning.objects.create(
            clinic=clinic, sensitivity=sensitivity, smallest_rise=smallest_rise, reason=reason.strip(), by=by,
            at=now or timezone.now(),
        )  # fmt: skip
        running = Prescription.objects.running().filter(client__clinic=clinic, client__tunings=None)
        heard = PainTrend.objects.filter(prescription__in=running, last_report_at__isnull=False)
        latest = list(heard.order_by("-last_report_at").values_list("pk", flat=True)[:REBUILT_AT_ONCE])
        for row in PainTrend.objects.select_for_update(of=("self",)).filter(pk__in=latest).order_by("pk"):
            engine.replay(row)
        audit.record(by.user, "tuned", clinic, clinic)
    return made


def _wrong(sensitivity: str, smallest_rise: float, reason: str) -> dict[str, str]:
    """Every wrong field with its remedy."""
    wrong: dict[str, str] = {}
    if sensitivity not in Tuning.Sensitivity.values:
        wrong["sensitivity"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Tuning.Sensitivity.values)}
    if smallest_rise not in SMALLEST_RISES:
        known = ", ".join(f"{rise:g}" for rise in SMALLEST_RISES)
        wrong["smallest_rise"] = _("Choose one of: %(known)s.") % {"known": known}
    if not reason.strip():
        wrong["reason"] = _("Say in a few words why.")
    elif len(reason.strip()) > REASON_AT_MOST:
        wrong["reason"] = _("At most %(most)s characters.") % {"most": REASON_AT_MOST}
    return wrong


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise ValidationError({field: [message] for field, message in wrong.items()})


__all__ = ["SMALLEST_RISES", "clinic_settings", "config_of", "in_force", "settings_of", "tune", "tune_clinic"]
