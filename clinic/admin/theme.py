"""The theme of the site's shell: brand, palette, style sheets, and the navigation of each role."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from clinic.admin import access
from clinic.models import Registrant

# The greys of the design's background, lines and text; the dark end is those of the dark theme.
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

OWN_PAGE = "plumbline:password_change"
_CLIENT_PAGES = {
    "client",
    "mail",
    "prescribe",
    "prescribe_several",
    "rule_settings",
    "rule_simulation",
    "reminders",
    "hand_over",
}
_CLIENT_PAGES |= {"message", "note", "correct_note", "amend", "hold", "resume", "end"}
_INVITATION_PAGES = {"import_clients", "confirm_import", "withdraw_invitations"}
_CLINIC_PAGES = {"clinic_settings", "clinic_rule_settings", "advice_text", "accent_preview"}
_SITE_PAGES = {"plumbline:clinic_add", "plumbline:index"}
_TEAM_PAGES = {"member", "member_add", "reset_second_factor"}


def shell_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context that unfold's templates need on every page."""
    memberships = access.memberships(request)
    return {
        "site_title": "Plumbline",
        "site_header": "Plumbline",
        "site_subheader": " · ".join(dict.fromkeys(membership.clinic.name for membership in memberships)),
        "site_url": None,
        "site_icon": static("clinic/favicon.svg"),
        "site_favicons": [{"rel": "icon", "href": static("clinic/favicon.svg"), "type": "image/svg+xml"}],
        "colors": {"base": _BASE, "primary": _PRIMARY, "font": _FONT},
        "border_radius": "10px",
        "sidebar_show_all_applications": False,
        "templates": {"navigation": "clinic/admin/navigation.html"},
        "member": memberships[0] if memberships else None,
        "account_email": str(getattr(request.user, get_user_model().get_email_field_name(), "")),
        "sidebar_navigation": _navigation(request) if memberships or access.is_platform_staff(request) else [],
        "account_links": _account_links(request),
    }


def stylesheet_urls() -> list[str]:
    """Return the addresses of the site's style sheets, in the order in which they apply."""
    names = ["shell", "components", "client", "flags", "worklist", "worklist_layout", "exercises", "clients", "profile"]
    names += ["team", "practice", "prescribing", "touch_targets"]
    return [
        static("clinic/figure.css"),
        static("clinic/chart.css"),
        *(static(f"clinic/admin/{name}.css") for name in names),
    ]


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    is_clinical, is_member = bool(access.clinical_memberships(request)), bool(access.memberships(request))
    waiting = Registrant.objects.visible_to(request.user).waiting().count()
    groups: list[dict[str, Any]] = [
        {
            "items": [
                _item(request, _("Worklist"), "checklist", "plumbline:index", allowed=is_clinical),
                _item(request, _("Clients"), "group", "plumbline:clients", allowed=is_member),
                _item(request, _("Invite"), "person_add", "plumbline:invite", allowed=is_clinical),
                _item(
                    request, _("Registrants"), "waving_hand", "plumbline:registrants", allowed=is_member, count=waiting
                ),
            ]
        },
        {
            "title": _("Clinic"),
            "items": [
                _item(request, _("How flags went"), "rule", "plumbline:flag_statistics", allowed=is_clinical),
                _item(request, _("Exercises"), "self_improvement", "plumbline:exercises", allowed=is_member),
                _item(request, _("Doses"), "timer", "plumbline:dose_templates", allowed=is_clinical),
                _item(request, _("Team"), "badge", "plumbline:team", allowed=access.is_owner(request)),
                _item(request, _("Who did what"), "history", "plumbline:audit_log", allowed=access.is_owner(request)),
                _item(
                    request,
                    _("Clinic settings") if access.is_owner(request) else _("About the clinic"),
                    "settings",
                    "plumbline:clinic",
                    allowed=is_member,
                ),
            ],
        },
        {
            "title": _("This site"),
            "items": [
                _item(request, _("Clinics"), "domain", "plumbline:clinics", allowed=access.is_platform_staff(request))
            ],
        },
    ]
    return [group for group in groups if any(item["has_permission"] for item in group["items"])]


def _item(
    request: HttpRequest, title: str, icon: str, view: str, *, allowed: bool = True, count: int = 0
) -> dict[str, Any]:
    link = reverse(view)
    name = request.resolver_match.view_name if request.resolver_match else ""
    inside = view == "plumbline:clients" and name.removeprefix("plumbline:") in _CLIENT_PAGES
    inside = inside or (view == "plumbline:invite" and name.removeprefix("plumbline:") in _INVITATION_PAGES)
    inside = inside or (view == "plumbline:team" and name.removeprefix("plumbline:") in _TEAM_PAGES)
    inside = inside or (view == "plumbline:clinics" and name in _SITE_PAGES and not _has_work_page(request, name))
    inside = inside or (view == "plumbline:clinic" and name.removeprefix("plumbline:") in _CLINIC_PAGES)
    inside = inside or (view == "plumbline:exercises" and name.startswith("plumbline:exercise"))
    inside = inside or (view == "plumbline:dose_templates" and name.startswith("plumbline:dose_template"))
    active = name == view or inside
    return {"title": title, "icon": icon, "link": link, "active": active, "has_permission": allowed, "count": count}


def _has_work_page(request: HttpRequest, name: str) -> bool:
    """Whether this is the first page and shows the worklist or the clients, not the clinics."""
    return name == "plumbline:index" and bool(access.memberships(request))


def _account_links(request: HttpRequest) -> list[dict[str, str]]:
    """Links to the own settings and, where the project has them, to the pages of django-allauth."""
    is_member = bool(access.memberships(request))
    return [
        *_link(_("My settings"), "plumbline:my_settings" if is_member else ""),
        *(_link(_("Password"), "account_change_password") or _link(_("Password"), OWN_PAGE if is_member else "")),
        *_link(_("Two-factor sign-in"), "mfa_index"),
        *_link(_("Where I am signed in"), "usersessions_list"),
    ]


def _link(title: str, view: str) -> list[dict[str, str]]:
    """One link; none where the project has no such page."""
    try:
        return [{"title": title, "link": reverse(view)}]
    except NoReverseMatch:
        return []
