"""An exercise as one plain form: its words, and rows for what is needed, the steps, the easier ways, the questions.

The form gathers what an exercise's file would say; whether that is an exercise is judged where the files are judged.
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
COUNT = re.compile(r"[0-9]{1,4}")
MORE = 3  # rows at a press


def _words(label: Any, *, lines: int = 0, needed: bool = True, most: int | None = None, hint: Any = "") -> Any:
    """One text; with ``lines`` a box of that height."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines else forms.TextInput()
    empty = format_lazy(_("“{field}” is empty. Write a few words."), field=label)
    return forms.CharField(
        label=label,
        widget=widget,
        required=needed,
        max_length=most,
        help_text=hint,
        error_messages={"required": empty},
    )


class ExerciseForm(ServiceForm):
    """What is said once."""

    name = _words(_("Name"), most=120)
    slug = forms.SlugField(
        label=_("Short name"),
        required=False,
        max_length=60,
        help_text=_("Small letters and hyphens, for its address. Left empty, it is made of the name."),
    )
    summary = _words(_("What it is good for, in one line"), most=200)
    purpose = _words(_("What it does, and for whom"), lines=5)
    gauge = _words(_("How the client tells whether it is right for them"), lines=4)
    rest_seconds = forms.IntegerField(label=_("Rest between two rounds, in seconds"), min_value=5, max_value=600)
    alone = forms.BooleanField(label=_("Leave the other languages out for now"), required=False)

    def hush(self) -> None:
        """Complain of nothing: somebody only asked for more rows."""
        self._errors = ErrorDict()


class Row(forms.Form):
    """One row; a row in which nothing is written does not count, whatever is chosen in it."""

    CHOSEN = frozenset(
        {"previous_number", "place", "code", "phase", "group", "reported", "shows", "fault_shows", "DELETE"}
    )

    next_to_fill = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @property
    def called(self) -> str:
        """Its first words, to find it by while it is closed."""
        first = "question" if "question" in self.fields else "title" if "title" in self.fields else "name"
        return str(self[first].value() or "")

    @property
    def shown_open(self) -> bool:
        """Open are the rows that are wrong, and the next one to fill."""
        return bool(self.errors) or self.next_to_fill

    def has_changed(self) -> bool:
        return not self.CHOSEN.issuperset(self.changed_data)

    def hush(self) -> None:
        self._errors = ErrorDict()


class EquipmentRow(Row):
    name = _words(_("Thing"), most=80)
    detail = _words(_("What to look for"), lines=2)


class StepRow(Row):
    previous_number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    fault_shows = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.IntegerField(label=_("Number"), required=False, min_value=1, max_value=99)
    title = _words(_("Title"), most=80)
    instruction = _words(_("What to do"), lines=3)
    cue = _words(_("What to check"), lines=2)
    fault = _words(_("What often goes wrong"), lines=2)
    correction = _words(_("What puts it right"), lines=2)
    phase = forms.ChoiceField(label=_("When"), choices=Step.Phase.choices, initial=Step.Phase.READY)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    shows = _words(_("What the picture shows, for those who cannot see it"), lines=2, needed=False)

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if picture:
            check_media(picture, Media.Kind.PICTURE)
        return picture


class WayRow(Row):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    name = _words(_("Name"), most=80)
    how = _words(_("How it is done"), lines=2)
    shows = forms.CharField(widget=forms.HiddenInput, required=False)


