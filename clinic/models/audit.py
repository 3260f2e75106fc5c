"""Who did what to which record, and when. Rows are added, never changed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic, Person, Practitioner


class AuditVerb(models.TextChoices):
    """What was done: a noun and what happened to it, in the order and the groups of the owner's log."""

    CLIENT_INVITED = "client_invited", _("invited a client")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("withdrew an invitation")
    INVITATION_ACCEPTED = "invitation_accepted", _("accepted the invitation")
    CLIENT_HANDED_OVER = "client_handed_over", _("handed a client over")
    CLIENT_LEFT = "client_left", _("ended a client's time here")
    CLIENT_ERASED = "client_erased", _("erased a record")
    DATA_EXPORTED = "data_exported", _("took out a copy of all data")
    SPAM_REPORTED = "spam_reported", _("marked our mail as spam")
    REGISTRATION_CONFIRMED = "registration_confirmed", _("registered")
    REGISTRANT_ACCEPTED = "registrant_accepted", _("accepted a registrant")
    REGISTRANT_DECLINED = "registrant_declined", _("declined a registrant")
    REGISTRANT_RECONSIDERED = "registrant_reconsidered", _("put a registrant back to waiting")
    REGISTRATION_WITHDRAWN = "registration_withdrawn", _("withdrew a registration")

    PRESCRIPTION_CREATED = "prescription_created", _("prescribed an exercise")
    PRESCRIPTION_CHANGED = "prescription_changed", _("changed a prescription")
    PRESCRIPTION_HELD = "prescription_held", _("paused an exercise")
    PRESCRIPTION_RESUMED = "prescription_resumed", _("resumed an exercise")
    PRESCRIPTION_ENDED = "prescription_ended", _("ended an exercise")
    DOCUMENT_PRINTED = "document_printed", _("made a page for printing")
    PAIN_REPORTED = "pain_reported", _("reported pain")
    PAIN_REPORT_CORRECTED = "pain_report_corrected", _("corrected a pain report")

    FLAG_ACKNOWLEDGED = "flag_acknowledged", _("acknowledged a flag")
    FLAG_ESCALATED = "flag_escalated", _("passed a flag on to the owner")
    FLAG_RESOLVED = "flag_resolved", _("resolved a flag")
    RULE_SETTINGS_CHANGED = "rule_settings_changed", _("changed how finely the rule listens")

    NOTE_ADDED = "note_added", _("wrote a note")
    NOTE_CORRECTED = "note_corrected", _("corrected a note")
    MESSAGE_SENT = "message_sent", _("sent a message")
    MESSAGE_READ = "message_read", _("read a message")

    REMINDERS_TURNED_ON = "reminders_turned_on", _("turned reminders on")
    REMINDERS_TURNED_OFF = "reminders_turned_off", _("turned reminders off")
    EXERCISE_REMINDERS_CHOSEN = "exercise_reminders_chosen", _("chose the reminders of an exercise")
    EXERCISE_REMINDERS_TURNED_OFF = "exercise_reminders_turned_off", _("turned the reminders of an exercise off")
    REMINDERS_PAUSED = "reminders_paused", _("paused reminders")
    REMINDER_PAUSE_ENDED = "reminder_pause_ended", _("ended the pause of reminders")
    REMINDER_HOURS_CHANGED = "reminder_hours_changed", _("changed the hours for reminders")
    LANGUAGE_CHANGED = "language_changed", _("changed the language")
    REMINDER_CHANNEL_CHOSEN = "reminder_channel_chosen", _("chose how reminders come")
    PUSH_SUBSCRIPTION_ADDED = "push_subscription_added", _("added a phone for reminders")
    PUSH_SUBSCRIPTION_REMOVED = "push_subscription_removed", _("removed a phone for reminders")
    CALENDAR_OPENED = "calendar_opened", _("opened a calendar of the plan")
    CALENDAR_RENEWED = "calendar_renewed", _("gave the calendar a new address")
    CALENDAR_CLOSED = "calendar_closed", _("closed the calendar")

    MEMBER_ADDED = "member_added", _("added a colleague")
    WELCOME_RESENT = "welcome_resent", _("sent the welcome mail again")
    ROLE_CHANGED_TO_OWNER = "role_changed_to_owner", _("made somebody owner")
    ROLE_CHANGED_TO_PRACTITIONER = "role_changed_to_practitioner", _("made somebody practitioner")
    ROLE_CHANGED_TO_FRONT_DESK = "role_changed_to_front_desk", _("made somebody front desk")
    MEMBER_DEACTIVATED = "member_deactivated", _("ended a colleague's access")
    MEMBER_REACTIVATED = "member_reactivated", _("gave a colleague access again")
    ACCESS_REVOKED = "access_revoked", _("shut somebody out of the clinic")
    SECOND_FACTOR_RESET = "second_factor_reset", _("took a second step of sign-in away")
    ABSENCE_ADDED = "absence_added", _("entered an absence")
    ABSENCE_CHANGED = "absence_changed", _("changed an absence")
    ABSENCE_ENDED = "absence_ended", _("ended an absence early")
    ABSENCE_CANCELLED = "absence_cancelled", _("called an absence off")
    PROFILE_CHANGED = "profile_changed", _("changed a name or language")
    NOTICE_MAIL_CHOSEN = "notice_mail_chosen", _("chose which mails come at once")
    DIGEST_TURNED_ON = "digest_turned_on", _("turned the daily mail on")
    DIGEST_TURNED_OFF = "digest_turned_off", _("turned the daily mail off")

    EXERCISE_WRITTEN = "exercise_written", _("wrote an exercise")
    EXERCISE_PUBLISHED = "exercise_published", _("published an exercise")
    EXERCISE_WITHDRAWN = "exercise_withdrawn", _("withdrew an exercise")
    EXERCISE_FEATURED = "exercise_featured", _("put an exercise first")
    FILM_UPLOADED = "film_uploaded", _("uploaded a film")
    POSTER_UPLOADED = "poster_uploaded", _("uploaded a poster picture")
    CAPTIONS_UPLOADED = "captions_uploaded", _("uploaded captions")
    PICTURE_UPLOADED = "picture_uploaded", _("uploaded a picture")
    FILM_REMOVED = "film_removed", _("removed a film")
    POSTER_REMOVED = "poster_removed", _("removed a poster picture")
    CAPTIONS_REMOVED = "captions_removed", _("removed captions")
    PICTURE_REMOVED = "picture_removed", _("removed a picture")
    DOSE_TEMPLATE_ADDED = "dose_template_added", _("kept a dose for reuse")
    DOSE_TEMPLATE_CHANGED = "dose_template_changed", _("changed a kept dose")
    DOSE_TEMPLATE_RETIRED = "dose_template_retired", _("retired a kept dose")

    CLINIC_OPENED = "clinic_opened", _("opened the clinic")
    CLINIC_NAME_CHANGED = "clinic_name_changed", _("changed the clinic's name")
    POSTAL_LINE_CHANGED = "postal_line_changed", _("changed the clinic's address")
    CLINIC_EMAIL_CHANGED = "clinic_email_changed", _("changed the clinic's e-mail")
    TIME_ZONE_CHANGED = "time_zone_changed", _("changed the clinic's time zone")
    ACCENT_CHANGED = "accent_changed", _("changed the clinic's colour")
    LOGO_CHANGED = "logo_changed", _("changed the logo")
    LOGO_REMOVED = "logo_removed", _("removed the logo")
    CLINIC_PHONE_CHANGED = "clinic_phone_changed", _("changed the clinic's phone")
    PHONE_AFTER_HOURS_CHANGED = "phone_after_hours_changed", _("changed the phone for after hours")
    AFTER_HOURS_CHANGED = "after_hours_changed", _("changed what is said after hours")
    QUIET_FROM_CHANGED = "quiet_from_changed", _("changed when quiet hours begin")
    QUIET_UNTIL_CHANGED = "quiet_until_changed", _("changed when quiet hours end")
    RECORD_SHARING_CHANGED = "record_sharing_changed", _("changed whether colleagues share records")
    ESCALATION_HOURS_CHANGED = "escalation_hours_changed", _("changed when a flag goes to the owner")
    CODE_SIGN_IN_CHANGED = "code_sign_in_changed", _("changed whether clients sign in by code")
    FEATURED_EXERCISE_CHANGED = "featured_exercise_changed", _("changed the exercise shown first")
    RETENTION_CHANGED = "retention_changed", _("changed how long records are kept")
    ADVICE_TEXT_CHANGED = "advice_text_changed", _("changed the clinic's own words")
    ADVICE_TEXT_RESET = "advice_text_reset", _("went back to the product's words")
    ONBOARDING_DISMISSED = "onboarding_dismissed", _("put the first steps away")

    @classmethod
    def grouped_choices(cls) -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
        """The choices of a form: each heading with the verbs from its first to the next heading's."""
        headings = {
            cls.CLIENT_INVITED: _("Clients and registrants"),
            cls.PRESCRIPTION_CREATED: _("Prescriptions and reports"),
            cls.FLAG_ACKNOWLEDGED: _("Flags"),
            cls.NOTE_ADDED: _("Notes and messages"),
            cls.REMINDERS_TURNED_ON: _("Reminders and what a client chose"),
            cls.MEMBER_ADDED: _("Team"),
            cls.EXERCISE_WRITTEN: _("Exercises and doses"),
            cls.CLINIC_OPENED: _("Clinic settings"),
        }
        groups: list[tuple[str | Promise, list[tuple[str, str | Promise]]]] = []
        for verb in cls:
            if verb in headings:
                groups.append((headings[verb], []))
            groups[-1][1].append((verb.value, verb.label))
        return groups


class AppendOnly(TypeError):
    """Somebody tried to change or delete an audit entry."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Person) -> AuditQuerySet:
        """The owner of a clinic reads what was done in it."""
        owned = Practitioner.objects.for_user(user).filter(role=Practitioner.Role.OWNER)
        return self.filter(clinic__in=owned.values("clinic"))

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")


class AuditEntry(models.Model):
    """One act. The target is kept as its kind and number, so that it outlives the record."""

    Verb = AuditVerb

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(_("act"), max_length=40, choices=AuditVerb)
    target_kind = models.CharField(_("what"), max_length=40)
    target_id = models.BigIntegerField(_("number"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["clinic", "target_kind", "target_id"], name="audit_by_target")]
        constraints = [models.CheckConstraint(condition=Q(verb__in=AuditVerb.values), name="audit_verb_is_known")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_kind} {self.target_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("Audit entries are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")
