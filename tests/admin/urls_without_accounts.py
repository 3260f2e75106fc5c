"""A host whose sign-in is not allauth's: no page of accounts, and Django's own for the password."""

from django.urls import include, path

from clinic.admin.site import site

urlpatterns = [path("admin/", site.urls), path("", include("clinic.urls"))]
