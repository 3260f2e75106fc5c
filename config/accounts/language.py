"""Who is signed in as a client or a registrant reads the pages of /accounts/ in the language and hours of their own."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.portal.access import Localized, override_locale, client_of, registrant_of


class AccountLanguageMiddleware:
    """As the portal's pages do; a stranger and whoever works here are answered in their browser's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.home = settings.LOGIN_URL.removesuffix("login/")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reader = self.reader(request)
        if reader is None:
            return self.get_response(request)
        with override_locale(reader):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", reader.language)
        return response

    def reader(self, request: HttpRequest) -> Localized | None:
        """The client, or else the registrant, whose own page this is."""
        if not request.path_info.startswith(self.home) or not request.user.is_authenticated:
            return None
        return client_of(request) or registrant_of(request)
