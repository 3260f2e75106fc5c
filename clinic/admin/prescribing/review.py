"""The look at a plan before it is stored: one page for a new plan, for several clients' and for a change of one."""

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
from clinic.admin.rendering import Page, page
from clinic.dosage import text as dosage_text
from clinic.models import PrescriptionVersion
from clinic.prescriptions import prescribing

PREVIEW, BACK = "look", "back"  # what the buttons of the form and of the look at it ask for; nothing: to store it
Displayed = TypeVar("Displayed")
_NOT_REPEATED = {"csrfmiddlewaretoken", "do", "fill"}


def render_review(request: HttpRequest, title: str, draft: PrescriptionVersion, **also: Any) -> Page:
    """What happens when ``draft`` is stored, in words and as its client meets it; ``also``: what one form alone has."""
    exercise, now = draft.prescription.exercise, timezone.now()
    began = draft.starts_on < local_today(draft.prescription.client)
    return page(
        request, "prescribing/review.html", title, exercise=exercise, draft=draft, again=hidden_fields(request.POST),
        dose=dosage_text.describe_dosage(draft, exercise, str(get_language())), seen=client_preview.build_preview(draft, now),
        began=began and draft.number == 1, **also,
    )  # fmt: skip


def hidden_fields(data: QueryDict) -> list[tuple[str, str]]:
    """All that was typed, as hidden fields of the look at it: Back finds it again, the main button sends it."""
    return [(name, value) for name, values in data.lists() if name not in _NOT_REPEATED for value in values]


def displayed_value(form: forms.Form, sent: Displayed | None, now: Displayed) -> Displayed:
    """What a form was shown, for its hidden field: ``sent`` as long as nobody was told what has come since."""
    told = form.has_error(NON_FIELD_ERRORS, prescribing.CONCURRENT_CHANGE)
    return now if sent is None or told else sent


def join_ids(plans: Iterable[int]) -> str:
    """The plans that a form was shown beside, for its hidden field ``beside``."""
    return ",".join(str(number) for number in sorted(plans))


def displayed_plans(data: QueryDict) -> Collection[int] | None:
    """Those numbers, as the form sends them back; None where it sends none."""
    sent = data.get("beside")
    if not isinstance(sent, str):
        return None
    return {number for one in sent.split(",") if (number := _number(one)) is not None}


def displayed_version(data: QueryDict) -> int | None:
    """The version that was in force when the form was opened, as it sends it back; None where it sends none."""
    return _number(data.get("replaces", ""))


def _number(sent: str) -> int | None:
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else None
