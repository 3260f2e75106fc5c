"""Many clients from a table: what would happen to each row, and inviting those that are right, all or none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from clinic import audit
from clinic.clients import invitation_mail
from clinic.clients.csv_reader import Row
from clinic.clients.invitations import set_clinic_and_practitioner, settle_registrants
from clinic.models import Client, Practitioner
from clinic.worklist import entries as worklist_entries

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*h?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_LOOKED_AT = ("name", "email", "language", "time_zone", "wakes_at")


class RowOutcome(StrEnum):
    """What happens to a row."""

    INVITE = "invite"
    KNOWN = "known"  # a client here already
    TWICE = "twice"  # an earlier row has the same address
    WRONG = "wrong"


@dataclass
class RowPreview:
    """One row, looked at."""

    row: Row
    client: Client  # unsaved
    outcome: RowOutcome
    wrong: dict[str, list[str]] = field(default_factory=dict)  # by field
    known: Client | None = None  # the client who is here, where the asker may know of them
    first: int = 0  # of a second one: the line of the first


def preview_import(rows: Sequence[Row], by: Practitioner) -> list[RowPreview]:
    """What would happen to each row if ``by`` imported them now. Writes nothing; three queries for any number."""
    clinic = by.clinic
    team = list(Practitioner.objects.clinical().filter(clinic=clinic, active=True).select_related("user"))
    lines = [_judged(row, by, team) for row in rows]
    addresses = {line.client.email for line in lines}
    there = Client.objects.filter(clinic=clinic).exclude(state=Client.State.LEFT)
    here = there.alias(address=Lower("email")).filter(address__in=addresses)
    taken = {email.lower() for email in here.values_list("email", flat=True)}
    seen = {client.email.lower(): client for client in here.visible_to(by.user).select_related("practitioner")}
    first: dict[str, int] = {}
    for line in lines:
        address = line.client.email
        if line.wrong:
            line.outcome = RowOutcome.WRONG
        elif address in first:
            line.outcome, line.first = RowOutcome.TWICE, first[address]
        elif address in taken:
            line.outcome, line.known = RowOutcome.KNOWN, seen.get(address)
        first.setdefault(address, line.row.line)
    return lines


def import_clients(rows: Sequence[Row], by: Practitioner, *, now: dt.datetime | None = None) -> list[Client]:
    """Invite every row that is right, all in one transaction; the others change nothing.

    Of more than sending.AT_ONCE the invitations go out one after the other, as reminders must not wait for them.

    Raises ValidationError when somebody invited one of the addresses in this very moment, or ``by`` may not invite;
    nothing is stored then.
    """
    now = now or timezone.now()
    if not by.is_clinical or not by.active:
        raise ValidationError({"practitioner": _("Only a practitioner may invite a client.")})
    try:
        with transaction.atomic():
            clients = [line.client for line in preview_import(rows, by) if line.outcome == RowOutcome.INVITE]
            if not clients:
                return []
            Client.objects.bulk_create(clients)
            invitation_mail.post_invitations(clients, None, now)
            settle_registrants(clients, by, now)
            audit.record_all(by.user, audit.Verb.CLIENT_INVITED, clients, by.clinic)
            worklist_entries.update_entries(*(client.pk for client in clients))
    except IntegrityError as error:
        raise ValidationError(_("Somebody else invited one of them in this very moment. Look again.")) from error
    return clients


def _judged(row: Row, by: Practitioner, team: Sequence[Practitioner]) -> RowPreview:
    """The client that a row describes, with all that is wrong about it."""
    wrong: dict[str, list[str]] = {}
    client = Client(name=row.cells.get("name", ""), email=row.cells.get("email", ""))
    practitioner = by
    for field_name, read in (("language", _language), ("time_zone", _zone), ("wakes_at", _time)):
        try:
            setattr(client, field_name, read(row.cells.get(field_name, ""), by))
        except ValidationError as error:
            wrong[field_name] = error.messages
    try:
        practitioner = _practitioner(row.cells.get("practitioner", ""), by, team)
    except ValidationError as error:
        wrong["practitioner"] = error.messages
    set_clinic_and_practitioner(client, practitioner)
    try:
        unread = [name.name for name in Client._meta.fields if name.name not in _LOOKED_AT or name.name in wrong]
        client.clean_fields(exclude=unread)
    except ValidationError as error:
        wrong |= error.message_dict
    if not client.name:
        wrong["name"] = [_("Write the client's name.")]
    if not client.email:
        wrong["email"] = [_("Write the client's mail address.")]
    if row.more:
        told = _("It has more cells than the first line: “%(more)s”. Put a cell with a comma in it in quotes.")
        wrong["row"] = [told % {"more": ", ".join(row.more)[:200]}]
    return RowPreview(row, client, RowOutcome.INVITE, wrong)


def _language(given: str, by: Practitioner) -> str:
    """A code, or a name in its own language or in English; empty: the clinic's."""
    if not given:
        return str(by.clinic.language)
    wanted = given.casefold()
    for code, name in settings.LANGUAGES:
        called = {code, str(name)}
        try:
            told = get_language_info(code)
            called |= {told["name"], told["name_local"], str(told["name_translated"])}
        except KeyError:  # a language of the project's own
            pass
        if wanted in {word.casefold() for word in called} or wanted.replace("_", "-").split("-")[0] == code.casefold():
            return code
    return given  # the field refuses it, in its own words


def _zone(given: str, by: Practitioner) -> str:
    return given.replace(" ", "_") or str(by.clinic.time_zone)


def _time(given: str, _by: Practitioner) -> dt.time:
    """``7``, ``7:30``, ``07:30:00``, ``7.30``, ``7h30`` or ``7:30 am``; empty: the usual hour."""
    if not given:
        usual: dt.time = Client._meta.get_field("wakes_at").get_default()
        return usual
    found = _TIME.fullmatch(given)
    if found:
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()[:1]
        clock = range(1, 13) if half else range(24)
        if hour in clock and minute < 60:
            hour = hour % 12 + (12 if half == "p" else 0) if half else hour
            return dt.time(hour, minute)
    raise ValidationError(_("Write a time of day such as 07:00."))


def _practitioner(given: str, by: Practitioner, team: Sequence[Practitioner]) -> Practitioner:
    """By name or mail address; empty: who imports. Raises ValidationError: nobody, or not theirs to say."""
    if not given:
        return by
    wanted = " ".join(given.split()).casefold()
    found = [who for who in team if wanted in {who.name.casefold(), who.email.casefold()}]
    if by.role != Practitioner.Role.OWNER and found != [by]:
        raise ValidationError(_("Only the owner may choose a colleague. Leave this empty: the client will be yours."))
    if not found:
        raise ValidationError(_("Nobody who treats here is called so. Write their name or their mail address."))
    if len(found) > 1:
        raise ValidationError(_("Several here have this name. Write the mail address instead."))
    return found[0]
