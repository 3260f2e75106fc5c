"""The shell's look: the brand, a palette around our accent, and the navigation that each role gets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from clinic.admin import access
from clinic.models import Registrant

# Greys from the design's ground, line and ink; the dark end is the dark ground, surface and line.
_BASE = {
    "50": "#FBFAF7", "100": "#F3F0EA", "200": "#E4DFD6", "300": "#CFC9BE", "400": "#8F989A", "500": "#55646A",
    "600": "#414F54", "700": "#2E3639", "800": "#232A2D", "900": "#14181A", "950": "#0E1112",
}  # fmt: skip
_PRIMARY = {
    "50": "#F0F8F8", "100": "#DCEDEE", "200": "#BBDDE0", "300": "#93C9CE", "400": "#6FC3CB", "500": "#4FA3AC",
    "600": "#1F6F78", "700": "#1A5E66", "800": "#184E55", "900": "#1E3A3D", "950": "#0F2427",
}  # fmt: skip
_FONT = {
    "subtle-light": "#55646A", "subtle-dark": "#A9B6B8", "default-light": "#2B393E", "default-dark": "#D5DDDC",
    "important-light": "#1D2A2E", "important-dark": "#EEF2F1",
}  # fmt: skip

_OF_A_CLIENT = {"client", "mail", "prescribe", "tune", "replay", "reminders"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """What unfold's templates need to know of us on every page."""
    here = access.memberships(request)
    return {
        "site_title": "Plumbline",
        "site_header": "Plumbline",
        "site_subheader": " · ".join(dict.fromkeys(membership.clinic.name for membership in here)),
        "site_url": None,
        "site_icon": static("clinic/favicon.svg"),
        "site_favicons": [{"rel": "icon", "href": static("clinic/favicon.svg"), "type": "image/svg+xml"}],
        "colors": {"base": _BASE, "primary": _PRIMARY, "font": _FONT},
        "border_radius": "10px",
        "sidebar_show_all_applications": False,
        "templates": {"navigation": "clinic/admin/navigation.html"},
        "myself": here[0] if here else None,
        "sidebar_navigation": _navigation(request) if here else [],
        "account_links": _account_links(),
    }


def styles() -> list[str]:
    """The addresses of our style sheets, in their order."""
    ours = ("shell", "pieces", "record", "flags", "worklist", "worklist_desk", "exercises")
    return [
        static("clinic/figure.css"),
        static("clinic/chart.css"),
        *(static(f"clinic/admin/{name}.css") for name in ours),
    ]


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    treats = bool(access.clinical(request))
    waiting = Registrant.objects.visible_to(request.user).waiting().count()
    return [
        {
            "items": [
                _item(request, _("Worklist"), "checklist", "plumbline:index", shown=treats),
                _item(request, _("Clients"), "group", "plumbline:clients"),
                _item(request, _("Invite"), "person_add", "plumbline:invite", shown=treats),
                _item(request, _("Registrants"), "waving_hand", "plumbline:registrants", count=waiting),
            ]
        },
        {
            "title": _("Clinic"),
            "items": [
                _item(request, _("How flags went"), "rule", "plumbline:outcomes", shown=treats),
                _item(request, _("Exercises"), "self_improvement", "plumbline:exercises"),
                _item(
                    request,
                    _("Who did what"),
                    "history",
                    "plumbline:clinic_auditentry_changelist",
                    shown=access.owns(request),
                ),
            ],
        },
    ]


def _item(
    request: HttpRequest, title: str, icon: str, view: str, *, shown: bool = True, count: int = 0
) -> dict[str, Any]:
    link = reverse(view)
    name = request.resolver_match.view_name if request.resolver_match else ""
    below = view.endswith("_changelist") and request.path.startswith(link)
    inside = view == "plumbline:clients" and name.removeprefix("plumbline:") in _OF_A_CLIENT
    inside = inside or (view == "plumbline:exercises" and name.startswith("plumbline:exercise"))
    active = name == view or below or inside
    return {"title": title, "icon": icon, "link": link, "active": active, "has_permission": shown, "count": count}


def _account_links() -> list[dict[str, str]]:
    """The pages of django-allauth, where the project has them."""
    links = []
    for title, view in ((_("Two-factor sign-in"), "mfa_index"), (_("Where I am signed in"), "usersessions_list")):
        try:
            links.append({"title": title, "link": reverse(view)})
        except NoReverseMatch:
            continue
    return links
