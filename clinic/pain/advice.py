"""What a report means for the client, in words: what happened, what it means, what to do.

The words are the product's, or the clinic's own (`AdviceText`). Whatever a clinic writes, what a report did to the
pain is said before it, and when to go to an emergency department after a warning sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from clinic.models import Advice, AdviceText, Client, Clinic, PainReport, Prescription

GOING_ON = (Advice.GO_ON, Advice.CARRY_ON, Advice.STOP_TODAY)
CALLING = (Advice.STOP, Advice.CALL_NOW)
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def render_report_advice(report: PainReport, language: str | None = None) -> str:
    """The words behind ``report.advice``, ready to show.

    Args:
        report: stored, with its advice; the client and the clinic are read for names and phones.
        language: a code out of settings.LANGUAGES; None: the language that is active.

    Returns:
        Some plain sentences, no markup; those that say "call" name the clinic's phone. Read again in the client's
        language they are those of the version that was shown.
    """
    with override(language) if language else nullcontext():
        return _render_in_active_language(report)


def render_hold_advice(client: Client) -> str:
    """What is said of a paused exercise, in the language that is active."""
    own = _text_in_force(client.clinic, Advice.STOP)
    return render_advice(client, Advice.STOP, own.text if own else "")


def render_call_now(client: Client) -> str:
    """What to do about a warning sign, in the language that is active."""
    own = _text_in_force(client.clinic, Advice.CALL_NOW)
    return render_advice(client, Advice.CALL_NOW, own.text if own else "")


def render_offline_advice(client: Client) -> dict[str, str]:
    """What each advice says where nobody can ask the server, by advice, in the language that is active.

    Returns:
        The words of :func:`render_report_advice` with `{before}` and `{after}` where the scores belong; a session that hurts
        is told to stop, as the practitioner has not paused anything yet.
    """
    versions = AdviceText.objects.filter(clinic=client.clinic_id, language=get_language() or "").order_by("number")
    own = {version.advice: version.text for version in versions}  # the newest of each wins
    stop = _("Stop the exercise. Do not do it again until we have your answer. Call %(phone)s if it gets worse.")
    scores = {Advice.CARRY_ON: ("{after}", "{after}")}
    said = {
        str(advice): render_advice(client, advice, own.get(advice, ""), *scores.get(advice, ("{before}", "{after}")))
        for advice in (*GOING_ON, Advice.CALL_NOW)
    }
    stop_words = f"{stop % {'phone': client.clinic.phone}} {_after_hours(client.clinic)}".rstrip()
    return {**said, Advice.STOP: stop_words, Advice.THANKS: _("Your practitioner sees your answer once it is sent.")}


def render_advice(
    client: Client,
    advice: Advice,
    text: str,
    before: int | str | None = None,
    after: int | str | None = None,
) -> str:
    """All that this client reads for one advice.

    Args:
        text: the clinic's own words with their placeholders; empty: the product's.
        before, after: the scores of the session, 0-10; None: it has none.
    """
    clinic = client.clinic
    values = {"before": before, "after": after, "phone": clinic.phone, "first_name": client.first_name}
    course = "" if {"{before}", "{after}"} & set(re.findall(r"\{\w+\}", text)) else _describe_change(before, after)
    parts = [
        course if advice in (*GOING_ON, Advice.STOP) else "",
        fill_placeholders(text or default_text(advice), values),
    ]
    if advice in CALLING:
        parts.append(_after_hours(clinic))
    if advice == Advice.CALL_NOW:
        parts.append(emergency_text())
    return " ".join(part for part in parts if part)


def default_text(advice: Advice) -> str:
    """The product's own words of what to do, with placeholders, in the language that is active."""
    match advice:
        case Advice.GO_ON:
            return _("Good: carry on as planned.")
        case Advice.CARRY_ON:
            return _("Carry on, gently. We are watching how the days compare.")
        case Advice.STOP_TODAY:
            return _("Stop for today. Do not repeat it until tomorrow, and only if the pain is back to where it was.")
        case Advice.STOP:
            return _(
                "Your practitioner has paused this exercise. You do not need to do anything; they will be in touch. "
                "Call %(phone)s if it gets worse."
            ) % {"phone": "{phone}"}
        case Advice.CALL_NOW:
            return _("Stop the exercise. Call %(phone)s now.") % {"phone": "{phone}"}
        case Advice.THANKS:
            return _("Thank you. Your practitioner can see your answer.")


def emergency_text() -> str:
    """What is always said after a warning sign, whatever a clinic writes, in the language that is active."""
    return _(
        "If you cannot reach us, or you cannot feel between your legs, cannot pass water, or a leg is getting weak, "
        "go to an emergency department."
    )


def fill_placeholders(text: str, values: Mapping[str, object]) -> str:
    """The text with the value of each placeholder in its place; one without a value stays as it is."""

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1])
        return found[0] if given is None else str(given)

    return PLACEHOLDER.sub(value, text)


def _render_in_active_language(report: PainReport) -> str:
    advice = Advice(report.advice)
    if advice in GOING_ON and report.prescription.state == Prescription.State.HELD:
        advice = Advice.STOP  # a good session does not undo a hold: only a practitioner does
    own = _displayed_text(report, advice)
    return render_advice(report.prescription.client, advice, own.text if own else "", report.before, report.after)


def _displayed_text(report: PainReport, advice: Advice) -> AdviceText | None:
    """The version that was shown; where another advice or language is wanted now, the one in force."""
    client, shown, language = report.prescription.client, report.advice_text, get_language()
    if shown is not None and (shown.advice, shown.language) == (advice, language):
        return shown
    if shown is None and (report.advice, client.language) == (advice, language):
        return None
    return _text_in_force(client.clinic, advice)


def _text_in_force(clinic: Clinic, advice: Advice) -> AdviceText | None:
    wanted = (advice, get_language() or "")
    newest = next((one for one in clinic.advice_texts.all() if (one.advice, one.language) == wanted), None)
    return newest if newest is not None and newest.text else None


def _after_hours(clinic: Clinic) -> str:
    """The second phone with its hours, which are written in the clinic's language alone; empty without one."""
    if not clinic.phone_after_hours:
        return ""
    phone = {"phone": clinic.phone_after_hours, "hours": clinic.after_hours}
    if clinic.after_hours and get_language() == clinic.language:
        return _("Outside our hours (%(hours)s), call %(phone)s.") % phone
    return _("Outside our hours, call %(phone)s.") % phone


def _describe_change(before: int | str | None, after: int | str | None) -> str:
    """From what to what the pain went with the exercise; empty without both scores."""
    if before is None or after is None:
        return ""
    scores = {"before": before, "after": after}
    if before == after:
        return _("Pain stayed at %(after)s.") % scores
    return _("Pain went from %(before)s to %(after)s.") % scores
