"""``/clients/``: invite one, list them, read one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.enum_fields import EnumField
from clinic.api.fields import BodySerializer, Clock, EmailAddress, Instant, Text
from clinic.api.viewsets import ApiViewSet, get_named
from clinic.clients import invitations
from clinic.models import Client, Practitioner


class PractitionerAnswer(serializers.ModelSerializer[Practitioner]):
    class Meta:
        model = Practitioner
        fields = ["id", "name"]
        read_only_fields = fields


class ClientAnswer(serializers.ModelSerializer[Client]):
    clinic = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    practitioner = PractitionerAnswer(read_only=True)
    state = EnumField("ClientState", Client.State)
    wakes_at = Clock()
    created_at = Instant()

    class Meta:
        model = Client
        fields = [
            "id", "clinic", "practitioner", "name", "email", "state", "language", "time_zone", "wakes_at",
            "reminders_wanted", "paused_until", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class NewClient(BodySerializer):
    """Whom to invite, as a client of the caller."""

    name = Text(max_length=120)
    email = EmailAddress(max_length=254)
    time_zone = Text(max_length=64, help_text="IANA name such as Europe/Madrid")
    language = Text(max_length=12, required=False, help_text="the clinic's language unless given")
    wakes_at = Clock(required=False, help_text="when the client usually gets up, 07:00 unless given")
    clinic = Text(max_length=50, required=False, help_text="short name of the clinic, for those who work in several")


class Clients(ApiViewSet[Client]):
    serializer_class = ClientAnswer
    queries = {"list": ("page",)}

    def get_queryset(self) -> QuerySet[Client]:
        return Client.objects.visible_to(self.request.user).select_related("clinic", "practitioner")

    def list(self, request: Request) -> Response:
        """Those whom the caller may know of, by name."""
        return self.paginated(self.get_queryset())

    def retrieve(self, request: Request, pk: int) -> Response:
        """One client."""
        return Response(ClientAnswer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=NewClient, responses={201: ClientAnswer})
    def create(self, request: Request) -> Response:
        """Invite a client; the invitation is mailed."""
        body = self.read_body(NewClient)
        by = self._inviting_practitioner(body.pop("clinic", None))
        body.setdefault("language", by.clinic.language)
        client = invitations.invite_client(Client(**body), by=by)
        return Response(ClientAnswer(client).data, status=status.HTTP_201_CREATED)

    def _inviting_practitioner(self, clinic: str | None) -> Practitioner:
        """The membership as whom the caller invites. Raises PermissionDenied for a caller who is no practitioner."""
        memberships = (
            Practitioner.objects.for_user(self.caller).clinical().select_related("clinic").order_by("clinic__slug")
        )
        if clinic is not None and memberships:
            practitioner: Practitioner = get_named(memberships, "clinic", clinic__slug=clinic)
            return practitioner
        if not memberships:
            raise exceptions.PermissionDenied(_("Only practitioners invite clients."))
        if len(memberships) > 1:
            slugs = ", ".join(membership.clinic.slug for membership in memberships)
            raise exceptions.ValidationError(
                {"clinic": [_("You work in several. Use one of: %(slugs)s.") % {"slugs": slugs}]}
            )
        return memberships[0]
