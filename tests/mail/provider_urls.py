"""The project's own addresses and anymail's, as docs/operations.md has them."""

from django.urls import include, path

urlpatterns = [path("anymail/", include("anymail.urls")), path("", include("config.urls"))]
