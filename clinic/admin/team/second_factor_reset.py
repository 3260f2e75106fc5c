"""Take a lost second step away: an owner a colleague's, platform staff that of anybody who works at a clinic."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.accounts import second_factor, second_factor_reset
from clinic.admin import access
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm
from clinic.models import Practitioner


class ClearForm(ServiceForm):
    """Why. The verb judges it."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=second_factor_reset.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "required": True}),
        help_text=gettext_lazy("For the record, such as: lost the phone, told me in person. The mail does not say it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What happens, and the form; by POST it is done. Who has not shown a second step here does so first."""
    person = get_object_or_404(
        Practitioner.objects.second_factor_resettable_by(request.user).select_related("user", "clinic"), pk=pk
    )
    if not second_factor.is_verified(request):
        return first(request)
    back = _back(request, person)
    form = ClearForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["reason"]
        done = form.call(
            lambda: (second_factor_reset.reset_second_factor(person, by=access.signed_in(request), reason=given),)
        )
        if done is not None:
            _say(request, person, done[0] is not None)
            return HttpResponseRedirect(back)
    return render_page(
        request, "team/second_factor_reset.html", _("Take the second step away"), form=form, person=person, back=back,
        is_set_up=second_factor.is_set_up(person.user),
    )  # fmt: skip


def first(request: HttpRequest) -> AdminPage:
    """For who must show a second step and has not: why, and the way to it. No act is done."""
    return_url = request.get_full_path() if request.method == "GET" else reverse("plumbline:index")
    return render_page(
        request,
        "second_factor_required.html",
        _("One more step to sign in"),
        status=403,
        way=second_factor.verification_url(request.user, return_url),
        is_set_up=second_factor.is_set_up(request.user),
        sees_health_data=bool(access.clinical(request)),
    )


def _back(request: HttpRequest, person: Practitioner) -> str:
    if Practitioner.objects.managed_by(request.user).filter(pk=person.pk).exists():
        return reverse("plumbline:colleague", args=[person.pk])
    return reverse("plumbline:clinics")


def _say(request: HttpRequest, person: Practitioner, done: bool) -> None:
    if done:
        told = _("%(name)s is signed out everywhere and sets up a new second step at the next sign-in. A mail says so.")
        messages.success(request, told % {"name": person})
    else:
        messages.info(request, _("%(name)s has no second step: nothing to do.") % {"name": person})


ROUTES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("people/<int:pk>/second-step/", clear, "second_step"),
]
