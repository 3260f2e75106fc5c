"""A preview of the reminder mail of one client; it is not sent, and its links lead nowhere."""

from __future__ import annotations

import datetime as dt
import re

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin import labels as admin_labels
from clinic.admin.rendering import AdminPage, render_page
from clinic.models import Client, Schedule
from clinic.reminders import sending

DEFAULT_TIME = dt.time(18)  # for a client who has no exercise yet


@require_safe
def preview(request: HttpRequest, pk: int) -> AdminPage:
    """Show subject, sender, HTML and text to those who treat the client; 404 for everybody else."""
    treated = Client.objects.treated_by(request.user).select_related("clinic")
    client = get_object_or_404(treated, pk=pk)
    times = Schedule.objects.filter(prescription__client=client, active=True).order_by("local_time")
    at = times.values_list("local_time", flat=True).first()
    mail = sending.preview_reminder(client, at or DEFAULT_TIME)
    html = str(mail.alternatives[0][0])
    return render_page(
        request,
        "client/mail_preview.html",
        _("The reminder that %(name)s gets") % {"name": client.name},
        client=client,
        mail=mail,
        html=re.sub(r'\shref="[^"]*"', "", html),
        language=admin_labels.language_name(client.language),
        planned=at is not None,
    )


ROUTES = [("clients/<int:pk>/mail/", preview, "mail")]
