"""Signing in whoever came by a link in their mail, and the page for an address that has a sign-in already."""

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
    known = settings.AUTHENTICATION_BACKENDS
    backend = MODEL_BACKEND if MODEL_BACKEND in known else known[0]
    login(request, account, backend=backend)  # type: ignore[arg-type]  # any user model


def require_sign_in(request: HttpRequest, who: Client | Registrant) -> HttpResponse:
    """Ask for the sign-in that there is for the address, and come back to the link then."""
    sign_in_url = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"
    shown = {"client": None, "registrant": None, "sign_in_url": sign_in_url}  # nobody's rooms: it is not they who look
    return render_page(request, who, "links/sign_in.html", shown)
