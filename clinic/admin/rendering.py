"""One page inside the site's shell, and the way back to the page that led to a form."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme


class AdminPage(TemplateResponse):
    """A page to which the site adds its shell (navigation, brand, messages) before it is rendered."""


def render_page(request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any) -> AdminPage:
    """Answer with ``clinic/admin/<template>``; ``title`` is the heading and the title of the tab.

    ``form_key`` is added for the forms that store one row, however often their button is pressed.
    """
    context = {"title": title, "form_key": uuid4().hex, **context}
    return AdminPage(request, f"clinic/admin/{template}", context, status=status)


def redirect_back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """Redirect to :func:`get_return_url`."""
    return HttpResponseRedirect(get_return_url(request, default))


def get_return_url(request: HttpRequest, default: str) -> str:
    """Return ``next`` of the form or of the address when it is a page of this site; else ``default``."""
    url = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return url
    return default
