"""A dose as a client reads it."""

import datetime as dt

import pytest
from django.utils.translation import override

from clinic.dosage import text as dosage_text
from clinic.models import PrescriptionVersion


def dose(**over):
    given = {"starts_on": dt.date(2026, 11, 23), "days": "mon,wed,fri", "times": "18:00", **over}
    return PrescriptionVersion(**given)


@pytest.mark.parametrize(
    ("days", "times", "expected", "en_espanol"),
    [
        ("mon,tue,wed,thu,fri,sat,sun", "18:00", "Every day at 18:00.", "Todos los días a las 18:00."),
        ("mon", "08:30", "One day a week: Monday, at 08:30.", "Un día a la semana: lunes, a las 08:30."),
        (
            "mon,wed,fri", "08:30,18:00",
            "3 days a week: Monday, Wednesday and Friday, at 08:30 and 18:00.",
            "3 días a la semana: lunes, miércoles y viernes, a las 08:30 y 18:00.",
        ),
    ],
)  # fmt: skip
def test_when(days, times, expected, en_espanol):
    assert dosage_text.describe_times(dose(days=days, times=times)) == expected
    with override("es"):
        assert dosage_text.describe_times(dose(days=days, times=times)) == en_espanol


def test_how_much():
    assert dosage_text.describe_amount(dose(sets=1, hold_seconds=45), 30) == "Once. Hold for 45 seconds."
    assert dosage_text.describe_amount(dose(sets=2, hold_seconds=30), 60) == (
        "2 rounds. Hold each for 30 seconds. Rest 60 seconds between."
    )
    with override("es"):
        assert dosage_text.describe_amount(dose(sets=3, hold_seconds=1), 30) == (
            "3 series. Mantenga la postura 1 segundo en cada una. Descanse 30 segundos entre ellas."
        )


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(1, "1 second"), (90, "90 seconds"), (120, "2 minutes"), (150, "2 minutes 30 seconds"), (600, "10 minutes")],
)
def test_lengths(seconds, expected):
    assert dosage_text.format_seconds(seconds) == expected


def test_first_and_last_day():
    assert dosage_text.describe_dates(dose()) == "23 November 2026."
    with override("es"):
        text = dosage_text.describe_dates(dose(ends_on=dt.date(2026, 12, 20)))
    assert text == "23 de noviembre de 2026, hasta el 20 de diciembre de 2026."
