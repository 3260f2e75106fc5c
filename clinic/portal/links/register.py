"""The public page to register at the clinic, and the registrant's page to delete the registration."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from clinic.clients import registration
from clinic.conf import conf
from clinic.models import Clinic
from clinic.portal.access import Reader, reader_only, render_page
from clinic.portal.fields import PlainForm, posted_data


class RegisterForm(PlainForm):
    """Name, address, consent; and a field that only a program fills in."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Your mail address"),
        help_text=gettext_lazy("We send a mail with a link there. It shows that the address is yours."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Write your mail address."),
            "invalid": gettext_lazy("Write the whole mail address, such as name@example.org."),
        },
    )
    agree = forms.BooleanField(
        label=gettext_lazy("I agree that the clinic keeps my name and my mail address for this."),
        error_messages={"required": gettext_lazy("Tick the box to go on. Without it we may not keep your name.")},
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))


class RegistrationThrottle(AnonRateThrottle):
    """The limit of registrations from one network address."""

    scope = "plumbline_register"
    rate = "20/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The form; by POST a mail goes out, and the answer is the same whatever the address was before."""
    clinic = first_clinic()
    if clinic is None:
        return redirect("clinic:home")
    form = RegisterForm(posted_data(request))
    context = {"clinic": clinic, "form": form, "days": conf.confirmation_lifetime.days}
    if request.method == "POST" and form.is_valid():
        throttle = RegistrationThrottle()
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it reads the address alone
            response = render(request, "clinic/portal/links/register_later.html", context, status=429)
            response["Retry-After"] = str(int(throttle.wait() or 3600))
            return response
        answers = form.cleaned_data
        try:
            if not answers["website"]:
                registration.register_visitor(
                    clinic, name=answers["name"], email=answers["email"], language=_language(clinic)
                )
        except ValidationError as error:
            form.add_service_error(error)
        else:
            return render(request, "clinic/portal/links/register_sent.html", {**context, "email": answers["email"]})
    return render(request, "clinic/portal/links/register.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@reader_only
def delete_registration(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What will be deleted; a POST deletes it and signs out."""
    if reader.registrant is None:
        return redirect("clinic:library")  # a client's record is the clinic's to keep
    if request.method == "POST":
        registration.withdraw_registration(reader.registrant)
        logout(request)
        messages.success(request, _("Your registration is deleted."))
        return redirect("clinic:home")
    return render_page(request, reader, "links/register_delete.html")


def first_clinic() -> Clinic | None:
    """Whose site this is; of several clinics on it, the first."""
    return Clinic.objects.order_by("pk").first()


def _language(clinic: Clinic) -> str:
    """The visitor's language if the site offers it, else the clinic's."""
    offered, active = dict(settings.LANGUAGES), get_language() or ""
    return next((code for code in (active, active.split("-")[0]) if code in offered), clinic.language)
