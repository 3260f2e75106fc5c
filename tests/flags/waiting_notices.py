"""Mails to practitioners that wait, absences to the second, and what has gone out."""

import datetime as dt

from django.core import mail

from clinic.mail.outbox import send_due
from clinic.models import Absence, Notice
from tests import make

DAY, HOUR, MINUTE, MOMENT = (dt.timedelta(**{unit: 1}) for unit in ("days", "hours", "minutes", "seconds"))


def waits(client):
    """A mail about this client that waits for the next tick."""
    return make.report(make.prescription(client), 4, 8).flags[0].notices.get()


def away(who, cover, begins, ends):
    """An absence to the second, as if its days had been these hours."""
    return Absence.objects.create(
        practitioner=who, cover=cover, starts_on=begins.date(), ends_on=ends.date(), begins_at=begins, ends_at=ends
    )


def sent(now):
    """The addresses of what goes out, until nothing is left for this hour."""
    mail.outbox.clear()
    send_due(Notice, now)
    send_due(Notice, now + 5 * MOMENT)
    return sorted(letter.to[0].split(" ")[0] for letter in mail.outbox)


def ends(flag):
    rows = Notice.objects.filter(flag=flag).order_by("practitioner__name", "pk")
    return [(row.practitioner.name, row.state, row.status_detail) for row in rows]


def had_a_mail_just_now(who, now):
    """So that the next one to this person waits three minutes."""
    other = waits(make.client(who, f"Other{who.pk}"))
    Notice.objects.filter(pk=other.pk).update(state="sent", sent_at=now, settled_at=now)


def back(absence, now):
    Absence.objects.filter(pk=absence.pk).update(ends_at=now)
