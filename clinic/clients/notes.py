"""Notes about a client: add one, or correct one by another note."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Client, Note, Practitioner, Prescription
from clinic.models.idempotency import idempotency_key
from clinic.models.note import MAX_TEXT


def add_note(
    client: Client,
    text: str,
    *,
    by: Practitioner,
    about: Prescription | None = None,
    form_key: str = "",
    now: dt.datetime | None = None,
) -> Note:
    """Add a note about a client, who may have left.

    Args:
        text: 1 to MAX_TEXT characters.
        by: a practitioner at the client's clinic.
        about: one of the client's exercises; None: the note is about the client.
        form_key: key of the form; the same text from the same form is stored once and returned again.

    Raises ValidationError by field; nothing is stored then.
    """
    if about is not None and about.client_id != client.pk:
        raise ValidationError({"about": [_("Choose one of this client's exercises.")]})
    key = idempotency_key(form_key, by.pk, about.pk if about else "", text.strip())
    note = Note(
        client=client, prescription=about, text=text.strip(), by=by, at=now or timezone.now(), idempotency_key=key
    )
    return _save(note, audit.Verb.NOTE_ADDED)


def correct_note(note: Note, text: str, *, by: Practitioner, now: dt.datetime | None = None) -> Note:
    """Correct a note by another one; the corrected one stays readable below it.

    A second correction with the same text returns the first one.

    Args:
        text: the corrected text, 1 to MAX_TEXT characters.
        by: a practitioner at the client's clinic, not necessarily the author of ``note``.

    Raises ValidationError by field; nothing is stored then.
    """
    if note.text == text.strip():
        raise ValidationError({"text": [_("It says that already. Change it, or leave it.")]})
    correction = Note(
        client=note.client, prescription=note.prescription, text=text.strip(), by=by, at=now or timezone.now(),
        corrects=note,
    )  # fmt: skip
    return _save(correction, audit.Verb.NOTE_CORRECTED)


def _save(note: Note, verb: audit.Verb) -> Note:
    errors: dict[str, list[str]] = {}
    if not note.text:
        errors["text"] = [_("Write something first.")]
    elif len(note.text) > MAX_TEXT:
        errors["text"] = [_("At most %(most)s characters.") % {"most": MAX_TEXT}]
    if not note.by.treats_at(note.client.clinic_id):
        errors["practitioner"] = [_("Only somebody who treats clients at this clinic may do this.")]
    if errors:
        raise ValidationError(errors)
    try:
        with transaction.atomic():
            Client.objects.lock_for_writing(note.client_id)
            note.save()
            audit.record(note.by.user, verb, note, note.client.clinic)
    except IntegrityError as error:
        if stored := Note.objects.same_as(note).first():  # the form was sent twice
            return stored
        raise ValidationError({"text": [_("This note is corrected already. Look at the newer one first.")]}) from error
    return note
