"""Links in mails. A GET changes nothing, since mail scanners follow links; a POST acts.

The token is the secret: with it one may report and unsubscribe without signing in, so these need no CSRF token (and
the one click of RFC 8058 comes without one). Joining and confirming sign somebody in, so they need one.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.mail import signed_links
from clinic.mail.signed_links import Purpose
from clinic.portal.links.digest_unsubscribe import stop_digest
from clinic.portal.links.invalid import render_invalid_link
from clinic.portal.links.invitation import accept_invitation
from clinic.portal.links.registration import confirm_registration
from clinic.portal.links.report import report_by_link
from clinic.portal.links.unsubscribe import stop_reminders

OPENERS = {
    Purpose.REPORT: report_by_link,
    Purpose.STOP_REMINDERS: stop_reminders,
    Purpose.INVITATION: csrf_protect(accept_invitation),
    Purpose.CONFIRMATION: csrf_protect(confirm_registration),
    Purpose.STOP_DIGEST: stop_digest,
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def open_mail_link(request: HttpRequest, token: str) -> HttpResponse:
    """Open the page of the token's purpose; an altered (404) or expired (410) link says what to do next."""
    try:
        target = signed_links.read_link(token)
    except signed_links.BadLink:
        response = render_invalid_link(request, "altered", status=404)
    except signed_links.ExpiredLink as error:
        response = render_invalid_link(request, f"expired_{error.purpose.name.lower()}", status=410)
    else:
        response = OPENERS[target.purpose](request, target.pk)
    add_never_cache_headers(response)
    # The token must not leave in a Referer. "no-referrer" would do that too, but browsers then post our forms with
    # "Origin: null", which the CSRF check refuses; "strict-origin" names the site and never the path.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
