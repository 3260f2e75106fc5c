"""``/worklist/``: whom to look at first."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.enum_fields import EnumField
from clinic.api.fields import Instant
from clinic.api.viewsets import ApiViewSet
from clinic.models import Advice, Client, Flag, PainReport, PainTrend, Prescription
from clinic.worklist.query import clients_by_need, read_entries


class Points(serializers.FloatField):
    """Points on the scale of 0–10, to the hundredth."""

    def to_representation(self, value: float) -> float:  # type: ignore[override]  # the stubs promise text
        return round(value, 2)


class NameAnswer(serializers.ModelSerializer[Client]):
    class Meta:
        model = Client
        fields = ["id", "name"]
        read_only_fields = fields


class OpenFlagAnswer(serializers.ModelSerializer[Flag]):
    kind = EnumField("FlagKind", Flag.Kind)
    severity = EnumField("FlagSeverity", Flag.Severity)
    state = EnumField("FlagState", Flag.State)
    raised_at = Instant()

    class Meta:
        model = Flag
        fields = ["id", "prescription", "kind", "severity", "reason", "raised_at", "state"]
        read_only_fields = fields


class LastReportAnswer(serializers.ModelSerializer[PainReport]):
    occurred_at = Instant()
    advice = EnumField("Advice", Advice)

    class Meta:
        model = PainReport
        fields = ["id", "prescription", "occurred_at", "did_exercise", "before", "after", "next_morning", "advice"]
        read_only_fields = fields


class TrendAnswer(serializers.ModelSerializer[PainTrend]):
    """Points on the scale of 0–10; null where too little is known yet."""

    usual = Points(allow_null=True)
    recent = Points(allow_null=True)
    rise = Points(allow_null=True)
    swing = Points(allow_null=True)

    class Meta:
        model = PainTrend
        fields = ["usual", "recent", "rise", "swing", "watch"]
        read_only_fields = fields


class RunningAnswer(serializers.ModelSerializer[Prescription]):
    state = EnumField("PrescriptionState", Prescription.State)
    exercise = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = Prescription
        fields = ["id", "exercise", "state"]
        read_only_fields = fields


class EntryAnswer(serializers.Serializer[Any]):
    client = NameAnswer()
    flags = OpenFlagAnswer(many=True)
    last_report = LastReportAnswer(allow_null=True)
    trend = TrendAnswer(allow_null=True)
    prescriptions = RunningAnswer(many=True)


class Worklist(ApiViewSet[Client]):
    serializer_class = EntryAnswer
    queries = {"list": ("page",)}

    def get_queryset(self) -> QuerySet[Client]:
        return clients_by_need(self.request.user)

    def list(self, request: Request) -> Response:
        """The caller's clients in order of need: unresolved flags, last report, trend, running exercises."""
        clients = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(EntryAnswer(read_entries(clients), many=True).data)