class PrecautionRow(Row):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    group = forms.ChoiceField(
        label=_("If the answer is yes"), choices=Precaution.Group.choices, initial=Precaution.Group.STOP
    )
    question = _words(_("Question, yes or no"), lines=2)
    reported = forms.BooleanField(label=_("Ask it in each pain report too"), required=False)
    sign = _words(_("How it is asked in a report"), lines=2, needed=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("reported") and not given.get("sign"):
            self.add_error("sign", _("Write the words that the client reads in a report."))
        return given


if TYPE_CHECKING:
    _RowSet = forms.BaseFormSet[Row]
else:
    _RowSet = forms.BaseFormSet


class _Rows(_RowSet):
    """Every row may be left empty, those that were filled too."""

    def initial_form_count(self) -> int:
        return 0

    def hush(self) -> None:
        """As `ExerciseForm.hush`, for the rows and for the lot of them."""
        self._errors: list[Any] = []
        self._non_form_errors = self.error_class()
        for row in self.forms:
            row.hush()


ROWS: dict[str, tuple[type[Row], int, int]] = {  # key in the file: the row, how many are spare, how many at most
    "equipment": (EquipmentRow, 2, 20),
    "steps": (StepRow, 3, 40),
    "variations": (WayRow, 2, 20),
    "precautions": (PrecautionRow, 2, 40),
}
AT_LEAST_ONE = {
    "steps": _("Write at least one step."),
    "precautions": _("Keep at least one question: it is asked before the exercise is prescribed."),
}


class ExerciseForms:
    """The form and its rows, as one."""

    def __init__(
        self,
        data: Any = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        content: Content | None = None,
        exercise: Exercise | None = None,
        other_languages: Sequence[str] = (),
    ) -> None:
        """``content`` is what stands there at first; ``exercise`` the version that is changed, if any."""
        content = content or {}
        if data is not None and data.get("more") in ROWS:
            data = data.copy()
            total, (_row, _spare, most) = f"{data['more']}-TOTAL_FORMS", ROWS[data["more"]]
            typed = data.get(total, "")
            data[total] = str(min(int(typed) + MORE, most)) if COUNT.fullmatch(typed) else "0"
        first = {name: content[name] for name in ExerciseForm.base_fields if name in content}
        self.top = ExerciseForm(data, initial={"rest_seconds": 30, **first})
        if exercise is not None:
            del self.top.fields["slug"]
        if not other_languages:
            del self.top.fields["alone"]
        self.rows: dict[str, _Rows] = {}
        for key, (row, spare, most) in ROWS.items():
            there = [
                {**each, "place": each.get("number"), "previous_number": each.get("number")}
                for each in content.get(key, [])
            ]
            made = forms.formset_factory(
                row,
                formset=_Rows,
                extra=len(there) + spare,
                max_num=most,
                absolute_max=most,  # a browser may not ask for a thousand rows
                validate_max=True,
                can_delete=True,
            )
            rows = made(data, files, prefix=key, initial=None if data is not None else there)
            assert isinstance(rows, _Rows)
            self.rows[key] = rows
            for empty in [row for row in self.rows[key].forms if not row.called][:1]:
                empty.next_to_fill = True
        self._exercise = exercise

    def hush(self) -> None:
        """Show what was typed without a word about it."""
        self.top.hush()
        for rows in self.rows.values():
            rows.hush()

    def is_valid(self) -> bool:
        """Whether every field was filled as fields go; the rest is for the verb to say."""
        filled = all([self.top.is_valid(), *(rows.is_valid() for rows in self.rows.values())])
        for key, complaint in AT_LEAST_ONE.items():
            if self.rows[key].is_valid() and not self.kept(key):
                self.rows[key].non_form_errors().append(complaint)
                filled = False
        return filled

    @property
    def slug(self) -> str:
        return self._exercise.slug if self._exercise else str(self.top.cleaned_data["slug"])

    @property
    def alone(self) -> bool:
        return bool(self.top.cleaned_data.get("alone"))

    def content(self) -> Content:
        """What the file of this language would say."""
        given = {name: self.top.cleaned_data[name] for name in ("name", "summary", "purpose", "gauge", "rest_seconds")}
        for key in ROWS:
            given[key] = [_said(row, key, number) for number, row in enumerate(self.kept(key), start=1)]
        return given

    def renumbered(self) -> dict[int, int] | None:
        """The new number of each step that is still there; None for a new exercise."""
        if self._exercise is None:
            return None
        steps = enumerate(self.kept("steps"), start=1)
        return {
            row.cleaned_data["previous_number"]: number
            for number, row in steps
            if row.cleaned_data.get("previous_number")
        }

    def pictures(self) -> dict[int, File[Any]]:
        """The pictures that were chosen, by the number of their step."""
        steps = enumerate(self.kept("steps"), start=1)
        return {number: row.cleaned_data["picture"] for number, row in steps if row.cleaned_data.get("picture")}

    def kept(self, key: str) -> list[Row]:
        """The rows that count, in their order."""
        rows = [row for row in self.rows[key].forms if row.has_changed() and not row.cleaned_data.get("DELETE")]
        if key == "steps":
            # Of two steps with one number, the one that was moved there comes first.
            places = {row: row.cleaned_data.get("place") or 100 for row in rows}
            rows.sort(key=lambda row: (places[row], row.cleaned_data.get("previous_number") == places[row]))
        return rows

    def add_service_errors(self, error: ValidationError) -> None:
        """Put each message of the verb at its field, in its row; one that names none stands at the top."""
        if not hasattr(error, "error_dict"):
            return self.top.add_service_errors(error)
        for key, messages in error.message_dict.items():
            place = ROW_KEY.fullmatch(key)
            rows = self.kept(place["rows"]) if place and place["rows"] in ROWS else []
            if place and int(place["number"]) <= len(rows):
                row = rows[int(place["number"]) - 1]
                seen = place["field"] in row.fields and not row[place["field"]].is_hidden
                row.add_error(place["field"] if seen else None, messages)
            elif key in ROWS:
                self.rows[key].non_form_errors().extend(messages)
            else:
                self.top.add_service_errors(ValidationError({key: messages}))
        return None


def _said(row: Row, key: str, number: int) -> Content:
    """The row as a table of the file; an empty text is left out."""
    given = {name: value for name, value in row.cleaned_data.items() if value not in ("", None)}
    for name in ("DELETE", "previous_number", "place", "picture"):
        given.pop(name, None)
    if key == "precautions" and not given.get("reported"):
        given.pop("sign", None)
    return {"number": number, **given} if key == "steps" else given


def languages(of: Exercise | None) -> list[tuple[str, str, bool]]:
    """Each language of the project: its code, its own name, whether the exercise speaks it."""
    spoken = {text.language for text in of.texts.all()} if of else set()
    listed = [(code, str(name), code in spoken) for code, name in settings.LANGUAGES]
    return listed + [(code, code, True) for code in sorted(spoken - set(dict(settings.LANGUAGES)))]
