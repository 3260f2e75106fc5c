"""The rule settings of one client: two choices, the false flags that each costs, and every change before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.rendering import render_page
from clinic.admin.service_form import ServiceForm
from clinic.flags.rule_settings import clinic_settings_of, settings_of
from clinic.flags.rule_tuning import set_client_rule_settings
from clinic.flags.trend import FALSE_FLAGS_PER_YEAR, SENSITIVITIES, SMALLEST_RISES
from clinic.models import Client, RuleSettings
from clinic.models.rule_settings import MAX_REASON

RISE_CHOICES = [(str(rise), str(rise)) for rise in SMALLEST_RISES]


@dataclass(frozen=True)
class Price:
    """One pair of settings, with its false flags a client-year."""

    code: str  # for the style sheet, such as "early-15"
    false_flags: str
    in_force: bool


@dataclass(frozen=True)
class PriceRow:
    """One row of the table: one sensitivity with every smallest rise."""

    sensitivity: str
    prices: Sequence[Price]


def format_points(rise: float) -> str:
    """1.5 → "1.5 points"."""
    return _("%(rise)s points") % {"rise": number_format(rise, 1 if rise % 1 else 0)} if rise != 1 else _("1 point")


class RuleSettingsForm(ServiceForm):
    """The two settings; each must be a measured one."""

    sensitivity = forms.ChoiceField(
        label=gettext_lazy("How early it speaks"),
        choices=RuleSettings.Sensitivity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how early it speaks.")},
    )
    smallest_rise = forms.ChoiceField(
        label=gettext_lazy("The smallest rise that matters"),
        choices=RISE_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the smallest rise that matters.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        rises = self.fields["smallest_rise"]
        assert isinstance(rises, forms.ChoiceField)
        rises.choices = [(str(rise), format_points(rise)) for rise in SMALLEST_RISES]

    @property
    def settings(self) -> tuple[str, float]:
        """Sensitivity and smallest rise of a valid form."""
        return self.cleaned_data["sensitivity"], float(self.cleaned_data["smallest_rise"])


class RuleSettingsChangeForm(RuleSettingsForm):
    """The two settings, with the reason of the change."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,  # the service refuses an empty one
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )


def describe_settings(settings: tuple[str, float]) -> str:
    """ "standard, from 1 point up"."""
    return _("%(sensitivity)s, from %(rise)s up") % {
        "sensitivity": RuleSettings.Sensitivity(settings[0]).label, "rise": format_points(settings[1]),
    }  # fmt: skip


def format_false_flags(settings: tuple[str, float]) -> str:
    """False flags a client-year, as measured: "0.95"."""
    return str(number_format(FALSE_FLAGS_PER_YEAR[settings], 2))


def build_price_table(in_force: tuple[str, float]) -> list[PriceRow]:
    """The table of all settings; ``in_force``: those that are marked."""
    return [
        PriceRow(str(RuleSettings.Sensitivity(code).label), [_price(code, rise, in_force) for rise in SMALLEST_RISES])
        for code in SENSITIVITIES
    ]


def _price(code: str, rise: float, in_force: tuple[str, float]) -> Price:
    return Price(f"{code}-{rise * 10:.0f}", format_false_flags((code, rise)), (code, rise) == in_force)


def read_requested_settings(
    request: HttpRequest, in_force: tuple[str, float]
) -> tuple[RuleSettingsForm, tuple[str, float]]:
    """The settings in the query string, as a form and as values; those in force where it has none or an unknown one."""
    data = {"sensitivity": in_force[0], "smallest_rise": str(in_force[1])}
    data |= {name: request.GET[name] for name in data if name in request.GET}
    form = RuleSettingsForm(data)
    return form, form.settings if form.is_valid() else in_force


@require_http_methods(["GET", "HEAD", "POST"])
def change_rule_settings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change the settings, with the reason; below, every change before."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    by = access.find_practitioner(request, client)
    history = list(client.rule_settings.select_related("by").order_by("-at", "-pk"))
    in_force = settings_of(client.pk)
    if request.method == "POST":
        form = RuleSettingsChangeForm(request.POST)
        if form.is_valid():
            sensitivity, rise = form.settings
            reason = form.cleaned_data["reason"]
            changed = form.call(
                lambda: set_client_rule_settings(
                    client, sensitivity=sensitivity, smallest_rise=rise, reason=reason, by=by
                )
            )
            if changed is not None:
                messages.success(request, _("%(name)s: the rule listens as chosen from now on.") % {"name": client})
                return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))
    else:
        _form, (sensitivity, rise) = read_requested_settings(request, in_force)
        form = RuleSettingsChangeForm(initial={"sensitivity": sensitivity, "smallest_rise": str(rise)})
    return render_page(
        request,
        "client/rule_settings.html",
        _("How finely the rule listens"),
        client=client,
        form=form,
        now=describe_settings(in_force),
        prices=build_price_table(in_force),
        rises=[format_points(rise) for rise in SMALLEST_RISES],
        clinics=describe_settings(clinic_settings_of(client.clinic_id))
        if client.clinic.rule_settings.filter(client=None).exists()
        else "",
        history=[(row, describe_settings((row.sensitivity, row.smallest_rise))) for row in history],
    )


ROUTES = [("clients/<int:pk>/rule-settings/", change_rule_settings, "rule_settings")]
