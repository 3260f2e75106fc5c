"""Form fields of the portal: a pain score, a yes or no, a time zone; and a form that links its errors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from clinic.models.fields import WORST_PAIN

REGIONS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


class ScoreField(forms.TypedChoiceField):
    """Eleven buttons, none chosen; None when nothing was chosen, never 0. Show it by ``elements/score_picker.html``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[(str(score), str(score)) for score in range(WORST_PAIN + 1)],
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("Choose a whole number from 0 (no pain) to 10 (worst imaginable).")},
            **options,
        )


class YesNoField(forms.TypedChoiceField):
    """True, False, or None when nothing was chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("Choose yes or no.")},
            **options,
        )


class TimeZoneField(forms.ChoiceField):
    """A list of places by region. ``add_zone`` puts a zone that is not listed in front."""

    def __init__(self, **options: Any) -> None:
        unknown = _("“%(value)s” is not a time zone of the list. Choose the place nearest to you.")
        super().__init__(choices=_places(), error_messages={"invalid_choice": unknown}, **options)

    def add_zone(self, name: str) -> None:
        if not self.valid_value(name):
            self.choices = [(name, name), *_places()]


@cache
def _places() -> list[tuple[str, list[tuple[str, str]]]]:
    by_region: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, slash, place = name.partition("/")
        if slash and region in REGIONS:
            by_region.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return list(by_region.items())


def posted_data(request: HttpRequest) -> QueryDict | None:
    """The data of a POST, even if empty; None for other methods."""
    return request.POST if request.method == "POST" else None


class PlainForm(forms.Form):
    """A form whose errors show twice: at the top, each with a link to its field, and at the field."""

    use_required_attribute = (
        False  # the server names what is missing, in the client's language, and keeps the other answers
    )

    def error_links(self) -> Iterator[tuple[str, str]]:
        """Each error with the id of its control; empty for an error of the whole form."""
        for message in self.non_field_errors():
            yield "", str(message)
        for field in self:
            group = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
            for message in field.errors:
                yield (f"{field.auto_id}_0" if group else str(field.auto_id)), str(message)

    def add_service_error(self, error: ValidationError) -> None:
        """Add the errors of a service: at the field of that name, else at the top."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in by_field.items():
            self.add_error(name if name in self.fields else None, messages)


class PasswordForm(PlainForm):
    """A password, for those who want one."""

    password = forms.CharField(
        label=_("A password, if you want one"),
        help_text=_("You can sign in with a code that we mail you; you need no password."),
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
