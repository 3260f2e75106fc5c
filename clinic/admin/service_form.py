"""A form whose fields a verb judges: it hands on what was typed, and shows at each field what the verb said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import Flag

Answer = TypeVar("Answer")


class ServiceForm(forms.Form):
    """Lengths, ranges and rules are the verb's to check; the form only tells text from dates and numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def call(self, verb: Callable[[], Answer]) -> Answer | None:
        """What ``verb`` gives back; None when it refused, with its words then at the fields they name."""
        try:
            return verb()
        except ValidationError as error:
            self.take(error)
            return None

    @property
    def first_wrong(self) -> str:
        """The id of the first field with a message, which on a phone may stand far below; empty: none."""
        return next((field.auto_id for field in self if field.errors), "")

    def take(self, error: ValidationError) -> None:
        """Put each message at its field; one that names no field of this form stands at the top."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for field, errors in by_field.items():
            self.add_error(field if field in self.fields else None, ValidationError(errors))


class IdempotentForm(ServiceForm):
    """A form that stores one row, however often its button is pressed."""

    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid4().hex


class ReasonForm(ServiceForm):
    """Why an exercise is held, resumed or ended."""

    reason = forms.CharField(
        label=_("Why"),
        required=False,  # an empty one is refused by the verb, in the verb's words
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
