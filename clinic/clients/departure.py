"""A client leaves the clinic, or the record is erased; and what stays of it.

Leaving closes the sign-in and stops all mail; the record of the treatment stays, since clinics must keep it. Erasing
removes from that record the identity of the client and all free text.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _, override

from clinic import audit, signals
from clinic.accounts import users
from clinic.models import (
    Client,
    Clinic,
    Correction,
    Flag,
    FlagEvent,
    Handover,
    Invitation,
    Message,
    Note,
    PainReport,
    PainTrend,
    Prescription,
    PrescriptionChange,
    PrescriptionVersion,
    PushSubscription,
    Registrant,
    Reminder,
    ReminderChoice,
    RuleSettings,
    Schedule,
    ScreeningAnswer,
    SkipReason,
)
from clinic.models.outbox import State
from clinic.reminders import planning
from clinic.worklist import entries as worklist_entries

ADDRESS_KEPT_FOR = dt.timedelta(days=30)  # after leaving: so that the clinic can still answer
ERASED_PER_SWEEP = 50  # records; a sweep runs every minute
_NOT_ERASED = {
    "id", "clinic", "practitioner", "user", "state", "language", "consented_at", "left_at", "erased_at", "created_at",
    "calendar_changed_at",
}  # fmt: skip


def leave_clinic(client: Client, *, by: AbstractBaseUser | None, now: dt.datetime | None = None) -> bool:
    """End the plans, reminders, links and devices of a client, and the sign-in unless it is needed elsewhere.

    A member of a team, or a client of another clinic, keeps the sign-in. The mail address is kept for
    ADDRESS_KEPT_FOR; the record stays with the clinic.

    Args:
        by: who decided; None: the operator.

    Returns:
        False when the client had left already.
    """
    now = now or timezone.now()
    with transaction.atomic():
        trends = PainTrend.objects.select_for_update().filter(prescription__client=client)
        list(trends.order_by("prescription").values_list("pk"))  # before the client, as every other service does
        stored = Client.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=client.pk)
        if stored.state == Client.State.LEFT:
            return False
        with override(stored.clinic.language):
            reason = _("The client left.")
        for prescription in stored.prescriptions.running():
            running: list[str] = [Prescription.State.ACTIVE, Prescription.State.HELD]
            ended = Prescription.State.ENDED
            Prescription.objects.change_state(prescription, leaves=running, to=ended, reason=reason, by=by, at=now)
            planning.set_schedules(prescription, now)
        ReminderChoice.objects.filter(prescription__client=stored).delete()
        PushSubscription.objects.filter(client=stored).delete()
        Invitation.objects.usable(now).filter(client=stored).update(withdrawn_at=now)
        registrations = Q(client=stored) | Q(email__iexact=stored.email)
        Registrant.objects.filter(registrations, clinic=stored.clinic_id).delete()
        stored.state, stored.left_at, stored.calendar_key = Client.State.LEFT, now, None
        stored.reminders_wanted, stored.paused_until, stored.undeliverable_since = False, None, None
        stored.reminder_channel = Client.ReminderChannel.MAIL
        stored.quiet_from = stored.quiet_until = None
        stored.save()
        audit.record(by, audit.Verb.CLIENT_LEFT, stored, stored.clinic)
        worklist_entries.update_entries(stored.pk)
        closed = _close_account(stored.user)
        context = {"client": stored, "user": stored.user, "closed": closed}
        transaction.on_commit(partial(signals.client_left.send_robust, Client, **context))
    client.refresh_from_db()
    return True


def keeps_sign_in(client: Client) -> bool:
    """Whether the sign-in stays after leaving: its owner is also a member, client or registrant elsewhere."""
    return client.user is not None and users.is_account_needed(client.user, excluding=client)


def delete_expired_addresses(now: dt.datetime) -> int:
    """Delete the mail address of the clients who left ADDRESS_KEPT_FOR ago; returns how many."""
    expired = Client.objects.filter(state=Client.State.LEFT, left_at__lte=now - ADDRESS_KEPT_FOR).exclude(email="")
    return expired.update(email="")


def due_for_erasure(until: dt.datetime) -> QuerySet[Client]:
    """The clients whose record reaches by ``until`` the age at which the clinic erases it, the oldest first."""
    clinics = Clinic.objects.filter(retention_years__isnull=False).values_list("pk", "retention_years")
    expired = Q(pk__in=[])
    for clinic, years in clinics:
        assert years is not None
        expired |= Q(clinic=clinic, left_at__lte=_years_before(until, years))
    return Client.objects.filter(expired, erased_at=None, state=Client.State.LEFT).order_by("left_at", "pk")


def erase_due_clients(now: dt.datetime) -> int:
    """Erase the records past the retention years of their clinic, at most ERASED_PER_SWEEP; returns how many."""
    due = list(due_for_erasure(now).select_related("clinic")[:ERASED_PER_SWEEP])
    return sum(erase_client(client, now=now) for client in due)


def delete_expired_data(now: dt.datetime) -> None:
    """Delete mail addresses after ADDRESS_KEPT_FOR and erase records after the retention years of their clinic."""
    delete_expired_addresses(now)
    erase_due_clients(now)


def _years_before(moment: dt.datetime, years: int) -> dt.datetime:
    """The same day so many years ago; 29 February becomes the 28th."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def erase_client(client: Client, *, by: AbstractBaseUser | None = None, now: dt.datetime | None = None) -> bool:
    """Remove the identity and every free text from a record, for good. A client who has not left leaves.

    Erased: name, mail address, zone and hours, sign-in, registrations; every free text: notes, messages, reasons,
    corrections of notes, replies of mail servers. Kept, under the client's number alone: scores, areas and warning
    signs with their times, doses, screening answers, flags, the ledger of reminders, consent, and the audit.

    Erased again, the record loses what was stored in it since; the date of the first erasure stays.

    Args:
        by: who decided; None: the operator.

    Returns:
        False when the record was erased before.
    """
    now = now or timezone.now()
    with transaction.atomic():
        leave_clinic(client, by=by, now=now)  # locks the client's row also when it returns False
        client.refresh_from_db()
        is_first = client.erased_at is None
        with override(client.clinic.language):
            erased = _("(erased)")
        _erase_texts(client, erased)
        PushSubscription.objects.filter(client=client).delete()
        empty = Client(clinic=client.clinic, time_zone=client.clinic.time_zone, name=erased, reminders_wanted=False)
        for field in client._meta.concrete_fields:
            if field.name not in _NOT_ERASED:
                setattr(client, field.name, getattr(empty, field.name))
        client.erased_at = client.erased_at or now
        client.save()
        audit.record(by, audit.Verb.CLIENT_ERASED, client, client.clinic)
    return is_first


