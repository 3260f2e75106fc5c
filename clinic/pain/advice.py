"""The advice after a report as the client reads it: the change of the pain, what it means, what to do.

The text is the product's, or the clinic's own (`AdviceText`). Whatever a clinic writes, the change of the pain comes
before it, and after a warning sign when to go to an emergency department.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext

from django.utils.translation import get_language, gettext as _, override

from clinic.models import Advice, AdviceText, Client, Clinic, PainReport, Prescription

GOING_ON = (Advice.GO_ON, Advice.CARRY_ON, Advice.STOP_TODAY)
CALLING = (Advice.STOP, Advice.CALL_NOW)
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def render_report_advice(report: PainReport, language: str | None = None) -> str:
    """The text of ``report.advice``, ready to show.

    Args:
        report: stored, with its advice.
        language: a code of settings.LANGUAGES; None: the active language.

    Returns:
        Plain sentences without markup, with the clinic's phone where they say "call". In the client's own language
        they are those of the version that was displayed.
    """
    with override(language) if language else nullcontext():
        return _render_in_active_language(report)


def render_hold_advice(client: Client) -> str:
    """The advice for an exercise on hold, in the active language."""
    own = _text_in_force(client.clinic, Advice.STOP)
    return render_advice(client, Advice.STOP, own.text if own else "")


def render_call_now(client: Client) -> str:
    """The advice after a warning sign, in the active language."""
    own = _text_in_force(client.clinic, Advice.CALL_NOW)
    return render_advice(client, Advice.CALL_NOW, own.text if own else "")


def render_offline_advice(client: Client) -> dict[str, str]:
    """The text of each advice for a device without the server, by advice, in the active language.

    Returns:
        The texts of :func:`render_report_advice` with `{before}` and `{after}` in place of the scores. After a session
        that hurts the text says to stop, as the exercise is not on hold yet.
    """
    versions = AdviceText.objects.filter(clinic=client.clinic_id, language=get_language() or "").order_by("number")
    own = {version.advice: version.text for version in versions}  # the newest of each wins
    stop = _("Stop the exercise. Do not do it again until we have your answer. Call %(phone)s if it gets worse.")
    scores = {Advice.CARRY_ON: ("{after}", "{after}")}
    texts = {
        str(advice): render_advice(client, advice, own.get(advice, ""), *scores.get(advice, ("{before}", "{after}")))
        for advice in (*GOING_ON, Advice.CALL_NOW)
    }
    stop_text = f"{stop % {'phone': client.clinic.phone}} {_after_hours(client.clinic)}".rstrip()
    return {**texts, Advice.STOP: stop_text, Advice.THANKS: _("Your practitioner sees your answer once it is sent.")}


def render_advice(
    client: Client, advice: Advice, text: str, before: int | str | None = None, after: int | str | None = None
) -> str:
    """The whole text that this client reads for one advice.

    Args:
        text: the clinic's own text with its placeholders; empty: the product's.
        before, after: the scores of the session, 0-10, or placeholders; None: it has none.
    """
    clinic = client.clinic
    values = {"before": before, "after": after, "phone": clinic.phone, "first_name": client.first_name}
    change = "" if {"{before}", "{after}"} & set(re.findall(r"\{\w+\}", text)) else _describe_change(before, after)
    sentences = [
        change if advice in (*GOING_ON, Advice.STOP) else "",
        fill_placeholders(text or default_text(advice), values),
    ]
    if advice in CALLING:
        sentences.append(_after_hours(clinic))
    if advice == Advice.CALL_NOW:
        sentences.append(emergency_text())
    return " ".join(sentence for sentence in sentences if sentence)


def default_text(advice: Advice) -> str:
    """The product's own text of an advice, with placeholders, in the active language."""
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
    """The text after every warning sign, whatever a clinic writes, in the active language."""
    return _(
        "If you cannot reach us, or you cannot feel between your legs, cannot pass water, or a leg is getting weak, "
        "go to an emergency department."
    )


def fill_placeholders(text: str, values: Mapping[str, object]) -> str:
    """The text with the value of each placeholder in its place; one without a value stays as it is."""

    def value(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None else str(value)

    return PLACEHOLDER.sub(value, text)


def _render_in_active_language(report: PainReport) -> str:
    advice = Advice(report.advice)
    if advice in GOING_ON and report.prescription.state == Prescription.State.HELD:
        advice = Advice.STOP  # a good session does not undo a hold: only a practitioner does
    own = _displayed_text(report, advice)
    return render_advice(report.prescription.client, advice, own.text if own else "", report.before, report.after)


def _displayed_text(report: PainReport, advice: Advice) -> AdviceText | None:
    """The version that was displayed; for another advice or language the one in force."""
    client, displayed, language = report.prescription.client, report.advice_text, get_language()
    if displayed is not None and (displayed.advice, displayed.language) == (advice, language):
        return displayed
    if displayed is None and (report.advice, client.language) == (advice, language):
        return None
    return _text_in_force(client.clinic, advice)


def _text_in_force(clinic: Clinic, advice: Advice) -> AdviceText | None:
    key = (advice, get_language() or "")
    newest = next((text for text in clinic.advice_texts.all() if (text.advice, text.language) == key), None)
    return newest if newest is not None and newest.text else None


def _after_hours(clinic: Clinic) -> str:
    """The second phone, with its hours where they are in the active language; empty without a second phone."""
    if not clinic.phone_after_hours:
        return ""
    phone = {"phone": clinic.phone_after_hours, "hours": clinic.after_hours}
    if clinic.after_hours and get_language() == clinic.language:
        return _("Outside our hours (%(hours)s), call %(phone)s.") % phone
    return _("Outside our hours, call %(phone)s.") % phone


def _describe_change(before: int | str | None, after: int | str | None) -> str:
    """The change of the pain with the exercise; empty without both scores."""
    if before is None or after is None:
        return ""
    scores = {"before": before, "after": after}
    if before == after:
        return _("Pain stayed at %(after)s.") % scores
    return _("Pain went from %(before)s to %(after)s.") % scores
