"""What is filled in to prescribe: each precaution asked and none answered beforehand, then the dose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.admin.prescribing.dose_form import DoseFields, DoseForm, local_today, usual_dose
from clinic.models import Client
from clinic.models.dose_template import DoseTemplate
from clinic.prescriptions.bulk import ScreenedClient
from clinic.prescriptions.prescribing import Dose
from clinic.prescriptions.screening import ScreenedPrecaution
from exercises.models import Exercise, Precaution

_NAME_LENGTH = DoseTemplate._meta.get_field("name").max_length


def _keep_as_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Keep this dose under a name"),
        required=False,
        max_length=_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Your clinic then chooses it with one press. Leave it empty to keep nothing."),
    )


class Questions:
    """The precautions of one exercise as fields of a form, for one client.

    There is no way to answer them all at once: each is asked, and each is answered by itself.
    """

    def __init__(self, form: forms.Form, exercise: Exercise, mark: str = "") -> None:
        """``mark`` tells the fields of one client from those of another."""
        self._form, self._mark = form, mark
        self.precautions = exercise.precautions_in(get_language())
        for precaution in self.precautions:
            form.fields[self._name("answer", precaution)] = forms.ChoiceField(
                choices=[("no", _("No")), ("yes", _("Yes"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Ask this, then answer yes or no.")},
            )
            form.fields[self._name("reason", precaution)] = forms.CharField(
                label=_("Why it is right all the same"),
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _name(self, what: str, precaution: Precaution) -> str:
        return f"{what}_{self._mark}{precaution.code}"

    def clean(self, given: Mapping[str, Any]) -> None:
        """A yes stands only with its reason."""
        for precaution in self.precautions:
            reason = self._name("reason", precaution)
            if given.get(self._name("answer", precaution)) == "yes" and not given.get(reason):
                told = _("Write why it is right all the same, or do not prescribe this exercise.")
                self._form.add_error(reason, told)

    def screening(self) -> dict[str, ScreenedPrecaution]:
        """The answers, for the verb, which checks that none is missing."""
        given = self._form.cleaned_data
        return {
            precaution.code: ScreenedPrecaution(
                given[self._name("answer", precaution)] == "yes", given[self._name("reason", precaution)]
            )
            for precaution in self.precautions
        }

    def __iter__(self) -> Iterator[tuple[Precaution, forms.BoundField, forms.BoundField]]:
        """Each precaution with its two fields, in order."""
        for precaution in self.precautions:
            answer, reason = self._name("answer", precaution), self._name("reason", precaution)
            yield precaution, self._form[answer], self._form[reason]

    def overrides(self) -> list[tuple[str, str]]:
        """The questions answered with yes, each with its reason."""
        told = self.screening()
        return [
            (precaution.question, told[precaution.code].override_reason)
            for precaution in self.precautions
            if told[precaution.code].answer
        ]


class PrescribeForm(DoseForm):
    """The screening and the dose of one client."""

    keep_as = _keep_as_field()

    def __init__(self, data: Any, client: Client, exercise: Exercise, initial: Mapping[str, Any] | None = None) -> None:
        """``initial``: what the fields hold in place of the usual dose."""
        super().__init__(data, client, exercise, usual_dose(local_today(client)) | dict(initial or {}))
        self.questions = Questions(self, exercise)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.questions.clean(given)
        return given


class ClientShare:
    """One client's part of the form for several: the questions, and the tick for a morning."""

    def __init__(self, form: SeveralForm, client: Client) -> None:
        self.client, self._form = client, form
        self._tick = f"mornings_{client.pk}"
        form.fields[f"client_{client.pk}"] = forms.BooleanField(required=False)  # where the verb's words stand
        form.fields[self._tick] = forms.BooleanField(label=_("The morning is right for this client"), required=False)
        self.questions = Questions(form, form.exercise, f"{client.pk}_")

    @property
    def said(self) -> forms.BoundField:
        """The field at which the verb says what is wrong with this client."""
        return self._form[f"client_{self.client.pk}"]

    @property
    def tick(self) -> forms.BoundField:
        return self._form[self._tick]

    @property
    def early(self) -> list[str]:
        """Those of the chosen times within two hours after this client gets up."""
        return self._form.early_for(self.client, {"times": self._form.chosen()})

    def order(self) -> ScreenedClient:
        """What was typed, for the verb."""
        return ScreenedClient(self.client, self.questions.screening(), self._form.cleaned_data[self._tick])


class SeveralForm(DoseFields):
    """One dose for several clients, and the screening of each."""

    keep_as = _keep_as_field()

    def __init__(
        self, data: Any, clients: Sequence[Client], exercise: Exercise, initial: Mapping[str, Any] | None = None
    ) -> None:
        # Round the world it is two days at once: the plan begins on one that has passed for nobody.
        today = max(local_today(client) for client in clients)
        super().__init__(data, exercise, usual_dose(today) | dict(initial or {}))
        self.shares = [ClientShare(self, client) for client in clients]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.over_for([share.client for share in self.shares], given):
            self.add_error("ends_on", _("That day has passed. Choose a later one, or leave it empty."))
        for share in self.shares:
            share.questions.clean(given)
        return given

    def orders(self) -> list[ScreenedClient]:
        """Each client's share, for the verb."""
        return [share.order() for share in self.shares]

    def dose(self) -> Dose:
        """What was typed, for the verb; who may be reminded in the morning each order says."""
        return Dose(**self.amount())
