"""The list of clients, and the page of one: the whole record or, for the front desk, name and contact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from clinic.admin import access, labels as admin_labels
from clinic.admin.client import page as client_page
from clinic.admin.rendering import AdminPage, render_page
from clinic.models import Client
from clinic.models.fields import folded

PER_PAGE = 100


class SearchForm(forms.Form):
    """Search by a part of the name, ignoring accents and case."""

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
    """The clients visible to this person: name, contact and state, no health data."""
    clients = Client.objects.visible_to(request.user).select_related("practitioner", "clinic").order_by("name", "pk")
    form = SearchForm(request.GET)
    matches = clients
    if form.is_valid() and form.cleaned_data["q"]:
        matches = clients.filter(name_search__contains=folded(form.cleaned_data["q"]))
    page_obj = Paginator(matches, PER_PAGE).get_page(request.GET.get("page"))
    treats = bool(access.clinical_memberships(request))
    return render_page(
        request,
        "clients/list.html",
        _("Clients"),
        page_obj=page_obj,
        may_prescribe=_may_prescribe(request, page_obj.object_list) if treats else set(),
        form=form,
        narrowed=matches is not clients,
        may_invite=treats,
        may_hand_over=treats and Client.objects.handed_over_by(request.user).exists(),
        several_clinics=len(access.memberships(request)) > 1,
    )


def _may_prescribe(request: HttpRequest, clients: Iterable[Client]) -> set[int]:
    """The primary keys of the clients to whom this person may prescribe."""
    own = Client.objects.treated_by(request.user).exclude(state=Client.State.LEFT)
    return set(own.filter(pk__in=[client.pk for client in clients]).values_list("pk", flat=True))


@require_safe
def show(request: HttpRequest, pk: int) -> AdminPage:
    """One client: the record for those who treat them, else name and contact. Raises Http404 for strangers."""
    treated = Exists(Client.objects.treated_by(request.user).filter(pk=OuterRef("pk")))
    may_hand_over = Exists(Client.objects.handed_over_by(request.user).filter(pk=OuterRef("pk")))
    visible = Client.objects.visible_to(request.user).select_related("practitioner", "clinic")
    client: Any = get_object_or_404(visible.annotate(treated=treated, may_hand_over=may_hand_over), pk=pk)
    now = timezone.now()
    context: dict[str, Any] = {"client": client, "now": now, "language": admin_labels.language_name(client.language)}
    if not client.treated:
        return render_page(request, "client/contact.html", client.name, **context)
    record = client_page.build_client_record(client, now, request.GET.get("page"), request.GET.get("timeline"))
    invitation = record.invitation
    return render_page(
        request,
        "client/page.html",
        client.name,
        **context,
        record=record,
        invitation_error=admin_labels.format_status_detail(invitation.status_detail) if invitation else "",
        handovers=client.handovers.select_related("from_practitioner", "to_practitioner", "by"),
        may_hand_over=client.may_hand_over,
    )


ROUTES = [("clients/", listing, "clients"), ("clients/<int:pk>/", show, "client")]
