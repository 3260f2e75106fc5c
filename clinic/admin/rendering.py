"""One page of ours inside the site's shell, the way back after an act, and the mark that goes with a word."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme


class Page(TemplateResponse):
    """A page whose shell (navigation, brand, messages) the site adds before it is drawn."""


def page(request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any) -> Page:
    """Answer with ``clinic/admin/<template>``; ``title`` is the heading and the name of the tab.

    ``form_key`` is for the forms on it that store one row, however often their button is pressed.
    """
    told = {"title": title, "form_key": uuid4().hex, **context}
    return Page(request, f"clinic/admin/{template}", told, status=status)


def back_to(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """Back to the page the act came from, as the form's hidden ``next`` says; only ever a page of this site."""
    return HttpResponseRedirect(came_from(request, otherwise))


def came_from(request: HttpRequest, otherwise: str) -> str:
    """``next`` of the form, or of the address that led to it, when it is one of this site; else ``otherwise``."""
    given = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure()):
        return given
    return otherwise
