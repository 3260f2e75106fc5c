"""The door for answers that waited on a phone: the same questions and words as the pages, told to a script."""

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
    """GET: who is signed in, and the token to send with. POST: one answer, dated when it was given.

    A POST has the fields of the form that ``about`` names (`pain` or `session`), the ``prescription``, ``occurred_at``
    (RFC 3339 with an offset), the ``owner`` and the header `Idempotency-Key`. 201 says where its meaning is shown;
    400 what is wrong by field, 401 nobody is signed in, 403 somebody else is, 404 there is no such plan, 409 the plan
    has ended or the key came with other answers.
    """
    client = client_of(request) if request.user.is_authenticated else None
    if client is None:
        return _told(HTTPStatus.UNAUTHORIZED, message=_("Sign in to send your answers."))
    with override_locale(client):
        if request.method == "POST":
            response = _take(request, client)
        else:
            response = _told(
                owners=owner_keys(client), token=get_token(request), now=timezone.now(), pages=offline_pages(client)
            )
    set_holder(response, request, client)
    return response


def _take(request: HttpRequest, client: Client) -> HttpResponse:
    if request.POST.get("owner") not in owner_keys(client):
        return _told(HTTPStatus.FORBIDDEN, message=_("Somebody else is signed in now. This answer stays where it is."))
    form_class = FORMS.get(request.POST.get("about", ""))
    mine = Prescription.objects.visible_to(request.user).filter(client=client).select_related("exercise")
    number = request.POST.get("prescription", "")
    prescription = mine.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if form_class is None or prescription is None:
        return _told(HTTPStatus.NOT_FOUND, message=_("The exercise that this answer is about is not yours any more."))
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        return _wrong({"key": [_("Send an Idempotency-Key of 1 to 200 characters.")]})
    occurred_at = _instant(request.POST.get("occurred_at", ""))
    form = form_class(prescription, request.POST)
    if not form.is_valid():
        return _wrong({name: [str(message) for message in told] for name, told in form.errors.items()})
    if occurred_at is None:
        return _wrong({"occurred_at": [_("Give the time as 2030-12-31T18:00:00+01:00.")]})
    try:
        outcome = reporting.report_pain(
            prescription,
            form.answers(occurred_at),
            by=request.user,  # type: ignore[arg-type]  # signed in: there is a client
            source=PainReport.Source.PORTAL,
            key=key,
        )
    except ValidationError as error:
        return _wrong(error.message_dict)
    except reporting.KeyReused:
        return _told(HTTPStatus.CONFLICT, message=_("We have an answer from that page already, and it is another one."))
    return _told(HTTPStatus.CREATED, next=resolve_url("clinic:report_result", outcome.report.pk))


def _instant(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _wrong(errors: dict[str, list[str]]) -> HttpResponse:
    """400; 409 where nothing in the answer can put it right."""
    ended = "prescription" in errors
    message = " ".join(text for told in errors.values() for text in told)
    return _told(HTTPStatus.CONFLICT if ended else HTTPStatus.BAD_REQUEST, message=message, fields=list(errors))


def _told(status: HTTPStatus = HTTPStatus.OK, **told: Any) -> HttpResponse:
    return JsonResponse(told, status=status)
