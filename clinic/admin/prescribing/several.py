"""Prescribe one exercise to several clients at once: one dose, and the screening of each client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.bulk_selection import rows_by_ids
from clinic.admin.prescribing import client_preview, day_strip, dose_prefill
from clinic.admin.prescribing.one import find_wanted, list_offered
from clinic.admin.prescribing.review import BACK, PREVIEW, displayed_plans, displayed_plans_field, render_review
from clinic.admin.prescribing.screening_form import BulkPrescribeForm
from clinic.admin.rendering import render_page
from clinic.models import Client, Practitioner, Prescription
from clinic.prescriptions import bulk, prescribing
from clinic.prescriptions.bulk import MAX_CLIENTS
from clinic.reminders import planning
from exercises.models import Exercise


@require_http_methods(["GET", "HEAD", "POST"])
def prescribe_several(request: HttpRequest) -> HttpResponseBase:
    """``?client=1&client=2``: choose the exercise, screen each, one dose, review; stored for all or for none."""
    if not access.clinical_memberships(request):
        raise Http404
    clients = _clients(request)
    if error := _selection_error(clients):
        messages.info(request, error)
        return HttpResponseRedirect(reverse("plumbline:clients"))
    if len(clients) == 1 and request.method != "POST":  # after the others were left out, what was typed is kept
        query = urlencode({"exercise": request.GET["exercise"]}) if "exercise" in request.GET else ""
        return HttpResponseRedirect(f"{reverse('plumbline:prescribe', args=[clients[0].pk])}{query and '?'}{query}")
    by = access.find_practitioner(request, clients[0])
    offered = list_offered(by.clinic, by, clients)
    chosen, slug = find_wanted(request, offered)
    title = _title(clients)
    query = "&".join(f"client={client.pk}" for client in clients)
    if chosen is None:
        context: dict[str, Any] = {"clients": clients, "offered": offered, "unknown": slug, "query": query}
        return render_page(request, "prescribing/choose_exercise.html", title, **context)
    exercise = chosen.exercise
    sources = dose_prefill.list_sources(exercise, by)
    form = _form(request, clients, exercise, sources)
    if form.is_bound and form.is_valid():
        respond = _preview if request.POST.get("do") == PREVIEW else _store
        response = form.call(lambda: respond(request, form, by))
        if response is not None:
            return response
    early = {share.client.pk: share.early for share in form.shares}
    strips = {strip.client.pk: strip for strip in day_strip.build_strips(clients, form.valid_times(), early)}
    plans = _running_plans(clients, exercise)
    running = {plan.client_id: plan for plan in plans}
    return render_page(
        request, "prescribing/several.html", title, clients=clients, chosen=chosen, exercise=exercise, form=form,
        words=exercise.text_in(get_language()), sources=sources, several=len(offered) > 1, query=query,
        hours=day_strip.hour_marks(),
        shares=[
            (share, strips[share.client.pk], running.get(share.client.pk), _url_without(share.client, clients, slug))
            for share in form.shares
        ],
        displayed_plans=displayed_plans_field(form, request.POST, plans),
    )  # fmt: skip


def _title(clients: Sequence[Client]) -> str:
    title = ngettext("Prescribe for %(count)s client", "Prescribe for %(count)s clients", len(clients))
    return title % {"count": len(clients)}


def _running_plans(clients: Sequence[Client], exercise: Exercise) -> list[Prescription]:
    """The running plans of the exercise."""
    return list(Prescription.objects.running().filter(client__in=clients, exercise__slug=exercise.slug).order_by("pk"))


def _url_without(client: Client, clients: Sequence[Client], slug: str) -> str:
    """The address of the same page for the others; empty where there is none."""
    others = [("client", str(each.pk)) for each in clients if each.pk != client.pk]
    return f"?{urlencode([*others, ('exercise', slug)])}" if others else ""


def _clients(request: HttpRequest) -> list[Client]:
    """The clients that the address names, by name. Raises Http404 when this person does not treat one of them."""
    treated = Client.objects.treated_by(request.user).select_related("clinic", "practitioner")
    return rows_by_ids(request.GET, treated.order_by("name", "pk"), "client")


def _selection_error(clients: Sequence[Client]) -> str:
    """Why these clients cannot be prescribed to at once; empty when they can."""
    if not clients:
        return _("Tick the clients first.")
    if len(clients) > MAX_CLIENTS:
        return _("Choose at most %(most)s clients at once.") % {"most": MAX_CLIENTS}
    if len({client.clinic_id for client in clients}) > 1:
        return _("Choose clients of one clinic.")
    return ""


def _form(
    request: HttpRequest, clients: Sequence[Client], exercise: Exercise, sources: Sequence[dose_prefill.DoseSource]
) -> BulkPrescribeForm:
    """The form to validate; after a preview, or with a dose filled in, unbound and as it was typed."""
    form = BulkPrescribeForm(None, clients, exercise)
    fill, back = request.POST.get("fill", ""), request.POST.get("do") == BACK
    source = dose_prefill.find_source(sources, fill or dose_prefill.key_in_query(request.GET))
    if request.method == "POST" and not fill and not back:
        return BulkPrescribeForm(request.POST, clients, exercise)
    typed = form.typed(request.POST) if request.method == "POST" else {}
    filled = source.fields(form.first_day(typed)) if source and not back else {}
    return BulkPrescribeForm(None, clients, exercise, typed | filled) if typed or filled else form


def _store(request: HttpRequest, form: BulkPrescribeForm, by: Practitioner) -> HttpResponseBase:
    plans = bulk.prescribe_to_clients(
        form.screened_clients(), form.exercise, form.dose(), by=by, keep_as=form.cleaned_data["keep_as"],
        displayed_plans=displayed_plans(request.POST),
    )  # fmt: skip
    names = ", ".join(prescription.client.name for prescription in plans)
    params = {"exercise": form.exercise.name, "names": names}
    messages.success(request, _("%(exercise)s is prescribed for %(names)s.") % params)
    _warn_of_no_reminder(request, plans)
    return HttpResponseRedirect(reverse("plumbline:clients"))


def _warn_of_no_reminder(request: HttpRequest, plans: Sequence[Prescription]) -> None:
    """Name the clients to whom no reminder can ever come, by reason."""
    now, versions = timezone.now(), planning.newest_versions({plan.pk for plan in plans})
    names_by_reason: dict[str, list[str]] = {}
    for plan in plans:
        version = versions[plan.pk]
        version.prescription = plan  # with its client, read already
        if why := client_preview.no_time_left(version, now):
            names_by_reason.setdefault(why, []).append(plan.client.name)
    for why, names in names_by_reason.items():
        messages.warning(request, _("%(names)s: %(why)s") % {"names": ", ".join(names), "why": why})


def _preview(request: HttpRequest, form: BulkPrescribeForm, by: Practitioner) -> HttpResponseBase:
    """Review the plans of all clients; page and mail are those of the first."""
    dose, now = form.dose(), timezone.now()
    bulk.validate_clients(form.screened_clients(), form.exercise, dose, by=by, now=now)
    rows: list[dict[str, Any]] = []
    drafts = []
    for share in form.shares:
        screened = share.screened()
        draft = prescribing.draft_prescription(
            share.client, form.exercise, bulk.dose_for(screened, dose), screened.screening, by=by, now=now
        )
        first_reminder = next(iter(client_preview.first_reminders(draft, now)), None)
        rows.append(
            {
                "client": share.client,
                "first_reminder": first_reminder,
                "why_no_reminder": "" if first_reminder else client_preview.why_no_reminder(draft, now),
                "overrides": share.questions.overrides(),
            }
        )
        drafts.append(draft)
    title = _title([share.client for share in form.shares])
    return render_review(request, title, drafts[0], rows=rows, keep_as=form.cleaned_data["keep_as"])


ROUTES = [("clients/prescribe/", prescribe_several, "prescribe_several")]
