"""For who runs the site: each clinic, who works there and whether its mail goes out. No client, no health data.

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts import second_factor
from clinic.admin import access
from clinic.admin import labels as admin_labels
from clinic.admin.rendering import Page, page
from clinic.admin.service_form import ServiceForm
from clinic.mail import health as mail_health
from clinic.mail.health import MailState
from clinic.models import Client, Clinic, Practitioner
from clinic.team import members


@dataclass(frozen=True)
class Row:
    """One clinic: its people, how many clients it has, and its mail."""

    clinic: Clinic
    clients: int
    people: list[Practitioner]
    mail: MailState
    oldest: str  # how long the oldest unsent mail is due; empty without any


class ClinicForm(ServiceForm):
    """A new clinic and its first owner. Every rule is the verb's."""

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
def listing(request: HttpRequest) -> Page:
    """Every clinic of the site; above them whether the clock ticks."""
    _staff_only(request)
    now = timezone.now()
    mail = mail_health.mail_by_clinic(now)
    counted = Count("clients", filter=~Q(clients__state=Client.State.LEFT), distinct=True)
    clinics = Clinic.objects.administered_by(request.user).annotate(client_count=counted).order_by("name", "pk")
    people: dict[int, list[Practitioner]] = {}
    for person in (
        Practitioner.objects.administered_by(request.user).select_related("user").order_by("-active", "name", "pk")
    ):
        people.setdefault(person.clinic_id, []).append(person)
    rows = [_row(clinic, people.get(clinic.pk, []), mail.get(clinic.pk, MailState()), now) for clinic in clinics]
    unlocked = (
        Practitioner.objects.second_factor_resettable_by(request.user)
        if second_factor.can_reset()
        else Practitioner.objects.none()
    )
    ticks = [
        (tick, admin_labels.format_time_ago(tick.at, now) if tick.at else _("never"))
        for tick in mail_health.all_ticks(now)
    ]
    return page(
        request, "practice/sites.html", _("Clinics"), rows=rows, ticks=ticks,
        myself_pk=request.user.pk, unlocked=set(unlocked.values_list("pk", flat=True)),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """The form; by POST a clinic whose first owner gets a mail."""
    _staff_only(request)
    form = ClinicForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        owner = {field: given.pop(field) for field in ("owner_name", "owner_email")}
        opened = form.call(lambda: members.create_clinic(Clinic(**given), **owner, by=access.signed_in(request)))
        if opened is not None:
            messages.success(request, _("%(name)s is open. A mail tells its owner how to sign in.") % {"name": opened})
            return HttpResponseRedirect(reverse("plumbline:clinics"))
    return page(request, "practice/site_add.html", _("Add a clinic"), form=form)


@require_POST
def shut_out(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End somebody's access to a clinic at once."""
    person = _person(request, pk)
    if members.revoke_access(person, by=access.signed_in(request)):
        messages.success(request, _("%(name)s sees nothing from now on.") % {"name": person})
    return HttpResponseRedirect(reverse("plumbline:clinics"))


@require_POST
def let_in(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give it back, in the role they had."""
    person = _person(request, pk)
    if members.reactivate_member(person, by=access.signed_in(request)):
        messages.success(request, _("%(name)s works here again.") % {"name": person})
    return HttpResponseRedirect(reverse("plumbline:clinics"))


def _person(request: HttpRequest, pk: int) -> Practitioner:
    """Raises Http404 for oneself, too: nobody gives themselves access."""
    others = Practitioner.objects.administered_by(request.user).exclude(user_id=access.signed_in(request).pk)
    return get_object_or_404(others.select_related("clinic"), pk=pk)


def _row(clinic: Any, people: list[Practitioner], mail: MailState, now: Any) -> Row:
    return Row(
        clinic, clinic.client_count, people, mail, admin_labels.format_time_ago(mail.oldest, now) if mail.oldest else ""
    )


def _staff_only(request: HttpRequest) -> None:
    if not access.is_platform_staff(request):
        raise Http404


ROUTES = [
    ("clinics/", listing, "clinics"),
    ("clinics/add/", add, "clinic_add"),
    ("clinics/people/<int:pk>/shut-out/", shut_out, "shut_out"),
    ("clinics/people/<int:pk>/let-in/", let_in, "let_in"),
]
PAGES = frozenset(view for _route, view, _name in ROUTES)
