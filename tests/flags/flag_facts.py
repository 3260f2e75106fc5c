"""What every flag must tell, whatever its kind; read by the tests of the five kinds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import mail

from clinic.flags import rule_settings
from clinic.mail.outbox import send_due
from clinic.models import Flag, Notice, Prescription


def facts(flag: Flag) -> dict[str, Any]:
    """Severity, state of the flag and of the exercise, whose rule, and its history by verb and person."""
    return {
        "severity": flag.severity,
        "state": flag.state,
        "exercise": Prescription.objects.get(pk=flag.prescription_id).state,
        "standard rule": flag.rule_version == rule_settings.RULE_VERSION,
        "history": [(event.verb, event.by, event.at == flag.raised_at) for event in flag.events.all()],
    }


def just_raised(severity: str, exercise: str = "active") -> dict[str, Any]:
    """The facts of a new flag: by the rules, which nobody started."""
    return {
        "severity": severity,
        "state": "open",
        "exercise": exercise,
        "standard rule": True,
        "history": [("raised", None, True)],
    }


def evidence(flag: Flag) -> list[int]:
    """The numbers of the reports behind it, oldest first."""
    return list(flag.evidence.order_by("occurred_at", "pk").values_list("pk", flat=True))


def mailed(now: dt.datetime) -> list[str]:
    """To whom the next tick writes about a flag."""
    mail.outbox.clear()
    send_due(Notice, now)
    return [letter.to[0] for letter in mail.outbox]
