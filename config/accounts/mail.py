"""The mails of sign-in (codes, links) in the frame of the clinic's mails, and failures to send them."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib import messages
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import get_language, gettext as _, gettext_lazy

from clinic.conf import conf
from clinic.mail import compose
from config.accounts.context import find_clinic_by_email, has_no_code_sign_in

log = logging.getLogger(__name__)


class MailAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's adapter with mails in the clinic's frame and errors that say what to do next."""

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
        """Render allauth's mail, from the clinic of that email where there is one, with inline styles."""
        clinic = find_clinic_by_email(email if isinstance(email, str) else email[0])
        context = {**context, **compose.build_frame_context(clinic, get_language() or "en"), "sender_name": "Plumbline"}
        mail: EmailMessage = super().render_mail(
            template_prefix, email, context, {**compose.AUTOMATIC_HEADERS, **(headers or {})}
        )
        if clinic is not None:
            mail.from_email = compose.format_mailbox(clinic.name, conf.mail_from)
            mail.reply_to = [compose.format_mailbox(clinic.name, clinic.email)]
        if isinstance(mail, EmailMultiAlternatives):
            alternatives, mail.alternatives = mail.alternatives, []
            for source, kind in alternatives:
                mail.attach_alternative(compose.inline_styles(str(source)), kind)
        return mail

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send the mail; a failure is shown on the page, alike for known and unknown emails."""
        if template_prefix == "account/email/login_code" and has_no_code_sign_in(email):
            template_prefix = "account/email/no_code"
            context = {**context, "code": "", "password_url": conf.base_url + reverse("account_reset_password")}
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's errors are OSErrors too
            log.warning("a mail of sign-in could not be sent (%s)", type(error).__name__)
            message = _(
                "We could not send the mail. Try again in a few minutes. If it stays like this, call your clinic."
            )
            messages.error(allauth_context.request, message)
