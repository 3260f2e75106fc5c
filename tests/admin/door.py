"""Coming in by the practitioner's door, and what a browser would show there."""

from __future__ import annotations

import html
import re
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from clinic.models import Practitioner


def signed_in(person: Practitioner | AbstractBaseUser) -> Browser:
    browser = Browser()
    browser.force_login(person.user if isinstance(person, Practitioner) else person)
    return browser


def url(name: str, *args: object) -> str:
    return reverse(f"plumbline:{name}", args=args)


def words(response: Any) -> str:
    """The text of a page without its tags, spaces as one."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def said(response: HttpResponse) -> list[str]:
    """The messages shown after an act; ``response`` was fetched with follow=True."""
    return [str(message) for message in response.context["messages"]]
