"""The representations of a prescription: plan, screening, ledger of reminders."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from clinic.api.clients import PractitionerAnswer
from clinic.api.enum_fields import EnumField
from clinic.api.fields import BodySerializer, Day, Instant, Text, TextList, WholeNumber, YesNo
from clinic.models import Prescription, PrescriptionVersion, Reminder, ScreeningAnswer
from clinic.models.dosage import MAX_HOLD_SECONDS, MAX_SETS
from clinic.models.fields import WEEKDAYS
from clinic.models.outbox import State as MailState
from clinic.reminders import planning


class ScreeningBody(BodySerializer):
    """A yes stands only with a reason to prescribe all the same."""

    answer = YesNo()
    override_reason = Text(max_length=500, required=False, allow_blank=True)


class NewPrescription(BodySerializer):
    """What to do, when, and how often; every precaution of the exercise answered."""

    client = WholeNumber()
    exercise = Text(max_length=60)
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True)
    days = TextList(help_text=f"of {', '.join(WEEKDAYS)}")
    times = TextList(help_text="HH:MM in the client's zone")
    sets = WholeNumber(min_value=1, max_value=MAX_SETS)
    hold_seconds = WholeNumber(min_value=1, max_value=MAX_HOLD_SECONDS)
    variation = Text(max_length=40, required=False, allow_blank=True)
    mornings_allowed = YesNo(default=True, help_text="false: none within two hours after the client gets up")
    screening = serializers.DictField(child=ScreeningBody(), help_text="by the code of each precaution")


class ScreeningAnswered(serializers.ModelSerializer[ScreeningAnswer]):
    class Meta:
        model = ScreeningAnswer
        fields = ["answer", "override_reason"]
        read_only_fields = fields


class PrescriptionAnswer(serializers.ModelSerializer[Prescription]):
    """The plan in it is the version in force."""

    exercise = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    prescribed_by = PractitionerAnswer(read_only=True)
    state = EnumField("PrescriptionState", Prescription.State)
    state_since = Instant()
    version = serializers.IntegerField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    days = serializers.ListField(child=serializers.ChoiceField(choices=WEEKDAYS))
    times = serializers.ListField(child=serializers.CharField())
    sets = serializers.IntegerField()
    hold_seconds = serializers.IntegerField()
    variation = serializers.CharField()
    mornings_allowed = serializers.BooleanField()
    screening = serializers.DictField(child=ScreeningAnswered())
    next_due_at = Instant(allow_null=True, help_text="of the next reminder; null when none will go out")

    class Meta:
        model = Prescription
        fields = [
            "id", "client", "exercise", "prescribed_by", "state", "state_reason", "state_since", "version",
            "starts_on", "ends_on", "days", "times", "sets", "hold_seconds", "variation", "mornings_allowed",
            "screening", "next_due_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, prescription: Prescription) -> dict[str, Any]:
        version = prescription.versions.all()[0]
        reminder = planning.next_reminder(prescription, version, timezone.now())
        return {
            "id": prescription.pk,
            "client": prescription.client_id,
            "exercise": prescription.exercise.slug,
            "prescribed_by": PractitionerAnswer(prescription.prescribed_by).data,
            "state": prescription.state,
            "state_reason": prescription.state_reason,
            "state_since": Instant().to_representation(prescription.state_since),
            **_plan(version),
            "screening": {row.code: ScreeningAnswered(row).data for row in prescription.screening.all()},
            "next_due_at": Instant().to_representation(reminder.due_at) if reminder else None,
        }


class PrescriptionMade(PrescriptionAnswer):
    warnings = serializers.ListField(child=serializers.CharField(), help_text="what to know of this plan")

    class Meta(PrescriptionAnswer.Meta):
        fields = [*PrescriptionAnswer.Meta.fields, "warnings"]
        read_only_fields = fields

    def to_representation(self, prescription: Prescription) -> dict[str, Any]:
        return {**super().to_representation(prescription), "warnings": self.context["warnings"]}


class ReminderAnswer(serializers.ModelSerializer[Reminder]):
    """``why`` says what kept a reminder from going out; empty when nothing did."""

    due_at = Instant()
    state = EnumField("ReminderState", MailState)
    why = serializers.CharField(source="status_detail", read_only=True)
    sent_at = Instant(allow_null=True)

    class Meta:
        model = Reminder
        fields = ["due_at", "state", "why", "sent_at", "channel", "message_id"]
        read_only_fields = fields


def _plan(version: PrescriptionVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "starts_on": version.starts_on.isoformat(),
        "ends_on": version.ends_on.isoformat() if version.ends_on else None,
        **version.dosage_values(),
        "mornings_allowed": version.mornings_allowed,
    }
