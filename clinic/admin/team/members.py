"""The owner's pages of the team: list, add, change a role, deactivate, reactivate, resend the welcome mail."""

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
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts import second_factor
from clinic.admin import access, labels as admin_labels
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm, offer_clinics
from clinic.models import Client, Clinic, OutboxMessage, Practitioner, Welcome
from clinic.models.outbox import OPEN, State
from clinic.team import members

_UNDELIVERED = {State.FAILED, State.BOUNCED}


@dataclass(frozen=True)
class MemberRow:
    """One member as displayed. Of the second factor it has only whether one is set up."""

    member: Practitioner
    clients: int
    second_factor: bool | None  # None: unknown
    last_sign_in: str  # how long ago; empty: never
    welcome: str  # state of the mail; empty for members who have signed in


@dataclass(frozen=True)
class ClinicTeam:
    """The members of one clinic."""

    clinic: Clinic
    active: list[MemberRow]
    former: list[MemberRow]


class RoleField(forms.ChoiceField):
    """The role of a member, each with a description of its access."""

    def __init__(self) -> None:
        choices = [
            (Practitioner.Role.PRACTITIONER, gettext_lazy("Practitioner: sees and treats their own clients")),
            (Practitioner.Role.OWNER, gettext_lazy("Owner: sees every client, and manages the team")),
            (Practitioner.Role.FRONT_DESK, gettext_lazy("Front desk: sees names and times, no health data")),
        ]
        super().__init__(
            label=gettext_lazy("Role"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of the roles.")),
        )


class AddMemberForm(ServiceForm):
    """A new member."""

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
        offer_clinics(self, [(clinic.pk, clinic.name) for clinic in owned])


class RoleForm(ServiceForm):
    """A new role of a member."""

    role = RoleField()


@require_safe
def list_members(request: HttpRequest) -> AdminPage:
    """List the members of each clinic that this person owns."""
    owned = _owned_clinics(request)
    now = timezone.now()
    rows = [_build_row(member, now) for member in _members(request).filter(clinic__in=owned)]
    teams = [
        ClinicTeam(
            clinic,
            [row for row in rows if row.member.clinic_id == clinic.pk and row.member.active],
            [row for row in rows if row.member.clinic_id == clinic.pk and not row.member.active],
        )
        for clinic in owned
    ]
    return render_page(request, "team/members.html", _("Team"), teams=teams, has_several=len(teams) > 1)


@require_http_methods(["GET", "HEAD", "POST"])
def add_member(request: HttpRequest) -> HttpResponseBase:
    """The form of a new member; a POST adds them and sends a welcome mail."""
    owned = _owned_clinics(request)
    form = AddMemberForm(request.POST if request.method == "POST" else None, owned)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        clinic_pk = values.pop("clinic", owned[0].pk)
        clinic = next(clinic for clinic in owned if clinic.pk == clinic_pk)
        member = form.call(lambda: members.add_member(clinic, **values, by=access.signed_in_user(request)))
        if member is not None:
            messages.success(request, _("%(name)s works here now. A mail says how to sign in.") % {"name": member})
            return HttpResponseRedirect(reverse("plumbline:team"))
    return render_page(request, "team/member_add.html", _("Add a colleague"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def show_member(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One member; a POST changes the role."""
    _owned_clinics(request)
    member = get_object_or_404(_members(request), pk=pk)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        changed = form.call(lambda: members.change_role(member, role, by=access.signed_in_user(request)))
        if changed is not None:
            params = {"name": member, "role": member.get_role_display()}
            messages.success(request, _("%(name)s: %(role)s from now on.") % params)
            return HttpResponseRedirect(reverse("plumbline:team"))
        member.refresh_from_db(fields=["role"])
    row = _build_row(member, timezone.now())
    resettable = Practitioner.objects.second_factor_resettable_by(request.user).filter(pk=member.pk)
    return render_page(
        request, "team/member.html", member.name, row=row, member=member, form=form,
        second_factor_resets=_second_factor_resets(member),
        may_reset=row.second_factor and second_factor.can_reset() and resettable.exists(),
    )  # fmt: skip


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End a member's access."""
    return _run_service(
        request, pk, members.deactivate_member, _("%(name)s works here no more and sees nothing from now on.")
    )


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Restore a member's access, in the previous role."""
    return _run_service(request, pk, members.reactivate_member, _("%(name)s works here again."))


@require_POST
def resend_welcome(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the welcome mail again."""
    return _run_service(request, pk, members.resend_welcome, _("Another mail to %(name)s is on its way."))


def _run_service(request: HttpRequest, pk: int, service: Callable[..., object], message: str) -> HttpResponseBase:
    _owned_clinics(request)
    member = get_object_or_404(Practitioner.objects.managed_by(request.user), pk=pk)
    try:
        changed = service(member, by=access.signed_in_user(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("plumbline:member", args=[pk]))
    if changed:
        messages.success(request, message % {"name": member})
    else:
        messages.info(request, _("%(name)s: nothing to do, this is so already.") % {"name": member})
    return HttpResponseRedirect(reverse("plumbline:team"))


def _owned_clinics(request: HttpRequest) -> list[Clinic]:
    """The clinics that this person owns. Raises Http404 where there is none."""
    owned = access.owned_clinics(request)
    if not owned:
        raise Http404
    return owned


def _members(request: HttpRequest) -> Any:
    rows = Practitioner.objects.managed_by(request.user).select_related("user", "clinic")
    client_count = Count("clients", filter=~Q(clients__state=Client.State.LEFT))
    newest = Prefetch("welcomes", queryset=Welcome.objects.order_by("-pk"))
    return rows.annotate(client_count=client_count).prefetch_related(newest).order_by("name", "pk")


def _second_factor_resets(member: Practitioner) -> list[tuple[Any, str]]:
    """The resets of a second factor, newest first, each with the state of its mail.

    ``by_name``: the name at this clinic of the person who did it.
    """
    names = Practitioner.objects.filter(user=OuterRef("by"), clinic=member.clinic_id).values("name")
    resets = member.second_factor_resets.annotate(by_name=Subquery(names[:1]))
    return [(reset, _describe_mail_state(reset)) for reset in resets]


def _build_row(member: Any, now: Any) -> MemberRow:
    last: Any = member.user.last_login
    return MemberRow(
        member,
        member.client_count,
        second_factor.is_set_up(member.user),
        admin_labels.format_time_ago(last, now) if last else "",
        "" if last else _describe_mail_state(next(iter(member.welcomes.all()), None)),
    )


def _describe_mail_state(mail: OutboxMessage | None) -> str:
    if mail is None:
        return ""
    if mail.state in OPEN:
        return _("the mail is on its way")
    if mail.state in _UNDELIVERED:
        return _("the mail came back")
    return _("the mail was sent") if mail.state == State.SENT else _("it is unclear whether the mail arrived")


ROUTES = [
    ("team/", list_members, "team"),
    ("team/add/", add_member, "member_add"),
    ("team/<int:pk>/", show_member, "member"),
    ("team/<int:pk>/deactivate/", deactivate, "deactivate"),
    ("team/<int:pk>/reactivate/", reactivate, "reactivate"),
    ("team/<int:pk>/welcome/", resend_welcome, "resend_welcome"),
]
