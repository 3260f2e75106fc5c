"""The words that a client reads for each advice: as they are, changed by the owner, seen before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.rendering import page
from clinic.admin.service_form import ServiceForm
from clinic.models import Advice, AdviceText, Client, Clinic
from clinic.models.advice_text import LONGEST_TEXT
from clinic.pain import advice as records
from clinic.practice import advice_texts

MADE_UP = {Advice.GO_ON: (5, 3), Advice.CARRY_ON: (4, 4), Advice.STOP_TODAY: (4, 6), Advice.STOP: (4, 8)}
SAYS = {
    "before": gettext_lazy("the pain before"),
    "after": gettext_lazy("the pain after"),
    "phone": gettext_lazy("your phone"),
    "first_name": gettext_lazy("the client's first name"),
}


class WordsForm(ServiceForm):
    """One text; every rule is the verb's."""

    text = forms.CharField(
        label=gettext_lazy("Your words"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT}),
    )


@dataclass(frozen=True)
class Line:
    """One advice in one language: what is read, and whether the clinic wrote it."""

    advice: str
    means: str
    language: str
    spoken: str  # the language's own name
    shown: str
    own: bool


def table(clinic: Clinic) -> list[list[Line]]:
    """By advice: its words in force, in every language."""
    newest = {(row.advice, row.language): row.text for row in clinic.advice_texts.order_by("number")}
    return [
        [
            Line(
                advice=advice.value,
                means=str(advice.label),
                language=code,
                spoken=get_language_info(code)["name_local"],
                shown=seen(clinic, advice, code, newest.get((advice.value, code), "")),
                own=bool(newest.get((advice.value, code))),
            )
            for code, _name in settings.LANGUAGES
        ]
        for advice in Advice
    ]


def seen(clinic: Clinic, advice: Advice, language: str, text: str) -> str:
    """What a made-up client called Dana would read."""
    before, after = MADE_UP.get(advice, (None, None))
    with override(language):
        return records.render_advice(Client(clinic=clinic, name="Dana"), advice, text, before, after)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int, advice: str, language: str) -> HttpResponseBase:
    """One text. The button pressed says whether it is shown, stored, or the product's own words come back."""
    clinic = get_object_or_404(Clinic.objects.owned_by(request.user), pk=pk)
    by = next((each for each in access.memberships(request) if each.clinic_id == pk), None)
    if by is None or advice not in Advice.values or language not in dict(settings.LANGUAGES):
        raise Http404
    kind = Advice(advice)
    with override(language):
        usual = records.default_text(kind)
    versions = list(
        AdviceText.objects.filter(clinic=clinic, advice=kind, language=language)
        .select_related("by")
        .order_by("-number")
    )
    now = versions[0].text if versions else ""
    form = WordsForm(request.POST if request.method == "POST" else None, initial={"text": now or usual})
    if request.method == "POST" and form.is_valid():
        wanted = "" if "reset" in request.POST else form.cleaned_data["text"]
        wanted = "" if wanted.strip() == usual else wanted
        if "look" in request.POST:
            form.call(lambda: advice_texts.validate_advice_text(clinic, kind, language, wanted.strip(), by))
        elif form.call(lambda: advice_texts.set_advice_text(clinic, kind, language, wanted, by=by)) is not None:
            messages.success(request, _("These words are shown from the next report on."))
            return HttpResponseRedirect(reverse("plumbline:advice_words", args=[pk, advice, language]))
    context = _context(clinic, kind, language, form)
    context |= {"now": now, "usual": usual, "versions": versions, "clinic": clinic}
    return page(request, "practice/advice_texts.html", str(kind.label).capitalize(), **context)


def _context(clinic: Clinic, kind: Advice, language: str, form: WordsForm) -> dict[str, Any]:
    text = str(form["text"].value() or "").strip()
    return {
        "form": form,
        "language": language,
        "spoken": get_language_info(language)["name_local"],
        "shown": seen(clinic, kind, language, text),
        "stands": [(f"{{{name}}}", SAYS[name]) for name in advice_texts.ALLOWED_PLACEHOLDERS[kind]],
        "required": [f"{{{name}}}" for name in advice_texts.REQUIRED_PLACEHOLDERS.get(kind, ())],
        "course": kind in MADE_UP,
        "calls": kind == Advice.CALL_NOW,
    }


ROUTES = [("our-clinic/<int:pk>/words/<slug:advice>/<slug:language>/", change, "advice_words")]
