"""``/pain-reports/``: report pain, correct a report, read them."""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.enum_fields import EnumField
from clinic.api.fields import BodySerializer, Instant, Score, Text, TextList, WholeNumber, YesNo
from clinic.api.viewsets import ApiViewSet, get_named
from clinic.models import Advice, Area, Flag, PainReport, Prescription
from clinic.models.report import LONGEST_NOTE
from clinic.pain import reporting
from clinic.pain.advice import render_report_advice
from clinic.pain.reporting import Answers

KEY: Final = "Idempotency-Key"
_VALID_KEY: Final = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?")


class ReportBody(BodySerializer):
    """The answers that a report and its correction share."""

    before = Score()
    after = Score()
    next_morning = Score()
    areas = TextList(required=False, help_text=f"of {', '.join(Area.values)}")
    moved_down_leg = YesNo(required=False, allow_null=True)
    warning_signs = TextList(required=False, help_text="codes of the exercise's precautions that are asked in a report")
    note = Text(required=False, allow_blank=True, max_length=LONGEST_NOTE)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        answers = super().to_internal_value(data)
        return {name: tuple(value) if isinstance(value, list) else value for name, value in answers.items()}


class NewReport(ReportBody):
    """At least one score, or a warning sign."""

    prescription = WholeNumber()
    occurred_at = Instant()
    did_exercise = YesNo()


class Changes(ReportBody):
    """Only the answers that change, and why."""

    occurred_at = Instant(required=False)
    did_exercise = YesNo(required=False)
    reason = Text(max_length=500)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.keys() == {"reason"}:
            raise serializers.ValidationError(_("Name at least one answer to change, such as “after”."))
        return attrs


class FlagRaised(serializers.ModelSerializer[Flag]):
    kind = EnumField("FlagKind", Flag.Kind)
    severity = EnumField("FlagSeverity", Flag.Severity)

    class Meta:
        model = Flag
        fields = ["id", "kind", "severity", "reason"]
        read_only_fields = fields


class ReportAnswer(serializers.ModelSerializer[PainReport]):
    """``flags`` are those that this report raised; ``advice_text`` is for the client, in the client's language."""

    occurred_at = Instant()
    received_at = Instant()
    areas = serializers.SlugRelatedField[Any](many=True, slug_field="area", read_only=True)
    warning_signs = serializers.SlugRelatedField[Any](many=True, slug_field="code", read_only=True)
    source = EnumField("ReportSource", PainReport.Source)  # type: ignore[assignment]  # a field: taken off the class
    advice = EnumField("Advice", Advice)
    advice_text = serializers.SerializerMethodField()
    flags = FlagRaised(many=True, source="raised_flags")

    class Meta:
        model = PainReport
        fields = [
            "id", "prescription", "occurred_at", "received_at", "did_exercise", "before", "after", "next_morning",
            "areas", "moved_down_leg", "warning_signs", "note", "source", "advice", "advice_text", "flags",
        ]  # fmt: skip
        read_only_fields = fields

    def get_advice_text(self, report: PainReport) -> str:
        return render_report_advice(report, report.prescription.client.language)


class PainReports(ApiViewSet[PainReport]):
    serializer_class = ReportAnswer
    queries = {"list": ("page", "prescription")}

    def get_queryset(self) -> QuerySet[PainReport]:
        return with_related(PainReport.objects.visible_to(self.request.user))

    @extend_schema(parameters=[OpenApiParameter("prescription", int)])
    def list(self, request: Request) -> Response:
        """As they happened, newest first."""
        rows = self.get_queryset()
        if (number := self.read_number("prescription")) is not None:
            rows = rows.filter(prescription=self._prescription(number))
        return self.paginated(rows)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One report."""
        return Response(ReportAnswer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(
        request=NewReport,
        responses={201: ReportAnswer},
        parameters=[
            OpenApiParameter(
                KEY,
                str,
                OpenApiParameter.HEADER,
                description="1–200 printable characters. Sent again with the same body: the same answer, nothing new.",
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Report pain. The rules run at once: the answer says what to do, and which flags went up."""
        key = _key(request)
        body = self.read_body(NewReport)
        prescription = self._prescription(body.pop("prescription"))
        result = reporting.report_pain(
            prescription, Answers(**body), by=self.caller, source=PainReport.Source.API, key=key
        )
        headers = {"Idempotent-Replayed": "true"} if result.repeated else {}
        return Response(_represent(result.report), status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(request=Changes, responses=ReportAnswer)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: int) -> Response:
        """Change some answers; the old ones are kept, the rules run again."""
        stored = get_object_or_404(PainReport.objects.visible_to(self.caller), pk=pk)
        changes = self.read_body(Changes)
        result = reporting.correct_report(stored, changes, reason=changes.pop("reason"), by=self.caller)
        return Response(_represent(result.report))

    def _prescription(self, number: int) -> Prescription:
        prescription: Prescription = get_named(Prescription.objects.visible_to(self.caller), "prescription", pk=number)
        return prescription


def with_related(rows: QuerySet[PainReport]) -> QuerySet[PainReport]:
    """Fetch the related rows of the representation in a fixed number of queries."""
    return rows.select_related("prescription__client__clinic", "advice_text").prefetch_related(
        "prescription__client__clinic__advice_texts",
        "areas",
        "warning_signs",
        Prefetch("raised_flags", Flag.objects.by_need()),
    )


def _represent(report: PainReport) -> Any:
    return ReportAnswer(with_related(PainReport.objects.all()).get(pk=report.pk)).data


def _key(request: Request) -> str | None:
    key = request.headers.get(KEY)
    if key is not None and not _VALID_KEY.fullmatch(key):
        raise exceptions.ValidationError({KEY: [_("1 to 200 printable characters, no space at the ends.")]})
    return key
