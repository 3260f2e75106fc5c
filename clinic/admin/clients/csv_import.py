"""Import clients from a CSV table: a preview of each row and, once confirmed, the invitations.

Until it is confirmed the table travels in the form, signed: nothing of it is stored.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin import access
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm, offer_clinics
from clinic.clients import csv_import, csv_reader
from clinic.clients.csv_import import RowOutcome, RowPreview
from clinic.clients.csv_reader import Table, TableProblem, UnreadableTable
from clinic.clients.invitation_mail import sending_time
from clinic.documents import record_tables
from clinic.models import Client, Practitioner

SALT = "clinic.admin.import_clients"
MAX_IDS_IN_URL = 100
_COLUMNS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "language": gettext_lazy("Language"),
    "time_zone": gettext_lazy("Time zone"),
    "wakes_at": gettext_lazy("Usually gets up at"),
    "practitioner": gettext_lazy("Practitioner"),
}
_PROBLEM_TEXTS = {
    TableProblem.TOO_LARGE: gettext_lazy("This is larger than 1 MB. Split it into several files."),
    TableProblem.TOO_MANY_ROWS: gettext_lazy(
        "This has %(what)s rows; 500 are taken at a time. Split it into several files."
    ),
    TableProblem.EMPTY: gettext_lazy(
        "There is no client in it. The first line names the columns, each further line is one client."
    ),
    TableProblem.NO_HEADINGS: gettext_lazy("The first line must name the columns, at least “Name” and “E-mail”."),
    TableProblem.NO_NAME: gettext_lazy("There is no column “Name”. Write it into the first line, over the names."),
    TableProblem.NO_EMAIL: gettext_lazy(
        "There is no column “E-mail”. Write it into the first line, over the addresses."
    ),
    TableProblem.DUPLICATE_COLUMN: gettext_lazy("Two columns mean the same: “%(what)s” is one of them. Take one out."),
    TableProblem.NOT_A_TABLE: gettext_lazy(
        "Line %(what)s cannot be read. Save the table as CSV (UTF-8) and try again."
    ),
}


class TableForm(ServiceForm):
    """The table, as a file or pasted, and the clinic where the person works at several."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        help_text=gettext_lazy("CSV, as Excel, Numbers or your practice software saves it; at most 500 clients, 1 MB."),
        error_messages={"empty": gettext_lazy("The file is empty. Choose another.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the rows here, with their headings"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "wrap": "off"}),
        error_messages={"null_characters_not_allowed": gettext_lazy("This is no text. Save the table as CSV.")},
    )
    clinic = forms.TypedChoiceField(label=gettext_lazy("Clinic"), coerce=int)

    def __init__(self, memberships: Sequence[Practitioner], *args: Any) -> None:
        super().__init__(*args)
        offer_clinics(self, [(membership.pk, membership.clinic.name) for membership in memberships])

    def clean_file(self) -> str:
        """The content of the file as text; empty: no file."""
        uploaded = self.cleaned_data["file"]
        if not isinstance(uploaded, UploadedFile):
            return ""
        if (uploaded.size or 0) > csv_reader.MAX_BYTES:
            raise ValidationError(_PROBLEM_TEXTS[TableProblem.TOO_LARGE])
        return csv_reader.decode_file(uploaded.read())

    def clean(self) -> None:
        filled = [name for name in ("file", "text") if (self.cleaned_data.get(name) or "").strip()]
        if not self.errors and len(filled) != 1:
            both = _("Choose a file or paste the rows, not both.")
            self.add_error("file", both if filled else _("Choose a file, or paste the rows below."))


@dataclass(frozen=True)
class PreviewRow:
    """One row of the table on the preview page."""

    preview: RowPreview
    errors: list[tuple[str, str]]  # heading of the column, message


@require_http_methods(["GET", "HEAD", "POST"])
def import_clients(request: HttpRequest) -> HttpResponseBase:
    """The form; by POST the preview of each row. Neither stores anything."""
    memberships = _clinical_memberships(request)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TableForm(memberships, *data)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data.get("clinic", memberships[0].pk)
        by = next(membership for membership in memberships if membership.pk == chosen)
        text = form.cleaned_data["file"] or form.cleaned_data["text"]
        try:
            return _preview_page(request, text, by)
        except UnreadableTable as error:
            form.add_error("file" if form.cleaned_data["file"] else "text", _describe_problem(error))
    owns = access.is_owner(request)
    columns = [str(title) for name, title in _COLUMNS.items() if owns or name != "practitioner"]
    return render_page(request, "clients/csv_import.html", _("Import clients"), form=form, columns=columns, owns=owns)


