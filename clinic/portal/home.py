"""The clinic's front page, and signing out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from clinic.conf import conf
from clinic.models import Client, Practitioner, Registrant
from clinic.portal.links.register import first_clinic
from clinic.portal.settings import push as settings_push
from exercises.media_selection import representative_step
from exercises.models import Exercise


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The clinic, its featured exercise and the sign-in; on a site with several clinics, the first."""
    clinic = first_clinic()
    if clinic is None:
        return render(request, "clinic/portal/no_clinic.html")
    featured = Exercise.objects.current().with_content().filter(slug=clinic.featured_exercise).first()
    is_client = Client.objects.for_user(request.user).exists()
    context = {
        "clinic": clinic,
        "sign_in_url": resolve_url(settings.LOGIN_URL),
        "is_client": is_client,
        "is_registrant": not is_client and Registrant.objects.for_user(request.user).exists(),
        "worklist_path": conf.worklist_path if Practitioner.objects.for_user(request.user).exists() else "",
    }
    if featured is not None:
        context |= {
            "exercise": featured,
            "exercise_text": featured.text_in(get_language()),
            "step": representative_step(featured.steps_in(get_language())),
        }
    return render(request, "clinic/portal/home.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and the reminders that this browser shows, and go to the front page."""
    settings_push.end_session_subscription(request)
    logout(request)
    response = redirect("clinic:home")
    if "others_wait" not in request.POST:  # the page's script has cleared what is of this person; see leaving.js
        response["Clear-Site-Data"] = '"storage"'  # copies of pages, answers, what the player kept of a session
    return response
