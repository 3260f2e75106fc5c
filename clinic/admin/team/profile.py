"""The own settings of a practitioner: name, language, mail and absences.

An owner edits the absences of team members on the same page, and no other settings of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin import access
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.team.profile_forms import AbsenceForm, MailForm, ProfileForm
from clinic.models import Absence, Practitioner
from clinic.team import absences, preferences as team_preferences
from clinic.team.digest import mail as digest_mail


@require_http_methods(["GET", "HEAD", "POST"])
def my_settings(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    """Settings of one membership; without ``pk``, of the first. In a POST ``card`` names the form."""
    if pk is None:
        pk = next((membership.pk for membership in access.memberships(request)), 0)
    practitioner = _find_practitioner(request, pk)
    card = request.POST.get("card", "")
    forms = _forms(request, practitioner, card)
    if request.method == "POST":
        if card not in forms:
            raise Http404
        if (message := _run_form(request, practitioner, card, forms[card])) is not None:
            messages.success(request, message)
            return HttpResponseRedirect(_settings_url(request, practitioner))
    return _show(request, practitioner, forms)


@require_safe
def preview_digest(request: HttpRequest, pk: int) -> AdminPage:
    """The daily mail as of now, with its links removed; nothing is sent."""
    practitioner = _find_practitioner(request, pk)
    if practitioner.user_id != request.user.pk or not practitioner.is_clinical:
        raise Http404
    mail = digest_mail.preview_digest(practitioner)
    html = re.sub(r'\shref="[^"]*"', "", str(mail.alternatives[0][0])) if mail else ""
    context: dict[str, Any] = {
        "practitioner": practitioner,
        "mail": mail,
        "html": html,
        "return_url": _settings_url(request, practitioner),
    }
    return render_page(request, "team/digest_preview.html", _("The daily mail"), **context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_absence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change the days or the cover of an absence."""
    absence = _find_absence(request, pk)
    practitioner, user = absence.practitioner, access.signed_in_user(request)
    form = AbsenceForm(request.POST if request.method == "POST" else None, practitioner, absence)
    changed: Absence | None = None
    if request.method == "POST" and form.is_valid():
        changed = form.call(lambda: absences.change_absence(absence, **form.service_arguments(), by=user))
    if changed is not None:
        messages.success(request, _("The absence is changed."))
        return HttpResponseRedirect(_settings_url(request, practitioner))
    return render_page(
        request,
        "team/absence.html",
        _("Change an absence"),
        practitioner=practitioner,
        form=form,
        return_url=_settings_url(request, practitioner),
    )


@require_POST
def end_absence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End or cancel an absence: the cover's access ends at once."""
    absence = _find_absence(request, pk)
    if absences.end_absence(absence, by=access.signed_in_user(request)):
        messages.success(request, _("The absence has ended. The cover no longer sees these clients."))
    else:
        messages.info(request, _("Nothing to do: this absence was over."))
    return HttpResponseRedirect(_settings_url(request, absence.practitioner))


def _find_practitioner(request: HttpRequest, pk: int) -> Practitioner:
    people = Practitioner.objects.absences_managed_by(request.user).select_related("clinic", "user")
    return get_object_or_404(people, pk=pk)


def _find_absence(request: HttpRequest, pk: int) -> Absence:
    rows = Absence.objects.managed_by(request.user).select_related("practitioner__clinic", "cover")
    return get_object_or_404(rows, pk=pk)


def _forms(request: HttpRequest, practitioner: Practitioner, card: str) -> dict[str, Any]:
    """The forms by card that this person may use for ``practitioner``; the submitted one is bound."""
    data = {card: request.POST} if request.method == "POST" else {}
    forms: dict[str, Any] = {}
    if practitioner.user_id == request.user.pk:
        forms["profile"] = ProfileForm(data.get("profile"), practitioner)
        if practitioner.is_clinical:
            forms["mail"] = MailForm(data.get("mail"), practitioner)
    if practitioner.is_clinical:
        forms["absence"] = AbsenceForm(data.get("absence"), practitioner)
    return forms


def _run_form(request: HttpRequest, practitioner: Practitioner, card: str, form: Any) -> str | None:
    """Call the service of one form; returns the message of success, or None when the form has errors."""
    user = access.signed_in_user(request)
    services: dict[str, tuple[Callable[[], object], str]] = {
        "profile": (lambda: team_preferences.set_profile(practitioner, **form.cleaned_data, by=user), _("Kept.")),
        "mail": (lambda: team_preferences.set_mail_preferences(practitioner, **form.cleaned_data, by=user), _("Kept.")),
        "absence": (
            lambda: absences.add_absence(practitioner, **form.service_arguments(), by=user),
            _("The absence is written down."),
        ),
    }
    service, message = services[card]
    return message if form.is_valid() and form.call(service) else None


def _show(request: HttpRequest, practitioner: Practitioner, forms: dict[str, Any]) -> AdminPage:
    now, is_own = timezone.now(), practitioner.user_id == request.user.pk
    managed = (
        Practitioner.objects.absences_managed_by(request.user).exclude(pk=practitioner.pk).select_related("clinic")
    )
    context: dict[str, Any] = {
        "practitioner": practitioner,
        "is_own": is_own,
        "forms": forms,
        "other_recipients": team_preferences.other_urgent_recipients(practitioner) if practitioner.is_clinical else [],
        "absences": [(row, row.begins_at <= now) for row in practitioner.absences.unended(now).select_related("cover")],
        "covers": practitioner.covers.unended(now).select_related("practitioner"),
        "other_memberships": managed.filter(user=request.user.pk),
        "colleagues": managed.exclude(user=request.user.pk).clinical().order_by("name", "pk") if is_own else [],
    }
    title = _("My settings") if is_own else _("Absences of %(name)s") % {"name": practitioner.name}
    return render_page(request, "team/profile.html", title, **context)


def _settings_url(request: HttpRequest, practitioner: Practitioner) -> str:
    first = next((membership.pk for membership in access.memberships(request)), None)
    return (
        reverse("plumbline:my_settings")
        if practitioner.pk == first
        else reverse("plumbline:member_settings", args=[practitioner.pk])
    )


ROUTES = [
    ("settings/", my_settings, "my_settings"),
    ("settings/<int:pk>/", my_settings, "member_settings"),
    ("settings/<int:pk>/mail/", preview_digest, "digest_preview"),
    ("absences/<int:pk>/", change_absence, "change_absence"),
    ("absences/<int:pk>/end/", end_absence, "end_absence"),
]
