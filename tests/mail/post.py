"""Builders of the mails these tests read, and of what a reader sees of them."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage

from clinic.accounts import second_factor_reset as accounts_reset
from clinic.clients import invitation_mail, messages as client_messages, registration as clients_registration
from clinic.conf import conf
from clinic.flags import escalation, notice_mail as notices
from clinic.mail import signed_links as links_in_mail
from clinic.models import Client, Clinic, Confirmation, Flag, Invitation, Notice, Practitioner, Reminder, Welcome
from clinic.models.outbox import database_now
from clinic.reminders import planning, sending as reminders
from clinic.team import members
from clinic.team.digest import mail as daily
from clinic.team.digest.counts import DigestCounts
from tests import make


def due_reminder(to: Client) -> Reminder:
    """The next reminder of a plan for every day at 18:00, as the tick wrote it."""
    prescription = make.prescription(to)
    planning.create_due_reminders(prescription.schedules.get().next_due_at)
    return Reminder.objects.select_related(*Reminder.related_paths).get(schedule__prescription=prescription)


def reminder(to: Client) -> EmailMessage:
    return reminders.compose(due_reminder(to))


def invitation(to: Client) -> EmailMessage:
    return invitation_mail.compose(to.invitations.get())


def notice(about: Client) -> EmailMessage:
    """The mail to the practitioner after the client reported that it got much worse."""
    make.report(make.prescription(about), 4, 8)
    return notices.compose(Notice.objects.get())


def notice_again(about: Client) -> EmailMessage:
    """The mail to the owner, as nobody looked at that flag in a day."""
    owner = make.practitioner(about.clinic, "Olivia", Practitioner.Role.OWNER)
    escalation.escalate_flags(Flag.objects.get(prescription__client=about).raised_at + dt.timedelta(days=1))
    return notices.compose(owner.notices.get())


def notice_together(to: Practitioner) -> EmailMessage:
    """One mail for three clients who need a look at once."""
    clients = [make.client(to, name) for name in ("Gus", "Hal", "Ida")]
    for client in clients:
        make.report(make.prescription(client), 4, 8)
    first, *others = to.notices.order_by("-pk")[:3]
    Notice.objects.filter(pk__in=[row.pk for row in others]).update(
        state="skipped", status_detail="together", settled_at=database_now()
    )
    return notices.compose(first)


def digest(to: Practitioner) -> EmailMessage:
    """The daily mail with a number of everything, to an owner in a busy week."""
    stop = links_in_mail.build_url(links_in_mail.Purpose.STOP_DIGEST, to.pk)
    return daily.build_digest_email(to, DigestCounts(1, 2, 4, 2, 9, 1, 3, 1), f"digest@{conf.mail_domain}", stop)


def message(to: Client, by: Practitioner) -> EmailMessage:
    """The mail that tells a client of a message, which says all that a mail may not."""
    client_messages.send_message(to, "Your pain went up: hold the forward bend, and call me.", by=by)
    return client_messages.compose(to.messages.get())


def registration(cast, address: str, confirm: bool = False) -> EmailMessage:
    """The mail to somebody who registered; with ``confirm``, to one who does so for a second time."""
    here = cast.alice.clinic
    clients_registration.register_visitor(here, name="Buy at spam.example", email=address, language=here.language)
    row = Confirmation.objects.get(registrant__email=address)
    if confirm:
        clients_registration.confirm_registrant(row)
    return clients_registration.compose(Confirmation.objects.select_related("registrant__clinic").get(pk=row.pk))


def welcome(cast) -> EmailMessage:
    """The mail to somebody who works at the clinic from now on."""
    members.add_member(
        cast.alice.clinic, name="Gina Gold", email="gina@clinic.example", role="practitioner", by=cast.alice.user
    )
    rows = Welcome.objects.select_related("practitioner__clinic", "practitioner__user")
    return members.compose_welcome(rows.get(practitioner__name="Gina Gold"))


def second_factor_reset(cast) -> EmailMessage:
    """The mail to somebody whose lost second step was taken away."""
    TOTP.activate(cast.bob.user, "JBSWY3DPEHPK3PXP")
    row = accounts_reset.reset_second_factor(
        cast.bob, by=make.platform_staff(), reason="Lost the phone: pain in the back."
    )
    return accounts_reset.compose(row)


def each_mail(cast, language: str = "en") -> dict[str, EmailMessage]:
    """One of each kind, all in one language; the clinic has a postal address."""
    Clinic.objects.update(language=language, postal_line="1 River Street, Springfield")
    Client.objects.update(language=language)
    for person in (cast.alice, cast.bob, cast.dana, cast.erin):
        person.refresh_from_db()
    return {
        "reminder": reminder(cast.dana),
        "invitation": invitation(make.invited(cast.alice, "Frida", language=language)),
        "notice": notice(cast.erin),
        "notice_again": notice_again(cast.erin),
        "notice_together": notice_together(cast.alice),
        "digest": digest(cast.alice),
        "message": message(cast.dana, cast.alice),
        "registration": registration(cast, "nora@home.example"),
        "registered": registration(cast, "paul@home.example", confirm=True),
        "welcome": welcome(cast),
        "second_factor_reset": second_factor_reset(cast),
    }


def invitations(count: int) -> list[Invitation]:
    """As many due mails as asked for and no others, to name0@, name1@ and so on, in this order."""
    by = make.practitioner(make.clinic())
    clients = [make.invited(by, f"Name{number}") for number in range(count)]
    now = database_now()
    Invitation.objects.update(due_at=now, try_at=now)
    return [client.invitations.get() for client in clients]


def html(mail: EmailMessage) -> str:
    """The source of the HTML part."""
    [part] = mail.alternatives
    assert part.mimetype == "text/html"
    return part.content


def without_tokens(text: str) -> str:
    """The text with the signed parts of each link left out."""
    return re.sub(r"/m/[^/\s]+/(\?a=\w+)?", "/m/…/", text)


class _Shown(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self._silent = False
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self._silent = tag in {"style", "title"}
        self.links += [value for name, value in attrs if name == "href"]
        self.loads += [value for name, value in attrs if name in {"src", "background"}]

    def handle_endtag(self, tag):
        self._silent = False

    def handle_data(self, data):
        if not self._silent:
            self.words += data.split()


def shown(source: str) -> str:
    """The words a reader of the HTML part sees, on one line."""
    return " ".join(_Shown(source).words)


def links(source: str) -> list[str]:
    return _Shown(source).links


def loads(source: str) -> list[str]:
    """What a mail program would fetch to show it."""
    return _Shown(source).loads
