"""Reminders on phones: claim → the same guard as for mail → post → settle; without an accepting phone, by mail.

A push may be repeated without harm: the second replaces the first on the screen. So a doubtful attempt is repeated
as for a mail. Mail is the fallback for every failure, so that no reminder is lost.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _, override

from clinic.conf import conf
from clinic.mail.compose import join_lines
from clinic.mail.outbox import BACK_OFF, Clock, skip_unwanted
from clinic.models import Client, PushSubscription, Reminder
from clinic.models.outbox import State
from clinic.reminders import web_push
from clinic.reminders.web_push import PushOutcome, PushResponse

log = logging.getLogger(__name__)

MAX_REFUSALS = 5  # in a row; then the subscription is deleted
MAX_TITLE_LENGTH = 100  # letters, so that a message stays far below the 3,000 bytes a service takes
Channel = Reminder.Channel


@dataclass(frozen=True)
class PushMessage:
    """The notification of one reminder. ``tag``: opaque, the same on every attempt; the later replaces the earlier."""

    title: str
    body: str
    tag: str
    url: str

    def __bytes__(self) -> bytes:
        return json.dumps(vars(self)).encode()


def build_message(reminder: Reminder) -> PushMessage:
    """Build the notification: clinic and subject of the mail, in the client's language; no exercise, no token."""
    client = reminder.schedule.prescription.client
    with override(client.language):
        sentence = join_lines(render_to_string("clinic/email/reminder/subject.txt", {"client": client}))
        if reminder.plan_changed:
            sentence = f"{sentence} {_('Your plan has changed since the last reminder.')}"
    tag = salted_hmac("clinic.push", str(reminder.pk), algorithm="sha256").hexdigest()[:32]
    return PushMessage(client.clinic.name[:MAX_TITLE_LENGTH], sentence, tag, reverse("clinic:today"))


def send_due(now: dt.datetime | None = None) -> Counter[str]:
    """Post every due reminder whose channel is a phone; returns how many ended in each state.

    Those that no phone accepted count as ``by mail``: the next tick of mails sends them.
    """
    queue = Reminder.objects.filter(channel=Reminder.Channel.PHONE).select_related(*Reminder.related_paths)
    tally: Counter[str] = Counter()
    unreachable: set[str] = set()  # hosts that did not answer in this tick: not tried again in it
    while rows := queue.claim((clock := Clock(now))(), conf.lease_duration, conf.batch_size):
        _Batch(clock, tally, unreachable).send(skip_unwanted(Reminder, rows, clock(), tally))
    return tally


class _Batch:
    """One claimed batch of reminders."""

    def __init__(self, clock: Clock, tally: Counter[str], unreachable: set[str]) -> None:
        self.now, self.tally, self.unreachable = clock, tally, unreachable
        self._stop_at = time.monotonic() + conf.lease_duration.total_seconds() / 2

    def send(self, rows: list[Reminder]) -> None:
        """Send each; rows not sent when half of the lease is over are released."""
        clients = {row.schedule.prescription.client_id for row in rows}
        phones: dict[int, list[PushSubscription]] = defaultdict(list)
        for phone in PushSubscription.objects.filter(client__in=clients) if web_push.is_configured() else ():
            phones[phone.client_id].append(phone)
        for row in rows:
            if time.monotonic() >= self._stop_at:
                Reminder.objects.release(row, State.CLAIMED, self.now())
            else:
                self._send_one(row, phones[row.schedule.prescription.client_id])

    def _send_one(self, row: Reminder, phones: list[PushSubscription]) -> None:
        client = row.schedule.prescription.client
        if client.reminder_channel == Client.ReminderChannel.MAIL:  # changed since it was planned
            self._send_by_mail(row, State.CLAIMED, Channel.MAIL)
        elif not phones:
            self._send_by_mail(row, State.CLAIMED, Channel.FALLBACK, row.push_response)
        elif Reminder.objects.begin(row, self.now() + conf.lease_duration):
            self._settle(
                row,
                [self._post(row, phone) for phone in phones],
                both=client.reminder_channel == Client.ReminderChannel.BOTH,
            )

    def _settle(self, row: Reminder, responses: Sequence[PushResponse], *, both: bool) -> None:
        outcomes = {response.outcome for response in responses}
        if PushOutcome.ACCEPTED in outcomes:
            if both:
                self._send_by_mail(row, State.SENDING, Channel.BOTH, accepted=True)
            elif Reminder.objects.settle(row, State.SENDING, State.SENT, self.now()):
                self.tally[State.SENT.value] += 1
            return
        retry_after = max(BACK_OFF * 2 ** min(row.attempts, 6), *(response.retry_after for response in responses))
        try_at = self.now() + retry_after
        if PushOutcome.RETRY in outcomes and not both and try_at < row.expires_at:
            Reminder.objects.release(row, State.SENDING, try_at)
        else:
            texts = dict.fromkeys(response.text for response in responses)
            self._send_by_mail(row, State.SENDING, Channel.FALLBACK, "; ".join(texts))

    def _send_by_mail(
        self, row: Reminder, held: State, channel: str, response: str = "", *, accepted: bool = False
    ) -> None:
        if Reminder.objects.requeue_as_mail(row, held, self.now(), channel, response=response, accepted=accepted):
            self.tally["by mail"] += 1

    def _post(self, row: Reminder, phone: PushSubscription) -> PushResponse:
        """Post to one phone; store its success or failure, and delete a dead subscription."""
        host = phone.endpoint.split("/")[2]
        if host in self.unreachable:
            return PushResponse(PushOutcome.RETRY, "no answer")
        keys = {"p256dh": phone.p256dh, "auth": phone.auth}
        message = build_message(row)
        ttl = max(row.expires_at - self.now(), dt.timedelta())
        response = web_push.post_message(phone.endpoint, keys, bytes(message), ttl=ttl, topic=message.tag)
        subscription = PushSubscription.objects.filter(pk=phone.pk)
        if response.outcome == PushOutcome.ACCEPTED:
            subscription.update(last_sent_at=self.now(), failures=0)
            return response
        log.warning("reminder %d not accepted for phone %d: %s", row.pk, phone.pk, response.outcome.value)
        if response.timed_out:
            self.unreachable.add(host)
        if response.outcome == PushOutcome.REJECTED:
            subscription.update(failures=F("failures") + 1)
            subscription.filter(failures__gte=MAX_REFUSALS).delete()
        elif response.outcome == PushOutcome.GONE:
            subscription.delete()
        return response
