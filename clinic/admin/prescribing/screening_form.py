"""The forms to prescribe: each precaution as a question without an initial answer, then the dose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext as _, gettext_lazy

from clinic.admin.prescribing.dose_form import DoseFields, DoseForm, local_today
from clinic.dosage.values import USUAL, PlannedDosage
from clinic.models import Client
from clinic.models.dose_template import DoseTemplate
from clinic.models.prescription import LONGEST_REASON
from clinic.prescriptions.bulk import ScreenedClient
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

    Each precaution is answered by itself; there is no button that answers all.
    """

    def __init__(self, form: forms.Form, exercise: Exercise, prefix: str = "") -> None:
        """``prefix`` tells the fields of one client from those of another."""
        self._form, self._prefix = form, prefix
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
                max_length=LONGEST_REASON,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _name(self, field: str, precaution: Precaution) -> str:
        return f"{field}_{self._prefix}{precaution.code}"

    def clean(self, values: Mapping[str, Any]) -> None:
        """A yes needs its reason."""
        for precaution in self.precautions:
            reason = self._name("reason", precaution)
            if values.get(self._name("answer", precaution)) == "yes" and not values.get(reason):
                message = _("Write why it is right all the same, or do not prescribe this exercise.")
                self._form.add_error(reason, message)

    def screening(self) -> dict[str, ScreenedPrecaution]:
        """The answers, for the service, which checks that none is missing."""
        values = self._form.cleaned_data
        return {
            precaution.code: ScreenedPrecaution(
                values[self._name("answer", precaution)] == "yes", values[self._name("reason", precaution)]
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
        screening = self.screening()
        return [
            (precaution.question, screening[precaution.code].override_reason)
            for precaution in self.precautions
            if screening[precaution.code].answer
        ]


class PrescribeForm(DoseForm):
    """The screening and the dose of one client."""

    keep_as = _keep_as_field()

    def __init__(self, data: Any, client: Client, exercise: Exercise, initial: Mapping[str, Any] | None = None) -> None:
        """``initial``: values in place of the usual dose."""
        super().__init__(data, client, exercise, {**vars(USUAL), "starts_on": local_today(client), **(initial or {})})
        self.questions = Questions(self, exercise)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self.questions.clean(values)
        return values


class ClientShare:
    """The fields of one client in the form for several: the questions, and the tick for a morning."""

    def __init__(self, form: BulkPrescribeForm, client: Client) -> None:
        self.client, self._form = client, form
        self._tick = f"mornings_{client.pk}"
        form.fields[f"client_{client.pk}"] = forms.BooleanField(required=False)  # for the service's errors
        form.fields[self._tick] = forms.BooleanField(label=_("The morning is right for this client"), required=False)
        self.questions = Questions(form, form.exercise, f"{client.pk}_")

    @property
    def error_field(self) -> forms.BoundField:
        """The field that holds the service's errors of this client."""
        return self._form[f"client_{self.client.pk}"]

    @property
    def tick(self) -> forms.BoundField:
        return self._form[self._tick]

    @property
    def early(self) -> list[str]:
        """The chosen times within two hours after this client gets up."""
        return self._form.morning_times(self.client, {"times": self._form.valid_times()})

    def screened(self) -> ScreenedClient:
        """What was typed, for the service."""
        return ScreenedClient(self.client, self.questions.screening(), self._form.cleaned_data[self._tick])


class BulkPrescribeForm(DoseFields):
    """One dose for several clients, and the screening of each."""

    keep_as = _keep_as_field()

    def __init__(
        self, data: Any, clients: Sequence[Client], exercise: Exercise, initial: Mapping[str, Any] | None = None
    ) -> None:
        # Time zones have two dates at once: the plan begins on the later one, which has passed for no client.
        today = max(local_today(client) for client in clients)
        super().__init__(data, exercise, {**vars(USUAL), "starts_on": today, **(initial or {})})
        self.shares = [ClientShare(self, client) for client in clients]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_over_for([share.client for share in self.shares], values):
            self.add_error("ends_on", _("That day has passed. Choose a later one, or leave it empty."))
        for share in self.shares:
            share.questions.clean(values)
        return values

    def screened_clients(self) -> list[ScreenedClient]:
        return [share.screened() for share in self.shares]

    def dose(self) -> PlannedDosage:
        """What was typed, for the service; mornings are allowed by client."""
        return PlannedDosage(**self.dosage_values())
