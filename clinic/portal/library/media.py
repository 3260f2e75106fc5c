"""A clinic's own films and pictures: for people who are signed in and known here, and for nobody else."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clinic.models import Client, Person, Practitioner, Prescription, Registrant
from clinic.portal.access import client_of
from clinic.portal.library.byte_ranges import serve_file
from clinic.portal.pwa.offline import allow_copy, set_holder
from exercises.models import Exercise, Media


@require_safe
def media(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One uploaded file, or a range of it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    media = get_object_or_404(Media.objects.exclude(file="").filter(_shown_to(request.user)), pk=pk)
    storage, name = media.file.storage, str(media.file.name)
    try:
        file, changed_at = storage.open(name), storage.get_modified_time(name)
    except FileNotFoundError:
        raise Http404 from None
    response = serve_file(
        request, file, content_type=media.content_type, version=PurePosixPath(name).stem, changed_at=changed_at
    )
    response["Cache-Control"] = "private, no-cache"  # kept by this browser, and asked for anew each time it is shown
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    client = client_of(request)
    if client is not None and media.content_type.startswith("image/"):  # a film is too large to be kept on a phone
        set_holder(response, request, client)
        allow_copy(response)
    return response


def _shown_to(user: Person) -> Q:
    """Practitioners see all of it; others what the library shows and what was prescribed to them."""
    if Practitioner.objects.for_user(user).exists():
        return Q()
    mine = Client.objects.for_user(user)
    if not mine.exists() and not Registrant.objects.for_user(user).exists():
        return Q(pk__in=[])
    prescribed = Prescription.objects.filter(client__in=mine.values("pk")).values("exercise")
    return Q(exercise__in=Exercise.objects.published().values("pk")) | Q(exercise__in=prescribed)
