"""The practitioner site: an admin site of its own, independent of a host's stock one."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe
from unfold.sites import UnfoldAdminSite

from clinic.accounts import second_factor
from clinic.admin import access, theme
from clinic.admin.clients import list as clients_list
from clinic.admin.practice import onboarding, sites
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.team import second_factor_reset
from clinic.admin.urls import ROUTES
from clinic.admin.worklist import page as worklist_page
from clinic.conf import PRACTITIONER_ENGINE

_PLATFORM_STAFF_VIEWS = frozenset({*sites.PAGES, second_factor_reset.reset_second_factor})


class PractitionerSite(UnfoldAdminSite):
    """For people who work at a clinic, whatever the host's staff and superuser flags say."""

    settings_name = "PLUMBLINE_UNFOLD"  # not UNFOLD, which is the host's own

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(access.memberships(request)) or access.is_platform_staff(request)

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Callable[..., Any]:
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self._may_open(request, view):
                return self._prepare(request, _no_access_page(request))
            if second_factor.is_required(request, access.memberships(request)):
                return self._prepare(request, second_factor_reset.require_second_factor(request))
            answer = guarded(request, *args, **kwargs)
            if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
                return self._prepare(request, _post_only_page(request))
            return self._prepare(request, answer)

        return update_wrapper(inner, view)

    def _may_open(self, request: HttpRequest, view: object) -> bool:
        """Members may open every page; platform staff their own pages alone."""
        if access.memberships(request):
            return True
        return access.is_platform_staff(request) and (view in _PLATFORM_STAFF_VIEWS or view == self.index)

    def _prepare(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Have the response rendered by the site's engine, an AdminPage inside the shell."""
        if isinstance(response, AdminPage):
            response.context_data = {**self.each_context(request), **(response.context_data or {})}
        if isinstance(response, TemplateResponse):
            response.using = PRACTITIONER_ENGINE
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The site's theme, overridden by what a project sets in PLUMBLINE_UNFOLD."""
        context = super().each_context(request)
        overridden = {name.lower() for name in getattr(settings, self.settings_name, {})}
        shell = {name: value for name, value in theme.shell_context(request).items() if name not in overridden}
        return {**context, **shell, "styles": [*theme.stylesheet_urls(), *context["styles"]]}

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            *(path(route, self.admin_view(view), name=name) for route, view, name in ROUTES),
            path("logout/", self.logout, name="logout"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> AdminPage:
        """The worklist; for the front desk the clients by name, for platform staff the clinics."""
        if not access.memberships(request):
            return sites.clinics(request)
        page = (
            worklist_page.show_worklist(request)
            if access.clinical_memberships(request)
            else clients_list.listing(request)
        )
        page.context_data = {**(page.context_data or {}), "onboarding": onboarding.build_checklist(request)}
        return page

    @method_decorator([login_not_required, never_cache])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the project's sign-in page; one of the site's own would skip the project's second factor."""
        home = reverse("plumbline:index")
        url = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(url, {request.get_host()}):
            url = home
        if request.user.is_authenticated:
            return HttpResponseRedirect(url if self.has_permission(request) else home)
        if resolve_url(settings.LOGIN_URL) == request.path:
            raise ImproperlyConfigured("LOGIN_URL must be the project's sign-in page, not the practitioner site's.")
        return redirect_to_login(url)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the account page of the project where it has one, else show the stock form."""
        return _account_page("account_change_password") or super().password_change(request, extra_context)

    @method_decorator(require_safe)
    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return _account_page("account_change_password") or super().password_change_done(request, extra_context)

    @method_decorator([never_cache, csrf_protect])
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign out anybody, by POST only."""
        if request.method == "POST":
            auth.logout(request)
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


def _account_page(name: str) -> HttpResponseRedirect | None:
    try:
        return HttpResponseRedirect(reverse(name))
    except NoReverseMatch:
        return None


def _post_only_page(request: HttpRequest) -> AdminPage:
    """The page for a GET of a POST-only address, after a sign-in or a reload; an empty 405 shows a browser error."""
    page = render_page(request, "post_only.html", _("Press the button again"), status=HTTPStatus.METHOD_NOT_ALLOWED)
    page["Allow"] = "POST"
    return page


def _no_access_page(request: HttpRequest) -> AdminPage:
    """The page for somebody signed in who works at no clinic, with a link to their own page."""
    return render_page(
        request,
        "no_access.html",
        _("This part is for practitioners"),
        status=404,
        own_page=resolve_url(settings.LOGIN_REDIRECT_URL),
    )


site = PractitionerSite(name="plumbline")
