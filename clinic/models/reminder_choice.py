"""The slots of a plan that the client wants reminders of. The plan itself does not change."""

from __future__ import annotations

import datetime as dt

from django.db import models

from clinic.models.prescription import Prescription, PrescriptionVersion


class ReminderChoice(models.Model):
    """Days and times excluded from the reminders of one prescription; no row: none.

    Exclusions are stored, so that a day or a time added by an amended plan has reminders.
    """

    prescription = models.OneToOneField(Prescription, on_delete=models.CASCADE, related_name="reminder_choice")
    wanted = models.BooleanField(default=True)
    days_off = models.CharField(max_length=27, blank=True, help_text="mon,tue,wed,thu,fri,sat,sun")
    times_off = models.CharField(max_length=120, blank=True, help_text="08:30,18:00")

    def __str__(self) -> str:
        return f"reminder choice of prescription {self.prescription_id}"

    def find_exclusions(self, version: PrescriptionVersion) -> tuple[list[str], list[dt.time]]:
        """The days and the times of a version without reminders.

        If all days, or all times, of the version are excluded, none of them are: no client chose that.
        """
        days = [day for day in version.day_names if day in self.days_off.split(",")]
        times = [time for time in version.local_times if f"{time:%H:%M}" in self.times_off.split(",")]
        return (
            days if len(days) < len(version.day_names) else [],
            times if len(times) < len(version.local_times) else [],
        )
