"""The settings of a clinic as cards: each is one form that changes a few fields by one service."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from clinic.admin import labels as admin_labels
from clinic.admin.service_form import ServiceForm
from clinic.models import Clinic, Practitioner
from clinic.models.clinic import LONGEST_ESCALATION
from clinic.practice import settings as practice_settings
from exercises.models import Exercise


class Card(ServiceForm):
    """One card; its fields are those of Clinic with the same names. The service validates them."""

    key: ClassVar[str]
    title: ClassVar[str | Promise]

    def __init__(self, clinic: Clinic, data: Any = None, files: Any = None) -> None:
        initial = {name: getattr(clinic, name) for name in self.base_fields if hasattr(clinic, name)}
        super().__init__(data, files, initial=initial, auto_id=f"{self.key}_%s")

    def save(self, clinic: Clinic, by: Practitioner) -> None:
        """Call the service, which may raise ValidationError."""
        practice_settings.change_settings(clinic, self.cleaned_data, by=by)


def _text_field(label: Any, *, hint: Any = "", required: bool = False, **attrs: str) -> forms.CharField:
    """One line of text; ``label`` and ``hint`` may be translated late."""
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, help_text=hint, required=required, widget=widget)


class NameCard(Card):
    key, title = "name", gettext_lazy("Name and address")
    name = _text_field(gettext_lazy("Name"), required=True)
    postal_line = _text_field(
        gettext_lazy("Postal address, one line"), hint=gettext_lazy("It stands below every mail, as the law asks.")
    )
    email = forms.CharField(
        label=gettext_lazy("Mail address for answers"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("When a client answers a mail, the answer arrives here."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=lambda: settings.LANGUAGES)
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), widget=forms.Select)

    def __init__(self, clinic: Clinic, data: Any = None, files: Any = None) -> None:
        super().__init__(clinic, data, files)
        zones = admin_labels.time_zone_choices()
        own = [] if clinic.time_zone in dict(zones) else [(clinic.time_zone, clinic.time_zone)]
        widget = self.fields["time_zone"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = [*own, *zones]


class ColorCard(Card):
    key, title = "color", gettext_lazy("Colour")
    accent = forms.CharField(
        label=gettext_lazy("Accent colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("Buttons and lines of the clients' pages and mails. Where it has to be read, a darker "
                               "or a lighter shade of it is used."),
    )  # fmt: skip


class LogoCard(Card):
    key, title = "logo", gettext_lazy("Logo")
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        allow_empty_file=True,  # the service refuses an empty one
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 0.5 MB; it is shown 36 pixels high, before the name."),
    )

    def save(self, clinic: Clinic, by: Practitioner) -> None:
        if "remove" in self.data:
            practice_settings.remove_logo(clinic, by=by)
        elif self.cleaned_data["logo"] is None:
            self.add_error("logo", gettext_lazy("Choose a file."))
        else:
            practice_settings.set_logo(clinic, self.cleaned_data["logo"], by=by)


class PhonesCard(Card):
    key, title = "phones", gettext_lazy("Phones")
    phone = _text_field(
        gettext_lazy("Phone"),
        hint=gettext_lazy("Shown to a client who must stop, and at the foot of each page and mail."),
        required=True,
        type="tel",
    )
    phone_after_hours = _text_field(
        gettext_lazy("Phone outside your hours"),
        hint=gettext_lazy("If you have one: shown beside the first where a client must stop."),
        type="tel",
    )
    after_hours = _text_field(
        gettext_lazy("When it is answered"), hint=gettext_lazy("In words, such as: evenings and weekends")
    )


class FlagsCard(Card):
    key, title = "flags", gettext_lazy("Flags and records")
    escalation_hours = forms.IntegerField(
        label=gettext_lazy("Hours until a flag goes to the owner"),
        widget=forms.NumberInput(attrs={"min": 1, "max": LONGEST_ESCALATION}),
        help_text=gettext_lazy("A flag that nobody acknowledged for so long rises one severity, and you are told."),
    )
    shares_records = forms.BooleanField(
        label=gettext_lazy("Colleagues share records"),
        required=False,
        help_text=gettext_lazy("On: every practitioner here sees every client's record. Off: only their own clients'."),
    )


class QuietHoursCard(Card):
    key, title = "quiet-hours", gettext_lazy("Quiet hours")
    quiet_from = forms.TimeField(
        label=gettext_lazy("No reminders from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Write a time of day such as 07:00.")},
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Write a time of day such as 07:00.")},
        help_text=gettext_lazy("In each client's own time. Who set hours of their own keeps those. Empty: none."),
    )


class PortalCard(Card):
    key, title = "portal", gettext_lazy("The clients' pages")
    featured_exercise = forms.ChoiceField(label=gettext_lazy("Exercise on the front page"))
    code_sign_in = forms.BooleanField(
        label=gettext_lazy("Clients sign in by a code"),
        required=False,
        help_text=gettext_lazy("Off: they need a password or a passkey; no code is mailed to them."),
    )

    def __init__(self, clinic: Clinic, data: Any = None, files: Any = None) -> None:
        super().__init__(clinic, data, files)
        exercises = Exercise.objects.current().with_content().order_by("slug")
        field = self.fields["featured_exercise"]
        assert isinstance(field, forms.ChoiceField)
        choices = [(exercise.slug, exercise.text_in(get_language()).name) for exercise in exercises]
        withdrawn = [] if clinic.featured_exercise in dict(choices) else [(clinic.featured_exercise, "–")]
        field.choices = [*withdrawn, *choices]


class RetentionCard(Card):
    key, title = "retention", gettext_lazy("How long records are kept")
    retention_years = forms.IntegerField(
        label=gettext_lazy("Years until a record is erased"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": 100}),
        help_text=gettext_lazy("Counted from the day a client left. Empty: records are kept."),
    )

    def save(self, clinic: Clinic, by: Practitioner) -> None:
        practice_settings.change_settings(
            clinic, {"retention_years": self.cleaned_data["retention_years"] or None}, by=by
        )


CARDS: list[type[Card]] = [
    *(NameCard, PhonesCard, LogoCard, ColorCard),
    *(FlagsCard, QuietHoursCard, PortalCard, RetentionCard),
]
