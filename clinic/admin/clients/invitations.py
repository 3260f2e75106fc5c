"""The invitations that are not accepted: list, resend and withdraw them, one or several at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clinic.admin import access, labels as admin_labels
from clinic.admin.bulk_selection import group_by_membership, selected_rows
from clinic.admin.rendering import redirect_back, render_page
from clinic.clients import invitations
from clinic.clients.invitations import MAX_INVITATIONS, REMIND_AFTER
from clinic.models import Client, Invitation
from clinic.models.client import ClientQuerySet
from clinic.models.outbox import OPEN, State

PER_PAGE = 50


@dataclass(frozen=True)
class InvitationRow:
    """A client who has not joined, and the state of the last mail."""

    client: Client
    state: str  # label
    error: str  # label; empty: no error is known
    valid_until: dt.datetime | None  # None: the link no longer works


def list_invited(request: HttpRequest) -> tuple[Page[Client], list[InvitationRow], int]:
    """One page of invited clients, the newest first, and the number of all who can be reminded now."""
    now = timezone.now()
    mails = Prefetch("invitations", queryset=Invitation.objects.order_by("-pk"), to_attr="mails")
    waiting = _invited(request).select_related("practitioner", "clinic").prefetch_related(mails)
    page_obj = Paginator(waiting.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return page_obj, [_build_row(client, now) for client in page_obj], _to_remind(request, now).count()


def _invited(request: HttpRequest) -> ClientQuerySet:
    return Client.objects.treated_by(request.user).filter(state=Client.State.INVITED)


def _to_remind(request: HttpRequest, now: dt.datetime) -> ClientQuerySet:
    return Client.objects.treated_by(request.user).unanswered(now - REMIND_AFTER, MAX_INVITATIONS)


def _build_row(client: Client, now: dt.datetime) -> InvitationRow:
    mail: Invitation | None = next(iter(client.mails), None)  # type: ignore[attr-defined]
    if mail is None:
        return InvitationRow(client, _("not invited"), "", None)
    valid_until = mail.valid_until if mail.valid_until > now and mail.withdrawn_at is None else None
    if mail.state in OPEN:
        state = _("waits to go out") if mail.try_at <= now else _("goes out in a few minutes")
    elif mail.state == State.SENT:
        state = _("mailed %(ago)s") % {"ago": admin_labels.format_time_ago(mail.sent_at or mail.due_at, now)}
    else:
        state = mail.get_state_display()
    error = admin_labels.format_status_detail(mail.status_detail)
    if client.undeliverable_since and not error:
        error = _("mail comes back")
    return InvitationRow(client, state, error, valid_until)


@require_POST
def resend_invitation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Mail a new link to a client; the earlier ones stop working."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    try:
        invitations.resend_invitation(client, by=access.find_practitioner(request, client))
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
    else:
        messages.success(request, _("A new invitation to %(name)s is on its way.") % {"name": client})
    return redirect_back(request, reverse("plumbline:client", args=[pk]))


@require_POST
def resend_invitations(request: HttpRequest) -> HttpResponseBase:
    """Mail new links to the checked clients; with ``remind`` to all who have not answered for REMIND_AFTER."""
    if not access.clinical_memberships(request):
        raise Http404
    if "remind" in request.POST:
        chosen = list(_to_remind(request, timezone.now()))
    else:
        chosen = selected_rows(request, Client.objects.treated_by(request.user))
    posted = 0
    for by, clients in group_by_membership(access.clinical_memberships(request), chosen):
        posted += len(invitations.resend_invitations(clients, by=by))
    if not chosen:
        messages.info(request, _("Nobody was chosen, so nothing was sent."))
    elif posted:
        message = ngettext(
            "%(count)s new invitation is on its way.", "%(count)s new invitations are on their way.", posted
        )
        messages.success(request, f"{message % {'count': posted}} {_joined_meanwhile(len(chosen) - posted)}".strip())
    else:
        messages.info(request, _joined_meanwhile(len(chosen)))
    return HttpResponseRedirect(reverse("plumbline:invite"))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponseBase:
    """Ask for confirmation, then withdraw the invitations."""
    if not access.clinical_memberships(request):
        raise Http404
    chosen = selected_rows(request, Client.objects.treated_by(request.user).select_related("clinic"))
    waiting = [client for client in chosen if client.state == Client.State.INVITED]
    return_url = reverse("plumbline:invite")
    if not waiting:
        nobody = _("Nobody was chosen, so nothing is withdrawn.")
        messages.info(request, _joined_meanwhile(len(chosen)) if chosen else nobody)
        return HttpResponseRedirect(return_url)
    if request.method != "POST" or "confirmed" not in request.POST:
        with_plan = Client.objects.filter(pk__in=[row.pk for row in waiting], prescriptions__isnull=False)
        planned = set(with_plan.values_list("pk", flat=True))
        title = ngettext("Withdraw the invitation", "Withdraw the invitations", len(waiting))
        return render_page(request, "clients/withdraw_invitations.html", title, clients=waiting, planned=planned)
    withdrawn = 0
    for by, clients in group_by_membership(access.clinical_memberships(request), waiting):
        withdrawn += len(invitations.withdraw_invitations(clients, by=by))
    if withdrawn == 1 == len(waiting):
        messages.success(
            request, _("The invitation to %(name)s is withdrawn. Its link works no more.") % {"name": waiting[0]}
        )
    elif withdrawn:
        message = ngettext("%(count)s invitation is withdrawn.", "%(count)s invitations are withdrawn.", withdrawn)
        rest = _joined_meanwhile(len(chosen) - withdrawn)
        messages.success(request, f"{message % {'count': withdrawn}} {rest}".strip())
    else:
        messages.info(request, _joined_meanwhile(len(chosen)))
    return HttpResponseRedirect(return_url)


def _joined_meanwhile(count: int) -> str:
    """The sentence about the clients who joined or left meanwhile; empty: there are none."""
    if not count:
        return ""
    message = ngettext(
        "%(count)s person has joined or left in the meantime, and stays as they are.",
        "%(count)s people have joined or left in the meantime, and stay as they are.",
        count,
    )
    return message % {"count": count}


ROUTES = [
    ("clients/<int:pk>/resend-invitation/", resend_invitation, "resend_invitation"),
    ("clients/invitations/resend/", resend_invitations, "resend_invitations"),
    ("clients/invitations/withdraw/", withdraw, "withdraw_invitations"),
]
