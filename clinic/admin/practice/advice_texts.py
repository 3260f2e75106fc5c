"""The advice texts that clients read: the table of all, and the owner's form for one with its preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language_info, gettext as _, gettext_lazy, override
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.rendering import render_page
from clinic.admin.service_form import ServiceForm
from clinic.models import Advice, AdviceText, Client, Clinic
from clinic.models.advice_text import LONGEST_TEXT
from clinic.pain.advice import default_text, render_advice
from clinic.practice.advice_texts import (
    ALLOWED_PLACEHOLDERS,
    REQUIRED_PLACEHOLDERS,
    set_advice_text,
    validate_advice_text,
)

SAMPLE_SCORES = {Advice.GO_ON: (5, 3), Advice.CARRY_ON: (4, 4), Advice.STOP_TODAY: (4, 6), Advice.STOP: (4, 8)}
PLACEHOLDER_MEANINGS = {
    "before": gettext_lazy("the pain before"),
    "after": gettext_lazy("the pain after"),
    "phone": gettext_lazy("your phone"),
    "first_name": gettext_lazy("the client's first name"),
}


class AdviceTextForm(ServiceForm):
    """One text; the service validates it."""

    text = forms.CharField(
        label=gettext_lazy("Your words"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT}),
    )


@dataclass(frozen=True)
class AdviceRow:
    """One advice in one language: the text in force, and whether the clinic wrote it."""

    advice: str
    meaning: str
    language: str
    language_name: str  # in the language itself
    text: str
    own: bool


def build_advice_table(clinic: Clinic) -> list[list[AdviceRow]]:
    """The rows of each advice: its text in force in every language."""
    newest = {(row.advice, row.language): row.text for row in clinic.advice_texts.order_by("number")}
    return [
        [
            AdviceRow(
                advice=advice.value,
                meaning=str(advice.label),
                language=code,
                language_name=get_language_info(code)["name_local"],
                text=render_sample(clinic, advice, code, newest.get((advice.value, code), "")),
                own=bool(newest.get((advice.value, code))),
            )
            for code, _name in settings.LANGUAGES
        ]
        for advice in Advice
    ]


def render_sample(clinic: Clinic, advice: Advice, language: str, text: str) -> str:
    """The text as a sample client called Dana would read it."""
    before, after = SAMPLE_SCORES.get(advice, (None, None))
    with override(language):
        return render_advice(Client(clinic=clinic, name="Dana"), advice, text, before, after)


@require_http_methods(["GET", "HEAD", "POST"])
def advice_text(request: HttpRequest, pk: int, advice: str, language: str) -> HttpResponseBase:
    """One text. The button decides: preview it, store it, or reset it to the product's own."""
    clinic = get_object_or_404(Clinic.objects.owned_by(request.user), pk=pk)
    by = next((member for member in access.memberships(request) if member.clinic_id == pk), None)
    if by is None or advice not in Advice.values or language not in dict(settings.LANGUAGES):
        raise Http404
    kind = Advice(advice)
    with override(language):
        default = default_text(kind)
    versions = list(
        AdviceText.objects.filter(clinic=clinic, advice=kind, language=language)
        .select_related("by")
        .order_by("-number")
    )
    own_text = versions[0].text if versions else ""
    form = AdviceTextForm(request.POST if request.method == "POST" else None, initial={"text": own_text or default})
    if request.method == "POST" and form.is_valid():
        text = "" if "reset" in request.POST else form.cleaned_data["text"]
        text = "" if text.strip() == default else text
        if "preview" in request.POST:
            form.call(lambda: validate_advice_text(clinic, kind, language, text.strip(), by))
        elif form.call(lambda: set_advice_text(clinic, kind, language, text, by=by)) is not None:
            messages.success(request, _("These words are shown from the next report on."))
            return HttpResponseRedirect(reverse("plumbline:advice_text", args=[pk, advice, language]))
    context = _context(clinic, kind, language, form)
    context |= {"own_text": own_text, "default_text": default, "versions": versions, "clinic": clinic}
    return render_page(request, "practice/advice_texts.html", str(kind.label).capitalize(), **context)


def _context(clinic: Clinic, kind: Advice, language: str, form: AdviceTextForm) -> dict[str, Any]:
    text = str(form["text"].value() or "").strip()
    return {
        "form": form,
        "language": language,
        "language_name": get_language_info(language)["name_local"],
        "preview": render_sample(clinic, kind, language, text),
        "placeholders": [(f"{{{name}}}", PLACEHOLDER_MEANINGS[name]) for name in ALLOWED_PLACEHOLDERS[kind]],
        "required_placeholders": [f"{{{name}}}" for name in REQUIRED_PLACEHOLDERS.get(kind, ())],
        "has_scores": kind in SAMPLE_SCORES,
        "is_call_now": kind == Advice.CALL_NOW,
    }


ROUTES = [("clinic/<int:pk>/advice-texts/<slug:advice>/<slug:language>/", advice_text, "advice_text")]
