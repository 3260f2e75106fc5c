"""Forms that hand what was typed to a service and show the service's errors at their fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import Flag

Result = TypeVar("Result")


class ServiceForm(forms.Form):
    """A form that only parses: lengths, ranges and rules are checked by the service."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def call(self, service: Callable[[], Result]) -> Result | None:
        """Return what ``service`` returns; None when it raises ValidationError, which is then added to the form."""
        try:
            return service()
        except ValidationError as error:
            self.add_service_errors(error)
            return None

    @property
    def first_invalid_id(self) -> str:
        """The id of the first field with an error, which on a phone may be far below; empty: none."""
        return next((field.auto_id for field in self if field.errors), "")

    def add_service_errors(self, error: ValidationError) -> None:
        """Add each error to its field; one of no field of this form is shown at the top."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for field, errors in by_field.items():
            self.add_error(field if field in self.fields else None, ValidationError(errors))


def offer_clinics(form: forms.Form, choices: Sequence[tuple[int, str]]) -> None:
    """Offer these clinics in the field ``clinic``; where there is only one, the form has no such field."""
    if len(choices) == 1:
        del form.fields["clinic"]
    else:
        cast(forms.ChoiceField, form.fields["clinic"]).choices = choices


class IdempotentForm(ServiceForm):
    """A form that stores one row, however often its button is pressed."""

    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid4().hex


class ReasonForm(ServiceForm):
    """The reason why an exercise is put on hold, resumed or ended."""

    reason = forms.CharField(
        label=_("Why"),
        required=False,  # the service refuses an empty one
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
        help_text=_("For the record. The client is told what happened, and does not see this."),
    )


class ResolveFlagForm(ServiceForm):
    """Whether a flag was real, what was found or done; and whether a held exercise goes on."""

    verdict = forms.ChoiceField(
        label=_("Was it real?"),
        choices=Flag.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was real: yes, no or unclear.")},
    )
    note = forms.CharField(
        label=_("What you found or did"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write in a few words what you found or did.")},
    )
    resume = forms.BooleanField(label=_("Resume the exercise"), required=False)
