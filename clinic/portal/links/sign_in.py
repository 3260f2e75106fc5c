"""Sign-in by a link in a mail, and the page for an address that has a sign-in already."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from clinic.models import Client, Registrant
from clinic.portal.access import render_page

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(request: HttpRequest, account: AbstractBaseUser) -> None:
    """Begin a session for ``account``; the link that led here proved whose it is."""
    backends = settings.AUTHENTICATION_BACKENDS
    backend = MODEL_BACKEND if MODEL_BACKEND in backends else backends[0]
    login(request, account, backend=backend)  # type: ignore[arg-type]  # any user model


def require_sign_in(request: HttpRequest, person: Client | Registrant) -> HttpResponse:
    """Ask to sign in to the existing account of the address, and come back to the link then."""
    sign_in_url = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"
    context = {
        "client": None,
        "registrant": None,
        "sign_in_url": sign_in_url,
    }  # no navigation: the visitor is not signed in as this person
    return render_page(request, person, "links/sign_in.html", context)
