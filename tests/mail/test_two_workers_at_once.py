"""Two workers, one outbox, small batches: each mail goes once."""

import threading

import pytest
from django.db import connections

from clinic.mail.outbox import send_due
from clinic.models import Invitation
from tests.mail import post


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once(odd_server, settings):
    settings.PLUMBLINE_BATCH = 3
    rows = post.invitations(24)
    start, tallies, errors = threading.Barrier(2, timeout=30), [], []

    def work():
        try:
            start.wait()
            tallies.append(send_due(Invitation))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)

    assert errors == []
    assert sum(tally["sent"] for tally in tallies) == 24
    assert sorted(mail["Message-ID"] for mail in odd_server.handed_over) == sorted(f"<{r.message_id}>" for r in rows)
    assert set(Invitation.objects.values_list("state", "attempts")) == {("sent", 1)}
