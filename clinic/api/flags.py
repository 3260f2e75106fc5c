"""``/flags/``: which clients need a look and why; acknowledge, resolve."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.enum_fields import EnumField
from clinic.api.fields import BodySerializer, Instant, Text
from clinic.api.viewsets import ApiViewSet
from clinic.flags import lifecycle
from clinic.flags.phase import phase_of
from clinic.models import Flag, FlagEvent, PainReport


class Seen(BodySerializer):
    """A note, if there is one."""

    note = Text(required=False, allow_blank=True, max_length=2000)


class Solved(BodySerializer):
    """The note it is closed with."""

    note = Text(max_length=2000, help_text="what you found or did")
    verdict = Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=20,
        help_text=f"was it real? one of {', '.join(Flag.Verdict.values)}; empty: nobody said",
    )


class EventAnswer(serializers.ModelSerializer[FlagEvent]):
    verb = EnumField("FlagVerb", FlagEvent.Verb)
    at = Instant()

    class Meta:
        model = FlagEvent
        fields = ["verb", "note", "at"]
        read_only_fields = fields


class Phase(models.TextChoices):
    """Of a rise in pain that nobody has resolved."""

    NEW = "new"
    PERSISTING = "persisting"


class FlagAnswer(serializers.ModelSerializer[Flag]):
    """``evidence`` are the numbers of the reports behind it, oldest first.

    ``due_at``: when it would have been raised, had the reports come in time; null where they did. ``phase``: of a
    worsening, "new" for seven days, as it may be a flare-up, then "persisting"; null for what else. ``escalated``:
    nobody had looked in the clinic's set time. ``verdict``: the answer to "was it real?"; null where nobody said.
    """

    client = serializers.IntegerField(source="prescription.client_id")
    kind = EnumField("FlagKind", Flag.Kind)
    severity = EnumField("FlagSeverity", Flag.Severity)
    state = EnumField("FlagState", Flag.State)
    raised_at = Instant()
    due_at = Instant(allow_null=True)
    phase = serializers.SerializerMethodField()
    escalated = serializers.SerializerMethodField()
    verdict = serializers.SerializerMethodField()
    events = EventAnswer(many=True)

    class Meta:
        model = Flag
        fields = [
            "id", "client", "prescription", "kind", "severity", "reason", "evidence", "rule_version", "raised_at",
            "due_at", "phase", "escalated", "state", "verdict", "events",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(EnumField("FlagPhase", Phase, allow_null=True))
    def get_phase(self, flag: Flag) -> str | None:
        return phase_of(flag, timezone.now()) or None

    @extend_schema_field(EnumField("FlagVerdict", Flag.Verdict, allow_null=True))
    def get_verdict(self, flag: Flag) -> str | None:
        return flag.verdict or None

    def get_escalated(self, flag: Flag) -> bool:
        return any(event.verb == FlagEvent.Verb.ESCALATED for event in flag.events.all())


class Flags(ApiViewSet[Flag]):
    serializer_class = FlagAnswer
    queries = {"list": ("page", "state")}

    def get_queryset(self) -> QuerySet[Flag]:
        return (
            Flag.objects.visible_to(self.request.user)
            .by_need()
            .select_related("prescription__trend")
            .prefetch_related("events", Prefetch("evidence", PainReport.objects.in_order().only("pk")))
        )

    @extend_schema(parameters=[OpenApiParameter("state", str, enum=Flag.State.values)])
    def list(self, request: Request) -> Response:
        """Of the clients whom the caller treats: most severe first, then the oldest."""
        rows = self.get_queryset()
        if state := self.read_choice("state", Flag.State.values):
            rows = rows.filter(state=state)
        return self.paginated(rows)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One flag, with what was done about it."""
        return Response(self._represent(pk))

    @extend_schema(request=Seen, responses=FlagAnswer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: int) -> Response:
        """“Seen, I am on it.”"""
        flag = get_object_or_404(Flag.objects.visible_to(self.caller), pk=pk)
        changed = lifecycle.acknowledge_flag(flag, self.caller, self.read_body(Seen).get("note", ""))
        return self._respond(changed, flag)

    @extend_schema(request=Solved, responses=FlagAnswer)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: int) -> Response:
        """Close it with a note, and say whether it was real; the rule behind it starts again from what stands now."""
        flag = get_object_or_404(Flag.objects.visible_to(self.caller), pk=pk)
        body = self.read_body(Solved)
        changed = lifecycle.resolve_flag(flag, self.caller, body["note"], verdict=body.get("verdict") or "")
        return self._respond(changed, flag)

    def _respond(self, changed: bool, flag: Flag) -> Response:
        if not changed:  # the note was not stored
            message = _("This flag is %(state)s already; nothing was changed.") % {"state": flag.get_state_display()}
            raise exceptions.ValidationError({"state": [message]})
        return Response(self._represent(flag.pk))

    def _represent(self, pk: int) -> Any:
        return FlagAnswer(get_object_or_404(self.get_queryset(), pk=pk)).data
