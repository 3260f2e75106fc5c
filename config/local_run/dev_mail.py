"""/dev/mail/: the mails of a run without a mail server.

Answers 404 unless DEBUG is on and mail goes into files.
"""

import base64
import re
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

MAX_SHOWN = 200
FIRST_HEADERS = ("from", "to", "subject", "date")
# The mail's own styles and pictures, no script; its links open in a tab of their own, outside the sandbox.
HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, with date, recipient and subject."""
    newest = sorted(_folder().glob("*.eml"), reverse=True)
    mails = [{"name": path.stem, "mail": _read(path)} for path in newest[:MAX_SHOWN]]
    return render(request, "dev_mail/inbox.html", {"mails": mails, "more": len(newest) - len(mails)})


@require_safe
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its text, its HTML in a frame without rights, its headers and attachments."""
    mail = _find(name)
    text = mail.get_body(("plain",))
    attachments = [(part.get_filename(), len(_content(part))) for part in mail.iter_attachments()]
    context = {
        "name": name,
        "mail": mail,
        "text": text.get_content() if text else "",
        "has_html": mail.get_body(("html",)) is not None,
        "headers": [(key, value) for key, value in mail.items() if key.lower() not in FIRST_HEADERS],
        "attachments": attachments,
    }
    return render(request, "dev_mail/message.html", context)


@require_safe
@xframe_options_sameorigin
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as its own page, with the attached pictures inlined."""
    mail = _find(name)
    body = mail.get_body(("html",))
    if body is None:
        raise Http404
    page: str = body.get_content()
    for part in mail.walk():
        if part.get("content-id"):
            picture = f"data:{part.get_content_type()};base64,{base64.b64encode(_content(part)).decode()}"
            page = page.replace(f"cid:{part['content-id'].strip('<>')}", picture)
    page, count = re.subn(r"(<head[^>]*>)", r'\1<base target="_blank">', page, count=1, flags=re.IGNORECASE)
    response = HttpResponse(page if count else f'<base target="_blank">{page}')
    response["Content-Security-Policy"] = HTML_POLICY
    return response


def _folder() -> Path:
    if not (settings.DEBUG and settings.EMAIL_BACKEND == "config.local_run.mail_files.FileBackend"):
        raise Http404
    return Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # set by the environment, which mypy does not see


def _find(name: str) -> EmailMessage:
    """Return the mail of that name; the URL's slug converter accepts no path."""
    try:
        return _read(_folder() / f"{name}.eml")
    except FileNotFoundError:
        raise Http404 from None


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return BytesParser(EmailMessage, policy=policy.default).parse(file)


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
