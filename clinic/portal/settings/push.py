"""The endpoint of the script that turns reminders on a phone on and off."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.accounts.devices import describe_device
from clinic.models import Client
from clinic.portal.access import client_of, override_locale
from clinic.portal.pwa.offline import owner_keys
from clinic.reminders import push_subscriptions, web_push

SUBSCRIPTION_KEY = "clinic_phone"  # session: the id of this browser's push subscription


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def push_subscription(request: HttpRequest) -> HttpResponse:
    """GET: the signed-in client, and the CSRF token. POST ``act``: one change.

    `keep` has ``endpoint``, ``p256dh``, ``auth``, and ``replaces`` where the browser had another endpoint: 201 with the
    id of the subscription; 400: a message. `forget` has ``endpoint``: 200. 401: nobody is signed in.
    """
    client = client_of(request) if request.user.is_authenticated else None
    if client is None:
        return JsonResponse({"message": _("Sign in first.")}, status=HTTPStatus.UNAUTHORIZED)
    if request.method == "GET":
        return JsonResponse({"owners": owner_keys(client), "token": get_token(request)})
    with override_locale(client):
        return _change(request, client)


def end_session_subscription(request: HttpRequest) -> None:
    """Remove the push subscription of this session at sign-out, without waiting for a script."""
    pk = request.session.get(SUBSCRIPTION_KEY)
    client = client_of(request) if pk and request.user.is_authenticated else None
    if client is not None:
        push_subscriptions.remove_subscription(client, phone=pk, by=request.user)  # type: ignore[arg-type]  # signed in: there is a client


def _change(request: HttpRequest, client: Client) -> HttpResponse:
    endpoint, by = request.POST.get("endpoint", ""), request.user
    if request.POST.get("act") == "forget":
        return JsonResponse({"gone": push_subscriptions.remove_endpoint(endpoint, by=by)})  # type: ignore[arg-type]  # signed in
    replaces = request.POST.get("replaces", "")
    if not web_push.is_configured() or (replaces and not client.push_subscriptions.filter(endpoint=replaces).exists()):
        message = _("Reminders cannot be shown on this phone.")
        return JsonResponse({"message": message}, status=HTTPStatus.BAD_REQUEST)
    try:
        subscription = push_subscriptions.add_subscription(
            client,
            endpoint=endpoint,
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            label=describe_device(request.headers.get("User-Agent", "")),
            replaces=replaces,
            by=by,  # type: ignore[arg-type]  # signed in: there is a client
        )
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=HTTPStatus.BAD_REQUEST)
    request.session[SUBSCRIPTION_KEY] = subscription.pk
    return JsonResponse({"subscription": subscription.pk}, status=HTTPStatus.CREATED)
