"""Reset a lost second factor: an owner that of a member, platform staff that of any practitioner."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.accounts import second_factor, second_factor_reset
from clinic.admin import access
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm
from clinic.models import Practitioner
from clinic.models.second_factor_reset import LONGEST_REASON


class ResetForm(ServiceForm):
    """The reason of a reset."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "required": True}),
        help_text=gettext_lazy("For the record, such as: lost the phone, told me in person. The mail does not say it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The consequences and the form; a POST resets. The person's own second factor is required first."""
    person = get_object_or_404(
        Practitioner.objects.second_factor_resettable_by(request.user).select_related("user", "clinic"), pk=pk
    )
    if not second_factor.is_verified(request):
        return require_second_factor(request)
    return_url = _return_url(request, person)
    form = ResetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        result = form.call(
            lambda: (second_factor_reset.reset_second_factor(person, by=access.signed_in_user(request), reason=reason),)
        )
        if result is not None:
            _add_message(request, person, was_reset=result[0] is not None)
            return HttpResponseRedirect(return_url)
    return render_page(
        request, "team/second_factor_reset.html", _("Take the second step away"), form=form, person=person,
        return_url=return_url, is_set_up=second_factor.is_set_up(person.user),
    )  # fmt: skip


def require_second_factor(request: HttpRequest) -> AdminPage:
    """The page for a person whose second factor is required and not yet verified. Nothing is changed."""
    return_url = request.get_full_path() if request.method == "GET" else reverse("plumbline:index")
    return render_page(
        request,
        "second_factor_required.html",
        _("One more step to sign in"),
        status=403,
        second_factor_url=second_factor.verification_url(request.user, return_url),
        is_set_up=second_factor.is_set_up(request.user),
        sees_health_data=bool(access.clinical_memberships(request)),
    )


def _return_url(request: HttpRequest, person: Practitioner) -> str:
    if Practitioner.objects.managed_by(request.user).filter(pk=person.pk).exists():
        return reverse("plumbline:member", args=[person.pk])
    return reverse("plumbline:clinics")


def _add_message(request: HttpRequest, person: Practitioner, *, was_reset: bool) -> None:
    if was_reset:
        message = _(
            "%(name)s is signed out everywhere and sets up a new second step at the next sign-in. A mail says so."
        )
        messages.success(request, message % {"name": person})
    else:
        messages.info(request, _("%(name)s has no second step: nothing to do.") % {"name": person})


ROUTES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("people/<int:pk>/second-factor/", reset_second_factor, "reset_second_factor")
]
