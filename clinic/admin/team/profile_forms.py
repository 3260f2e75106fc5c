"""The forms of one's own settings; the verbs judge them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin import labels as admin_labels
from clinic.admin.service_form import ServiceForm
from clinic.models import Absence, Practitioner
from clinic.models.fields import WEEKDAYS
from clinic.team import absences

_NOT_SO = ("required", "invalid")
_NO_DATE = dict.fromkeys(_NOT_SO, gettext_lazy("Write a day such as 2026-03-31."))


class AboutMeForm(ServiceForm):
    """Name and language."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Clients and colleagues read it."),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    language = forms.CharField(label=gettext_lazy("Language of mails"), required=False, widget=forms.Select)

    def __init__(self, data: Any, who: Practitioner) -> None:
        super().__init__(data, initial={"name": who.name, "language": who.language}, auto_id="id_me_%s")
        language = self.fields["language"].widget
        assert isinstance(language, forms.Select)
        own = _("The clinic's: %(language)s") % {"language": admin_labels.language_name(who.clinic.language)}
        language.choices = [
            ("", own),
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
        error_messages=dict.fromkeys(_NOT_SO, gettext_lazy("Write a time of day such as 07:30.")),
    )
    digest_days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=[(code, admin_labels.DAY_NAMES[code]) for code in WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
        required=False,  # none is refused by the verb, where the daily mail is wanted
    )

    def __init__(self, data: Any, who: Practitioner) -> None:
        now = {
            "at_once": who.urgent_mail,
            "digest": who.digest_wanted,
            "digest_at": who.digest_at,
            "digest_days": who.digest_day_names,
        }
        super().__init__(data, initial=now, auto_id="id_mail_%s")


class AbsenceForm(ServiceForm):
    """From when to when, and who covers."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_NO_DATE,
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_NO_DATE,
    )
    cover = forms.TypedChoiceField(
        label=gettext_lazy("Covered by"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Sees and treats these clients on those days, and gets the mail about them."),
        error_messages={"invalid_choice": gettext_lazy("Choose a colleague who treats clients at this clinic.")},
    )

    def __init__(self, data: Any, who: Practitioner, absence: Absence | None = None) -> None:
        now = {name: getattr(absence, name) for name in ("starts_on", "ends_on")} if absence else {}
        super().__init__(data, initial={**now, "cover": absence.cover_id if absence else None}, auto_id="id_away_%s")
        self._colleagues = {colleague.pk: colleague for colleague in absences.possible_covers(who)}
        cover = self.fields["cover"]
        assert isinstance(cover, forms.TypedChoiceField)
        nobody = _("Nobody (owners are told)")
        cover.choices = [("", nobody), *((pk, colleague.name) for pk, colleague in self._colleagues.items())]

    def told(self) -> dict[str, Any]:
        """What was typed, for the verb."""
        return {**self.cleaned_data, "cover": self._colleagues.get(self.cleaned_data["cover"])}
