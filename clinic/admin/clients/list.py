"""Clients by name, and the page of one client: all of the record, or, for the front desk, how to reach them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clinic.admin import access
from clinic.admin import labels as admin_labels
from clinic.admin.client import page as client_page
from clinic.admin.rendering import AdminPage, render_page
from clinic.models import Client
from clinic.models.fields import folded

PER_PAGE = 100


class SearchForm(forms.Form):
    """By a part of the name, accents and case aside."""

    q = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        error_messages={
            "max_length": gettext_lazy("Name: write at most %(limit_value)s characters. Everybody is shown.")
        },
        widget=forms.SearchInput(attrs={"placeholder": gettext_lazy("Find by name"), "autocomplete": "off"}),
    )


@require_safe
def listing(request: HttpRequest) -> AdminPage:
    """Everybody whom this person may know of: names, contact, state. No health data."""
    everybody = Client.objects.visible_to(request.user).select_related("practitioner", "clinic").order_by("name", "pk")
    form = SearchForm(request.GET)
    found = everybody
    if form.is_valid() and form.cleaned_data["q"]:
        found = everybody.filter(name_search__contains=folded(form.cleaned_data["q"]))
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    treats = bool(access.clinical(request))
    return render_page(
        request,
        "clients/list.html",
        _("Clients"),
        page_obj=shown,
        may_prescribe=_may_prescribe(request, shown.object_list) if treats else set(),
        form=form,
        narrowed=found is not everybody,
        may_invite=treats,
        may_hand_over=treats and Client.objects.handed_over_by(request.user).exists(),
        several_clinics=len(access.memberships(request)) > 1,
    )


def _may_prescribe(request: HttpRequest, clients: Iterable[Client]) -> set[int]:
    """The numbers of those to whom this person may prescribe, several at once."""
    mine = Client.objects.treated_by(request.user).exclude(state=Client.State.LEFT)
    return set(mine.filter(pk__in=[one.pk for one in clients]).values_list("pk", flat=True))


@require_safe
def client(request: HttpRequest, pk: int) -> AdminPage:
    """One client. Who may not see the record gets name and contact; to everybody else there is no such page."""
    treated = Exists(Client.objects.treated_by(request.user).filter(pk=OuterRef("pk")))
    given = Exists(Client.objects.handed_over_by(request.user).filter(pk=OuterRef("pk")))
    known = Client.objects.visible_to(request.user).select_related("practitioner", "clinic")
    known = known.annotate(treated=treated, may_hand_over=given)
    about: Any = get_object_or_404(known, pk=pk)
    now = timezone.now()
    told: dict[str, Any] = {"client": about, "now": now, "language": admin_labels.language_name(about.language)}
    if not about.treated:
        return render_page(request, "client/contact.html", about.name, **told)
    kept = client_page.build_client_record(about, now, request.GET.get("page"), request.GET.get("timeline"))
    return render_page(
        request,
        "client/page.html",
        about.name,
        **told,
        record=kept,
        invitation_why=admin_labels.format_status_detail(kept.invitation.status_detail) if kept.invitation else "",
        handovers=about.handovers.select_related("from_practitioner", "to_practitioner", "by"),
        may_hand_over=about.may_hand_over,
    )


ROUTES = [
    ("clients/", listing, "clients"),
    ("clients/<int:pk>/", client, "client"),
]
