"""The forms of the own settings; the services validate them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy

from clinic.admin import labels as admin_labels
from clinic.admin.service_form import ServiceForm
from clinic.models import Absence, Practitioner
from clinic.models.fields import WEEKDAYS
from clinic.team import absences

_INVALID = ("required", "invalid")
_DATE_ERRORS = dict.fromkeys(_INVALID, gettext_lazy("Write a day such as 2026-03-31."))


class ProfileForm(ServiceForm):
    """Name and language."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Clients and colleagues read it."),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    language = forms.CharField(label=gettext_lazy("Language of mails"), required=False, widget=forms.Select)

    def __init__(self, data: Any, practitioner: Practitioner) -> None:
        super().__init__(
            data, initial={"name": practitioner.name, "language": practitioner.language}, auto_id="id_profile_%s"
        )
        language = self.fields["language"].widget
        assert isinstance(language, forms.Select)
        default = _("The clinic's: %(language)s") % {
            "language": admin_labels.language_name(practitioner.clinic.language)
        }
        language.choices = [
            ("", default),
            *((code, admin_labels.language_name(code)) for code, _name in settings.LANGUAGES),
        ]


class MailForm(ServiceForm):
    """Mail at once, and the daily mail."""

    at_once = forms.BooleanField(label=gettext_lazy("Tell me at once when a client needs me to look"), required=False)
    digest = forms.BooleanField(
        label=gettext_lazy("Send me one mail a day, if there is anything to say"), required=False
    )
    digest_at = forms.TimeField(
        label=gettext_lazy("At"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages=dict.fromkeys(_INVALID, gettext_lazy("Write a time of day such as 07:30.")),
    )
    digest_days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=[(code, admin_labels.DAY_NAMES[code]) for code in WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
        required=False,  # the service refuses none where the daily mail is wanted
    )

    def __init__(self, data: Any, practitioner: Practitioner) -> None:
        initial = {
            "at_once": practitioner.urgent_mail,
            "digest": practitioner.digest_wanted,
            "digest_at": practitioner.digest_at,
            "digest_days": practitioner.digest_day_names,
        }
        super().__init__(data, initial=initial, auto_id="id_mail_%s")


class AbsenceForm(ServiceForm):
    """The days of an absence, and the cover."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_DATE_ERRORS,
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_DATE_ERRORS,
    )
    cover = forms.TypedChoiceField(
        label=gettext_lazy("Covered by"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Sees and treats these clients on those days, and gets the mail about them."),
        error_messages={"invalid_choice": gettext_lazy("Choose a colleague who treats clients at this clinic.")},
    )

    def __init__(self, data: Any, practitioner: Practitioner, absence: Absence | None = None) -> None:
        initial = {name: getattr(absence, name) for name in ("starts_on", "ends_on")} if absence else {}
        super().__init__(
            data, initial={**initial, "cover": absence.cover_id if absence else None}, auto_id="id_absence_%s"
        )
        self._colleagues = {colleague.pk: colleague for colleague in absences.possible_covers(practitioner)}
        cover = self.fields["cover"]
        assert isinstance(cover, forms.TypedChoiceField)
        nobody = _("Nobody (owners are told)")
        cover.choices = [("", nobody), *((pk, colleague.name) for pk, colleague in self._colleagues.items())]

    def service_arguments(self) -> dict[str, Any]:
        """The keyword arguments of the service."""
        return {**self.cleaned_data, "cover": self._colleagues.get(self.cleaned_data["cover"])}
