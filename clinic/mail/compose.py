"""Builds a mail from three templates: subject, plain text, HTML. No mail names pain, a diagnosis or an exercise."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import css_inline
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override

from clinic.conf import conf
from clinic.models import Clinic
from clinic.practice.colors import INK, readable_text_color

_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)  # dark mode is an at-rule
_BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


class CachedEmail(EmailMultiAlternatives):
    """A mail that builds its MIME message once, though the outbox checks it before it is sent."""

    _message: Any = None

    def message(self, **kwargs: Any) -> Any:
        """The MIME message; changes after the first call have no effect."""
        if self._message is None:
            self._message = super().message(**kwargs)
        return self._message


def build_email(
    template: str,
    *,
    to: tuple[str, str],
    clinic: Clinic,
    language: str,
    message_id: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> CachedEmail:
    """Build one mail.

    Args:
        template: the folder under ``clinic/email/`` that holds subject.txt, body.txt and body.html.
        to: name and address of the one recipient.
        clinic: the name of the sender, and the mailbox of the answers.
        language: the recipient's language code.
        message_id: without angle brackets, the same on every attempt.
        context: for the templates; that of :func:`build_frame_context` is added.
        headers: further mail headers.

    Raises:
        ValueError: the recipient has no mail address that can be written to.
    """
    context = {**context, **build_frame_context(clinic, language)}
    with override(language):
        subject, text, html = (
            render_to_string(f"clinic/email/{template}/{name}", context)
            for name in ("subject.txt", "body.txt", "body.html")
        )
    mail = CachedEmail(
        subject=join_lines(subject),
        body=text.strip() + "\n",
        from_email=format_mailbox(clinic.name, conf.mail_from),
        to=[format_mailbox(*to)],
        reply_to=[format_mailbox(clinic.name, clinic.email)],
        headers={"Message-ID": f"<{message_id}>", "Content-Language": language, **AUTOMATIC_HEADERS, **(headers or {})},
    )
    mail.attach_alternative(inline_styles(html), "text/html")
    return mail


def build_frame_context(clinic: Clinic | None, language: str) -> dict[str, Any]:
    """The context of ``clinic/email/frame.*``: the sender, its colour and its logo."""
    context: dict[str, Any] = {"clinic": clinic, "language": language, "base_url": conf.base_url}
    if clinic is not None:
        context |= {"accent": clinic.accent, "accent_ink": readable_text_color(clinic.accent, dark=INK).upper()}
        if clinic.logo:
            context["logo_url"] = urljoin(f"{conf.base_url}/", clinic.logo.url)
    return context


def inline_styles(html: str) -> str:
    """The page with its rules moved into style attributes, since many mail programs drop a style sheet."""
    return _INLINER.inline(html)


@lru_cache(maxsize=1024)  # a clinic's own are in each of its mails
def format_mailbox(name: str, address: str) -> str:
    """``Name <address>`` fit for a header; a name that ``address`` carries itself gives way to ``name``.

    Raises ValueError when there is no address in it.
    """
    bare = parseaddr(join_lines(address))[1]
    if "@" not in bare:
        raise ValueError("not a mail address")
    return str(Address(join_lines(name), addr_spec=bare))


def join_lines(text: str) -> str:
    """The text as one line without control characters and without those that reverse the direction of the text."""
    flat = " ".join(text.split())
    kept = "".join(c for c in flat if unicodedata.category(c) not in {"Cc", "Cs"} and c not in _BIDI_CONTROLS)
    return kept.replace("=?", "= ?")  # what mail programs would decode as an encoded word