def _close_account(account: AbstractBaseUser | None) -> bool:
    """Close the sign-in unless something else needs it; returns whether it was closed."""
    if account is None or users.is_account_needed(account):
        return False
    users.close_account(account)
    return True


def _erase_texts(client: Client, erased: str) -> None:
    of_client, of_plans, of_reports = (
        Q(**{path: client}) for path in ("client", "prescription__client", "report__prescription__client")
    )
    reminders = Reminder.objects.filter(schedule__prescription__client=client)
    PainReport.objects.filter(of_plans).update(note="", fingerprint="", idempotency_key=None)
    Schedule.objects.filter(of_plans).update(time_zone=client.clinic.time_zone)
    Correction.objects.filter(of_reports, field="note").update(old="", new="")
    texts: list[tuple[type[Model], Q, str]] = [
        (Correction, of_reports, "reason"),
        (Prescription, of_client, "state_reason"),
        (PrescriptionVersion, of_plans, "reason"),
        (PrescriptionChange, of_plans, "reason"),
        (ScreeningAnswer, of_plans, "override_reason"),
        (RuleSettings, of_client, "reason"),
        (Handover, of_client, "reason"),
        (Flag, of_plans & Q(kind=Flag.Kind.UNDELIVERABLE), "reason"),  # quotes a mail server
        (FlagEvent, Q(flag__prescription__client=client), "note"),
        (Note, of_client, "text"),
        (Message, of_client, "text"),
        (Reminder, Q(pk__in=reminders), "push_response"),
    ]
    for kind, which, column in texts:  # a placeholder, since a constraint may ask for a text
        kind._default_manager.filter(which).exclude(**{column: ""}).update(**{column: erased})
    for mails in (reminders, Invitation.objects.filter(of_client), Message.objects.filter(of_client)):
        # A worker that is sending one of them stores no reply of the mail server any more.
        mails.filter(state=State.CLAIMED).update(state=State.READY, lease=None)
        mails.filter(state=State.SENDING).update(state=State.UNKNOWN, lease=None, settled_at=timezone.now())
        # A mail server may have quoted the address; the reasons of our own may stay.
        mails.exclude(status_detail__in=["", *SkipReason.values]).update(status_detail=erased)
