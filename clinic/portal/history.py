"""What the client has reported, with every correction; and the correcting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from clinic import reporting
from clinic.models import Client, PainReport, Prescription
from clinic.portal.access import client_only, show
from clinic.portal.fields import PlainForm, ScoreField, YesNoField, sent

MAY_CORRECT_FOR = dt.timedelta(days=7)
ON_A_PAGE = 20
SHOWN = {
    "before": _("Pain before"),
    "after": _("Pain after"),
    "next_morning": _("Pain the next morning"),
    "did_exercise": _("Did the exercise"),
    "moved_down_leg": _("Moved further down the leg"),
    "note": _("Note"),
}


class CorrectionForm(PlainForm):
    """The answers that may be corrected, as they stand; and why."""

    before = ScoreField(label=_("Pain before"))
    after = ScoreField(label=_("Pain after"))
    next_morning = ScoreField(label=_("Pain the next morning"))
    moved_down_leg = YesNoField(label=_("Did the pain move further down your leg?"))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=reporting.NOTE_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=_("Why is it corrected?"),
        help_text=_("A few words, such as “I pressed the wrong number”."),
        max_length=500,
        error_messages={"required": _("Say in a few words why it is corrected.")},
    )

    def __init__(self, stored: PainReport, data: QueryDict | None = None) -> None:
        moved = {True: "yes", False: "no", None: ""}[stored.moved_down_leg]
        scores = {name: getattr(stored, name) for name in reporting.SCORES}
        initial = {**scores, "moved_down_leg": moved, "note": stored.note}
        super().__init__(data, initial=initial)
        if not stored.did_exercise:
            self.fields["before"].label = _("Pain")
            del self.fields["after"], self.fields["moved_down_leg"]
        if stored.next_morning is None:  # it is asked on that morning and told by nobody else
            del self.fields["next_morning"]

    def changes(self) -> dict[str, Any]:
        """The new answers by field; the form must be valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


@require_safe
@client_only
def history(request: HttpRequest, client: Client) -> HttpResponse:
    """Newest first, a page at a time; each with what was corrected in it."""
    reports = _own(request, client).prefetch_related("corrections", "prescription__exercise__texts")
    shown = Paginator(reports, ON_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    entries = [
        {
            "report": report,
            "may_correct": _may_correct(report, now),
            "corrections": [
                {"row": row, "about": SHOWN.get(row.field, row.field), "old": _plain(row.old), "new": _plain(row.new)}
                for row in report.corrections.all()
            ],
        }
        for report in shown
    ]
    return show(request, client, "history.html", {"entries": entries, "page": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@client_only
def correct(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """Correct one report within seven days; the old answers stay readable."""
    stored = get_object_or_404(_own(request, client), pk=pk)
    if not _may_correct(stored, timezone.now()):
        return show(request, client, "correct_too_late.html", {"report": stored}, status=410)
    form = CorrectionForm(stored, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            reporting.correct(
                stored,
                form.changes(),
                reason=form.cleaned_data["reason"],
                by=request.user,  # type: ignore[arg-type]  # signed in: the page is for clients only
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            return redirect("clinic:history")
    context = {"form": form, "report": stored}
    return show(request, client, "correct.html", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, client: Client) -> QuerySet[PainReport]:
    mine = PainReport.objects.visible_to(request.user).filter(prescription__client=client)
    return mine.select_related("prescription__exercise", "prescription__client")


def _may_correct(report: PainReport, now: dt.datetime) -> bool:
    return report.received_at > now - MAY_CORRECT_FOR and report.prescription.state != Prescription.State.ENDED


def _plain(kept: str) -> str:
    """A kept answer as one reads it; truths are kept in Python's words, and words stand in quotes."""
    if " " in kept:
        return f"“{kept}”"
    return {"True": gettext("yes"), "False": gettext("no"), "": "–"}.get(kept, kept)
