"""Hand clients over to a colleague: one, some, or all of somebody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clinic.admin import access
from clinic.admin.bulk_selection import rows_by_ids, selected_rows
from clinic.admin.rendering import render_page
from clinic.admin.service_form import ServiceForm
from clinic.clients import handover
from clinic.models import Client, Practitioner

PER_PAGE = 500  # Django takes a thousand fields of a form


class HandOverForm(ServiceForm):
    """To whom, and why. Which clients stands in the ticks beside it."""

    to = forms.TypedChoiceField(
        label=gettext_lazy("Who treats them from now on"),
        coerce=int,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose somebody who treats at this clinic.")
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For your colleague and the record; a client who takes their data along has it, too."),
        error_messages={"required": gettext_lazy("Write in a few words why.")},
    )

    def __init__(self, data: Any, offered: Sequence[Practitioner]) -> None:
        super().__init__(data)
        to = self.fields["to"]
        assert isinstance(to, forms.TypedChoiceField)
        to.choices = [("", _("Choose")), *((who.pk, who.name) for who in offered)]
        self._offered = {who.pk: who for who in offered}

    def hand_over(self, clients: Sequence[Client], by: Practitioner) -> int:
        """Call the verb; returns how many changed hands. Raises its ValidationError."""
        to = self._offered[self.cleaned_data["to"]]
        return len(handover.hand_over_clients(clients, to, by=by, reason=self.cleaned_data["reason"]))


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """Those one may give away, with ticks: one's own, for an owner everybody's.

    In the address: ``client`` (several times) ticks these; ``practitioner`` shows that colleague's alone, all ticked;
    ``clinic`` says at which, where one works at several.
    """
    by = _as_whom(request)
    mine = Client.objects.handed_over_by(request.user).filter(clinic=by.clinic_id)
    chosen = {client.pk for client in selected_rows(request, mine)}
    team = Practitioner.objects.visible_to(request.user).filter(clinic=by.clinic_id)
    whose = rows_by_ids(request.GET, team, "practitioner")  # the address stays while the form is sent
    shown = mine.filter(practitioner__in=whose) if whose else mine
    paged = Paginator(shown.select_related("practitioner").order_by("name", "pk"), PER_PAGE)
    clients = list(part := paged.get_page(request.GET.get("page")))
    if whose and request.method != "POST" and not chosen:
        chosen = {client.pk for client in clients}
    offered = list(handover.colleagues(by).exclude(pk__in=_sole(clients)).order_by("name", "pk"))
    teams = Practitioner.objects.filter(clients__in=mine).annotate(number=Count("clients")).order_by("name", "pk")
    form = HandOverForm(request.POST if request.method == "POST" else None, offered)
    if request.method == "POST" and form.is_valid():
        given = [client for client in clients if client.pk in chosen]
        count = form.call(lambda: form.hand_over(given, by))
        if count is not None:
            return _done(request, given, count)
    return render_page(
        request, "clients/handover.html", _("Hand clients over"), form=form, clients=clients, chosen=chosen,
        whose=whose, page_obj=part, by=by, offered=offered, teams=teams,
        whole_clinic=by.role == Practitioner.Role.OWNER and not whose,
    )  # fmt: skip


def _as_whom(request: HttpRequest) -> Practitioner:
    """The membership whose clients are shown: of the clinic asked for, or of the clients ticked, else the first."""
    clinical = access.clinical(request)
    wanted = request.GET.get("clinic") or request.POST.get("clinic")
    rows_by_ids = request.GET.get("client") or request.POST.get("client") or ""
    if not wanted and rows_by_ids.isascii() and rows_by_ids.isdigit() and len(rows_by_ids) < 19:
        found = Client.objects.handed_over_by(request.user).filter(pk=int(rows_by_ids)).values_list("clinic", flat=True)
        wanted = str(found[0]) if found else ""
    for membership in clinical:
        if not wanted or str(membership.clinic_id) == wanted:
            return membership
    raise Http404


def _sole(clients: Sequence[Client]) -> list[int]:
    """Nobody is handed over to whom they are with: left out where all on the page are with one."""
    treating = {client.practitioner_id for client in clients}
    return list(treating) if len(treating) == 1 else []


def _done(request: HttpRequest, given: Sequence[Client], count: int) -> HttpResponseRedirect:
    if not count:
        messages.info(request, _("Nothing to do: they are with this colleague already."))
    elif count == 1 == len(given):
        messages.success(request, _("%(name)s is handed over.") % {"name": given[0]})
    else:
        told = ngettext("%(count)s client is handed over.", "%(count)s clients are handed over.", count)
        messages.success(request, told % {"count": count})
    return HttpResponseRedirect(reverse("plumbline:clients"))


@require_safe
def of_colleague(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same for all clients of one colleague. Raises Http404 for who treats nobody, or works elsewhere."""
    if not access.clinical(request):
        raise Http404
    whose = get_object_or_404(Practitioner.objects.visible_to(request.user), pk=pk)
    return HttpResponseRedirect(f"{reverse('plumbline:hand_over')}?clinic={whose.clinic_id}&practitioner={pk}")


ROUTES = [
    ("clients/hand-over/", hand_over, "hand_over"),
    ("clients/hand-over/of/<int:pk>/", of_colleague, "hand_over"),
]
