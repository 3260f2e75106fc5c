"""The clinic's front page, and the way out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from clinic.conf import conf
from clinic.models import Client, Clinic, Practitioner
from exercises.models import Exercise


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The clinic and its featured exercise; on a site with several clinics, the first."""
    clinic = Clinic.objects.order_by("pk").first()
    if clinic is None:
        return render(request, "clinic/portal/no_clinic.html")
    featured = Exercise.objects.current().with_words().filter(slug=clinic.featured_exercise).first()
    context = {
        "clinic": clinic,
        "words": featured.words(get_language()) if featured else None,
        "sign_in_url": resolve_url(settings.LOGIN_URL),
        "is_client": Client.objects.of(request.user).exists(),
        "worklist_path": conf.worklist_path if Practitioner.objects.of(request.user).exists() else "",
    }
    return render(request, "clinic/portal/home.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go to the front page."""
    logout(request)
    return redirect("clinic:home")
