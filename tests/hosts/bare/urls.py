"""The host's own pages and admin, and the plugin's four doors."""

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.urls import include, path

from clinic.admin.site import site

urlpatterns = [
    path("", lambda request: HttpResponse("The host's own front page"), name="home"),
    path("host-admin/", admin.site.urls),
    path("sign-in/", LoginView.as_view(template_name="sign_in.html")),
    path("practice/", site.urls),  # practitioners: the worklist
    path("physio/", include("clinic.urls")),  # clients: the portal and the links in mail
    path("api/v1/", include("clinic.api.urls")),  # programs
    path("status/", include("clinic.operators.urls")),  # operators: /status/readyz and /status/metrics
]
