"""How a client goes: leaves at the own wish, or is erased by the operator; and what stays of each.

Leaving closes the sign-in and stops all mail; the record of the treatment stays, since clinics must keep it. Erasing
takes out of that record all that says who it was, and all free text.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinic import audit, signals
from clinic.accounts import users
from clinic.models import (
    AuditEntry,
    Client,
    Clinic,
    Correction,
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
from clinic.reminders import planning
from clinic.worklist import entries as worklist_entries

ADDRESS_KEPT_FOR = dt.timedelta(days=30)  # after leaving: so that the clinic can still answer
ERASED_PER_SWEEP = 50  # records in one sweep, which runs every minute


def leave_clinic(client: Client, *, by: AbstractBaseUser | None, now: dt.datetime | None = None) -> bool:
    """End everything between this client and the clinic: plans, reminders, links, and the sign-in if it was for this.

    Somebody who works here, or is a client of another clinic too, keeps the sign-in for that. The mail address is
    kept for ADDRESS_KEPT; the record stays with the clinic.

    Args:
        by: who decided; None: the operator.

    Returns:
        False when the client had left already.
    """
    now = now or timezone.now()
    with transaction.atomic():
        trends = PainTrend.objects.select_for_update().filter(prescription__client=client)
        list(trends.order_by("prescription").values_list("pk"))  # before the client, as every other verb does
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
        theirs = Q(client=stored) | Q(email__iexact=stored.email)
        Registrant.objects.filter(theirs, clinic=stored.clinic_id).delete()
        stored.state, stored.left_at, stored.calendar_key = Client.State.LEFT, now, None
        stored.reminders_wanted, stored.paused_until, stored.undeliverable_since = False, None, None
        stored.reminder_channel = Client.ReminderChannel.MAIL
        stored.quiet_from = stored.quiet_until = None
        stored.save()
        audit.record(by, audit.Verb.CLIENT_LEFT, stored, stored.clinic)
        worklist_entries.update_entries(stored.pk)
        closed = _close(stored.user)
        told = {"client": stored, "user": stored.user, "closed": closed}
        transaction.on_commit(partial(signals.client_left.send_robust, Client, **told))
    client.refresh_from_db()
    return True


def keeps_sign_in(client: Client) -> bool:
    """Whether the sign-in outlives leaving: its owner works here, or is a client or registrant elsewhere too."""
    return client.user is not None and users.is_account_needed(client.user, but_for=client)


def delete_expired_addresses(now: dt.datetime) -> int:
    """Take away the mail address of those who left ADDRESS_KEPT ago; returns of how many."""
    gone = Client.objects.filter(state=Client.State.LEFT, left_at__lte=now - ADDRESS_KEPT_FOR).exclude(email="")
    return gone.update(email="")


def due_for_erasure(until: dt.datetime) -> QuerySet[Client]:
    """The clients whose record reaches the age by ``until`` at which their clinic erases it, the oldest first."""
    erased = AuditEntry.objects.filter(
        verb=AuditEntry.Verb.CLIENT_ERASED, target_kind="client", target_id=OuterRef("pk")
    )
    clinics = Clinic.objects.filter(retention_years__isnull=False).values_list("pk", "retention_years")
    over = Q(pk__in=[])
    for clinic, years in clinics:
        assert years is not None
        over |= Q(clinic=clinic, left_at__lte=_years_before(until, years))
    return Client.objects.filter(over, ~Exists(erased), state=Client.State.LEFT).order_by("left_at", "pk")


def erase_due_clients(now: dt.datetime) -> int:
    """Erase the records that are as old as their clinic keeps them, ERASED_AT_ONCE at most; returns how many."""
    due = list(due_for_erasure(now).select_related("clinic")[:ERASED_PER_SWEEP])
    return sum(erase_client(client, now=now) for client in due)


def delete_expired_data(now: dt.datetime) -> None:
    """One sweep: mail addresses after 30 days, records after the years of their clinic."""
    delete_expired_addresses(now)
    erase_due_clients(now)


def _years_before(moment: dt.datetime, years: int) -> dt.datetime:
    """The same day so many years ago; 29 February becomes the 28th."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def erase_client(client: Client, *, by: AbstractBaseUser | None = None, now: dt.datetime | None = None) -> bool:
    """Take out of the record who it was. It cannot be undone; who has not left leaves by it.

    Erased: name, mail address, zone and hours, sign-in, registrations; every free text: notes, messages, reasons,
    corrections of notes, what mail servers said. Kept, under the client's number alone: scores, areas and warning signs
    with their times, doses, screening answers, flags, the ledger of reminders, consent, and the audit.

    Args:
        by: who decided; None: the operator.

    Returns:
        False when it was done before; nothing changes then.
    """
    if AuditEntry.objects.erasure_of(client.pk).exists():
        return False
    with transaction.atomic():
        leave_clinic(client, by=by, now=now)
        with override(client.clinic.language):
            erased = _("(erased)")
        _erase_texts(client, erased)
        fresh = Client(clinic=client.clinic, time_zone=client.clinic.time_zone, name=erased)
        kept = {"id", "clinic", "practitioner", "user", "state", "left_at", "language", "consented_at", "created_at"}
        for field in client._meta.concrete_fields:
            if field.name not in kept and field.name != "reminders_wanted":
                setattr(client, field.name, getattr(fresh, field.name))
        client.save()
        audit.record(by, audit.Verb.CLIENT_ERASED, client, client.clinic)
    return True


def _close(account: AbstractBaseUser | None) -> bool:
    """Close the sign-in unless something else needs it; returns whether it was closed."""
    if account is None or users.is_account_needed(account):
        return False
    users.close_account(account)
    return True


def _erase_texts(client: Client, erased: str) -> None:
    theirs, of_reports = Q(prescription__client=client), Q(report__prescription__client=client)
    PainReport.objects.filter(theirs).update(note="", fingerprint="", idempotency_key=None)
    Schedule.objects.filter(theirs).update(time_zone=client.clinic.time_zone)
    Correction.objects.filter(of_reports, field="note").update(old="", new="")
    texts: list[tuple[type[Model], Q, str]] = [
        (Correction, of_reports, "reason"),
        (Prescription, Q(client=client), "state_reason"),
        (PrescriptionVersion, theirs, "reason"),
        (PrescriptionChange, theirs, "reason"),
        (ScreeningAnswer, theirs, "override_reason"),
        (RuleSettings, Q(client=client), "reason"),
        (Handover, Q(client=client), "reason"),
        (FlagEvent, Q(flag__prescription__client=client), "note"),
        (Note, Q(client=client), "text"),
        (Message, Q(client=client), "text"),
    ]
    for kind, which, column in texts:  # a word in its place, where a rule of the database asks for one
        kind._default_manager.filter(which).exclude(**{column: ""}).update(**{column: erased})
    for mails in (
        Reminder.objects.filter(schedule__prescription__client=client),
        Invitation.objects.filter(client=client),
        Message.objects.filter(client=client),
    ):
        # Our own words may stay; a mail server may have quoted the address.
        mails.exclude(status_detail__in=["", *SkipReason.values]).update(status_detail=erased)
    Reminder.objects.filter(schedule__prescription__client=client).exclude(push_response="").update(
        push_response=erased
    )
