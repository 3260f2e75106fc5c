"""Invite one client by a form, with links to the import and the invitations that are not accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.admin import access, labels as admin_labels
from clinic.admin.clients import invitations
from clinic.admin.rendering import render_page
from clinic.admin.service_form import ServiceForm, offer_clinics
from clinic.clients.invitations import invite_client
from clinic.models import Client, Practitioner


class InviteForm(ServiceForm):
    """The client to invite. The service checks every field; a select only offers choices."""

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

    def __init__(self, data: Any, memberships: Sequence[Practitioner]) -> None:
        """``memberships``: those of the person that may treat, at least one."""
        clinic, wakes_at = memberships[0].clinic, Client._meta.get_field("wakes_at").get_default()
        initial = {"time_zone": clinic.time_zone, "language": clinic.language, "wakes_at": wakes_at}
        super().__init__(data, initial={**initial, "clinic": memberships[0].pk})
        zones, languages = self.fields["time_zone"].widget, self.fields["language"].widget
        assert isinstance(zones, forms.Select)
        assert isinstance(languages, forms.Select)
        zones.choices, languages.choices = admin_labels.time_zone_choices(), settings.LANGUAGES
        offer_clinics(self, [(membership.pk, membership.clinic.name) for membership in memberships])
        self._memberships = {membership.pk: membership for membership in memberships}

    def invite(self) -> Client:
        """Call the service. Raises its ValidationError."""
        data = dict(self.cleaned_data)
        by = self._memberships[data.pop("clinic", next(iter(self._memberships)))]
        return invite_client(Client(**data), by=by)

    @property
    def existing_client(self) -> Client | None:
        """The client of the clinic with this address, if the person may see them."""
        if "email" not in self.errors:  # an unbound form has none
            return None
        by, address = self._membership(), str(self.data.get("email", "")).strip().lower()
        if by is None or not address or "\x00" in address:
            return None
        clients = Client.objects.visible_to(by.user).filter(clinic=by.clinic_id, email__iexact=address)
        return clients.exclude(state=Client.State.LEFT).select_related("practitioner").first()

    def _membership(self) -> Practitioner | None:
        if len(self._memberships) == 1:
            return next(iter(self._memberships.values()))
        return self._memberships.get(self.cleaned_data.get("clinic", 0))


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponseBase:
    """The form, the link to the import and the clients who have not joined. Raises Http404 for the front desk."""
    memberships = access.clinical_memberships(request)
    if not memberships:
        raise Http404
    form = InviteForm(request.POST if request.method == "POST" else None, memberships)
    if request.method == "POST" and form.is_valid():
        client = form.call(form.invite)
        if client is not None:
            messages.success(request, _success_message(client))
            return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))
    page_obj, rows, to_remind = invitations.list_invited(request)
    return render_page(
        request, "clients/invite.html", _("Invite"), form=form, page_obj=page_obj, rows=rows, to_remind=to_remind,
        several_clinics=len(memberships) > 1,
    )  # fmt: skip


def _success_message(client: Client) -> SafeString:
    """With links to the next steps: a client can be prescribed for before they have joined."""
    return format_html(
        '{} <a href="{}">{}</a> · <a href="{}">{}</a>',
        _("The invitation to %(name)s is on its way.") % {"name": client},
        reverse("plumbline:prescribe", args=[client.pk]),
        _("Prescribe now"),
        reverse("plumbline:invite"),
        _("Invite another"),
    )


ROUTES = [("clients/invite/", invite, "invite")]
