"""The mails of sign-in (codes, links) in the frame of the clinic's own, and what happens when none can be sent."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib import messages
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.conf import conf
from clinic.mail import compose
from config.accounts.context import clinic_of_address, no_code_for

log = logging.getLogger(__name__)


class PlainWords(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's adapter with mails that look like ours and errors that say what to do next."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This sign-in is closed. Ask your clinic to open it again."),
        "email_password_mismatch": gettext_lazy(
            "This address and this password do not go together. Try again, or let us mail you a code."
        ),
        "enter_current_password": gettext_lazy("This is not your present password. Try again."),
        "incorrect_code": gettext_lazy("This code is not right. Look at it again, or ask for a new one."),
        "incorrect_password": gettext_lazy("This is not your password. Try again."),
        "rate_limited": gettext_lazy("That was often in a short time. Wait a few minutes, then try again."),
        "too_many_login_attempts": gettext_lazy("That was often in a short time. Wait a few minutes, then try again."),
    }

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """As allauth's, from the clinic of that address where there is one, with the style put into the HTML."""
        clinic = clinic_of_address(email if isinstance(email, str) else email[0])
        told = {**context, **compose.build_frame_context(clinic, get_language() or "en"), "sender_name": "Plumbline"}
        mail: EmailMessage = super().render_mail(
            template_prefix, email, told, {**compose.BY_A_MACHINE, **(headers or {})}
        )
        if clinic is not None:
            mail.from_email = compose.format_mailbox(clinic.name, conf.mail_from)
            mail.reply_to = [compose.format_mailbox(clinic.name, clinic.email)]
        if isinstance(mail, EmailMultiAlternatives):
            pages, mail.alternatives = mail.alternatives, []
            for source, kind in pages:
                mail.attach_alternative(compose.inline_styles(str(source)), kind)
        return mail

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it now; that the mail server does not answer is told on the page, alike to known and unknown people."""
        if template_prefix == "account/email/login_code" and no_code_for(email):
            template_prefix = "account/email/no_code"
            context = {**context, "code": "", "password_url": conf.base_url + reverse("account_reset_password")}
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's errors are OSErrors too
            log.warning("a mail of sign-in could not be sent (%s)", type(error).__name__)
            words = _(
                "We could not send the mail. Try again in a few minutes. If it stays like this, call your clinic."
            )
            messages.error(allauth_context.request, words)
