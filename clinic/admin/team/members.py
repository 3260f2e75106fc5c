"""The owner's page of colleagues: who works here as what, adding one, changing a role, and the day somebody leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
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
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm
from clinic.models import Client, Clinic, OutboxMessage, Practitioner, Welcome
from clinic.models.outbox import OPEN, State
from clinic.team import members

_LOST = {State.FAILED, State.BOUNCED}


@dataclass(frozen=True)
class Row:
    """One colleague in words. Whether a second step is on, and never which."""

    person: Practitioner
    clients: int
    second_step: bool | None  # None: nothing here can tell
    signed_in: str  # how long ago; empty: never
    welcome: str  # what became of the mail, for who has never signed in


@dataclass(frozen=True)
class Team:
    """One clinic's people."""

    clinic: Clinic
    here: list[Row]
    gone: list[Row]


class RoleField(forms.ChoiceField):
    """What somebody does here, each role with what it sees."""

    def __init__(self) -> None:
        told = [
            (Practitioner.Role.PRACTITIONER, gettext_lazy("Practitioner: sees and treats their own clients")),
            (Practitioner.Role.OWNER, gettext_lazy("Owner: sees every client, and manages the team")),
            (Practitioner.Role.FRONT_DESK, gettext_lazy("Front desk: sees names and times, no health data")),
        ]
        super().__init__(
            label=gettext_lazy("Role"),
            choices=told,
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of the roles.")),
        )


class AddForm(ServiceForm):
    """Whom to add."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        help_text=gettext_lazy("As clients know them."),
        error_messages={"required": gettext_lazy("Write the name.")},
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Their own, which nobody else reads: they sign in with it, and a mail there says how."),
        error_messages={"required": gettext_lazy("Write the mail address.")},
    )
    role = RoleField()
    clinic = forms.TypedChoiceField(label=gettext_lazy("Clinic"), coerce=int)

    def __init__(self, data: Any, owned: Sequence[Clinic]) -> None:
        """``owned``: the clinics of the owner, at least one."""
        super().__init__(data, initial={"role": Practitioner.Role.PRACTITIONER, "clinic": owned[0].pk})
        clinics = self.fields["clinic"]
        assert isinstance(clinics, forms.TypedChoiceField)
        clinics.choices = [(clinic.pk, clinic.name) for clinic in owned]
        if len(owned) == 1:
            del self.fields["clinic"]


class RoleForm(ServiceForm):
    """Another role for a colleague."""

    role = RoleField()


@require_safe
def listing(request: HttpRequest) -> AdminPage:
    """Each clinic that this person owns, and who works there."""
    owned = _owned(request)
    people = _people(request).filter(clinic__in=owned)
    now = timezone.now()
    rows = [_row(person, now) for person in people]
    teams = [
        Team(
            clinic,
            [row for row in rows if row.person.clinic_id == clinic.pk and row.person.active],
            [row for row in rows if row.person.clinic_id == clinic.pk and not row.person.active],
        )
        for clinic in owned
    ]
    return render_page(request, "team/members.html", _("Team"), teams=teams, several=len(teams) > 1)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """The form; by POST somebody works here, and a mail tells them."""
    owned = _owned(request)
    form = AddForm(request.POST if request.method == "POST" else None, owned)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        chosen = given.pop("clinic", owned[0].pk)
        at = next(clinic for clinic in owned if clinic.pk == chosen)
        colleague = form.call(lambda: members.add_member(at, **given, by=access.signed_in(request)))
        if colleague is not None:
            messages.success(request, _("%(name)s works here now. A mail says how to sign in.") % {"name": colleague})
            return HttpResponseRedirect(reverse("plumbline:team"))
    return render_page(request, "team/member_add.html", _("Add a colleague"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def colleague(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One colleague; by POST another role."""
    _owned(request)
    person = get_object_or_404(_people(request), pk=pk)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": person.role})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        changed = form.call(lambda: members.change_role(person, role, by=access.signed_in(request)))
        if changed is not None:
            told = {"name": person, "role": person.get_role_display()}
            messages.success(request, _("%(name)s: %(role)s from now on.") % told)
            return HttpResponseRedirect(reverse("plumbline:team"))
        person.refresh_from_db(fields=["role"])
    row = _row(person, timezone.now())
    unlocked = Practitioner.objects.second_factor_resettable_by(request.user).filter(pk=person.pk)
    return render_page(
        request, "team/member.html", person.name, row=row, person=person, form=form,
        second_factor_resets=_second_factor_resets(person),
        may_clear=row.second_step and second_factor.can_reset() and unlocked.exists(),
    )  # fmt: skip


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """They work here no more."""
    return _act(request, pk, members.deactivate_member, _("%(name)s works here no more and sees nothing from now on."))


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """They are back, in the role they had."""
    return _act(request, pk, members.reactivate_member, _("%(name)s works here again."))


@require_POST
def welcome_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The mail that says how to sign in, once more."""
    return _act(request, pk, members.resend_welcome, _("Another mail to %(name)s is on its way."))


def _act(request: HttpRequest, pk: int, verb: Callable[..., object], done: str) -> HttpResponseBase:
    _owned(request)
    person = get_object_or_404(Practitioner.objects.managed_by(request.user), pk=pk)
    try:
        changed = verb(person, by=access.signed_in(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("plumbline:colleague", args=[pk]))
    if changed:
        messages.success(request, done % {"name": person})
    else:
        messages.info(request, _("%(name)s: nothing to do, this is so already.") % {"name": person})
    return HttpResponseRedirect(reverse("plumbline:team"))


def _owned(request: HttpRequest) -> list[Clinic]:
    """The clinics that this person owns. Raises Http404 where there is none: then there is no team to manage."""
    owned = access.owned(request)
    if not owned:
        raise Http404
    return owned


def _people(request: HttpRequest) -> Any:
    people = Practitioner.objects.managed_by(request.user).select_related("user", "clinic")
    staying = Count("clients", filter=~Q(clients__state=Client.State.LEFT))
    newest = Prefetch("welcomes", queryset=Welcome.objects.order_by("-pk"))
    return people.annotate(client_count=staying).prefetch_related(newest).order_by("name", "pk")


def _second_factor_resets(person: Practitioner) -> list[tuple[Any, str]]:
    """Each time their second step was taken away, the last first, and what became of the mail that told them.

    ``who``: the name of who did it, at this clinic.
    """
    names = Practitioner.objects.filter(user=OuterRef("by"), clinic=person.clinic_id).values("name")
    return [(cleared, _became_of(cleared)) for cleared in person.second_factor_resets.annotate(who=Subquery(names[:1]))]


def _row(person: Any, now: Any) -> Row:
    last: Any = person.user.last_login
    return Row(
        person,
        person.client_count,
        second_factor.is_set_up(person.user),
        admin_labels.format_time_ago(last, now) if last else "",
        "" if last else _became_of(next(iter(person.welcomes.all()), None)),
    )


def _became_of(mail: OutboxMessage | None) -> str:
    if mail is None:
        return ""
    if mail.state in OPEN:
        return _("the mail is on its way")
    if mail.state in _LOST:
        return _("the mail came back")
    return _("the mail was sent") if mail.state == State.SENT else _("it is unclear whether the mail arrived")


ROUTES = [
    ("team/", listing, "team"),
    ("team/add/", add, "colleague_add"),
    ("team/<int:pk>/", colleague, "colleague"),
    ("team/<int:pk>/deactivate/", deactivate, "deactivate"),
    ("team/<int:pk>/reactivate/", reactivate, "reactivate"),
    ("team/<int:pk>/welcome/", welcome_again, "welcome_again"),
]
