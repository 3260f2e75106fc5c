"""URLs of the runnable project."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView
from django.views.static import serve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from clinic.admin.site import site
from config.accounts import passkeys
from config.accounts.code_page import CodePage
from config.accounts.devices import DevicesPage
from config.accounts.passkeys import PasskeyPage
from config.local_run import dev_mail


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer without any other part, so that a slow database does not restart the web server."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("accounts/signup/", RedirectView.as_view(pattern_name="clinic:register")),
    path("accounts/login/code/confirm/", CodePage.as_view(), name="account_confirm_login_code"),
    path("accounts/sessions/", DevicesPage.as_view(), name="usersessions_list"),
    path("accounts/2fa/webauthn/add/", PasskeyPage.as_view(), name="mfa_add_webauthn"),
    path("accounts/passkey/decline/", passkeys.decline_passkey, name="decline_passkey"),
    path("accounts/", include("allauth.urls")),
    path("admin/", site.urls),
    path("api/v1/", include("clinic.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(template_name="api_docs.html"), name="api_docs"),
    path("dev/mail/", dev_mail.inbox, name="dev_mail"),
    path("dev/mail/<slug:name>/", dev_mail.message, name="dev_mail_message"),
    path("dev/mail/<slug:name>/html/", dev_mail.html, name="dev_mail_html"),
    path("healthz", healthz, name="healthz"),
    # Clinic logos are the only uploads in pages and mails.
    path("media/clinic/logos/<path:path>", serve, {"document_root": settings.MEDIA_ROOT / "clinic" / "logos"}),
    path("", include("clinic.operators.urls")),
    path("", include("clinic.urls")),
]
