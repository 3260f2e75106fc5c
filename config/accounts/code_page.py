"""The page for the sign-in code of a mail, with a way on after a wrong or expired code."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.forms import BaseConfirmCodeForm
from allauth.account.models import Login
from allauth.account.views import ConfirmLoginCodeView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from config.accounts.adapter import TYPED_EMAIL_KEY
from config.accounts.context import has_no_code_sign_in

RESEND_WAIT = 60  # seconds between two codes
COUNTDOWN_STEP = 5  # seconds; the style sheet counts down from a multiple of it
REQUEST_CODE_VIEW = "account_request_login_code"


class CodePage(ConfirmLoginCodeView):  # type: ignore[misc]  # allauth is untyped
    """allauth's page, with messages for a wrong code, an expired one, the fifth wrong one, and a second mail."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        process = getattr(self, "_process", None)
        is_expired = process is None and not request.user.is_authenticated
        if is_expired and isinstance(response, HttpResponseRedirect) and response.url == reverse(REQUEST_CODE_VIEW):
            login_stage = getattr(self, "stage", None)
            self._restart(
                _("That code has had its time, or you asked for it in another browser. Let us send you a new one."),
                login_stage.state.get("email") if login_stage else None,
            )
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if "code" in kwargs and has_no_code_sign_in(self._process.state.get("email", "")):
            kwargs["code"] = ""  # no input matches
        return kwargs

    def form_invalid(self, form: BaseConfirmCodeForm) -> HttpResponse:
        email = self._process.state.get("email")
        if self._process.record_invalid_attempt():
            return FormView.form_invalid(self, form)
        self._restart(_("The code was wrong five times, so it no longer works. Let us send you a new one."), email)
        return HttpResponseRedirect(reverse(REQUEST_CODE_VIEW))

    def _resend_form_valid(self, form: BaseConfirmCodeForm) -> HttpResponse:
        seconds = self._wait()
        if seconds:
            message = _("We have just sent one. In %(seconds)s seconds you can ask for another.") % {"seconds": seconds}
            messages.warning(self.request, message)
            return HttpResponseRedirect(self.request.get_full_path())
        now = time.time()
        self._process.state |= {"at": now, "sent_at": now}  # the new code is valid for 15 minutes, as its mail says
        login: Login = self.stage.login
        login.initiated_at = now
        response: HttpResponse = super()._resend_form_valid(form)
        messages.success(self.request, _("We have sent a new code. The one before no longer works."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        state = self._process.state
        wait = -(-self._wait() // COUNTDOWN_STEP) * COUNTDOWN_STEP
        return context | {"wait": wait, "tries_left": self._process.max_attempts - state["failed_attempts"]}

    def _wait(self) -> int:
        """Seconds until a new code may be requested, 0 to RESEND_WAIT."""
        state = self._process.state
        sent_at: float = state.get("sent_at", state["at"])
        return max(0, min(RESEND_WAIT, round(RESEND_WAIT - (time.time() - sent_at))))

    def _restart(self, message: str, email: str | None) -> None:
        messages.warning(self.request, message)
        if email:
            self.request.session[TYPED_EMAIL_KEY] = email
