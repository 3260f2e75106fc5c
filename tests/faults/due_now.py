"""`python -m tests.faults.due_now fill N`: an empty database gets N made-up clients, each with a plan.

`python -m tests.faults.due_now fall N [SECONDS]`: the reminders of N of them are due since a minute ago; with SECONDS
they fall due one after the other, from five seconds on, within so many.

`python -m tests.faults.due_now tokens N`: API tokens of the last N clients and their prescriptions, as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from zoneinfo import ZoneInfo

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from clinic.models import PainTrend, Prescription, Schedule  # noqa: E402
from clinic.models.outbox import database_now  # noqa: E402


def fill(clients: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("load_exercises", verbosity=0)
    call_command("simulate_clinic", clients=clients, days=1, verbosity=0)
    PainTrend.objects.update(last_report_at=None)  # nobody has reported today, whatever the hour where they live


def fall_due(count: int, within: int) -> None:
    now, schedules = database_now(), list(Schedule.objects.order_by("pk"))
    for place, schedule in enumerate(schedules[:count]):
        ahead = dt.timedelta(seconds=5 + within * place / count) if within else -dt.timedelta(minutes=1)
        schedule.next_due_at = now + ahead
        schedule.next_slot = schedule.next_due_at.astimezone(ZoneInfo(schedule.time_zone)).date()
    for schedule in schedules[count:]:
        schedule.next_due_at = schedule.next_slot = None
    Schedule.objects.bulk_update(schedules, ["next_due_at", "next_slot"], batch_size=200)


def tokens(count: int) -> list[tuple[str, int]]:
    last = Prescription.objects.select_related("client__user").order_by("-pk")[:count]
    return [(Token.objects.get_or_create(user=row.client.user)[0].key, row.pk) for row in last]


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    elif sys.argv[1] == "tokens":
        print(json.dumps(tokens(int(sys.argv[2]))))
    else:
        fall_due(int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
