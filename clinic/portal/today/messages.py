"""Messages of the clinic: on Today until read, and all of them on a page of their own."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from clinic.clients import messages as client_messages
from clinic.models import Client, Message, Person
from clinic.portal.access import client_only, render_page

PAGE_SIZE = 20


def client_messages_for(client: Client, user: Person) -> QuerySet[Message]:
    """The newest first, each with its author."""
    mine = Message.objects.visible_to(user).filter(client=client)
    return mine.select_related("by", "client__clinic").order_by("-due_at", "-pk")


@require_safe
@client_only
def messages(request: HttpRequest, client: Client) -> HttpResponse:
    """All messages, a page at a time; a GET changes nothing."""
    page = Paginator(client_messages_for(client, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(request, client, "today/messages.html", {"page": page})


@require_POST
@client_only
def mark_read(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """The button "Got it": the message leaves Today, and the practitioner sees that it was read."""
    message = get_object_or_404(client_messages_for(client, request.user), pk=pk)
    client_messages.mark_read(message, by=request.user)  # type: ignore[arg-type]  # signed in: the page is for clients only
    return redirect("clinic:messages" if request.POST.get("from") == "messages" else "clinic:today")
