"""Import clients from a table: first what would happen to each row, then, once confirmed, the invitations.

Between the two the table travels in the form, signed: nothing of it is stored anywhere before it is confirmed.
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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin import access
from clinic.admin.rendering import Page, page
from clinic.admin.service_form import ServiceForm
from clinic.clients import csv_import, csv_reader
from clinic.clients.csv_import import RowOutcome, RowPreview
from clinic.clients.csv_reader import Table, TableProblem, UnreadableTable
from clinic.clients.invitation_mail import sending_time
from clinic.documents import record_tables
from clinic.models import Client, Practitioner

SALT = "clinic.admin.import_clients"
NAMED_IN_A_LINK = 100  # clients whom one address can still name
_COLUMNS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "language": gettext_lazy("Language"),
    "time_zone": gettext_lazy("Time zone"),
    "wakes_at": gettext_lazy("Usually gets up at"),
    "practitioner": gettext_lazy("Practitioner"),
}
_TROUBLE = {
    TableProblem.TOO_LARGE: gettext_lazy("This is larger than 1 MB. Split it into several files."),
    TableProblem.TOO_MANY: gettext_lazy(
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
    TableProblem.TWICE: gettext_lazy("Two columns mean the same: “%(what)s” is one of them. Take one out."),
    TableProblem.NOT_A_TABLE: gettext_lazy(
        "Line %(what)s cannot be read. Save the table as CSV (UTF-8) and try again."
    ),
}


class TableForm(ServiceForm):
    """The table, as a file or pasted; and for which clinic, where there are several."""

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

    def __init__(self, as_whom: Sequence[Practitioner], *args: Any) -> None:
        super().__init__(*args)
        if len(as_whom) == 1:
            del self.fields["clinic"]
        else:
            clinics = self.fields["clinic"]
            assert isinstance(clinics, forms.TypedChoiceField)
            clinics.choices = [(membership.pk, membership.clinic.name) for membership in as_whom]

    def clean_file(self) -> str:
        """What is in it, as text."""
        uploaded = self.cleaned_data["file"]
        if not isinstance(uploaded, UploadedFile):
            return ""
        if (uploaded.size or 0) > csv_reader.MAX_BYTES:
            raise ValidationError(_TROUBLE[TableProblem.TOO_LARGE])
        return csv_reader.decode_file(uploaded.read())

    def clean(self) -> None:
        given = [name for name in ("file", "text") if (self.cleaned_data.get(name) or "").strip()]
        if not self.errors and len(given) != 1:
            both = _("Choose a file or paste the rows, not both.")
            self.add_error("file", both if given else _("Choose a file, or paste the rows below."))


@dataclass(frozen=True)
class Told:
    """A line as the page says it."""

    line: RowPreview
    wrong: list[tuple[str, str]]  # which column, what is wrong


@require_http_methods(["GET", "HEAD", "POST"])
def import_clients(request: HttpRequest) -> HttpResponseBase:
    """The form; by POST what would happen to each row. Nothing is stored by either."""
    as_whom = _as_whom(request)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TableForm(as_whom, *posted)
    if request.method == "POST" and form.is_valid():
        by = next(who for who in as_whom if who.pk == form.cleaned_data.get("clinic", as_whom[0].pk))
        text = form.cleaned_data["file"] or form.cleaned_data["text"]
        try:
            return _look(request, text, by)
        except UnreadableTable as error:
            form.add_error("file" if form.cleaned_data["file"] else "text", _in_words(error))
    owns = any(who.role == Practitioner.Role.OWNER for who in as_whom)
    columns = [str(title) for name, title in _COLUMNS.items() if owns or name != "practitioner"]
    return page(request, "clients/csv_import.html", _("Import clients"), form=form, columns=columns, owns=owns)


@require_POST
def confirm(request: HttpRequest) -> HttpResponseBase:
    """The rows that are right are invited, all or none. If anything changed since the look, one looks again."""
    text, by, seen = _carried(request)
    table = csv_reader.read_table(text)
    if _digest(csv_import.preview_import(table.rows, by)) != seen:
        changed = _("Something has changed since you looked, so nobody was invited yet. Look once more.")
        return _look(request, text, by, notice=changed)
    try:
        clients = csv_import.import_clients(table.rows, by)
    except ValidationError as error:
        return _look(request, text, by, notice=" ".join(error.messages))
    messages.success(request, _invited(clients, left_out=len(table.rows) - len(clients)))
    return HttpResponseRedirect(reverse("plumbline:invite"))


@require_POST
def download_errors(request: HttpRequest) -> HttpResponse:
    """The rows with something wrong as a table, to put right and bring back."""
    text, by, _seen = _carried(request)
    wrong = [
        line
        for line in csv_import.preview_import(csv_reader.read_table(text).rows, by)
        if line.outcome == RowOutcome.WRONG
    ]
    used = [name for name in _COLUMNS if name in {"name", "email"} or any(line.row.cells.get(name) for line in wrong)]
    head = [*(str(_COLUMNS[name]) for name in used), _("What is wrong")]
    rows = [
        [*(line.row.cells.get(name, "") for name in used), "; ".join(f"{at}: {what}" for at, what in _wrong(line))]
        for line in wrong
    ]
    return _download(record_tables.table([head, *rows]), _("clients-to-mend.csv"))


@require_safe
def example(request: HttpRequest) -> HttpResponse:
    """A table to fill in, with two made-up clients."""
    as_whom = _as_whom(request)
    by = as_whom[0]
    rows = [
        ["Ana Ruiz", "ana@example.org", "es", "Europe/Madrid", "07:00", by.name],
        ["Tom Baker", "tom@example.org", "en", by.clinic.time_zone, "06:30", ""],
    ]
    owner = by.role == Practitioner.Role.OWNER
    shown = len(_COLUMNS) if owner else len(_COLUMNS) - 1
    head = [str(title) for title in _COLUMNS.values()]
    return _download(record_tables.table([line[:shown] for line in (head, *rows)]), _("clients.csv"))


def _as_whom(request: HttpRequest) -> list[Practitioner]:
    """The memberships that may treat. Raises Http404 where there are none: the front desk has no clients."""
    as_whom = access.clinical(request)
    if not as_whom:
        raise Http404
    return as_whom


def _look(request: HttpRequest, text: str, by: Practitioner, *, notice: str = "") -> Page:
    """The dry run as a page. Raises Unreadable."""
    table = csv_reader.read_table(text)
    lines = csv_import.preview_import(table.rows, by)
    carried = {"text": text, "as": by.pk, "user": by.user_id, "seen": _digest(lines)}
    counts = Counter(line.outcome for line in lines)
    return page(
        request, "clients/csv_import_preview.html", _("Look before you invite"),
        rows=_worst_first(lines), counts={fate.value: counts[fate] for fate in RowOutcome},
        ignored=_ignored(table), carried=signing.dumps(carried, salt=SALT, compress=True), notice=notice, by=by,
        shows_practitioner=any(line.client.practitioner_id != by.pk for line in lines),
    )  # fmt: skip


def _carried(request: HttpRequest) -> tuple[str, Practitioner, str]:
    """Text, as whom, and what was seen. Raises Http404 for what this person did not look at."""
    as_whom = _as_whom(request)
    try:
        carried = signing.loads(request.POST.get("carried", ""), salt=SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    by = next((who for who in as_whom if who.pk == carried["as"] and who.user_id == carried["user"]), None)
    if by is None:
        raise Http404
    return carried["text"], by, carried["seen"]


def _digest(lines: Sequence[RowPreview]) -> str:
    """What would happen, in short: two looks with the same one promise the same."""
    told = [(line.row.line, line.outcome.value, line.client.email, line.client.practitioner_id) for line in lines]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _worst_first(lines: Sequence[RowPreview]) -> list[Told]:
    """What needs a hand stands on top; within each kind in the order of the table."""
    order = [RowOutcome.WRONG, RowOutcome.TWICE, RowOutcome.KNOWN, RowOutcome.INVITE]
    return [Told(line, _wrong(line)) for line in sorted(lines, key=lambda line: order.index(line.outcome))]


def _wrong(line: RowPreview) -> list[tuple[str, str]]:
    """By column, in their order."""
    order = [*_COLUMNS, "row"]
    by_column = sorted(line.wrong.items(), key=lambda item: order.index(item[0]))
    return [(str(_COLUMNS.get(name, _("Row"))), message) for name, messages in by_column for message in messages]


def _ignored(table: Table) -> str:
    return ", ".join(f"“{heading[:40]}”" for heading in table.ignored[:12])


def _in_words(error: UnreadableTable) -> str:
    return str(_TROUBLE[error.trouble]) % {"what": error.what[:60]}


def _invited(clients: Sequence[Client], left_out: int) -> str:
    count = len(clients)
    told = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
    said = [told % {"count": count}]
    if minutes := round(sending_time(count).total_seconds() / 60):
        last = ngettext("The last goes out in %(count)s minute.", "The last goes out in %(count)s minutes.", minutes)
        said.append(last % {"count": minutes})
    if left_out:
        rest = ngettext(
            "%(count)s row was left out: mend the file and bring it again, nobody is invited twice.",
            "%(count)s rows were left out: mend the file and bring it again, nobody is invited twice.",
            left_out,
        )
        said.append(rest % {"count": left_out})
    onward = _prescribe_for(clients)
    if onward:
        return format_html('{} <a href="{}">{}</a>', " ".join(said), onward, _("Prescribe for them now"))
    return " ".join(said)


def _prescribe_for(clients: Sequence[Client]) -> str:
    """Where one prescribes for all of them at once; empty where that is not to be had."""
    if not 0 < len(clients) <= NAMED_IN_A_LINK:
        return ""
    try:
        page_of_it = reverse("plumbline:prescribe_several")
    except NoReverseMatch:
        return ""
    return f"{page_of_it}?{'&'.join(f'client={client.pk}' for client in clients)}"


def _download(table: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(table, content_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [
    ("clients/import/", import_clients, "import_clients"),
    ("clients/import/confirm/", confirm, "confirm_import"),
    ("clients/import/mend/", download_errors, "mend_import"),
    ("clients/import/example.csv", example, "import_example"),
]
