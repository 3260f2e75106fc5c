"""The clinic's own page: its owner settles it card by card, its other people read what clients are told."""

from __future__ import annotations

import datetime as dt
import re

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin import access
from clinic.admin.practice import advice_texts
from clinic.admin.practice.rule_settings import setting
from clinic.admin.practice.settings_forms import CARDS, Card
from clinic.admin.rendering import Page, page
from clinic.clients import departure
from clinic.models import Clinic, Practitioner
from clinic.practice import colors
from clinic.practice import settings as practice_settings

COMING = dt.timedelta(days=30)  # how early an owner sees that a record will be erased


def owner_of(request: HttpRequest, clinic: Clinic) -> Practitioner:
    """As whom the person decides for this clinic. Raises Http404 when they do not own it."""
    for membership in access.memberships(request):
        if membership.clinic_id == clinic.pk and membership.role == Practitioner.Role.OWNER:
            return membership
    raise Http404


@require_safe
def choose(request: HttpRequest) -> HttpResponseBase:
    """The one clinic of this person; of several, which."""
    here = list(Clinic.objects.staffed_by(request.user))
    if len(here) == 1:
        return show(request, here[0].pk)
    return page(request, "practice/choose_clinic.html", _("Which clinic?"), clinics=here)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every card; by POST one of them, which ``card`` names. Who does not own the clinic reads and changes nothing."""
    clinic = get_object_or_404(Clinic.objects.staffed_by(request.user), pk=pk)
    if not Clinic.objects.owned_by(request.user).filter(pk=pk).exists():
        return _read(request, clinic)
    by = owner_of(request, clinic)
    cards = [kind(clinic) for kind in CARDS]
    if request.method == "POST":
        sent = next((place for place, kind in enumerate(CARDS) if kind.key == request.POST.get("card")), None)
        if sent is None:
            raise Http404
        cards[sent] = CARDS[sent](clinic, request.POST, request.FILES)
        if _saved(cards[sent], clinic, by):
            messages.success(request, _("%(card)s: saved.") % {"card": cards[sent].title})
            return HttpResponseRedirect(f"{reverse('plumbline:clinic_settings', args=[pk])}#{cards[sent].key}")
        clinic.refresh_from_db()
    return page(
        request,
        "practice/settings.html",
        _("Clinic settings"),
        clinic=clinic,
        cards=cards,
        colour=_colour(_given_accent(request, clinic)),
        setting=setting(clinic.pk),
        advices=advice_texts.table(clinic),
        languages=settings.LANGUAGES,
        leaving=_leaving(request, clinic),
    )


@require_safe
def accent_preview(request: HttpRequest, pk: int) -> Page:
    """The drawing of a colour alone, for the script that shows it while one chooses."""
    clinic = get_object_or_404(Clinic.objects.owned_by(request.user), pk=pk)
    return page(request, "practice/accent_preview.html", "", colour=_colour(_given_accent(request, clinic)))


@require_POST
def put_first_steps_away(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The owner needs no first steps any more."""
    clinic = get_object_or_404(Clinic.objects.owned_by(request.user), pk=pk)
    practice_settings.put_first_steps_away(clinic, by=owner_of(request, clinic))
    return HttpResponseRedirect(reverse("plumbline:index"))


def _saved(card: Card, clinic: Clinic, by: Practitioner) -> bool:
    if not card.is_valid():
        return False
    card.call(lambda: card.save(clinic, by))
    return not card.errors


def _read(request: HttpRequest, clinic: Clinic) -> HttpResponseBase:
    if request.method == "POST":
        raise Http404
    owners = Practitioner.objects.filter(clinic=clinic, role=Practitioner.Role.OWNER, active=True)
    return page(
        request,
        "practice/settings_read_only.html",
        _("About the clinic"),
        clinic=clinic,
        owners=owners,
        advices=advice_texts.table(clinic),
    )


def _given_accent(request: HttpRequest, clinic: Clinic) -> str:
    """The colour that was asked for, else the clinic's."""
    given = request.POST.get("accent") or request.GET.get("accent") or ""
    return given if re.fullmatch(r"#[0-9A-Fa-f]{6}", given) else clinic.accent


def _colour(accent: str) -> dict[str, object]:
    """What the drawing of a colour needs: its shades on a light and a dark page, and whether it can be read."""
    return {
        "accent": accent,
        "grounds": [
            (_("Light page"), colors.LIGHT_GROUNDS[0], "#1d2a2e", colors.on_light(accent)),
            (_("Dark page"), colors.DARK_GROUNDS[0], "#eef2f1", colors.on_dark(accent)),
        ],
        "readable": practice_settings.readable(accent),
        "near": practice_settings.readable_near(accent),
    }


def _leaving(request: HttpRequest, clinic: Clinic) -> list[object]:
    """Whose record will be erased within COMING."""
    return list(departure.due_for_erasure(timezone.now() + COMING).filter(clinic=clinic))


ROUTES = [
    ("our-clinic/", choose, "clinic"),
    ("our-clinic/<int:pk>/", show, "clinic_settings"),
    ("our-clinic/<int:pk>/colour/", accent_preview, "accent_preview"),
    ("our-clinic/<int:pk>/first-steps/", put_first_steps_away, "put_first_steps_away"),
]
