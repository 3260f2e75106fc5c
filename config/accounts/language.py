"""The pages under /accounts/ in the language and time zone of the signed-in client or registrant."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.portal.access import Localized, client_of, override_locale, registrant_of


class AccountLanguageMiddleware:
    """Applies the reader's locale as the portal does; everybody else gets the language of the browser."""

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
        """Return the signed-in client, or else registrant, on a page under /accounts/."""
        if not request.path_info.startswith(self.home) or not request.user.is_authenticated:
            return None
        return client_of(request) or registrant_of(request)
