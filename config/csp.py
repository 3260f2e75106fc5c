"""The Content-Security-Policy: `'self'`, and what unfold needs under the practitioner path alone."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp with a second set of directives, chosen by path; a view that sets the header itself keeps its own."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and not report_only and request.path_info.startswith(settings.PRACTITIONER_PATH):
            parts.config = settings.PRACTITIONER_POLICY
        return parts
