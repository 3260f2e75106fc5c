"""Every error as RFC 9457 problem details: the field, the error and its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError as BrokenRule
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from clinic.pain.reporting import KeyReused

MEDIA_TYPE: Final = "application/problem+json"
BODY: Final = "body"
"""The name under ``errors`` of errors of the body as a whole."""

_WHOLE: Final = ("non_field_errors", "__all__")
_LONGEST_NAME: Final = 60

ErrorMessages = dict[str, list[str]]


class NotVisible(exceptions.NotFound):
    """404 for a number or name in a body or query that does not exist or that the caller may not see."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(exceptions.APIException):
    """409: it clashes with what is stored."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class BadBody(exceptions.ParseError):
    """400: the body cannot be read at all."""

    field = BODY


class TooLarge(exceptions.APIException):
    """413: the body is longer than the site takes."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    field = BODY


def handle_exception(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """The response to an exception of a view; None leaves it to Django as a server error."""
    problem = _as_api_exception(exception)
    if problem is None:
        return None
    set_rollback()
    errors = _errors(problem)
    status = HTTPStatus(problem.status_code)
    return Response(
        {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": _detail(problem, errors),
            **({"errors": errors} if errors else {}),
        },
        status=status.value,
        headers=_headers(problem),
        content_type=MEDIA_TYPE,
    )


class Problem(serializers.Serializer[Any]):
    """Problem details, RFC 9457; ``errors`` gives the messages of each wrong field."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a field: the metaclass takes it off the class
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


def _as_api_exception(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, Http404):
        return exceptions.NotFound(_("There is no such thing here, or not for you."))
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exception, BrokenRule):
        broken = exception.message_dict if hasattr(exception, "error_dict") else {BODY: exception.messages}
        return exceptions.ValidationError(broken)
    if isinstance(exception, KeyReused):
        return Conflict("Idempotency-Key", _("This key came with another body before. Use a new key for a new report."))
    return None


def _headers(problem: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _errors(problem: exceptions.APIException) -> ErrorMessages:
    if field := getattr(problem, "field", None):
        return {str(field): [_printable(problem.detail)]}
    if not isinstance(problem, exceptions.ValidationError):
        return {}
    details = problem.detail if isinstance(problem.detail, dict) else {BODY: problem.detail}
    return {
        BODY if name in _WHOLE else _printable(name)[:_LONGEST_NAME]: list(_messages(detail))
        for name, detail in details.items()
    }


def _messages(detail: Any, path: str = "") -> Iterator[str]:
    """The messages of one field; nested ones begin with their path, such as ``pregnancy.answer:``."""
    if isinstance(detail, dict):
        for key, nested in detail.items():
            name = "" if key in _WHOLE else str(key)[:_LONGEST_NAME]
            yield from _messages(nested, ".".join(filter(None, (path, name))))
    elif isinstance(detail, list | tuple):
        for nested in detail:
            yield from _messages(nested, path)
    else:
        yield _printable(f"{path}: {detail}" if path else detail)


def _detail(problem: exceptions.APIException, errors: ErrorMessages) -> str:
    if not isinstance(problem, exceptions.ValidationError):
        return _printable(problem.detail)
    return " ".join(f"{field}: {message}" for field, message in _first_of_each(errors))


def _first_of_each(errors: ErrorMessages) -> Iterable[tuple[str, str]]:
    return ((field, messages[0]) for field, messages in errors.items() if messages)


def _printable(text: object) -> str:
    """Text that can be encoded as UTF-8, whatever of a caller's text a message repeats."""
    return str(text).encode("utf-8", "backslashreplace").decode()
