"""The report forms: with the exercise, without it, or by a link in a mail."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy as _

from clinic.models import Area, Prescription
from clinic.models.report import LONGEST_NOTE
from clinic.pain import body_map
from clinic.pain.reporting import Answers
from clinic.portal.fields import PlainForm, ScoreField, YesNoField

MOVED_QUESTION = _("Did the pain move further down your leg?")
CHOSEN_HINT = _(
    "%(score)s is chosen: your pain now. If you have done the exercise already, choose how it was before it."
)
MISSING_SCORE = _("%(question)s: choose a number. No pain is 0.")


class ReportForm(PlainForm):
    """The questions of every report. A warning sign alone is a report: then no score is required."""

    scores: tuple[str, ...] = ("before",)

    before = ScoreField(label=_("Your pain now"))
    warning_signs = forms.MultipleChoiceField(
        label=_("Is any of this new?"),
        help_text=_("Tick what is true. Leave all empty if none is."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("“%(value)s” is not one of the signs. Tick from the list.")},
    )
    areas = forms.MultipleChoiceField(
        label=_("Where does it hurt?"),
        choices=Area,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("“%(value)s” is not one of the places. Tick from the list.")},
    )
    note = forms.CharField(
        label=_("Anything your practitioner should know?"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(
        self, prescription: Prescription, data: QueryDict | None = None, *, chosen_score: int | None = None
    ) -> None:
        """``chosen_score`` is the score, 0 to 10, that was chosen in the mail; the form opens with it."""
        super().__init__(data)
        self.prescription = prescription
        self.chosen_score = chosen_score
        self.fields["before"].initial = chosen_score
        precautions = prescription.exercise.precautions_in(get_language())
        signs = cast(forms.MultipleChoiceField, self.fields["warning_signs"])
        signs.choices = [(precaution.code, precaution.sign) for precaution in precautions if precaution.reported]
        self.fields["key"].initial = uuid4().hex

    @property
    def body_sides(self) -> list[tuple[body_map.Side, list[tuple[str, str]]]]:
        """The body map of ``areas``: each side with its areas and the ids of their tick boxes."""
        boxes = {str(box.data["value"]): box.id_for_label for box in self["areas"]}
        return [
            (side, [(region.area, boxes[region.area]) for region in side.regions]) for side in body_map.draw_sides()
        ]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if not answers.get("warning_signs"):
            for name in self.required_scores():
                if name not in self.errors and answers.get(name) is None:
                    self.add_error(name, MISSING_SCORE % {"question": self.fields[name].label})
        return answers

    def required_scores(self) -> tuple[str, ...]:
        """The scores that are required, given the other answers."""
        return self.scores

    def answers(self, now: dt.datetime) -> Answers:
        """The answers as of ``now``; the form must be valid."""
        answers = self.cleaned_data
        return Answers(
            occurred_at=now,
            did_exercise=self.did_exercise(),
            before=answers["before"],
            after=answers.get("after"),
            areas=tuple(answers["areas"]),
            moved_down_leg=answers.get("moved_down_leg"),
            warning_signs=tuple(answers["warning_signs"]),
            note=answers["note"],
        )

    def did_exercise(self) -> bool:
        return False

    def missing_messages(self) -> dict[str, str]:
        """The error of each missing score, for the script."""
        return {name: MISSING_SCORE % {"question": self.fields[name].label} for name in self.scores}


class PainNowForm(ReportForm):
    """Pain now, without the exercise."""


class SessionForm(ReportForm):
    """Pain before and after the exercise, or a warning sign instead of it.

    ``required`` names the scores that this page requires; by default both.
    """

    scores = ("before", "after")

    before = ScoreField(label=_("Pain before you start"))
    after = ScoreField(label=_("Pain after the exercise"))
    moved_down_leg = YesNoField(label=MOVED_QUESTION)

    def __init__(
        self, prescription: Prescription, data: QueryDict | None = None, *, required: tuple[str, ...] = scores
    ) -> None:
        super().__init__(prescription, data)
        self.required = required

    def required_scores(self) -> tuple[str, ...]:
        return self.required

    def did_exercise(self) -> bool:
        """Without a pain after it, the session ended before its first step."""
        return self.cleaned_data["after"] is not None


class MailForm(ReportForm):
    """By the link in a mail: first whether the exercise was done, then one number or two."""

    did = YesNoField(label=_("Did you do your exercise?"))
    before = ScoreField(label=_("Pain before the exercise"), help_text=_("If you did not do it: your pain now."))
    after = ScoreField(label=_("Pain after the exercise"), help_text=_("Only if you did it."))
    moved_down_leg = YesNoField(label=MOVED_QUESTION)

    def __init__(
        self, prescription: Prescription, data: QueryDict | None = None, *, chosen_score: int | None = None
    ) -> None:
        super().__init__(prescription, data, chosen_score=chosen_score)
        if chosen_score is not None:  # it may be the pain after the exercise
            self.fields["before"].help_text = CHOSEN_HINT % {"score": chosen_score}

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if "did" not in self.errors and answers.get("did") is None and not answers.get("warning_signs"):
            self.add_error("did", _("Choose yes or no."))
        if answers.get("did") is False and answers.get("after") is not None:
            self.add_error(
                "did",
                _("You chose no and gave a pain after the exercise. We took that number out. If you did the exercise, "
                  "choose yes and give the number again."),
            )  # fmt: skip
            left = cast(QueryDict, self.data).copy()  # a round button cannot be taken back in the browser
            left.pop("after", None)
            self.data = left
        return answers

    def required_scores(self) -> tuple[str, ...]:
        return ("before", "after") if self.cleaned_data.get("did") else ("before",)

    def did_exercise(self) -> bool:
        return bool(self.cleaned_data["did"])
