"""The web app: the manifest, its icons, the service worker, and the page shown without a network.

All of it is public and the same for everybody of one clinic: ``clinic`` in the query names it, ``lang`` the language.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin, staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language_info, gettext as _, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinic.models import Clinic
from clinic.portal.links.register import first_clinic
from clinic.portal.pwa.icons import draw_icon
from clinic.practice.colors import INK, readable_text_color

ICONS: Final = {"any-192": 192, "any-512": 512, "maskable-192": 192, "maskable-512": 512, "apple-180": 180}
ACCENT: Final = Clinic._meta.get_field("accent").default
STATIC_ROOT: Final = Path(__file__).resolve().parents[2] / "static"
# The worker is one script: not every browser takes modules in it. These parts are modules for the pages, or its own.
WORKER_SCRIPTS: Final = [
    f"clinic/offline/{part}.js"
    for part in ("report_state", "cache_policy", "queue", "sender", "worker", "notifications")
]
_MODULE_ONLY: Final = re.compile(r"^(import [^;]+;\n|export (?=const|function|async function))", re.MULTILINE)


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The clinic as an app."""
    clinic, language = _clinic_and_language(request)
    accent = clinic.accent if clinic else ACCENT
    today = reverse("clinic:today")
    with override(language):
        content = {
            "id": today,
            "start_url": today,
            "scope": today,
            "display": "standalone",
            "name": clinic.name if clinic else "Plumbline",
            "short_name": _short(clinic.name) if clinic else "Plumbline",
            "lang": language,
            "dir": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "theme_color": accent,
            "background_color": accent,
            "icons": [
                {
                    "src": icon_path(accent, name),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": name.split("-")[0],
                }
                for name, size in ICONS.items()
                if not name.startswith("apple")
            ],
            "shortcuts": [
                {"name": _("Report pain"), "url": reverse("clinic:report"), "icons": [_small(accent)]},
                {"name": _("Today"), "url": today, "icons": [_small(accent)]},
            ],
        }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def icon(request: HttpRequest, accent: str, name: str) -> HttpResponse:
    """The mark in that color; the path holds all parameters, so it is cached for good."""
    if name not in ICONS:
        raise Http404
    return HttpResponse(_draw(accent.lower(), name), content_type="image/png")


@require_safe
@cache_control(no_cache=True)
def no_network(request: HttpRequest) -> HttpResponse:
    """The page that the worker shows where it has no copy."""
    return HttpResponse(_no_network(*_clinic_and_language(request)))


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker and its configuration. Its version is the hash of all that it keeps."""
    clinic, language = _clinic_and_language(request)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    shell = shell_files()
    code = "\n".join(_MODULE_ONLY.sub("", (STATIC_ROOT / part).read_text()) for part in WORKER_SCRIPTS)
    contents = [code, _no_network(clinic, language), *((STATIC_ROOT / name).read_text() for name in shell)]
    version = hashlib.sha256("\0".join([*contents, *map(static, shell)]).encode()).hexdigest()[:12]
    accent = clinic.accent if clinic else ACCENT
    config = {
        "version": version,
        "shell": [*map(static, shell), icon_path(accent, "any-192")],
        "static": settings.STATIC_URL,
        "hashed": isinstance(staticfiles_storage, HashedFilesMixin) and not settings.DEBUG,
        "scope": reverse("clinic:today"),
        "offlinePage": reverse("clinic:no_network") + query,
        "submissionUrl": reverse("clinic:offline_submission"),
        "subscriptionUrl": reverse("clinic:push_subscription"),
        "signOut": reverse("clinic:sign_out"),
    }
    return HttpResponse(f"const config = {json.dumps(config)};\n{code}", content_type="text/javascript; charset=utf-8")


def shell_files() -> list[str]:
    """The static files behind the client's pages, by their names without a hash."""
    found = [
        path
        for kind in ("*.css", "*.svg", "player/*.js", "offline/*.js")
        for path in (STATIC_ROOT / "clinic").glob(kind)
    ]
    names = sorted(path.relative_to(STATIC_ROOT).as_posix() for path in found)
    return [name for name in names if not name.endswith(("cache_policy.js", "worker.js", "notifications.js"))]


def icon_path(accent: str, name: str) -> str:
    return reverse("clinic:icon", args=[accent.lstrip("#").lower(), name])


def _small(accent: str) -> dict[str, Any]:
    return {"src": icon_path(accent, "any-192"), "sizes": "192x192", "type": "image/png"}


def _clinic_and_language(request: HttpRequest) -> tuple[Clinic | None, str]:
    """The clinic of the query, else the site's first; its language of the query, else the clinic's."""
    clinic = Clinic.objects.filter(slug=request.GET.get("clinic", "")).first() or first_clinic()
    languages = dict(settings.LANGUAGES)
    language = request.GET.get("lang", "")
    fallback = clinic.language if clinic and clinic.language in languages else settings.LANGUAGE_CODE
    return clinic, language if language in languages else fallback


def _no_network(clinic: Clinic | None, language: str) -> str:
    with override(language):
        return render_to_string("clinic/portal/pwa/no_network.html", {"clinic": clinic})


def _short(name: str) -> str:
    """As much as fits under an icon, whole words."""
    short = name[:13].rsplit(" ", 1)[0] if len(name) > 12 and " " in name[:13] else name[:12]
    return short.strip()


@lru_cache(maxsize=64)
def _draw(accent: str, name: str) -> bytes:
    return draw_icon(
        ICONS[name], accent, readable_text_color(f"#{accent}", dark=INK)[1:], rounded=name.startswith("any")
    )
