"""One's own settings: name, language, which mail comes when, and who covers while one is away.

An owner writes down the absences of colleagues on the same page, and nothing else of theirs.
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
from clinic.admin.team.profile_forms import AboutMeForm, AbsenceForm, MailForm
from clinic.models import Absence, Practitioner
from clinic.team import absences
from clinic.team import preferences as team_preferences
from clinic.team.digest import mail as digest_mail


@require_http_methods(["GET", "HEAD", "POST"])
def my_settings(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    """Without a number, of the first clinic where one works. POST: ``what`` says which of the forms it is."""
    if pk is None:
        pk = next((membership.pk for membership in access.memberships(request)), 0)
    who = _managed(request, pk)
    what = request.POST.get("what", "")
    forms = _forms(request, who, what)
    if request.method == "POST":
        if what not in forms:
            raise Http404
        if (said := _done(request, who, what, forms[what])) is not None:
            messages.success(request, said)
            return HttpResponseRedirect(_address(request, who))
    return _show(request, who, forms)


@require_safe
def daily_mail(request: HttpRequest, pk: int) -> AdminPage:
    """The daily mail as it would be now; nothing is sent, and no link in it stops anything."""
    who = _managed(request, pk)
    if who.user_id != request.user.pk or not who.is_clinical:
        raise Http404
    mail = digest_mail.preview_digest(who)
    html = re.sub(r'\shref="[^"]*"', "", str(mail.alternatives[0][0])) if mail else ""
    context: dict[str, Any] = {"who": who, "mail": mail, "html": html, "return_url": _address(request, who)}
    return render_page(request, "team/digest_preview.html", _("The daily mail"), **context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_absence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Other days or another cover."""
    absence = _absence(request, pk)
    who, user = absence.practitioner, access.signed_in(request)
    form = AbsenceForm(request.POST if request.method == "POST" else None, who, absence)
    changed: Absence | None = None
    if request.method == "POST" and form.is_valid():
        changed = form.call(lambda: absences.change_absence(absence, **form.told(), by=user))
    if changed is not None:
        messages.success(request, _("The absence is changed."))
        return HttpResponseRedirect(_address(request, who))
    return render_page(request, "team/absence.html", _("Change an absence"), who=who, form=form, return_url=_address(request, who))


@require_POST
def end_absence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Back already, or not going: the cover's access ends at once."""
    absence = _absence(request, pk)
    if absences.end_absence(absence, by=access.signed_in(request)):
        messages.success(request, _("The absence has ended. The cover no longer sees these clients."))
    else:
        messages.info(request, _("Nothing to do: this absence was over."))
    return HttpResponseRedirect(_address(request, absence.practitioner))


def _managed(request: HttpRequest, pk: int) -> Practitioner:
    people = Practitioner.objects.absences_managed_by(request.user).select_related("clinic", "user")
    return get_object_or_404(people, pk=pk)


def _absence(request: HttpRequest, pk: int) -> Absence:
    known = Absence.objects.managed_by(request.user).select_related("practitioner__clinic", "cover")
    return get_object_or_404(known, pk=pk)


def _forms(request: HttpRequest, who: Practitioner, what: str) -> dict[str, Any]:
    """The forms that this person may use for ``who``; the one that was sent holds what was typed."""
    sent = {what: request.POST} if request.method == "POST" else {}
    forms: dict[str, Any] = {}
    if who.user_id == request.user.pk:
        forms["me"] = AboutMeForm(sent.get("me"), who)
        if who.is_clinical:
            forms["mail"] = MailForm(sent.get("mail"), who)
    if who.is_clinical:
        forms["absence"] = AbsenceForm(sent.get("absence"), who)
    return forms


def _done(request: HttpRequest, who: Practitioner, what: str, form: Any) -> str | None:
    """Call the verb of one form; what to say, or None when something is to be put right."""
    user = access.signed_in(request)
    verbs: dict[str, tuple[Callable[[], object], str]] = {
        "me": (lambda: team_preferences.set_profile(who, **form.cleaned_data, by=user), _("Kept.")),
        "mail": (lambda: team_preferences.set_mail_preferences(who, **form.cleaned_data, by=user), _("Kept.")),
        "absence": (lambda: absences.add_absence(who, **form.told(), by=user), _("The absence is written down.")),
    }
    verb, said = verbs[what]
    return said if form.is_valid() and form.call(verb) else None


def _show(request: HttpRequest, who: Practitioner, forms: dict[str, Any]) -> AdminPage:
    now, mine = timezone.now(), who.user_id == request.user.pk
    managed = Practitioner.objects.absences_managed_by(request.user).exclude(pk=who.pk).select_related("clinic")
    context: dict[str, Any] = {
        "who": who,
        "mine": mine,
        "forms": forms,
        "others_told": team_preferences.other_urgent_recipients(who) if who.is_clinical else [],
        "absences": [(one, one.begins_at <= now) for one in who.absences.unended(now).select_related("cover")],
        "covers": who.covers.unended(now).select_related("practitioner"),
        "elsewhere": managed.filter(user=request.user.pk),
        "colleagues": managed.exclude(user=request.user.pk).clinical().order_by("name", "pk") if mine else [],
    }
    title = _("My settings") if mine else _("Absences of %(name)s") % {"name": who.name}
    return render_page(request, "team/profile.html", title, **context)


def _address(request: HttpRequest, who: Practitioner) -> str:
    first = next((membership.pk for membership in access.memberships(request)), None)
    return reverse("plumbline:my_settings") if who.pk == first else reverse("plumbline:settings_of", args=[who.pk])


ROUTES = [
    ("settings/", my_settings, "my_settings"),
    ("settings/<int:pk>/", my_settings, "settings_of"),
    ("settings/<int:pk>/mail/", daily_mail, "daily_mail"),
    ("absences/<int:pk>/", change_absence, "change_absence"),
    ("absences/<int:pk>/end/", end_absence, "end_absence"),
]