@require_POST
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Invite the clients of all valid rows or none; shows the preview again when anything has changed since."""
    text, by, digest = _read_signed_table(request)
    table = csv_reader.read_table(text)
    if _digest(csv_import.preview_import(table.rows, by)) != digest:
        changed = _("Something has changed since you looked, so nobody was invited yet. Look once more.")
        return _preview_page(request, text, by, notice=changed)
    try:
        clients = csv_import.import_clients(table.rows, by)
    except ValidationError as error:
        return _preview_page(request, text, by, notice=" ".join(error.messages))
    messages.success(request, _success_message(clients, left_out=len(table.rows) - len(clients)))
    return HttpResponseRedirect(reverse("plumbline:invite"))


@require_POST
def download_errors(request: HttpRequest) -> HttpResponse:
    """The invalid rows with their errors as a table, to be corrected and imported."""
    text, by = _read_signed_table(request)[:2]
    previews = csv_import.preview_import(csv_reader.read_table(text).rows, by)
    invalid = [preview for preview in previews if preview.outcome == RowOutcome.INVALID]
    used = [name for name in _COLUMNS if name in {"name", "email"} or any(row.row.cells.get(name) for row in invalid)]
    head = [*(str(_COLUMNS[name]) for name in used), _("What is wrong")]
    rows = [
        [
            *(preview.row.cells.get(name, "") for name in used),
            "; ".join(f"{title}: {message}" for title, message in _errors_by_column(preview)),
        ]
        for preview in invalid
    ]
    return _download(record_tables.render_table([head, *rows]), _("clients-to-mend.csv"))


@require_safe
def example(request: HttpRequest) -> HttpResponse:
    """A table to fill in, with two made-up clients."""
    by = _clinical_memberships(request)[0]
    rows = [
        ["Ana Ruiz", "ana@example.org", "es", "Europe/Madrid", "07:00", by.name],
        ["Tom Baker", "tom@example.org", "en", by.clinic.time_zone, "06:30", ""],
    ]
    width = len(_COLUMNS) if by.owns(by.clinic_id) else len(_COLUMNS) - 1  # the practitioner stands last
    head = [str(title) for title in _COLUMNS.values()]
    return _download(record_tables.render_table([row[:width] for row in (head, *rows)]), _("clients.csv"))


def _clinical_memberships(request: HttpRequest) -> list[Practitioner]:
    """The memberships that may treat. Raises Http404 where there are none."""
    memberships = access.clinical_memberships(request)
    if not memberships:
        raise Http404
    return memberships


def _preview_page(request: HttpRequest, text: str, by: Practitioner, *, notice: str = "") -> AdminPage:
    """The preview of an import. Raises UnreadableTable."""
    table = csv_reader.read_table(text)
    previews = csv_import.preview_import(table.rows, by)
    content = {"text": text, "membership": by.pk, "user": by.user_id, "digest": _digest(previews)}
    counts = Counter(preview.outcome for preview in previews)
    return render_page(
        request, "clients/csv_import_preview.html", _("Look before you invite"),
        rows=_sort_rows(previews), counts={outcome.value: counts[outcome] for outcome in RowOutcome},
        ignored=_ignored(table), signed_table=signing.dumps(content, salt=SALT, compress=True), notice=notice, by=by,
        shows_practitioner=any(preview.client.practitioner_id != by.pk for preview in previews),
    )  # fmt: skip


def _read_signed_table(request: HttpRequest) -> tuple[str, Practitioner, str]:
    """The text, the membership and the digest of a preview. Raises Http404 unless this person saw it."""
    memberships = _clinical_memberships(request)
    try:
        content = signing.loads(request.POST.get("signed_table", ""), salt=SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    for membership in memberships:
        if membership.pk == content["membership"] and membership.user_id == content["user"]:
            return content["text"], membership, content["digest"]
    raise Http404


def _digest(previews: Sequence[RowPreview]) -> str:
    """A hash of what an import would do: two previews with the same hash do the same."""
    rows = [(row.row.line, row.outcome.value, row.client.email, row.client.practitioner_id) for row in previews]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _sort_rows(previews: Sequence[RowPreview]) -> list[PreviewRow]:
    """The rows to correct first; those of one outcome in the order of the table."""
    order = [RowOutcome.INVALID, RowOutcome.DUPLICATE, RowOutcome.EXISTING, RowOutcome.INVITE]
    ordered = sorted(previews, key=lambda preview: order.index(preview.outcome))
    return [PreviewRow(preview, _errors_by_column(preview)) for preview in ordered]


def _errors_by_column(preview: RowPreview) -> list[tuple[str, str]]:
    order = [*_COLUMNS, "row"]
    by_column = sorted(preview.errors.items(), key=lambda item: order.index(item[0]))
    return [(str(_COLUMNS.get(name, _("Row"))), message) for name, messages in by_column for message in messages]


def _ignored(table: Table) -> str:
    return ", ".join(f"“{heading[:40]}”" for heading in table.ignored[:12])


def _describe_problem(error: UnreadableTable) -> str:
    return str(_PROBLEM_TEXTS[error.problem]) % {"what": error.detail[:60]}


def _success_message(clients: Sequence[Client], left_out: int) -> str:
    count = len(clients)
    sent = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
    sentences = [sent % {"count": count}]
    if minutes := round(sending_time(count).total_seconds() / 60):
        last = ngettext("The last goes out in %(count)s minute.", "The last goes out in %(count)s minutes.", minutes)
        sentences.append(last % {"count": minutes})
    if left_out:
        rest = ngettext(
            "%(count)s row was left out: mend the file and bring it again, nobody is invited twice.",
            "%(count)s rows were left out: mend the file and bring it again, nobody is invited twice.",
            left_out,
        )
        sentences.append(rest % {"count": left_out})
    if url := _prescribe_url(clients):
        return format_html('{} <a href="{}">{}</a>', " ".join(sentences), url, _("Prescribe for them now"))
    return " ".join(sentences)


def _prescribe_url(clients: Sequence[Client]) -> str:
    """The page that prescribes to all of them; empty: there are none or too many, or the site has no such page."""
    if not 0 < len(clients) <= MAX_IDS_IN_URL:
        return ""
    try:
        url = reverse("plumbline:prescribe_several")
    except NoReverseMatch:
        return ""
    return f"{url}?{'&'.join(f'client={client.pk}' for client in clients)}"


def _download(table: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(table, content_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [
    ("clients/import/", import_clients, "import_clients"),
    ("clients/import/confirm/", confirm, "confirm_import"),
    ("clients/import/errors/", download_errors, "download_import_errors"),
    ("clients/import/example.csv", example, "import_example"),
]
