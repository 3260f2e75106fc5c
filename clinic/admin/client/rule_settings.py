"""How finely the rule listens to one client: two knobs, the price of each setting, and every turn with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.rendering import render_page
from clinic.admin.service_form import ServiceForm
from clinic.flags import rule_settings, rule_tuning
from clinic.flags.trend import FALSE_FLAGS_PER_YEAR, SENSITIVITIES, SMALLEST_RISES
from clinic.models import Client, RuleSettings

RISES = [(str(rise), str(rise)) for rise in SMALLEST_RISES]


@dataclass(frozen=True)
class Price:
    """What one setting costs: false flags a client-year."""

    code: str  # for the style sheet, such as "early-15"
    words: str
    in_force: bool


@dataclass(frozen=True)
class Priced:
    """One line of the table of prices."""

    sensitivity: str
    prices: Sequence[Price]


def points(rise: float) -> str:
    """1.5 → "1.5 points"."""
    return _("%(rise)s points") % {"rise": number_format(rise, 1 if rise % 1 else 0)} if rise != 1 else _("1 point")


class KnobsForm(ServiceForm):
    """The two knobs; each must be one of the measured settings."""

    sensitivity = forms.ChoiceField(
        label=gettext_lazy("How early it speaks"),
        choices=RuleSettings.Sensitivity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how early it speaks.")},
    )
    smallest_rise = forms.ChoiceField(
        label=gettext_lazy("The smallest rise that matters"),
        choices=RISES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the smallest rise that matters.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        rises = self.fields["smallest_rise"]
        assert isinstance(rises, forms.ChoiceField)
        rises.choices = [(str(rise), points(rise)) for rise in SMALLEST_RISES]

    @property
    def knobs(self) -> tuple[str, float]:
        """What was chosen; of a valid form."""
        return self.cleaned_data["sensitivity"], float(self.cleaned_data["smallest_rise"])


class TuneForm(KnobsForm):
    """The knobs, and why they are turned."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,  # an empty one is refused by the verb, in the verb's words
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )


def in_words(knobs: tuple[str, float]) -> str:
    """ "standard, from 1 point up"."""
    return _("%(sensitivity)s, from %(rise)s up") % {
        "sensitivity": RuleSettings.Sensitivity(knobs[0]).label, "rise": points(knobs[1]),
    }  # fmt: skip


def price(knobs: tuple[str, float]) -> str:
    """False flags a client-year, as measured: "0.95"."""
    return str(number_format(FALSE_FLAGS_PER_YEAR[knobs], 2))


def prices(now: tuple[str, float]) -> list[Priced]:
    """The table of all settings; ``now`` is the one in force."""
    return [
        Priced(
            str(RuleSettings.Sensitivity(code).label),
            [Price(f"{code}-{rise * 10:.0f}", price((code, rise)), (code, rise) == now) for rise in SMALLEST_RISES],
        )
        for code in SENSITIVITIES
    ]


def asked_for(request: HttpRequest, now: tuple[str, float]) -> tuple[KnobsForm, tuple[str, float]]:
    """The knobs that the address names, each on its own the one in force where it names none or nonsense."""
    given = {"sensitivity": now[0], "smallest_rise": str(now[1])}
    given |= {name: request.GET[name] for name in given if name in request.GET}
    form = KnobsForm(given)
    return form, form.knobs if form.is_valid() else now


@require_http_methods(["GET", "HEAD", "POST"])
def tune(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Turn the knobs, with the reason; below, every turn before."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    by = access.practitioner_of(request, client)
    history = list(client.rule_settings.select_related("by").order_by("-at", "-pk"))
    now = rule_settings.settings_of(client.pk)
    if request.method == "POST":
        form = TuneForm(request.POST)
        if form.is_valid():
            sensitivity, rise = form.knobs
            reason = form.cleaned_data["reason"]
            turned = form.call(
                lambda: rule_tuning.set_client_rule_settings(
                    client, sensitivity=sensitivity, smallest_rise=rise, reason=reason, by=by
                )
            )
            if turned is not None:
                messages.success(request, _("%(name)s: the rule listens as chosen from now on.") % {"name": client})
                return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))
    else:
        _form, wanted = asked_for(request, now)
        form = TuneForm(initial={"sensitivity": wanted[0], "smallest_rise": str(wanted[1])})
    return render_page(
        request,
        "client/rule_settings.html",
        _("How finely the rule listens"),
        client=client,
        form=form,
        now=in_words(now),
        prices=prices(now),
        rises=[points(rise) for rise in SMALLEST_RISES],
        clinics=in_words(rule_settings.clinic_settings_of(client.clinic_id))
        if client.clinic.rule_settings.filter(client=None).exists()
        else "",
        history=[(row, in_words((row.sensitivity, row.smallest_rise))) for row in history],
    )


ROUTES = [
    ("clients/<int:pk>/listening/", tune, "tune"),
]
