"""The endpoint for reports kept offline: the questions and messages of the pages, for a script."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import Client, PainReport, Prescription
from clinic.models.fields import int_or_none
from clinic.pain import reporting
from clinic.portal.access import client_of, override_locale
from clinic.portal.pwa.offline import offline_pages, owner_keys, set_holder
from clinic.portal.reports.forms import PainNowForm, ReportForm, SessionForm

FORMS: dict[str, type[ReportForm]] = {"pain": PainNowForm, "session": SessionForm}
MAX_KEY_LENGTH = 200


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def offline_submission(request: HttpRequest) -> HttpResponse:
    """GET: the signed-in client, and the CSRF token. POST: one report, dated when it was given.

    A POST has the fields of the form that ``about`` names (`pain` or `session`), the ``prescription``, ``occurred_at``
    (RFC 3339 with an offset), the ``owner`` and the header `Idempotency-Key`. 201 has the path of
    its result, 400 the errors by field; 401: nobody is signed in, 403: somebody else is, 404: no such prescription,
    409: the prescription has ended, or the key came with other answers.
    """
    client = client_of(request) if request.user.is_authenticated else None
    if client is None:
        return _json(HTTPStatus.UNAUTHORIZED, message=_("Sign in to send your answers."))
    with override_locale(client):
        if request.method == "POST":
            response = _submit(request, client)
        else:
            response = _json(
                owners=owner_keys(client), token=get_token(request), now=timezone.now(), pages=offline_pages(client)
            )
    set_holder(response, request, client)
    return response


def _submit(request: HttpRequest, client: Client) -> HttpResponse:
    if request.POST.get("owner") not in owner_keys(client):
        return _json(HTTPStatus.FORBIDDEN, message=_("Somebody else is signed in now. This answer stays where it is."))
    form_class = FORMS.get(request.POST.get("about", ""))
    mine = Prescription.objects.visible_to(request.user).filter(client=client).select_related("exercise")
    pk = int_or_none(request.POST.get("prescription"))
    prescription = mine.filter(pk=pk).first() if pk is not None else None
    if form_class is None or prescription is None:
        return _json(HTTPStatus.NOT_FOUND, message=_("The exercise that this answer is about is not yours any more."))
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        return _errors({"key": [_("Send an Idempotency-Key of 1 to 200 characters.")]})
    occurred_at = _parse_instant(request.POST.get("occurred_at", ""))
    form = form_class(prescription, request.POST)
    if not form.is_valid():
        return _errors({name: [str(message) for message in messages] for name, messages in form.errors.items()})
    if occurred_at is None:
        return _errors({"occurred_at": [_("Give the time as 2030-12-31T18:00:00+01:00.")]})
    try:
        outcome = reporting.report_pain(
            prescription,
            form.answers(occurred_at),
            by=request.user,  # type: ignore[arg-type]  # signed in: there is a client
            source=PainReport.Source.PORTAL,
            key=key,
        )
    except ValidationError as error:
        return _errors(error.message_dict)
    except reporting.KeyReused:
        return _json(HTTPStatus.CONFLICT, message=_("We have an answer from that page already, and it is another one."))
    return _json(HTTPStatus.CREATED, next=resolve_url("clinic:report_result", outcome.report.pk))


def _parse_instant(text: str) -> dt.datetime | None:
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant is not None and instant.tzinfo is not None else None


def _errors(errors: dict[str, list[str]]) -> HttpResponse:
    """400; 409 where no other answer would be accepted."""
    is_final = "prescription" in errors
    message = " ".join(text for messages in errors.values() for text in messages)
    return _json(HTTPStatus.CONFLICT if is_final else HTTPStatus.BAD_REQUEST, message=message, fields=list(errors))


def _json(status: HTTPStatus = HTTPStatus.OK, **content: Any) -> HttpResponse:
    return JsonResponse(content, status=status)
