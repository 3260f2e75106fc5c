"""What a client is asked about the pain: with the exercise, without it, or by a link in a mail."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

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
    """Questions that every report asks. A warning sign alone is a report: nobody in danger is sent back for one."""

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

    def __init__(self, prescription: Prescription, data: QueryDict | None = None, *, tapped: int | None = None) -> None:
        """``tapped`` is the score, 0 to 10, that the form opens with, as it was chosen in the mail."""
        super().__init__(data)
        self.prescription = prescription
        self.tapped = tapped
        self.fields["before"].initial = tapped
        asked = prescription.exercise.precautions_in(get_language())
        signs = cast(forms.MultipleChoiceField, self.fields["warning_signs"])
        signs.choices = [(precaution.code, precaution.sign) for precaution in asked if precaution.reported]
        self.fields["key"].initial = uuid4().hex

    @property
    def body(self) -> list[tuple[body_map.Side, list[tuple[str, str]]]]:
        """The drawing of ``areas``: each side with its places, and the tick box that each of these is for."""
        boxes = {str(box.data["value"]): box.id_for_label for box in self["areas"]}
        return [
            (side, [(region.area, boxes[region.area]) for region in side.regions]) for side in body_map.draw_sides()
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("warning_signs"):
            for name in self.required_scores():
                if name not in self.errors and given.get(name) is None:
                    self.add_error(name, MISSING_SCORE % {"question": self.fields[name].label})
        return given

    def required_scores(self) -> tuple[str, ...]:
        """The scores that must be there, given the other answers."""
        return self.scores

    def answers(self, now: dt.datetime) -> Answers:
        """What was said, as of ``now``; the form must be valid."""
        given = self.cleaned_data
        return Answers(
            occurred_at=now,
            did_exercise=self.did_exercise(),
            before=given["before"],
            after=given.get("after"),
            areas=tuple(given["areas"]),
            moved_down_leg=given.get("moved_down_leg"),
            warning_signs=tuple(given["warning_signs"]),
            note=given["note"],
        )

    def did_exercise(self) -> bool:
        return False

    def missing(self) -> dict[str, str]:
        """By score, what is said where it is missing: the script says it without asking us."""
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
        """Whoever ticks a sign before the first step has no pain after it to tell."""
        return self.cleaned_data["after"] is not None


class MailForm(ReportForm):
    """By the link in a mail: first whether the exercise was done, then one number or two."""

    did = YesNoField(label=_("Did you do your exercise?"))
    before = ScoreField(label=_("Pain before the exercise"), help_text=_("If you did not do it: your pain now."))
    after = ScoreField(label=_("Pain after the exercise"), help_text=_("Only if you did it."))
    moved_down_leg = YesNoField(label=MOVED_QUESTION)

    def __init__(self, prescription: Prescription, data: QueryDict | None = None, *, tapped: int | None = None) -> None:
        super().__init__(prescription, data, tapped=tapped)
        if tapped is not None:  # it may be how it is after the exercise, which must not pass for how it was before
            self.fields["before"].help_text = CHOSEN_HINT % {"score": tapped}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "did" not in self.errors and given.get("did") is None and not given.get("warning_signs"):
            self.add_error("did", _("Choose yes or no."))
        if given.get("did") is False and given.get("after") is not None:
            self.add_error(
                "did",
                _("You chose no and gave a pain after the exercise. We took that number out. If you did the exercise, "
                  "choose yes and give the number again."),
            )  # fmt: skip
            left = cast(QueryDict, self.data).copy()  # a round button cannot be taken back in the browser
            left.pop("after", None)
            self.data = left
        return given

    def required_scores(self) -> tuple[str, ...]:
        return ("before", "after") if self.cleaned_data.get("did") else ("before",)

    def did_exercise(self) -> bool:
        return bool(self.cleaned_data["did"])
