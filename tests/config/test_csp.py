"""What a browser may load: only our own, and on the practitioner's pages what unfold needs besides."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from config.csp import ContentPolicyMiddleware


def rules(path: str, response: HttpResponse | None = None) -> dict[str, set[str]]:
    """The directives of the header that a page at `path` gets."""

    def page(request: HttpRequest) -> HttpResponse:
        return response or HttpResponse("")

    answer = ContentPolicyMiddleware(page)(RequestFactory().get(path))
    assert isinstance(answer, HttpResponse)
    header = answer["Content-Security-Policy"]
    return {name: set(values) for name, *values in (part.split() for part in header.split(";"))}


@pytest.mark.parametrize("path", ["/", "/portal/", "/accounts/login/", "/m/abc/", "/administrator/", "/api/docs/"])
def test_a_page_loads_only_from_this_site(path: str) -> None:
    found = rules(path)
    assert found["default-src"] == {"'self'"}
    assert found["form-action"] == found["base-uri"] == {"'self'"}
    assert found["frame-ancestors"] == found["object-src"] == {"'none'"}
    assert "script-src" not in found
    assert "style-src" not in found


def test_the_practitioners_pages_may_do_what_unfold_needs_and_no_more() -> None:
    found = rules("/admin/clinic/client/")
    assert found.pop("script-src") == {"'self'", "'unsafe-eval'"}
    assert found.pop("style-src") == {"'self'", "'unsafe-inline'"}
    assert found == rules("/")


def test_the_practitioner_path_is_where_the_site_is_mounted() -> None:
    from django.urls import reverse

    from clinic.admin.site import site

    assert reverse(f"{site.name}:index") == settings.PRACTITIONER_PATH


def test_a_page_that_sets_its_own_policy_keeps_it() -> None:
    own = HttpResponse("")
    own["Content-Security-Policy"] = "default-src 'none'"
    assert rules("/admin/", own) == {"default-src": {"'none'"}}


def test_every_answer_says_who_may_know_where_a_visitor_came_from(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.content == b"ok\n"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
