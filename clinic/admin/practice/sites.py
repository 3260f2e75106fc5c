"""The page of platform staff: each clinic, its team and the state of its mail. No client, no health data.

Health data needs a membership, which an owner of the clinic gives; platform staff name the first owner of a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts import second_factor
from clinic.admin import access, labels as admin_labels
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm
from clinic.mail import health as mail_health
from clinic.mail.health import MailState
from clinic.models import Client, Clinic, Practitioner
from clinic.team import members


@dataclass(frozen=True)
class ClinicRow:
    """One clinic: its team, its number of clients, and its mail."""

    clinic: Clinic
    clients: int
    team: list[Practitioner]
    mail: MailState
    oldest_unsent: str  # how long the oldest unsent mail is due; empty without one


class ClinicForm(ServiceForm):
    """A new clinic and its first owner; the service validates it."""

    name = forms.CharField(
        label=gettext_lazy("Name of the clinic"), error_messages={"required": gettext_lazy("Write the name.")}
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        help_text=gettext_lazy("Shown to a client who must stop."),
        error_messages={"required": gettext_lazy("Write the phone.")},
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail of the clinic"),
        widget=forms.EmailInput,
        help_text=gettext_lazy("Answers to our mail arrive here."),
        error_messages={"required": gettext_lazy("Write the mail address.")},
    )
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), widget=forms.Select)
    language = forms.CharField(label=gettext_lazy("Language"), widget=forms.Select)
    owner_name = forms.CharField(
        label=gettext_lazy("Name of the first owner"), error_messages={"required": gettext_lazy("Write the name.")}
    )
    owner_email = forms.CharField(
        label=gettext_lazy("E-mail of the first owner"),
        widget=forms.EmailInput,
        help_text=gettext_lazy("Their own, which nobody else reads: they sign in with it, and a mail there says how."),
        error_messages={"required": gettext_lazy("Write the mail address.")},
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"time_zone": settings.TIME_ZONE, "language": settings.LANGUAGE_CODE})
        for field, choices in (("time_zone", admin_labels.time_zone_choices()), ("language", settings.LANGUAGES)):
            widget = self.fields[field].widget
            assert isinstance(widget, forms.Select)
            widget.choices = choices


@require_safe
def clinics(request: HttpRequest) -> AdminPage:
    """Every clinic of the site; above them whether the periodic tasks run."""
    _require_platform_staff(request)
    now = timezone.now()
    mail = mail_health.mail_by_clinic(now)
    counted = Count("clients", filter=~Q(clients__state=Client.State.LEFT), distinct=True)
    counted_clinics = Clinic.objects.administered_by(request.user).annotate(client_count=counted).order_by("name", "pk")
    teams: dict[int, list[Practitioner]] = {}
    for member in (
        Practitioner.objects.administered_by(request.user).select_related("user").order_by("-active", "name", "pk")
    ):
        teams.setdefault(member.clinic_id, []).append(member)
    rows = [_row(clinic, teams.get(clinic.pk, []), mail.get(clinic.pk, MailState()), now) for clinic in counted_clinics]
    resettable = (
        Practitioner.objects.second_factor_resettable_by(request.user)
        if second_factor.can_reset()
        else Practitioner.objects.none()
    )
    ticks = [
        (tick, admin_labels.format_time_ago(tick.at, now) if tick.at else _("never"))
        for tick in mail_health.all_ticks(now)
    ]
    return render_page(
        request, "practice/sites.html", _("Clinics"), rows=rows, ticks=ticks,
        myself_pk=request.user.pk, resettable=set(resettable.values_list("pk", flat=True)),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def add_clinic(request: HttpRequest) -> HttpResponseBase:
    """The form; POST creates the clinic, and its first owner gets a mail."""
    _require_platform_staff(request)
    form = ClinicForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        owner = {field: fields.pop(field) for field in ("owner_name", "owner_email")}
        clinic = form.call(lambda: members.create_clinic(Clinic(**fields), **owner, by=access.signed_in_user(request)))
        if clinic is not None:
            messages.success(request, _("%(name)s is open. A mail tells its owner how to sign in.") % {"name": clinic})
            return HttpResponseRedirect(reverse("plumbline:clinics"))
    return render_page(request, "practice/site_add.html", _("Add a clinic"), form=form)


@require_POST
def revoke_access(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End somebody's access to a clinic at once."""
    member = _member(request, pk)
    if members.revoke_access(member, by=access.signed_in_user(request)):
        messages.success(request, _("%(name)s sees nothing from now on.") % {"name": member})
    return HttpResponseRedirect(reverse("plumbline:clinics"))


@require_POST
def restore_access(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give somebody access again, in the role they had."""
    member = _member(request, pk)
    if members.reactivate_member(member, by=access.signed_in_user(request)):
        messages.success(request, _("%(name)s works here again.") % {"name": member})
    return HttpResponseRedirect(reverse("plumbline:clinics"))


def _member(request: HttpRequest, pk: int) -> Practitioner:
    """A member of any clinic. Raises Http404 for oneself, too: nobody gives themselves access."""
    others = Practitioner.objects.administered_by(request.user).exclude(user_id=access.signed_in_user(request).pk)
    return get_object_or_404(others.select_related("clinic"), pk=pk)


def _row(clinic: Any, team: list[Practitioner], mail: MailState, now: Any) -> ClinicRow:
    return ClinicRow(
        clinic, clinic.client_count, team, mail, admin_labels.format_time_ago(mail.oldest, now) if mail.oldest else ""
    )


def _require_platform_staff(request: HttpRequest) -> None:
    if not access.is_platform_staff(request):
        raise Http404


ROUTES = [
    ("clinics/", clinics, "clinics"),
    ("clinics/add/", add_clinic, "clinic_add"),
    ("clinics/members/<int:pk>/revoke-access/", revoke_access, "revoke_access"),
    ("clinics/members/<int:pk>/restore-access/", restore_access, "restore_access"),
]
PAGES = frozenset(view for _route, view, _name in ROUTES)
