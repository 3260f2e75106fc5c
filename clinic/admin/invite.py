"""Invite a client by mail, and send the invitation again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clinic import joining
from clinic.admin import access
from clinic.admin.page import page
from clinic.admin.verb_form import VerbForm
from clinic.models import Client, Practitioner


@cache
def zones() -> list[tuple[str, str]]:
    """Places people name: Europe/Madrid, not Etc/GMT+3."""
    named = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(named))]


class InviteForm(VerbForm):
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
        places.choices, languages.choices = zones(), settings.LANGUAGES
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
        return joining.invite(Client(**given, wakes_at=wakes_at), by=by)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponseBase:
    """The form; by POST the invitation. For those who treat: the front desk has no clients of its own."""
    as_whom = access.clinical(request)
    if not as_whom:
        raise Http404
    form = InviteForm(request.POST if request.method == "POST" else None, as_whom)
    if request.method == "POST" and form.is_valid():
        client = form.call(form.invite)
        if client is not None:
            messages.success(request, _("The invitation to %(name)s is on its way.") % {"name": client})
            return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))
    return page(request, "invite.html", _("Invite a client"), form=form)


@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A new link by mail; the earlier ones stop working."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    try:
        joining.invite_again(client, by=access.practitioner_of(request, client))
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
    else:
        messages.success(request, _("A new invitation to %(name)s is on its way.") % {"name": client})
    return HttpResponseRedirect(reverse("plumbline:client", args=[pk]))


ROUTES = [
    ("clients/invite/", invite, "invite"),
    ("clients/<int:pk>/invite-again/", invite_again, "invite_again"),
]
