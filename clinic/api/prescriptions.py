"""``/prescriptions/``: prescribe, hold, resume, end, and the ledger of reminders."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.fields import BodySerializer, Text
from clinic.api.prescription_serializers import NewPrescription, PrescriptionAnswer, PrescriptionMade, ReminderAnswer
from clinic.api.viewsets import ApiViewSet, get_named
from clinic.documents import handout as sheet, pdf
from clinic.dosage.values import PlannedDosage
from clinic.models import Client, Practitioner, Prescription, PrescriptionVersion, Reminder
from clinic.prescriptions import prescribing
from clinic.prescriptions.screening import ScreenedPrecaution
from exercises.models import Exercise


class Reason(BodySerializer):
    """Why."""

    reason = Text(max_length=500)


class Pdf(JSONRenderer):
    """For a caller who accepts PDF alone: the file is no work of a renderer, and a problem is JSON all the same."""

    media_type = pdf.MEDIA_TYPE
    format = "pdf"


class Prescriptions(ApiViewSet[Prescription]):
    serializer_class = PrescriptionAnswer
    queries = {"list": ("page", "client", "state"), "reminders": ("page",), "handout": ("paper", "language")}

    def get_queryset(self) -> QuerySet[Prescription]:
        return with_related(Prescription.objects.visible_to(self.request.user))

    @extend_schema(
        parameters=[OpenApiParameter("client", int), OpenApiParameter("state", str, enum=Prescription.State.values)]
    )
    def list(self, request: Request) -> Response:
        """Newest first."""
        rows = self.get_queryset()
        if (number := self.read_number("client")) is not None:
            rows = rows.filter(client=get_named(Client.objects.visible_to(request.user), "client", pk=number))
        if state := self.read_choice("state", Prescription.State.values):
            rows = rows.filter(state=state)
        return self.paginated(rows)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One prescription, with the version of its plan that is in force."""
        return Response(PrescriptionAnswer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=NewPrescription, responses={201: PrescriptionMade})
    def create(self, request: Request) -> Response:
        """Prescribe an exercise to a client whom the caller treats; reminders follow from the plan."""
        body = self.read_body(NewPrescription)
        client: Client = get_named(Client.objects.treated_by(self.caller), "client", pk=body.pop("client"))
        exercise: Exercise = get_named(Exercise.objects.current(), "exercise", slug=body.pop("exercise"))
        by = Practitioner.objects.for_user(self.caller).get(clinic=client.clinic_id)
        screening = {code: ScreenedPrecaution(**answer) for code, answer in body.pop("screening").items()}
        dose = PlannedDosage(**body)
        stored = prescribing.prescribe_exercise(client, exercise, dose, screening, by=by)
        prescription = with_related(Prescription.objects.all()).get(pk=stored.pk)
        answer = PrescriptionMade(prescription, context={"warnings": _warnings(client, dose)})
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=Reason, responses=PrescriptionAnswer)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: int) -> Response:
        """Pause the exercise; its reminders stop."""
        return self._change_state(pk, prescribing.hold_prescription)

    @extend_schema(request=Reason, responses=PrescriptionAnswer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        """Go on after a hold."""
        return self._change_state(pk, prescribing.resume_prescription)

    @extend_schema(request=Reason, responses=PrescriptionAnswer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """End the exercise for good."""
        return self._change_state(pk, prescribing.end_prescription)

    @extend_schema(responses=ReminderAnswer(many=True))
    @action(detail=True, methods=["get"], serializer_class=ReminderAnswer)
    def reminders(self, request: Request, pk: int) -> Response:
        """The ledger, latest first: each reminder that was due, and what became of it."""
        prescription = get_object_or_404(Prescription.objects.visible_to(self.caller), pk=pk)
        ledger = Reminder.objects.filter(schedule__prescription=prescription)
        return self.paginated(ledger)

    @extend_schema(
        parameters=[
            OpenApiParameter("paper", str, enum=[*pdf.PAPERS], default=pdf.A4),
            OpenApiParameter("language", str, description="A code that the project speaks; else the client's own."),
        ],
        responses={(200, pdf.MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def handout(self, request: Request, pk: int) -> HttpResponse:
        """The plan on one or two pages for the client to take home: a PDF that a screen reader can read."""
        prescription = get_object_or_404(Prescription.objects.visible_to(self.caller), pk=pk)
        paper, language = request.query_params.get("paper", pdf.A4), request.query_params.get("language")
        printed = sheet.print_handout(prescription, by=self.caller, paper=paper, language=language)
        return HttpResponse(printed, content_type=pdf.MEDIA_TYPE, headers={"Content-Disposition": sheet.DISPOSITION})

    def _change_state(self, pk: int, service: Callable[..., None]) -> Response:
        prescription = get_object_or_404(Prescription.objects.treated_by(self.caller), pk=pk)
        service(prescription, by=self.caller, reason=self.read_body(Reason)["reason"])
        return Response(PrescriptionAnswer(with_related(Prescription.objects.all()).get(pk=pk)).data)


def with_related(rows: QuerySet[Prescription]) -> QuerySet[Prescription]:
    """Fetch the related rows of the representation in a fixed number of queries."""
    return rows.select_related("client", "exercise", "prescribed_by", "reminder_choice").prefetch_related(
        Prefetch("versions", PrescriptionVersion.objects.order_by("-number")), "screening"
    )


def _warnings(client: Client, dose: PlannedDosage) -> list[str]:
    """Warnings about the stored plan, for the practitioner."""
    params = {"times": ", ".join(prescribing.morning_times(client, dose.times))}
    if not params["times"]:
        return []
    if dose.mornings_allowed:
        return [_("%(times)s: within two hours after this client gets up, when bending is best avoided.") % params]
    return [_("%(times)s: no reminder goes out within two hours after this client gets up.") % params]
