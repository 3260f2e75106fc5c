"""The visit summary of a prescription, for its client."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.documents import pdf, summary as documents_summary
from clinic.models import Client, Prescription
from clinic.portal.access import client_only
from clinic.portal.progress.page import load_progress


@require_safe
@client_only
def summary(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """One own prescription as a PDF, on ``?paper=a4`` or ``letter``; Http404 for any other paper."""
    prescription = get_object_or_404(Prescription.objects.visible_to(request.user).filter(client=client), pk=pk)
    try:
        content = documents_summary.print_summary(
            load_progress(prescription, timezone.now()),
            by=request.user,  # type: ignore[arg-type]  # signed in: the page is for clients only
            paper=request.GET.get("paper", pdf.A4),
        )
    except ValidationError as error:
        raise Http404 from error
    return HttpResponse(
        content, content_type=pdf.MEDIA_TYPE, headers={"Content-Disposition": documents_summary.DISPOSITION}
    )
