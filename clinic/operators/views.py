"""`/readyz` and `/metrics` for a monitor: plain text, never cached."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from clinic.conf import conf
from clinic.operators import metrics, readiness
from clinic.operators.probe import NoAnswer, Probe

PLAIN = "text/plain; charset=utf-8"
_METRICS_PROBE = Probe(metrics.render_metrics, seconds=8.0)  # Prometheus gives up after ten


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 ``ok``; or 503 with a line for each problem and its remedy."""
    problems = readiness.find_problems()
    lines = "".join(f"{problem}\n" for problem in problems) or "ok\n"
    return HttpResponse(lines, status=503 if problems else 200, content_type=PLAIN)


@require_safe
@never_cache
def prometheus_metrics(request: HttpRequest) -> HttpResponse:
    """The metrics; 401 without the bearer token where one is set, 503 while the database is away."""
    if conf.metrics_token and not constant_time_compare(_bearer(request), conf.metrics_token):
        answer = HttpResponse("Send the token: Authorization: Bearer <token>\n", status=401, content_type=PLAIN)
        answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    try:
        return HttpResponse(_METRICS_PROBE(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    except (NoAnswer, DatabaseError):
        return HttpResponse("database: It does not answer. See /readyz.\n", status=503, content_type=PLAIN)


def _bearer(request: HttpRequest) -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
