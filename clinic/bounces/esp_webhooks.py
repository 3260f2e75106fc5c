"""What a mail provider tells of a mail, by django-anymail's webhooks: the one door that hears a signal.

It is another library's signal and that library's only way to speak; none of our own is listened to anywhere.
"""

from __future__ import annotations

import logging
from email.utils import unquote
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, pre_send, tracking
from django.core.mail import EmailMessage
from django.utils import timezone

from clinic.bounces import handling
from clinic.mail import bounce_parser

log = logging.getLogger(__name__)

KEY = "plumbline_message_id"  # providers that give a mail an id of their own send this back with it
CAME_BACK = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
UNWANTED = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
UNWANTED_REASONS = {RejectReason.SPAM, RejectReason.UNSUBSCRIBED}
NOT_THERE = {RejectReason.INVALID, RejectReason.BOUNCED}


def listen() -> None:
    """Called once the apps are ready, where ``anymail`` is one of them."""
    pre_send.connect(label, dispatch_uid="plumbline")
    tracking.connect(hear, dispatch_uid="plumbline")


def label(sender: Any, message: EmailMessage, **kwargs: Any) -> None:
    """Give the provider our Message-ID to keep with the mail."""
    ours = getattr(message, "extra_headers", {}).get("Message-ID")
    if ours:
        message.metadata = {**getattr(message, "metadata", {}), KEY: unquote(ours)}  # type: ignore[attr-defined]


def hear(sender: Any, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """One event. Those about mails that arrive, wait or are opened are passed over.

    A provider's "rejected" for an earlier complaint is a complaint. What goes wrong here is answered with 500, and the
    provider tells it again.
    """
    now, reason = timezone.now(), event.reject_reason
    if event.event_type not in CAME_BACK | UNWANTED:
        return
    ids = [unquote(str(one)) for one in ((event.metadata or {}).get(KEY), event.message_id) if one]
    mail = handling.find(ids, event.recipient or "", now=now)
    if mail is None:
        log.info("a mail provider told of no mail of ours (%s)", event.event_type)
    elif event.event_type in UNWANTED or reason in UNWANTED_REASONS:
        handling.complained(mail, now=now)
    else:
        words = " ".join(str(event.mta_response or event.description or reason or event.event_type).split())
        hard = bounce_parser.no_such_mailbox(words) if bounce_parser.has_code(words) else reason in NOT_THERE
        handling.came_back(mail, words, hard=hard, now=now)
