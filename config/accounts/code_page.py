"""The page that asks for the code from the mail: never a dead end, whatever was typed and however late."""

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

from config.accounts.adapter import ADDRESS_TYPED
from config.accounts.context import no_code_for

WAIT = 60  # seconds between two codes
STEP = 5  # seconds; the style sheet counts down from a multiple of it
ASK = "account_request_login_code"


class CodePage(ConfirmLoginCodeView):  # type: ignore[misc]  # allauth is untyped
    """As allauth's, and it says what to do about a wrong code, an old one, a fifth wrong one, and a second mail."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        process = getattr(self, "_process", None)
        lost = process is None and not request.user.is_authenticated
        if lost and isinstance(response, HttpResponseRedirect) and response.url == reverse(ASK):
            stage = getattr(self, "stage", None)
            self._begin_again(
                _("That code has had its time, or you asked for it in another browser. Let us send you a new one."),
                stage.state.get("email") if stage else None,
            )
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if "code" in kwargs and no_code_for(self._process.state.get("email", "")):
            kwargs["code"] = ""  # fits nothing
        return kwargs

    def form_invalid(self, form: BaseConfirmCodeForm) -> HttpResponse:
        address = self._process.state.get("email")
        if self._process.record_invalid_attempt():
            return FormView.form_invalid(self, form)
        self._begin_again(
            _("The code was wrong five times, so it no longer works. Let us send you a new one."), address
        )
        return HttpResponseRedirect(reverse(ASK))

    def _resend_form_valid(self, form: BaseConfirmCodeForm) -> HttpResponse:
        left = self._wait()
        if left:
            words = _("We have just sent one. In %(seconds)s seconds you can ask for another.") % {"seconds": left}
            messages.warning(self.request, words)
            return HttpResponseRedirect(self.request.get_full_path())
        now = time.time()
        self._process.state |= {"at": now, "sent_at": now}  # the new code has its 15 minutes, as its mail says
        login: Login = self.stage.login
        login.initiated_at = now
        response: HttpResponse = super()._resend_form_valid(form)
        messages.success(self.request, _("We have sent a new code. The one before no longer works."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context_data(**kwargs)
        state = self._process.state
        wait = -(-self._wait() // STEP) * STEP
        return told | {"wait": wait, "tries_left": self._process.max_attempts - state["failed_attempts"]}

    def _wait(self) -> int:
        """Seconds until a new code may be asked for, 0 to WAIT."""
        state = self._process.state
        sent_at: float = state.get("sent_at", state["at"])
        return max(0, min(WAIT, round(WAIT - (time.time() - sent_at))))

    def _begin_again(self, words: str, address: str | None) -> None:
        messages.warning(self.request, words)
        if address:
            self.request.session[ADDRESS_TYPED] = address
