"""Hand clients over to a colleague: one, several, or all clients of a practitioner."""

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
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clinic.admin import access
from clinic.admin.bulk_selection import rows_by_ids, selected_rows
from clinic.admin.rendering import render_page
from clinic.admin.service_form import ServiceForm
from clinic.clients import handover
from clinic.models import Client, Practitioner
from clinic.models.fields import int_or_none
from clinic.models.handover import MAX_REASON

PER_PAGE = 500  # Django accepts a thousand fields of a form


class HandOverForm(ServiceForm):
    """The colleague and the reason; the clients are checkboxes beside this form."""

    to = forms.TypedChoiceField(
        label=gettext_lazy("Who treats them from now on"),
        coerce=int,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose somebody who treats at this clinic.")
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For your colleague and the record; a client who takes their data along has it, too."),
        error_messages={"required": gettext_lazy("Write in a few words why.")},
    )

    def __init__(self, data: Any, colleagues: Sequence[Practitioner]) -> None:
        super().__init__(data)
        to = self.fields["to"]
        assert isinstance(to, forms.TypedChoiceField)
        to.choices = [("", _("Choose")), *((colleague.pk, colleague.name) for colleague in colleagues)]
        self._colleagues = {colleague.pk: colleague for colleague in colleagues}

    def hand_over(self, clients: Sequence[Client], by: Practitioner) -> int:
        """Call the service; returns how many clients were handed over. Raises its ValidationError."""
        to = self._colleagues[self.cleaned_data["to"]]
        return len(handover.hand_over_clients(clients, to, by=by, reason=self.cleaned_data["reason"]))


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """The clients whom this person may hand over, with checkboxes: the own ones, for an owner all of the clinic.

    In the query string: each ``client`` is checked; ``practitioner`` shows the clients of that colleague alone, all
    checked; ``clinic`` chooses one where the person works at several.
    """
    by = _get_membership(request)
    allowed = Client.objects.handed_over_by(request.user).filter(clinic=by.clinic_id)
    checked = {client.pk for client in selected_rows(request, allowed)}
    team = Practitioner.objects.visible_to(request.user).filter(clinic=by.clinic_id)
    practitioners = rows_by_ids(request.GET, team, "practitioner")  # the query string stays while the form is sent
    listed = allowed.filter(practitioner__in=practitioners) if practitioners else allowed
    paginator = Paginator(listed.select_related("practitioner").order_by("name", "pk"), PER_PAGE)
    clients = list(page_obj := paginator.get_page(request.GET.get("page")))
    if practitioners and request.method != "POST" and not checked:
        checked = {client.pk for client in clients}
    colleagues = list(handover.colleagues(by).exclude(pk__in=_only_practitioner(clients)).order_by("name", "pk"))
    treating = Practitioner.objects.filter(clients__in=allowed).annotate(number=Count("clients"))
    form = HandOverForm(request.POST if request.method == "POST" else None, colleagues)
    if request.method == "POST" and form.is_valid():
        chosen = [client for client in clients if client.pk in checked]
        count = form.call(lambda: form.hand_over(chosen, by))
        if count is not None:
            return _redirect_to_clients(request, chosen, count)
    return render_page(
        request, "clients/handover.html", _("Hand clients over"), form=form, clients=clients, checked=checked,
        practitioners=practitioners, page_obj=page_obj, by=by, colleagues=colleagues,
        treating=treating.order_by("name", "pk"), whole_clinic=by.owns(by.clinic_id) and not practitioners,
    )  # fmt: skip


def _get_membership(request: HttpRequest) -> Practitioner:
    """The membership at the clinic in the query string or of the first checked client; else the first membership."""
    clinic = request.GET.get("clinic") or request.POST.get("clinic")
    pk = int_or_none(request.GET.get("client") or request.POST.get("client") or "")
    if not clinic and pk is not None:
        clinics = Client.objects.handed_over_by(request.user).filter(pk=pk).values_list("clinic", flat=True)
        clinic = str(clinics[0]) if clinics else ""
    for membership in access.clinical_memberships(request):
        if not clinic or str(membership.clinic_id) == clinic:
            return membership
    raise Http404


def _only_practitioner(clients: Sequence[Client]) -> list[int]:
    """The practitioner of all these clients, who is no choice; empty: they have several."""
    practitioners = {client.practitioner_id for client in clients}
    return list(practitioners) if len(practitioners) == 1 else []


def _redirect_to_clients(request: HttpRequest, chosen: Sequence[Client], count: int) -> HttpResponseRedirect:
    if not count:
        messages.info(request, _("Nothing to do: they are with this colleague already."))
    elif count == 1 == len(chosen):
        messages.success(request, _("%(name)s is handed over.") % {"name": chosen[0]})
    else:
        message = ngettext("%(count)s client is handed over.", "%(count)s clients are handed over.", count)
        messages.success(request, message % {"count": count})
    return HttpResponseRedirect(reverse("plumbline:clients"))


@require_safe
def all_of_colleague(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The page with all clients of one colleague. Raises Http404 for the front desk and other clinics."""
    if not access.clinical_memberships(request):
        raise Http404
    colleague = get_object_or_404(Practitioner.objects.visible_to(request.user), pk=pk)
    return HttpResponseRedirect(f"{reverse('plumbline:hand_over')}?clinic={colleague.clinic_id}&practitioner={pk}")


ROUTES = [
    ("clients/hand-over/", hand_over, "hand_over"),
    ("clients/hand-over/of/<int:pk>/", all_of_colleague, "hand_over"),
]
