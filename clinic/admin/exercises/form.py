"""The form of an exercise: its texts, and rows for equipment, steps, variations and precautions.

The form collects the content of an exercise's file, which is then checked as a file is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clinic.admin.service_form import ServiceForm
from exercises.authoring import Content
from exercises.media_files import check_media
from exercises.models import Exercise, Media, Precaution, Step

ROW_KEY = re.compile(r"(?P<rows>\w+)\[(?P<number>\d+)\]\.(?P<field>\w+)")
DIGITS = re.compile(r"[0-9]{1,4}")
ADDED_ROWS = 3


def _text_field(
    label: Any, *, lines: int = 0, required: bool = True, max_length: int | None = None, help_text: Any = ""
) -> Any:
    """A text field; with ``lines`` a box of that height."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines else forms.TextInput()
    empty = format_lazy(_("“{field}” is empty. Write a few words."), field=label)
    return forms.CharField(
        label=label,
        widget=widget,
        required=required,
        max_length=max_length,
        help_text=help_text,
        error_messages={"required": empty},
    )


class ExerciseForm(ServiceForm):
    """The fields that an exercise has once."""

    name = _text_field(_("Name"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name"),
        required=False,
        max_length=60,
        help_text=_("Small letters and hyphens, for its address. Left empty, it is made of the name."),
    )
    summary = _text_field(_("What it is good for, in one line"), max_length=200)
    purpose = _text_field(_("What it does, and for whom"), lines=5)
    gauge = _text_field(_("How the client tells whether it is right for them"), lines=4)
    rest_seconds = forms.IntegerField(label=_("Rest between two rounds, in seconds"), min_value=5, max_value=600)
    drop_other_languages = forms.BooleanField(label=_("Leave the other languages out for now"), required=False)

    def clear_errors(self) -> None:
        """Remove all errors, as somebody only asked for more rows."""
        self._errors = ErrorDict()


class Row(forms.Form):
    """One row; a row without text is ignored, whatever is selected in it."""

    SELECTED_FIELDS = frozenset(
        {"previous_number", "place", "code", "phase", "group", "reported", "shows", "fault_shows", "DELETE"}
    )

    next_to_fill = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @property
    def heading(self) -> str:
        """The text that identifies the row while it is closed."""
        first = "question" if "question" in self.fields else "title" if "title" in self.fields else "name"
        return str(self[first].value() or "")

    @property
    def is_open(self) -> bool:
        """Whether it is displayed open: a row with errors, and the next one to fill."""
        return bool(self.errors) or self.next_to_fill

    def has_changed(self) -> bool:
        return not self.SELECTED_FIELDS.issuperset(self.changed_data)

    def clear_errors(self) -> None:
        self._errors = ErrorDict()


class EquipmentRow(Row):
    name = _text_field(_("Thing"), max_length=80)
    detail = _text_field(_("What to look for"), lines=2)


class StepRow(Row):
    previous_number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    fault_shows = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.IntegerField(label=_("Number"), required=False, min_value=1, max_value=99)
    title = _text_field(_("Title"), max_length=80)
    instruction = _text_field(_("What to do"), lines=3)
    cue = _text_field(_("What to check"), lines=2)
    fault = _text_field(_("What often goes wrong"), lines=2)
    correction = _text_field(_("What puts it right"), lines=2)
    phase = forms.ChoiceField(label=_("When"), choices=Step.Phase.choices, initial=Step.Phase.READY)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    shows = _text_field(_("What the picture shows, for those who cannot see it"), lines=2, required=False)

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if picture:
            check_media(picture, Media.Kind.PICTURE)
        return picture


class VariationRow(Row):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    name = _text_field(_("Name"), max_length=80)
    how = _text_field(_("How it is done"), lines=2)
    shows = forms.CharField(widget=forms.HiddenInput, required=False)


class PrecautionRow(Row):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    group = forms.ChoiceField(
        label=_("If the answer is yes"), choices=Precaution.Group.choices, initial=Precaution.Group.STOP
    )
    question = _text_field(_("Question, yes or no"), lines=2)
    reported = forms.BooleanField(label=_("Ask it in each pain report too"), required=False)
    sign = _text_field(_("How it is asked in a report"), lines=2, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("reported") and not data.get("sign"):
            self.add_error("sign", _("Write the words that the client reads in a report."))
        return data


if TYPE_CHECKING:
    _BaseRowFormSet = forms.BaseFormSet[Row]
else:
    _BaseRowFormSet = forms.BaseFormSet


class _RowFormSet(_BaseRowFormSet):
    """Every row may be left empty, also those that were filled."""

    def initial_form_count(self) -> int:
        return 0

    def clear_errors(self) -> None:
        """As `ExerciseForm.clear_errors`, for the rows and for the set."""
        self._errors: list[Any] = []
        self._non_form_errors = self.error_class()
        for row in self.forms:
            row.clear_errors()


ROWS: dict[str, tuple[type[Row], int, int]] = {  # key in the file: row form, spare rows, most rows
    "equipment": (EquipmentRow, 2, 20),
    "steps": (StepRow, 3, 40),
    "variations": (VariationRow, 2, 20),
    "precautions": (PrecautionRow, 2, 40),
}
REQUIRED_ROWS = {
    "steps": _("Write at least one step."),
    "precautions": _("Keep at least one question: it is asked before the exercise is prescribed."),
}


class ExerciseForms:
    """The form and its row sets."""

    def __init__(
        self,
        data: Any = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        content: Content | None = None,
        exercise: Exercise | None = None,
        other_languages: Sequence[str] = (),
    ) -> None:
        """``content`` is the initial content; ``exercise`` the version to change, if any."""
        content = content or {}
        if data is not None and data.get("more") in ROWS:
            data = data.copy()
            total, (_row, _spare, most) = f"{data['more']}-TOTAL_FORMS", ROWS[data["more"]]
            typed = data.get(total, "")
            data[total] = str(min(int(typed) + ADDED_ROWS, most)) if DIGITS.fullmatch(typed) else "0"
        first = {name: content[name] for name in ExerciseForm.base_fields if name in content}
        self.top = ExerciseForm(data, initial={"rest_seconds": 30, **first})
        if exercise is not None:
            del self.top.fields["slug"]
        if not other_languages:
            del self.top.fields["drop_other_languages"]
        self.rows: dict[str, _RowFormSet] = {}
        for key, (row, spare, most) in ROWS.items():
            initial = [
                {**each, "place": each.get("number"), "previous_number": each.get("number")}
                for each in content.get(key, [])
            ]
            row_set_class = forms.formset_factory(
                row,
                formset=_RowFormSet,
                extra=len(initial) + spare,
                max_num=most,
                absolute_max=most,
                validate_max=True,
                can_delete=True,
            )
            rows = row_set_class(data, files, prefix=key, initial=None if data is not None else initial)
            assert isinstance(rows, _RowFormSet)
            self.rows[key] = rows
            for empty in [row for row in self.rows[key].forms if not row.heading][:1]:
                empty.next_to_fill = True
        self._exercise = exercise

    def clear_errors(self) -> None:
        """Keep what was typed and remove all errors."""
        self.top.clear_errors()
        for rows in self.rows.values():
            rows.clear_errors()

    def is_valid(self) -> bool:
        """Whether every field parses; the rest is checked by the service."""
        valid = all([self.top.is_valid(), *(rows.is_valid() for rows in self.rows.values())])
        for key, message in REQUIRED_ROWS.items():
            if self.rows[key].is_valid() and not self.filled_rows(key):
                self.rows[key].non_form_errors().append(message)
                valid = False
        return valid

    @property
    def slug(self) -> str:
        return self._exercise.slug if self._exercise else str(self.top.cleaned_data["slug"])

    @property
    def drop_other_languages(self) -> bool:
        return bool(self.top.cleaned_data.get("drop_other_languages"))

    def content(self) -> Content:
        """Return the content of the file of this language."""
        content = {
            name: self.top.cleaned_data[name] for name in ("name", "summary", "purpose", "gauge", "rest_seconds")
        }
        for key in ROWS:
            content[key] = [_to_table(row, key, number) for number, row in enumerate(self.filled_rows(key), start=1)]
        return content

    def renumbered(self) -> dict[int, int] | None:
        """Return the new number of each step that remains; None for a new exercise."""
        if self._exercise is None:
            return None
        steps = enumerate(self.filled_rows("steps"), start=1)
        return {
            row.cleaned_data["previous_number"]: number
            for number, row in steps
            if row.cleaned_data.get("previous_number")
        }

    def pictures(self) -> dict[int, File[Any]]:
        """Return the selected pictures by the number of their step."""
        steps = enumerate(self.filled_rows("steps"), start=1)
        return {number: row.cleaned_data["picture"] for number, row in steps if row.cleaned_data.get("picture")}

    def filled_rows(self, key: str) -> list[Row]:
        """Return the rows that are filled and not deleted, in their order."""
        rows = [row for row in self.rows[key].forms if row.has_changed() and not row.cleaned_data.get("DELETE")]
        if key == "steps":
            # Of two steps with one number, the one that was moved there comes first.
            places = {row: row.cleaned_data.get("place") or 100 for row in rows}
            rows.sort(key=lambda row: (places[row], row.cleaned_data.get("previous_number") == places[row]))
        return rows

    def add_service_errors(self, error: ValidationError) -> None:
        """Add each error of the service to its field in its row; one without a field is shown at the top."""
        if not hasattr(error, "error_dict"):
            return self.top.add_service_errors(error)
        for key, messages in error.message_dict.items():
            place = ROW_KEY.fullmatch(key)
            rows = self.filled_rows(place["rows"]) if place and place["rows"] in ROWS else []
            if place and int(place["number"]) <= len(rows):
                row = rows[int(place["number"]) - 1]
                visible = place["field"] in row.fields and not row[place["field"]].is_hidden
                row.add_error(place["field"] if visible else None, messages)
            elif key in ROWS:
                self.rows[key].non_form_errors().extend(messages)
            else:
                self.top.add_service_errors(ValidationError({key: messages}))
        return None


def _to_table(row: Row, key: str, number: int) -> Content:
    """Return the row as a table of the file, without empty texts."""
    table = {name: value for name, value in row.cleaned_data.items() if value not in ("", None)}
    for name in ("DELETE", "previous_number", "place", "picture"):
        table.pop(name, None)
    if key == "precautions" and not table.get("reported"):
        table.pop("sign", None)
    return {"number": number, **table} if key == "steps" else table


def list_languages(exercise: Exercise | None) -> list[tuple[str, str, bool]]:
    """Return each language: its code, its own name, and whether the exercise has it."""
    own = {text.language for text in exercise.texts.all()} if exercise else set()
    languages = [(code, str(name), code in own) for code, name in settings.LANGUAGES]
    return languages + [(code, code, True) for code in sorted(own - set(dict(settings.LANGUAGES)))]
