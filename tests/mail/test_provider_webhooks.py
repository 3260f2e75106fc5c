"""A mail provider tells of bounces by django-anymail's webhook, posted as the provider posts it."""

import base64
import hashlib
import hmac
import json

import pytest
from django.core.mail import EmailMessage
from django.test import Client as Browser
from django.utils import timezone

from clinic.models import Flag
from clinic.models.outbox import State
from clinic.reminders import planning, sending
from tests import make

SECRET = "hook:of the clinic"
KEY = "mailgun-signing-key"


@pytest.fixture(autouse=True)
def with_anymail(settings):
    """As a project that installed the extra: ``clinic`` connects when the apps are ready."""
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "anymail"]
    settings.ROOT_URLCONF = "tests.mail.provider_urls"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    yield
    from anymail.signals import pre_send, tracking

    pre_send.disconnect(dispatch_uid="plumbline")
    tracking.disconnect(dispatch_uid="plumbline")


@pytest.fixture
def row(cast):
    bend = make.prescription(cast.dana)
    planning.create_due_reminders(bend.schedules.get().next_due_at)
    bend.schedules.get().reminders.update(state=State.SENT, sent_at=timezone.now())
    return bend.schedules.get().reminders.get()


def posted(provider, payload, secret=SECRET):
    known = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    page = f"/anymail/{provider}/tracking/"
    return Browser().post(page, json.dumps(payload), content_type="application/json", headers=known)


def postmark(payload, secret=SECRET):
    return posted("postmark", payload, secret)


def bounce(row, **over):
    """Postmark's own example, with the metadata that went out with the mail."""
    return {
        "RecordType": "Bounce", "MessageStream": "outbound", "ID": 4323372036854775807, "Type": "HardBounce",
        "TypeCode": 1, "Name": "Hard bounce", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"plumbline_message_id": row.message_id}, "Email": "dana@home.example",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 no such mailbox", "BouncedAt": "2026-03-01T17:00:05Z", **over,
    }  # fmt: skip


def mailgun(row, **over):
    signed = {"token": "t" * 50, "timestamp": "1772384405"}
    signature = hmac.new(KEY.encode(), (signed["timestamp"] + signed["token"]).encode(), hashlib.sha256).hexdigest()
    data = {
        "event": "failed", "severity": "permanent", "reason": "bounce", "timestamp": 1772384405.0, "id": "e1",
        "recipient": "dana@home.example", "message": {"headers": {"message-id": row.message_id}},
        "delivery-status": {"code": 550, "message": "5.1.1 no such mailbox", "description": ""}, **over,
    }  # fmt: skip
    return posted("mailgun", {"signature": {**signed, "signature": signature}, "event-data": data})


def fate(row):
    row.refresh_from_db()
    return row.state, row.status_detail


def client_of(row):
    client = row.schedule.prescription.client
    client.refresh_from_db()
    return client


def test_a_hard_bounce_reaches_row_client_and_flag_once(row):
    assert [postmark(bounce(row)).status_code for _time in range(2)] == [200, 200]
    assert fate(row) == ("bounced", "smtp;550 5.1.1 no such mailbox")
    assert client_of(row).undeliverable_since is not None
    assert Flag.objects.get().kind == "undeliverable"


def test_without_the_secret_nothing_is_heard(row):
    assert postmark(bounce(row), secret="hook:guessed").status_code == 400
    assert fate(row) == ("sent", "")


def test_a_provider_that_keeps_our_message_id(row):
    assert mailgun(row).status_code == 200
    assert fate(row)[0] == "bounced"
    assert client_of(row).undeliverable_since is not None


def test_a_full_mailbox_is_soft_though_the_provider_gave_up(row):
    postmark(bounce(row, Type="SoftBounce", Details="smtp;552 5.2.2 mailbox full"))
    assert fate(row)[0] == "bounced"
    assert client_of(row).undeliverable_since is None


@pytest.mark.parametrize(
    "payload",
    [
        {"Type": "SpamComplaint", "RecordType": "SpamComplaint"},
        {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"},
    ],
)
def test_a_complaint_or_the_provider_s_own_unsubscribe_stops_the_reminders(row, payload):
    assert postmark(bounce(row, **payload)).status_code == 200
    assert client_of(row).reminders_wanted is False
    assert fate(row) == ("sent", "complained")


@pytest.mark.parametrize("payload", [{"RecordType": "Delivery"}, {"RecordType": "Open"}, {"Type": "Transient"}])
def test_what_arrives_waits_or_is_opened_is_passed_over(row, payload):
    assert postmark(bounce(row, **payload)).status_code == 200
    assert fate(row) == ("sent", "")


def test_no_mail_of_ours_is_answered_and_nothing_written(row, caplog):
    payload = bounce(row, Metadata={}, Email="somebody@elsewhere.example")
    assert postmark(payload).status_code == 200
    assert fate(row) == ("sent", "")
    assert "@" not in caplog.text


def test_our_message_id_goes_out_with_the_mail_for_the_provider_to_send_back(row):
    from anymail.signals import pre_send

    mail = sending.compose(row)
    mail.metadata = {"theirs": "stays"}
    pre_send.send(type(None), message=mail, esp_name="Postmark")
    assert mail.metadata == {"theirs": "stays", "plumbline_message_id": row.message_id}
    other = EmailMessage("Your code", "123456")
    pre_send.send(type(None), message=other, esp_name="Postmark")
    assert not hasattr(other, "metadata")
