"""The settings page of a clinic: its owner changes it card by card, its other members read it."""

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
from clinic.admin.practice.advice_texts import build_advice_table
from clinic.admin.practice.rule_settings import describe_rule_settings
from clinic.admin.practice.settings_forms import CARDS, Card
from clinic.admin.rendering import AdminPage, render_page
from clinic.clients import departure
from clinic.models import Clinic, Practitioner
from clinic.practice import colors, settings as practice_settings

ERASURE_NOTICE = dt.timedelta(days=30)  # before a record is erased, its owner sees it listed


def owner_of(request: HttpRequest, clinic: Clinic) -> Practitioner:
    """The person's membership as owner of the clinic. Raises Http404 when they do not own it."""
    for membership in access.memberships(request):
        if membership.clinic_id == clinic.pk and membership.role == Practitioner.Role.OWNER:
            return membership
    raise Http404


@require_safe
def choose_clinic(request: HttpRequest) -> HttpResponseBase:
    """The settings of the person's only clinic; of several, a list."""
    clinics = list(Clinic.objects.staffed_by(request.user))
    if len(clinics) == 1:
        return clinic_settings(request, clinics[0].pk)
    return render_page(request, "practice/choose_clinic.html", _("Which clinic?"), clinics=clinics)


@require_http_methods(["GET", "HEAD", "POST"])
def clinic_settings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every card; POST saves the one that ``card`` names. Members who do not own the clinic read only."""
    clinic = get_object_or_404(Clinic.objects.staffed_by(request.user), pk=pk)
    if not Clinic.objects.owned_by(request.user).filter(pk=pk).exists():
        return _read_only_page(request, clinic)
    by = owner_of(request, clinic)
    cards = [kind(clinic) for kind in CARDS]
    if request.method == "POST":
        posted = next((index for index, kind in enumerate(CARDS) if kind.key == request.POST.get("card")), None)
        if posted is None:
            raise Http404
        cards[posted] = CARDS[posted](clinic, request.POST, request.FILES)
        if _save_card(cards[posted], clinic, by):
            messages.success(request, _("%(card)s: saved.") % {"card": cards[posted].title})
            return HttpResponseRedirect(f"{reverse('plumbline:clinic_settings', args=[pk])}#{cards[posted].key}")
        clinic.refresh_from_db()
    return render_page(
        request,
        "practice/settings.html",
        _("Clinic settings"),
        clinic=clinic,
        cards=cards,
        preview=_accent_preview_context(_accent_or_own(request, clinic)),
        rule_settings=describe_rule_settings(clinic.pk),
        advices=build_advice_table(clinic),
        languages=settings.LANGUAGES,
        due_for_erasure=_due_for_erasure(request, clinic),
    )


@require_safe
def accent_preview(request: HttpRequest, pk: int) -> AdminPage:
    """The preview of a colour alone, for the script that shows it while the owner chooses."""
    clinic = get_object_or_404(Clinic.objects.owned_by(request.user), pk=pk)
    return render_page(
        request, "practice/accent_preview.html", "", preview=_accent_preview_context(_accent_or_own(request, clinic))
    )


@require_POST
def dismiss_onboarding(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hide the onboarding list."""
    clinic = get_object_or_404(Clinic.objects.owned_by(request.user), pk=pk)
    practice_settings.dismiss_onboarding(clinic, by=owner_of(request, clinic))
    return HttpResponseRedirect(reverse("plumbline:index"))


def _save_card(card: Card, clinic: Clinic, by: Practitioner) -> bool:
    if not card.is_valid():
        return False
    card.call(lambda: card.save(clinic, by))
    return not card.errors


def _read_only_page(request: HttpRequest, clinic: Clinic) -> HttpResponseBase:
    if request.method == "POST":
        raise Http404
    owners = Practitioner.objects.filter(clinic=clinic, role=Practitioner.Role.OWNER, active=True)
    return render_page(
        request,
        "practice/settings_read_only.html",
        _("About the clinic"),
        clinic=clinic,
        owners=owners,
        advices=build_advice_table(clinic),
    )


def _accent_or_own(request: HttpRequest, clinic: Clinic) -> str:
    """The submitted colour, or the clinic's own where it is missing or invalid."""
    accent = request.POST.get("accent") or request.GET.get("accent") or ""
    return accent if re.fullmatch(r"#[0-9A-Fa-f]{6}", accent) else clinic.accent


def _accent_preview_context(accent: str) -> dict[str, object]:
    """The context of the preview: shades on a light and a dark page, and whether text on them can be read."""
    return {
        "accent": accent,
        "grounds": [
            (_("Light page"), colors.LIGHT_GROUNDS[0], colors.INK, colors.light_shades(accent)),
            (_("Dark page"), colors.DARK_GROUNDS[0], "#eef2f1", colors.dark_shades(accent)),
        ],
        "readable": practice_settings.is_readable(accent),
        "near": practice_settings.nearest_readable_color(accent),
    }


def _due_for_erasure(request: HttpRequest, clinic: Clinic) -> list[object]:
    """Clients whose record will be erased within ERASURE_NOTICE."""
    return list(departure.due_for_erasure(timezone.now() + ERASURE_NOTICE).filter(clinic=clinic))


ROUTES = [
    ("clinic/", choose_clinic, "clinic"),
    ("clinic/<int:pk>/", clinic_settings, "clinic_settings"),
    ("clinic/<int:pk>/accent/", accent_preview, "accent_preview"),
    ("clinic/<int:pk>/onboarding/dismiss/", dismiss_onboarding, "dismiss_onboarding"),
]
