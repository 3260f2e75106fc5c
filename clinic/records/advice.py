"""What a report means for the client, in words: what happened, what it means, what to do."""

from __future__ import annotations

from contextlib import nullcontext

from django.utils.translation import gettext as _
from django.utils.translation import override

from clinic.models import Advice, PainReport, Prescription

GOING_ON = (Advice.GO_ON, Advice.CARRY_ON, Advice.STOP_TODAY)


def advice_text(report: PainReport, language: str | None = None) -> str:
    """The words behind ``report.advice``, ready to show.

    Args:
        report: stored, with its advice; the client and the clinic are read for the phone number.
        language: a code out of settings.LANGUAGES; None: the language that is active.

    Returns:
        One to four plain sentences, no markup; those that say "call" name the clinic's phone.
    """
    with override(language) if language else nullcontext():
        return _words(report)


def call_now(phone: str) -> str:
    """What to do about a warning sign, in the language that is active; ``phone`` is the clinic's."""
    return _(
        "Stop the exercise. Call %(phone)s now. If you cannot reach us, or you cannot feel between your legs, "
        "cannot pass water, or a leg is getting weak, go to an emergency department."
    ) % {"phone": phone}


def without_us(phone: str) -> dict[str, str]:
    """What each advice says where nobody can ask the server, by advice, in the language that is active.

    Args:
        phone: the clinic's.

    Returns:
        The words of :func:`advice_text` with `{before}` and `{after}` where the scores belong; a session that hurts
        is told to stop, as the practitioner has not paused anything yet.
    """
    moved, stayed = _course("{before}", "{after}"), _course("{after}", "{after}")
    stop = _("Stop the exercise. Do not do it again until we have your answer. Call %(phone)s if it gets worse.")
    return {
        Advice.GO_ON: f"{moved} {_going_on(Advice.GO_ON)}",
        Advice.CARRY_ON: f"{stayed} {_going_on(Advice.CARRY_ON)}",
        Advice.STOP_TODAY: f"{moved} {_going_on(Advice.STOP_TODAY)}",
        Advice.STOP: stop % {"phone": phone},
        Advice.CALL_NOW: call_now(phone),
        Advice.THANKS: _("Your practitioner sees your answer once it is sent."),
    }


def _words(report: PainReport) -> str:
    phone = report.prescription.client.clinic.phone
    advice = Advice(report.advice)
    if advice in GOING_ON and report.prescription.state == Prescription.State.HELD:
        advice = Advice.STOP  # a good session does not undo a hold: only a practitioner does
    match advice:
        case Advice.GO_ON | Advice.CARRY_ON | Advice.STOP_TODAY:
            return f"{_course(report.before, report.after)} {_going_on(advice)}"
        case Advice.STOP:
            held = _(
                "Your practitioner has paused this exercise. You do not need to do anything; they will be in touch. "
                "Call %(phone)s if it gets worse."
            ) % {"phone": phone}
            return f"{_course(report.before, report.after)} {held}".lstrip()
        case Advice.CALL_NOW:
            return call_now(phone)
        case Advice.THANKS:
            return _("Thank you. Your practitioner can see your answer.")


def _going_on(advice: Advice) -> str:
    """What to do after a session without alarm; see ``GOING_ON``."""
    match advice:
        case Advice.GO_ON:
            return _("Good: carry on as planned.")
        case Advice.CARRY_ON:
            return _("Carry on, gently. We are watching how the days compare.")
    return _("Stop for today. Do not repeat it until tomorrow, and only if the pain is back to where it was.")


def _course(before: int | str | None, after: int | str | None) -> str:
    """From what to what the pain went with the exercise; empty without both scores."""
    if before is None or after is None:
        return ""
    scores = {"before": before, "after": after}
    if before == after:
        return _("Pain stayed at %(after)s.") % scores
    return _("Pain went from %(before)s to %(after)s.") % scores
