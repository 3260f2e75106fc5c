"""The rule settings of a clinic, for its clients who have none of their own."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.client.rule_settings import (
    RuleSettingsChangeForm,
    build_price_table,
    describe_settings,
    format_points,
)
from clinic.admin.rendering import render_page
from clinic.flags import rule_settings, rule_tuning
from clinic.flags.trend import SMALLEST_RISES
from clinic.models import Client, Clinic


def describe_rule_settings(clinic: int) -> str:
    """The settings in force at a clinic, by number: "standard, from 1 point up"."""
    return describe_settings(rule_settings.clinic_settings_of(clinic))


@require_http_methods(["GET", "HEAD", "POST"])
def clinic_rule_settings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change the settings with a reason; below, every change before."""
    clinic = get_object_or_404(Clinic.objects.owned_by(request.user), pk=pk)
    by = next((member for member in access.memberships(request) if member.clinic_id == pk), None)
    if by is None:
        raise Http404
    now = rule_settings.clinic_settings_of(pk)
    if request.method == "POST":
        form = RuleSettingsChangeForm(request.POST)
        if form.is_valid():
            sensitivity, rise = form.settings
            reason = form.cleaned_data["reason"]
            changed = form.call(
                lambda: rule_tuning.set_clinic_rule_settings(
                    clinic, sensitivity=sensitivity, smallest_rise=rise, reason=reason, by=by
                )
            )
            if changed is not None:
                messages.success(request, _("The rule listens as chosen from now on."))
                return HttpResponseRedirect(f"{reverse('plumbline:clinic_settings', args=[pk])}#flags")
    else:
        form = RuleSettingsChangeForm(initial={"sensitivity": now[0], "smallest_rise": str(now[1])})
    return render_page(
        request,
        "practice/rule_settings.html",
        _("How finely the rule listens"),
        clinic=clinic,
        form=form,
        now=describe_settings(now),
        prices=build_price_table(now),
        rises=[format_points(rise) for rise in SMALLEST_RISES],
        clients_with_own=Client.objects.filter(clinic=clinic, rule_settings__isnull=False)
        .exclude(state="left")
        .distinct()
        .count(),
        history=[
            (row, describe_settings((row.sensitivity, row.smallest_rise)))
            for row in clinic.rule_settings.filter(client=None).select_related("by").order_by("-at", "-pk")
        ],
    )


ROUTES = [("clinic/<int:pk>/rule-settings/", clinic_rule_settings, "clinic_rule_settings")]
