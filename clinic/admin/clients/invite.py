"""Invite: one client by a form, and the way to inviting many, and to the invitations that are out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin import labels as admin_labels
from clinic.admin.clients import invitations
from clinic.admin.rendering import render_page
from clinic.admin.service_form import ServiceForm
from clinic.clients.invitations import invite_client
from clinic.models import Client, Practitioner


class InviteForm(ServiceForm):
    """Whom to invite. Every rule is the verb's; a select here only offers, so that its answer is judged there."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": gettext_lazy("Write the client's name.")},
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The invitation goes there, and later the reminders."),
        error_messages={"required": gettext_lazy("Write the client's mail address.")},
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        widget=forms.Select,
        help_text=gettext_lazy("Where the client lives: reminders come at the client's own hour."),
        error_messages={"required": gettext_lazy("Choose the client's time zone.")},
    )
    language = forms.CharField(
        label=gettext_lazy("Language"),
        widget=forms.Select,
        error_messages={"required": gettext_lazy("Choose the client's language.")},
    )
    wakes_at = forms.TimeField(
        label=gettext_lazy("Usually gets up at"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=gettext_lazy("For two hours after that, bending is best avoided."),
        error_messages=dict.fromkeys(("required", "invalid"), gettext_lazy("Write a time of day such as 07:00.")),
    )
    clinic = forms.TypedChoiceField(label=gettext_lazy("Clinic"), coerce=int)

    def __init__(self, data: Any, as_whom: Sequence[Practitioner]) -> None:
        """``as_whom``: the memberships of the asker that may treat, at least one."""
        first = as_whom[0].clinic
        usual = Client._meta.get_field("wakes_at").get_default()
        told = {"time_zone": first.time_zone, "language": first.language, "wakes_at": usual, "clinic": as_whom[0].pk}
        super().__init__(data, initial=told)
        places, languages = self.fields["time_zone"].widget, self.fields["language"].widget
        assert isinstance(places, forms.Select)
        assert isinstance(languages, forms.Select)
        places.choices, languages.choices = admin_labels.time_zone_choices(), settings.LANGUAGES
        if len(as_whom) == 1:
            del self.fields["clinic"]
        else:
            clinics = self.fields["clinic"]
            assert isinstance(clinics, forms.TypedChoiceField)
            clinics.choices = [(membership.pk, membership.clinic.name) for membership in as_whom]
        self._as_whom = {membership.pk: membership for membership in as_whom}

    def invite(self) -> Client:
        """Call the verb with what was typed. Raises its ValidationError."""
        given = dict(self.cleaned_data)
        by = self._as_whom[given.pop("clinic", next(iter(self._as_whom)))]
        wakes_at: dt.time = given.pop("wakes_at")
        return invite_client(Client(**given, wakes_at=wakes_at), by=by)

    @property
    def known(self) -> Client | None:
        """Who has the address at this clinic already, where the asker may know of them."""
        if "email" not in self.errors:  # an unbound form has none
            return None
        by, address = self._by(), str(self.data.get("email", "")).strip().lower()
        if by is None or not address or "\x00" in address:
            return None
        here = Client.objects.visible_to(by.user).filter(clinic=by.clinic_id, email__iexact=address)
        return here.exclude(state=Client.State.LEFT).select_related("practitioner").first()

    def _by(self) -> Practitioner | None:
        if len(self._as_whom) == 1:
            return next(iter(self._as_whom.values()))
        return self._as_whom.get(self.cleaned_data.get("clinic", 0))


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponseBase:
    """One by the form, many by a table, and who has not joined yet. For those who treat: the front desk does not."""
    as_whom = access.clinical(request)
    if not as_whom:
        raise Http404
    form = InviteForm(request.POST if request.method == "POST" else None, as_whom)
    if request.method == "POST" and form.is_valid():
        client = form.call(form.invite)
        if client is not None:
            messages.success(request, _what_next(client))
            return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))
    shown, rows, to_remind = invitations.out(request)
    return render_page(
        request, "clients/invite.html", _("Invite"), form=form, page_obj=shown, rows=rows, to_remind=to_remind,
        several_clinics=len(as_whom) > 1,
    )  # fmt: skip


def _what_next(client: Client) -> SafeString:
    """The invitation is posted: the exercise can be planned before they have joined."""
    return format_html(
        '{} <a href="{}">{}</a> · <a href="{}">{}</a>',
        _("The invitation to %(name)s is on its way.") % {"name": client},
        reverse("plumbline:prescribe", args=[client.pk]),
        _("Prescribe now"),
        reverse("plumbline:invite"),
        _("Invite another"),
    )


ROUTES = [("clients/invite/", invite, "invite")]
