"""All that the clinic has of one client, as one zip to take along: tables, plain values, the plans as PDF, a note."""

from __future__ import annotations

import io
import json
import logging
import zipfile

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinic import audit
from clinic.documents import handout as documents_handout
from clinic.documents import pdf as documents_pdf
from clinic.documents import record_tables
from clinic.models import Client, Prescription

log = logging.getLogger(__name__)


def hand_over(client: Client, *, by: AbstractBaseUser | None) -> bytes:
    """The parcel, for somebody: `parcel`, and an entry in the audit that it was exported.

    Args:
        by: who asked; None: the operator.
    """
    packed = parcel(client)
    with transaction.atomic():
        audit.record(by, audit.Verb.DATA_EXPORTED, client, client.clinic)
    return packed


def parcel(client: Client) -> bytes:
    """A zip of UTF-8 files in the client's language, as docs/security.md lists them.

    The notes on the client are in it, though they are on no page of the client's: whoever asks for the own data gets
    all of it (GDPR, article 15). What the rules flagged, and what was said of a flag, is not.
    """
    with override(client.language):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _files(client).items():
                archive.writestr(name, content)
        return packed.getvalue()


def _files(client: Client) -> dict[str, str | bytes]:
    plans = client.prescriptions.select_related("client__clinic", "exercise", "prescribed_by", "reminder_choice")
    prescriptions = list(plans.prefetch_related("versions", "screening", "changes").order_by("pk"))
    reports = list(record_tables.reports(client))
    printed = {f"plan-{row.pk}.pdf": pdf for row in prescriptions if (pdf := _printed(row))}
    return {
        "README.txt": _read_me(client),
        "client.json": _json(record_tables.facts(client, prescriptions)),
        "answers.csv": record_tables.answers(client, reports),
        "answers.json": _json(record_tables.answers_as_values(reports)),
        "corrections.csv": record_tables.corrections(client, reports),
        "reminders.csv": record_tables.reminders(client),
        "messages.csv": record_tables.messages(client),
        "notes.csv": record_tables.notes(client),
        **printed,
    }


def _printed(prescription: Prescription) -> bytes:
    """The plan on paper; empty where it cannot be made, as the rest is not to wait for it."""
    try:
        return documents_handout.handout(prescription)
    except documents_pdf.PressError:
        log.exception("prescription %d is left out of a parcel", prescription.pk)
        return b""


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _read_me(client: Client) -> str:
    told = {"name": client.name, "clinic": client.clinic.name, "zone": client.time_zone, "phone": client.clinic.phone}
    lines = [
        _("What %(clinic)s has of %(name)s") % told,
        "",
        _("answers.csv: what you said of your pain, one line an answer. Opens in a spreadsheet."),
        _("corrections.csv: what was put right later, with the old and the new value."),
        _("reminders.csv: each reminder, and why it was not sent if it was not."),
        _("messages.csv: what the clinic wrote to you, and when you read it."),
        _("notes.csv: what your practitioners noted about you; one that was corrected stays."),
        _("plan-….pdf: each plan, to print. Its number stands in the other files too."),
        _("client.json, answers.json: the same for programs, with your settings and all versions of your plans."),
        "",
        _("Times in the tables are local to %(zone)s. An empty cell: nothing was said.") % told,
        _("An apostrophe before = + - or @ keeps a spreadsheet from taking a note for a formula."),
        _("When the clinic was told to look at your answers is not in here: ask %(clinic)s, %(phone)s.") % told,
        "",
        _("This is your health data. Keep it where only you can read it."),
    ]
    return "\r\n".join(lines) + "\r\n"
