"""The review of a plan before it is stored: one page for a new plan, for several clients' and for a change of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from clinic.admin.prescribing import client_preview
from clinic.admin.prescribing.dose_form import local_today
from clinic.admin.rendering import AdminPage, render_page
from clinic.dosage.text import describe_dosage
from clinic.models import Prescription, PrescriptionVersion
from clinic.models.fields import int_or_none
from clinic.prescriptions.prescribing import CONCURRENT_CHANGE

PREVIEW, BACK = "preview", "back"  # values of the buttons "do"; without one the form is stored
Displayed = TypeVar("Displayed")
_NOT_REPEATED = {"csrfmiddlewaretoken", "do", "fill"}


def render_review(request: HttpRequest, title: str, draft: PrescriptionVersion, **context: Any) -> AdminPage:
    """Show ``draft`` in words and as its client would see it; ``context``: what only one of the forms has."""
    exercise, now = draft.prescription.exercise, timezone.now()
    return render_page(
        request, "prescribing/review.html", title, exercise=exercise, draft=draft,
        hidden_fields=hidden_fields(request.POST), dose=describe_dosage(draft, exercise, str(get_language())),
        preview=client_preview.build_preview(draft, now),
        starts_in_past=draft.number == 1 and draft.starts_on < local_today(draft.prescription.client), **context,
    )  # fmt: skip


def hidden_fields(data: QueryDict) -> list[tuple[str, str]]:
    """All that was typed, as hidden fields of the review: for the button Back and for the main one."""
    return [(name, value) for name, values in data.lists() if name not in _NOT_REPEATED for value in values]


def displayed_value(form: forms.Form, sent: Displayed | None, current: Displayed) -> Displayed:
    """The value of a hidden field: ``sent``, or ``current`` once the form says what a colleague changed."""
    return current if sent is None or form.has_error(NON_FIELD_ERRORS, CONCURRENT_CHANGE) else sent


def displayed_plans_field(form: forms.Form, data: QueryDict, running: Iterable[Prescription]) -> str:
    """The value of the hidden field ``displayed_plans``: the numbers of the running plans, joined by commas."""
    plans = displayed_value(form, displayed_plans(data), [plan.pk for plan in running])
    return ",".join(str(number) for number in sorted(plans))


def displayed_plans(data: QueryDict) -> Collection[int] | None:
    """The numbers in the hidden field ``displayed_plans``; None without it."""
    sent = data.get("displayed_plans")
    if not isinstance(sent, str):
        return None
    return {number for text in sent.split(",") if (number := int_or_none(text)) is not None}


def displayed_version(data: QueryDict) -> int | None:
    """The number in the hidden field ``replaces``: the version in force when the form was opened; None without it."""
    return int_or_none(data.get("replaces"))
