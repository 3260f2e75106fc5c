"""Import clients from a CSV table: a preview of each row, then all valid rows are invited or none."""

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
from django.utils.translation import get_language_info, gettext as _

from clinic import audit
from clinic.clients import invitation_mail
from clinic.clients.csv_reader import Row
from clinic.clients.invitations import set_clinic_and_practitioner, settle_registrants
from clinic.models import Client, Practitioner
from clinic.worklist import entries as worklist_entries

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*h?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_CHECKED_FIELDS = ("name", "email", "language", "time_zone", "wakes_at")


class RowOutcome(StrEnum):
    """What an import does with a row."""

    INVITE = "invite"
    EXISTING = "existing"  # a client of the clinic has the address
    DUPLICATE = "duplicate"  # an earlier row has the address
    INVALID = "invalid"


@dataclass
class RowPreview:
    """A row and what an import would do with it."""

    row: Row
    client: Client  # unsaved
    outcome: RowOutcome
    errors: dict[str, list[str]] = field(default_factory=dict)  # by field
    existing: Client | None = None  # the client with this address, if the importing member may see them
    first_line: int = 0  # of a duplicate: the line of the first row with the address


def preview_import(rows: Sequence[Row], by: Practitioner) -> list[RowPreview]:
    """What an import by ``by`` would do with each row. Writes nothing; three queries for any number of rows."""
    clinic = by.clinic
    team = list(Practitioner.objects.clinical().filter(clinic=clinic, active=True).select_related("user"))
    previews = [_preview_row(row, by, team) for row in rows]
    addresses = {preview.client.email for preview in previews}
    clients = Client.objects.filter(clinic=clinic).exclude(state=Client.State.LEFT)
    existing = clients.alias(address=Lower("email")).filter(address__in=addresses)
    taken = {email.lower() for email in existing.values_list("email", flat=True)}
    visible = existing.visible_to(by.user).select_related("practitioner")
    visible_by_email = {client.email.lower(): client for client in visible}
    first_lines: dict[str, int] = {}
    for preview in previews:
        address = preview.client.email
        if preview.errors:
            preview.outcome = RowOutcome.INVALID
        elif address in first_lines:
            preview.outcome, preview.first_line = RowOutcome.DUPLICATE, first_lines[address]
        elif address in taken:
            preview.outcome, preview.existing = RowOutcome.EXISTING, visible_by_email.get(address)
        first_lines.setdefault(address, preview.row.line)
    return previews


def import_clients(rows: Sequence[Row], by: Practitioner, *, now: dt.datetime | None = None) -> list[Client]:
    """Invite the clients of all valid rows in one transaction; the other rows change nothing.

    The invitations are sent in batches, see :func:`clinic.clients.invitation_mail.post_invitations`.

    Raises ValidationError when somebody else invited one of the addresses at the same moment, or ``by`` may not
    invite; nothing is stored then.
    """
    now = now or timezone.now()
    if not by.treats_at(by.clinic_id):
        raise ValidationError({"practitioner": _("Only a practitioner may invite a client.")})
    try:
        with transaction.atomic():
            previews = preview_import(rows, by)
            clients = [preview.client for preview in previews if preview.outcome == RowOutcome.INVITE]
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


def _preview_row(row: Row, by: Practitioner, team: Sequence[Practitioner]) -> RowPreview:
    """The client that a row describes, with the errors of each field."""
    errors: dict[str, list[str]] = {}
    client = Client(name=row.cells.get("name", ""), email=row.cells.get("email", ""))
    practitioner = by
    for name, parse in (("language", _parse_language), ("time_zone", _parse_zone), ("wakes_at", _parse_time)):
        try:
            setattr(client, name, parse(row.cells.get(name, ""), by))
        except ValidationError as error:
            errors[name] = error.messages
    try:
        practitioner = _find_practitioner(row.cells.get("practitioner", ""), by, team)
    except ValidationError as error:
        errors["practitioner"] = error.messages
    set_clinic_and_practitioner(client, practitioner)
    try:
        unchecked = {name.name for name in Client._meta.fields} - set(_CHECKED_FIELDS) | set(errors)
        client.clean_fields(exclude=unchecked)
    except ValidationError as error:
        errors |= error.message_dict
    if not client.name:
        errors["name"] = [_("Write the client's name.")]
    if not client.email:
        errors["email"] = [_("Write the client's mail address.")]
    if row.extra_cells:
        message = _("It has more cells than the first line: “%(more)s”. Put a cell with a comma in it in quotes.")
        errors["row"] = [message % {"more": ", ".join(row.extra_cells)[:200]}]
    return RowPreview(row, client, RowOutcome.INVITE, errors)


def _parse_language(text: str, by: Practitioner) -> str:
    """A code, or a name in its own language or in English; empty: the clinic's language."""
    if not text:
        return str(by.clinic.language)
    wanted = text.casefold()
    for code, name in settings.LANGUAGES:
        names = {code, str(name)}
        try:
            info = get_language_info(code)
            names |= {info["name"], info["name_local"], str(info["name_translated"])}
        except KeyError:  # a language that only the project defines
            pass
        if wanted in {name.casefold() for name in names} or wanted.replace("_", "-").split("-")[0] == code.casefold():
            return code
    return text  # the model field refuses it


def _parse_zone(text: str, by: Practitioner) -> str:
    return text.replace(" ", "_") or str(by.clinic.time_zone)


def _parse_time(text: str, _by: Practitioner) -> dt.time:
    """``7``, ``7:30``, ``07:30:00``, ``7.30``, ``7h30`` or ``7:30 am``; empty: the default of the model field."""
    if not text:
        default: dt.time = Client._meta.get_field("wakes_at").get_default()
        return default
    match = _TIME.fullmatch(text)
    if match:
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()[:1]
        clock = range(1, 13) if half else range(24)
        if hour in clock and minute < 60:
            hour = hour % 12 + (12 if half == "p" else 0) if half else hour
            return dt.time(hour, minute)
    raise ValidationError(_("Write a time of day such as 07:00."))


def _find_practitioner(text: str, by: Practitioner, team: Sequence[Practitioner]) -> Practitioner:
    """The practitioner with this name or mail address; empty: ``by``. Raises ValidationError: none, or not allowed."""
    if not text:
        return by
    wanted = " ".join(text.split()).casefold()
    matches = [member for member in team if wanted in {member.name.casefold(), member.email.casefold()}]
    if not by.owns(by.clinic_id) and matches != [by]:
        raise ValidationError(_("Only the owner may choose a colleague. Leave this empty: the client will be yours."))
    if not matches:
        raise ValidationError(_("Nobody who treats here is called so. Write their name or their mail address."))
    if len(matches) > 1:
        raise ValidationError(_("Several here have this name. Write the mail address instead."))
    return matches[0]
