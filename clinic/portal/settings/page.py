"""The client's settings: each card of the page is one form and one service."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings as project
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, override
from django.views.decorators.http import require_http_methods

from clinic.clients import preferences as client_preferences
from clinic.conf import conf
from clinic.mail import signed_links
from clinic.models import Client
from clinic.portal.access import client_only, render_page
from clinic.portal.fields import PlainForm, TimeZoneField
from clinic.portal.settings import reminder_status
from clinic.portal.settings.reminder_choices import describe_choices
from clinic.reminders import push_subscriptions, web_push


class Card(PlainForm):
    """One card of the page."""

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        """Call the service with the valid answers; it may raise ValidationError."""
        raise NotImplementedError


class RemindersForm(Card):
    """Reminders or none: one button."""

    wanted = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))], error_messages={"invalid_choice": _("Choose yes or no.")}
    )

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        client_preferences.set_reminders_wanted(client, self.cleaned_data["wanted"] == "yes", by=by)


class PauseForm(Card):
    """No reminders before a day; empty ends the pause."""

    until = forms.DateField(
        label=_("No reminders until"),
        help_text=_("They start again on this day. Leave it empty for no pause."),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a day. Write it as 2030-12-31.")},
    )

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        client_preferences.pause_reminders(client, self.cleaned_data["until"], by=by)


class TimeOfDayField(forms.TimeField):
    """A time of day."""

    default_error_messages = {"invalid": _("This is not a time of day. Write it as 07:30.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], widget=widget, **kwargs)


class QuietHoursField(TimeOfDayField):
    """One end of the quiet hours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class HoursForm(Card):
    """Where and when."""

    time_zone = TimeZoneField(label=_("Where you live"), help_text=_("The place nearest to you, for the right hour."))
    wakes_at = TimeOfDayField(
        label=_("When you usually get up"),
        help_text=_("No reminder comes in the two hours after it, unless your practitioner chose that."),
        error_messages={"required": _("Give a time such as 07:30.")},
    )

    quiet_from = QuietHoursField(label=_("No mail from"), help_text=_("Leave both empty if mail may come at any hour."))
    quiet_until = QuietHoursField(label=_("until"))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        ends = {name: answers.get(name) for name in ("quiet_from", "quiet_until")}
        for name, at in ends.items():
            if at is None and name not in self.errors and any(ends.values()):
                self.add_error(name, _("Give both times, or neither."))
        return answers

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        begin, until = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        client_preferences.set_hours(
            client,
            time_zone=self.cleaned_data["time_zone"],
            wakes_at=self.cleaned_data["wakes_at"],
            quiet=(begin, until) if begin is not None and until is not None else None,
            by=by,
        )


class TimeZoneForm(Card):
    """The time zone alone, as the phone reports it."""

    time_zone = forms.CharField(label=_("Where you live"), max_length=64)

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        begin, until = client.quiet_from, client.quiet_until
        client_preferences.set_hours(
            client,
            time_zone=self.cleaned_data["time_zone"],
            wakes_at=client.wakes_at,
            quiet=(begin, until) if begin is not None and until is not None else None,
            by=by,
        )


class LanguageForm(Card):
    """The language of pages and mails."""

    language = forms.ChoiceField(
        label=_("Language of your pages and mails"),
        choices=lambda: project.LANGUAGES,
        error_messages={"invalid_choice": _("“%(value)s” is not a language here. Choose one from the list.")},
    )

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        client_preferences.set_language(client, self.cleaned_data["language"], by=by)


class CalendarForm(Card):
    """The calendar link: create, renew or close it, by one button each."""

    act = forms.ChoiceField(
        choices=[("open", _("Make a link")), ("close", _("Switch it off"))],
        error_messages={"invalid_choice": _("Choose one of the two buttons.")},
    )

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        act = (
            client_preferences.create_calendar_link
            if self.cleaned_data["act"] == "open"
            else client_preferences.delete_calendar_link
        )
        act(client, by=by)


class PushSubscriptionForm(Card):
    """Remove one phone: one button."""

    push_subscription = forms.IntegerField(min_value=1, max_value=2**63 - 1)

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        push_subscriptions.remove_subscription(client, phone=self.cleaned_data["push_subscription"], by=by)


class ChannelForm(Card):
    """By mail, on the phone, or both."""

    reminder_channel = forms.ChoiceField(
        label=_("How reminders come"),
        choices=Client.ReminderChannel.choices,
        error_messages={"invalid_choice": _("Choose one from the list.")},
    )

    def save(self, client: Client, by: AbstractBaseUser) -> None:
        push_subscriptions.set_reminder_channel(client, self.cleaned_data["reminder_channel"], by=by)


CARDS: dict[str, type[Card]] = {
    "reminders": RemindersForm,
    "pause": PauseForm,
    "push_subscription": PushSubscriptionForm,
    "channel": ChannelForm,
    "hours": HoursForm,
    "time_zone": TimeZoneForm,
    "language": LanguageForm,
    "calendar": CalendarForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
@client_only
def settings(request: HttpRequest, client: Client) -> HttpResponse:
    """All cards; a POST is about the one that ``card`` names."""
    card = request.POST.get("card", "")
    forms_by_card = {name: _form(name, client, request.POST if name == card else None) for name in CARDS}
    if card in forms_by_card and _saved(forms_by_card[card], client, request):
        with override(client.language):
            messages.success(request, gettext("Saved."))
        return redirect("clinic:today" if card == "time_zone" else "clinic:settings")
    invalid_form = next((form for form in forms_by_card.values() if form.errors), None)
    today = timezone.localdate()
    paused = client.paused_until if client.paused_until and client.paused_until > today else None
    context: dict[str, Any] = {
        **forms_by_card,
        "invalid_form": invalid_form,
        "paused": paused,
        "tomorrow": today + dt.timedelta(days=1),
        "push_subscriptions": list(client.push_subscriptions.all()),
        "push_key": conf.vapid_public_key if web_push.is_configured() else "",
        "reminder_choices": describe_choices(client),
        "reminder_status": reminder_status.reminder_status(client, timezone.now()),
    }
    if client.calendar_key:
        context["calendar_url"] = signed_links.build_calendar_url(client.calendar_key)
        context["webcal_url"] = "webcal:" + context["calendar_url"].partition(":")[2]
    return render_page(request, client, "settings/page.html", context, status=422 if invalid_form else 200)


def _form(name: str, client: Client, data: Any) -> Card:
    initial = {
        "until": client.paused_until,
        "time_zone": client.time_zone,
        "wakes_at": client.wakes_at,
        "quiet_from": client.quiet_from,
        "quiet_until": client.quiet_until,
        "language": client.language,
        "reminder_channel": client.reminder_channel,
    }
    form = CARDS[name](data, initial=initial, auto_id=f"{name}_%s")
    for field in form.fields.values():
        if isinstance(field, TimeZoneField):
            field.add_zone(client.time_zone)
    if name == "hours" and client.clinic.quiet_hours:
        begin, end = client.clinic.quiet_hours
        hours = {"from": f"{begin:%H:%M}", "until": f"{end:%H:%M}"}
        form.fields["quiet_from"].help_text = (
            gettext("Leave both empty for the hours of your clinic: none from %(from)s until %(until)s.") % hours
        )
    return form


def _saved(form: Card, client: Client, request: HttpRequest) -> bool:
    if not form.is_valid():
        return False
    try:
        form.save(client, request.user)  # type: ignore[arg-type]  # signed in: the page is for clients only
    except ValidationError as error:
        form.add_service_error(error)
        return False
    return True
