"""What a practitioner writes down about a client: added, and corrected by the next note."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Client, Note, Practitioner, Prescription
from clinic.models.idempotency import idempotency_key

MAX_TEXT = 4000


def add_note(
    client: Client,
    text: str,
    *,
    by: Practitioner,
    about: Prescription | None = None,
    form_key: str = "",
    now: dt.datetime | None = None,
) -> Note:
    """Write a note on a client, also on one who has left, though not into a record that is erased.

    Args:
        text: 1–4,000 characters.
        by: somebody who treats clients at the client's clinic.
        about: one of the client's exercises; None: the client as such.
        form_key: key of the form it comes from; the same text from the same form is the same note, given back again.

    Raises ValidationError by field; nothing is stored then.
    """
    if about is not None and about.client_id != client.pk:
        raise ValidationError({"about": [_("Choose one of this client's exercises.")]})
    key = idempotency_key(form_key, by.pk, about.pk if about else "", text.strip())
    made = Note(
        client=client, prescription=about, text=text.strip(), by=by, at=now or timezone.now(), idempotency_key=key
    )
    return _write(made, audit.Verb.NOTE_ADDED)


def correct_note(note: Note, text: str, *, by: Practitioner, now: dt.datetime | None = None) -> Note:
    """Put a note right by the next one, about the same; the old one stays readable below it.

    Put right in the same words a second time, it is the correction that is there already.

    Args:
        text: what should have been written, 1–4,000 characters.
        by: somebody who treats clients at the client's clinic, whoever wrote the first.

    Raises ValidationError by field; nothing is stored then.
    """
    if note.text == text.strip():
        raise ValidationError({"text": [_("It says that already. Change it, or leave it.")]})
    made = Note(
        client=note.client, prescription=note.prescription, text=text.strip(), by=by, at=now or timezone.now(),
        corrects=note,
    )  # fmt: skip
    return _write(made, audit.Verb.NOTE_CORRECTED)


def _write(note: Note, verb: audit.Verb) -> Note:
    wrong: dict[str, list[str]] = {}
    if not note.text:
        wrong["text"] = [_("Write something first.")]
    elif len(note.text) > MAX_TEXT:
        wrong["text"] = [_("At most %(most)s characters.") % {"most": MAX_TEXT}]
    if not note.by.treats_at(note.client.clinic_id):
        wrong["practitioner"] = [_("Only somebody who treats clients at this clinic may do this.")]
    if wrong:
        raise ValidationError(wrong)
    try:
        with transaction.atomic():
            Client.objects.lock_for_writing(note.client_id)
            note.save()
            audit.record(note.by.user, verb, note, note.client.clinic)
    except IntegrityError as error:
        if known := Note.objects.same_as(note).first():  # a button was pressed twice
            return known
        raise ValidationError({"text": [_("This note is corrected already. Look at the newer one first.")]}) from error
    return note
