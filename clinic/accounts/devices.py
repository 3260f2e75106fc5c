"""A browser and its device, named as their owner knows them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

# The first that is found counts: each newer browser also claims to be the older ones.
BROWSERS: Final = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS: Final = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Macintosh": "Mac",
    "CrOS": "Chromebook", "Linux": "Linux",
}  # fmt: skip


def describe_device(user_agent: str) -> str:
    """``Mozilla/5.0 (Linux; Android 14) … Chrome/131.0`` → ``Chrome on Android``, in the active language."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser we do not know")
