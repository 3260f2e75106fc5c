"""What the audit keeps as codes, in words: each act, in groups, and each kind of row that one can be about."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: list[tuple[Promise, dict[str, Promise]]] = [
    (
        _("Clients and registrants"),
        {
            "invited": _("invited a client"),
            "invitation-withdrawn": _("withdrew an invitation"),
            "joined": _("accepted the invitation"),
            "handed-over": _("handed a client over"),
            "left": _("ended a client's time here"),
            "erased": _("erased a record"),
            "exported": _("took out a copy of all data"),
            "complained": _("marked our mail as spam"),
            "registered": _("registered"),
            "accepted": _("accepted a registrant"),
            "declined": _("declined a registrant"),
            "reconsidered": _("put a registrant back to waiting"),
            "withdrew": _("withdrew a registration"),
        },
    ),
    (
        _("Prescriptions and reports"),
        {
            "prescribed": _("prescribed an exercise"),
            "amended": _("changed a prescription"),
            "held": _("paused an exercise"),
            "resumed": _("resumed an exercise"),
            "ended": _("ended an exercise"),
            "printed": _("made a page for printing"),
            "reported": _("reported pain"),
            "corrected": _("corrected a pain report"),
        },
    ),
    (
        _("Flags"),
        {
            "flag-raised": _("raised a flag"),
            "flag-acknowledged": _("acknowledged a flag"),
            "flag-reopened": _("opened a flag again"),
            "flag-escalated": _("passed a flag on to the owner"),
            "flag-resolved": _("resolved a flag"),
            "tuned": _("changed how finely the rule listens"),
        },
    ),
    (
        _("Notes and messages"),
        {
            "noted": _("wrote a note"),
            "note-corrected": _("corrected a note"),
            "message-sent": _("sent a message"),
            "message-read": _("read a message"),
        },
    ),
    (
        _("Reminders and what a client chose"),
        {
            "reminders-on": _("turned reminders on"),
            "reminders-off": _("turned reminders off"),
            "reminders-chosen": _("chose the reminders of an exercise"),
            "reminders-declined": _("turned the reminders of an exercise off"),
            "paused": _("paused reminders"),
            "pause-ended": _("ended the pause of reminders"),
            "hours-changed": _("changed the hours for reminders"),
            "language-changed": _("changed the language"),
            "way-chosen": _("chose how reminders come"),
            "phone-added": _("added a phone for reminders"),
            "phone-removed": _("removed a phone for reminders"),
            "calendar-opened": _("opened a calendar of the plan"),
            "calendar-renewed": _("gave the calendar a new address"),
            "calendar-closed": _("closed the calendar"),
        },
    ),
    (
        _("Team"),
        {
            "took_on": _("added a colleague"),
            "welcomed": _("sent the welcome mail again"),
            "made_owner": _("made somebody owner"),
            "made_practitioner": _("made somebody practitioner"),
            "made_front_desk": _("made somebody front desk"),
            "deactivated": _("ended a colleague's access"),
            "reactivated": _("gave a colleague access again"),
            "shut_out": _("shut somebody out of the clinic"),
            "second-step-cleared": _("took a second step of sign-in away"),
            "absence-made": _("entered an absence"),
            "absence-changed": _("changed an absence"),
            "absence-ended": _("ended an absence early"),
            "absence-called-off": _("called an absence off"),
            "introduced": _("changed a name or language"),
            "mail-chosen": _("chose which mails come at once"),
            "digest-on": _("turned the daily mail on"),
            "digest-off": _("turned the daily mail off"),
        },
    ),
    (
        _("Exercises and doses"),
        {
            "exercise-written": _("wrote an exercise"),
            "exercise-published": _("published an exercise"),
            "exercise-withdrawn": _("withdrew an exercise"),
            "exercise-featured": _("put an exercise first"),
            "film-uploaded": _("uploaded a film"),
            "poster-uploaded": _("uploaded a poster picture"),
            "captions-uploaded": _("uploaded captions"),
            "picture-uploaded": _("uploaded a picture"),
            "film-removed": _("removed a film"),
            "poster-removed": _("removed a poster picture"),
            "captions-removed": _("removed captions"),
            "picture-removed": _("removed a picture"),
            "template-added": _("kept a dose for reuse"),
            "template-changed": _("changed a kept dose"),
            "template-retired": _("retired a kept dose"),
        },
    ),
    (
        _("Clinic settings"),
        {
            "opened": _("opened the clinic"),
            "name-changed": _("changed the clinic's name"),
            "postal-line-changed": _("changed the clinic's address"),
            "email-changed": _("changed the clinic's e-mail"),
            "time-zone-changed": _("changed the clinic's time zone"),
            "accent-changed": _("changed the clinic's colour"),
            "logo-changed": _("changed the logo"),
            "logo-removed": _("removed the logo"),
            "phone-changed": _("changed the clinic's phone"),
            "phone-after-hours-changed": _("changed the phone for after hours"),
            "after-hours-changed": _("changed what is said after hours"),
            "quiet-from-changed": _("changed when quiet hours begin"),
            "quiet-until-changed": _("changed when quiet hours end"),
            "open-records-changed": _("changed whether colleagues share records"),
            "escalation-hours-changed": _("changed when a flag goes to the owner"),
            "code-sign-in-changed": _("changed whether clients sign in by code"),
            "featured-exercise-changed": _("changed the exercise shown first"),
            "retention-years-changed": _("changed how long records are kept"),
            "words-changed": _("changed the clinic's own words"),
            "words-reset": _("went back to the product's words"),
            "first-steps-closed": _("put the first steps away"),
        },
    ),
]
_WORDS = {verb: words for _heading, acts in GROUPS for verb, words in acts.items()}

KINDS: dict[str, Promise] = {
    "client": _("client"),
    "prescription": _("prescription"),
    "painreport": _("pain report"),
    "flag": _("flag"),
    "note": _("note"),
    "message": _("message"),
    "registrant": _("registrant"),
    "practitioner": _("colleague"),
    "absence": _("absence"),
    "exercise": _("exercise"),
    "dosetemplate": _("kept dose"),
    "clinic": _("clinic"),
    "advicetext": _("the clinic's own words"),
}


def act(verb: str) -> str:
    """What was done; the code itself where an older or newer release has no words for it."""
    return str(_WORDS.get(verb, verb))


def kind(code: str) -> str:
    """What sort of row; likewise."""
    return str(KINDS.get(code, code))
