"""The data export of one client, as a zip: tables, JSON, the plans as PDF, a README."""

from __future__ import annotations

import io
import json
import logging
import zipfile

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _, override

from clinic import audit
from clinic.documents import record_tables
from clinic.documents.handout import build_handout
from clinic.documents.pdf import PdfError
from clinic.models import Client, Prescription

log = logging.getLogger(__name__)


def export_data(client: Client, *, by: AbstractBaseUser | None) -> bytes:
    """Build the export, and record it in the audit.

    Args:
        by: who asked; None: the operator.
    """
    content = build_export(client)
    with transaction.atomic():
        audit.record(by, audit.Verb.DATA_EXPORTED, client, client.clinic)
    return content


def build_export(client: Client) -> bytes:
    """A zip of UTF-8 files in the client's language, as docs/security.md lists them.

    The notes on the client are in it, though they are on no page of the client's: whoever asks for the own data gets
    all of it (GDPR, article 15). Flags and their notes are not.
    """
    with override(client.language):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _files(client).items():
                archive.writestr(name, content)
        return buffer.getvalue()


def _files(client: Client) -> dict[str, str | bytes]:
    plans = client.prescriptions.select_related("client__clinic", "exercise", "prescribed_by", "reminder_choice")
    prescriptions = list(plans.prefetch_related("versions", "screening", "changes").order_by("pk"))
    reports = list(record_tables.list_reports(client))
    plans_as_pdf = {f"plan-{row.pk}.pdf": pdf for row in prescriptions if (pdf := _plan_pdf(row))}
    return {
        "README.txt": _read_me(client),
        "client.json": _json(record_tables.client_as_values(client, prescriptions)),
        "answers.csv": record_tables.reports_table(client, reports),
        "answers.json": _json(record_tables.reports_as_values(reports)),
        "corrections.csv": record_tables.corrections_table(client, reports),
        "reminders.csv": record_tables.reminders_table(client),
        "messages.csv": record_tables.messages_table(client),
        "notes.csv": record_tables.notes_table(client),
        **plans_as_pdf,
    }


def _plan_pdf(prescription: Prescription) -> bytes:
    """The plan as PDF; empty where it cannot be made, so that the export goes on."""
    try:
        return build_handout(prescription)
    except PdfError:
        log.exception("prescription %d is left out of an export", prescription.pk)
        return b""


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _read_me(client: Client) -> str:
    values = {"name": client.name, "clinic": client.clinic.name, "zone": client.time_zone, "phone": client.clinic.phone}
    lines = [
        _("What %(clinic)s has of %(name)s") % values,
        "",
        _("answers.csv: what you said of your pain, one line an answer. Opens in a spreadsheet."),
        _("corrections.csv: what was put right later, with the old and the new value."),
        _("reminders.csv: each reminder, and why it was not sent if it was not."),
        _("messages.csv: what the clinic wrote to you, and when you read it."),
        _("notes.csv: what your practitioners noted about you; one that was corrected stays."),
        _("plan-….pdf: each plan, to print. Its number stands in the other files too."),
        _("client.json, answers.json: the same for programs, with your settings and all versions of your plans."),
        "",
        _("Times in the tables are local to %(zone)s. An empty cell: nothing was said.") % values,
        _("An apostrophe before = + - or @ keeps a spreadsheet from taking a note for a formula."),
        _("When the clinic was told to look at your answers is not in here: ask %(clinic)s, %(phone)s.") % values,
        "",
        _("This is your health data. Keep it where only you can read it."),
    ]
    return "\r\n".join(lines) + "\r\n"
