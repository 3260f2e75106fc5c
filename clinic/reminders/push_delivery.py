"""Reminders on phones: claim → the same guard as for mail → post → settle. What no phone takes goes by mail.

A push may be repeated without harm: the second takes the place of the first on the screen. So a row in doubt goes once
more like a mail, and nothing else is needed. Mail is the way that always is: a phone costs nobody a reminder.
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
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinic.conf import conf
from clinic.mail.compose import one_line
from clinic.mail.outbox import BACK_OFF, Clock, skip_unwanted
from clinic.models import Client, PushSubscription, Reminder
from clinic.models.outbox import State
from clinic.reminders import web_push
from clinic.reminders.web_push import PushOutcome, PushResponse

log = logging.getLogger(__name__)

MAX_REFUSALS = 5  # in a row, then the subscription is taken for dead
MAX_TITLE_LENGTH = 100  # letters, so that a message stays far below the 3,000 bytes a service takes
Channel = Reminder.Channel


@dataclass(frozen=True)
class PushMessage:
    """What one phone shows. ``tag``: opaque, the same on every attempt; the later takes the place of the earlier."""

    title: str
    body: str
    tag: str
    url: str

    def __bytes__(self) -> bytes:
        return json.dumps(vars(self)).encode()


def build_message(reminder: Reminder) -> PushMessage:
    """The clinic's name and the sentences of the mail, in the client's language; no exercise, no token."""
    client = reminder.schedule.prescription.client
    with override(client.language):
        sentence = one_line(render_to_string("clinic/email/reminder/subject.txt", {"client": client}))
        if reminder.plan_changed:
            sentence = f"{sentence} {_('Your plan has changed since the last reminder.')}"
    tag = salted_hmac("clinic.push", str(reminder.pk), algorithm="sha256").hexdigest()[:32]
    return PushMessage(client.clinic.name[:MAX_TITLE_LENGTH], sentence, tag, reverse("clinic:today"))


def send_due(now: dt.datetime | None = None) -> Counter[str]:
    """One tick: show every due reminder that is meant for phones; returns how many ended in each state.

    Those that no phone could take count as ``by mail``: the next tick of mails takes them.
    """
    queue = Reminder.objects.filter(channel=Reminder.Channel.PHONE).select_related(*Reminder.related_paths)
    tally: Counter[str] = Counter()
    away: set[str] = set()  # services that did not answer in this tick: nobody waits for them twice
    while rows := queue.claim((clock := Clock(now))(), conf.lease, conf.batch):
        _Batch(clock, tally, away).send(skip_unwanted(Reminder, rows, clock(), tally))
    return tally


class _Batch:
    """One claimed batch on its way."""

    def __init__(self, clock: Clock, tally: Counter[str], away: set[str]) -> None:
        self.now, self.tally, self.away = clock, tally, away
        self._stop_at = time.monotonic() + conf.lease.total_seconds() / 2

    def send(self, rows: list[Reminder]) -> None:
        """Send each; whatever is left over when half of the lease is gone goes back to ready."""
        about = {row.schedule.prescription.client_id for row in rows}
        phones: dict[int, list[PushSubscription]] = defaultdict(list)
        for phone in PushSubscription.objects.filter(client__in=about) if web_push.is_configured() else ():
            phones[phone.client_id].append(phone)
        for row in rows:
            if time.monotonic() >= self._stop_at:
                Reminder.objects.release(row, State.CLAIMED, self.now())
            else:
                self._send_one(row, phones[row.schedule.prescription.client_id])

    def _send_one(self, row: Reminder, phones: list[PushSubscription]) -> None:
        client = row.schedule.prescription.client
        if client.reminder_channel == Client.ReminderChannel.MAIL:  # chosen since it was planned
            self._by_mail(row, State.CLAIMED, Channel.MAIL)
        elif not phones:
            self._by_mail(row, State.CLAIMED, Channel.FALLBACK, row.push_response)
        elif Reminder.objects.begin(row, self.now() + conf.lease):
            self._settle(
                row,
                [self._post(row, phone) for phone in phones],
                both=client.reminder_channel == Client.ReminderChannel.BOTH,
            )

    def _settle(self, row: Reminder, answers: Sequence[PushResponse], *, both: bool) -> None:
        by_kind = {answer.became: answer for answer in answers}
        if PushOutcome.TAKEN in by_kind:
            if both:
                self._by_mail(row, State.SENDING, Channel.BOTH, shown=True)
            elif Reminder.objects.settle(row, State.SENDING, State.SENT, self.now()):
                self.tally[State.SENT.value] += 1
            return
        said = "; ".join(dict.fromkeys(answer.words for answer in answers))
        later = self.now() + max(BACK_OFF * 2 ** min(row.attempts, 6), *(answer.retry_after for answer in answers))
        if PushOutcome.LATER in by_kind and not both and later < row.expires_at:
            Reminder.objects.release(row, State.SENDING, later)
        else:
            self._by_mail(row, State.SENDING, Channel.FALLBACK, said)

    def _by_mail(self, row: Reminder, held: State, channel: str, said: str = "", *, shown: bool = False) -> None:
        if Reminder.objects.requeue_as_mail(row, held, self.now(), channel, said=said, shown=shown):
            self.tally["by mail"] += 1

    def _post(self, row: Reminder, phone: PushSubscription) -> PushResponse:
        """Post it to one phone, and keep of the phone what that says of it."""
        host = phone.endpoint.split("/")[2]
        if host in self.away:
            return PushResponse(PushOutcome.LATER, "no answer")
        keys = {"p256dh": phone.p256dh, "auth": phone.auth}
        told = build_message(row)
        ttl = max(row.expires_at - self.now(), dt.timedelta())
        answer = web_push.post_message(phone.endpoint, keys, bytes(told), ttl=ttl, topic=told.tag)
        mine = PushSubscription.objects.filter(pk=phone.pk)
        if answer.became == PushOutcome.TAKEN:
            mine.update(last_sent_at=self.now(), failures=0)
            return answer
        log.warning("reminder %d not taken for phone %d: %s", row.pk, phone.pk, answer.became.value)
        if answer.silent:
            self.away.add(host)
        if answer.became == PushOutcome.REFUSED:
            mine.update(failures=F("failures") + 1)
            mine.filter(failures__gte=MAX_REFUSALS).delete()
        elif answer.became == PushOutcome.GONE:
            mine.delete()
        return answer
