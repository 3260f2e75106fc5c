"""What every call shares: authentication, bodies, query parameters and pagination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from clinic.accounts import second_factor
from clinic.api import problems
from clinic.api.fields import BodySerializer, JSONObjects
from clinic.models import Practitioner
from clinic.models.fields import int_or_none

Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])


class Pages(PageNumberPagination):
    """``?page=`` from 1; a page beyond the last one is 404."""

    page_size = 50

    def get_page_number(self, request: Request, paginator: Any) -> Any:
        return request.query_params.get(self.page_query_param, 1)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        parts = {"count": {"type": "integer"}, "next": link, "previous": link, "results": schema}
        return {"type": "object", "required": list(parts), "properties": parts}


class ApiSchema(AutoSchema):
    """The description of a call, with the problem details that any call may answer."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation:
            problem = self.resolve_serializer(problems.Problem, "response").ref
            operation["responses"]["default"] = {
                "description": "What is wrong, as RFC 9457 problem details",
                "content": {problems.MEDIA_TYPE: {"schema": problem}},
            }
        return operation

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        described: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        return {**described, "additionalProperties": False} if isinstance(serializer, BodySerializer) else described


class ApiViewSet(GenericViewSet[Row]):
    """One noun of the API. A host project's own REST settings change nothing but the authentication classes."""

    permission_classes = [IsAuthenticated]
    parser_classes = [JSONObjects]
    renderer_classes = [JSONRenderer]
    pagination_class = Pages
    filter_backends: Sequence[Any] = []
    throttle_classes: Sequence[Any] = []
    http_method_names = ["get", "head", "post"]
    lookup_value_converter = "int"
    schema = ApiSchema()

    queries: ClassVar[dict[str, tuple[str, ...]]] = {}
    """The query parameters of each action; ``page`` for the paginated ones."""

    def get_exception_handler(self) -> Any:
        return problems.handle_exception

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # A token belongs to a program, a session to a person, who needs a second factor.
        if request.auth is None and second_factor.is_required(
            request._request, Practitioner.objects.for_user(request.user)
        ):
            raise exceptions.PermissionDenied(_("Sign in with a second factor first: open the practitioner site."))
        self._check_queries()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")  # health data stays out of every cache
        return response

    @property
    def caller(self) -> AbstractBaseUser:
        """The user of the request, signed in because of IsAuthenticated."""
        return cast(AbstractBaseUser, self.request.user)

    def read_body(self, serializer: type[BodySerializer]) -> dict[str, Any]:
        """The validated body. Raises ValidationError by field."""
        body = serializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def paginated(self, rows: QuerySet[Any]) -> Response:
        """One page of ``rows``, written by the action's serializer."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def read_choice(self, name: str, allowed: Sequence[str]) -> str | None:
        """The value of a query parameter, one of ``allowed``; None without it. Raises ValidationError naming it."""
        value = self.request.query_params.get(name)
        if value is not None and value not in allowed:
            raise exceptions.ValidationError({name: [_("Use one of: %(known)s.") % {"known": ", ".join(allowed)}]})
        return value

    def read_number(self, name: str) -> int | None:
        """A row's number in a query parameter; None without it. Raises ValidationError naming it."""
        text = self.request.query_params.get(name)
        if text is not None and int_or_none(text) is None:
            raise exceptions.ValidationError({name: [_("Write a whole number.")]})
        return int_or_none(text)

    def _check_queries(self) -> None:
        parameters = self.queries.get(self.action or "", ())
        errors: dict[str, list[str]] = {}
        for name, values in self.request.query_params.lists():
            if name == "page" and name in parameters and len(values) > 1:
                raise exceptions.NotFound(_("Ask for one page at a time."))
            if name not in parameters:
                errors[name] = [_("This address takes no such query.")]
            elif len(values) > 1:
                errors[name] = [_("Give it once.")]
        if errors:
            raise exceptions.ValidationError(errors)


class NotFoundView(APIView):
    """Every address under the API that is none of its calls."""

    permission_classes = [AllowAny]
    authentication_classes: Sequence[Any] = []
    renderer_classes = [JSONRenderer]
    schema = None

    def get_exception_handler(self) -> Any:
        return problems.handle_exception

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not request.path.endswith("/"):
            raise exceptions.NotFound(_("Every address of this API ends with a slash."))
        raise exceptions.NotFound(_("The API has no such address."))


def get_named(rows: Rows, field: str, **lookup: Any) -> Any:
    """The row that a body or query names under ``field``. Raises NotVisible, naming the field, when there is none."""
    row = rows.filter(**lookup).first()
    if row is None:
        raise problems.NotVisible(field, _("There is no such thing here, or not for you."))
    return row
