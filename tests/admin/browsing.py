"""Coming in by the practitioner's door, and what a browser would show there."""

from __future__ import annotations

from html.parser import HTMLParser
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


class _Text(HTMLParser):
    """What stands between the tags, scripts and styles left out."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


def page_text(response: Any) -> str:
    """The text of a page without its tags, spaces as one."""
    reader = _Text()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.text).split())


def flash_messages(response: HttpResponse) -> list[str]:
    """The messages shown after an act; ``response`` was fetched with follow=True."""
    return [str(message) for message in response.context["messages"]]
