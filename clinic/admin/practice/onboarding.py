"""The onboarding list of a new clinic: what the signed-in person does first, each step with its one button."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from clinic.admin import access
from clinic.models import Clinic, Practitioner
from clinic.practice.onboarding import OnboardingProgress, get_onboarding_progress


@dataclass(frozen=True)
class Step:
    """One line; ``link`` and ``button`` are empty where the step has no page."""

    title: str
    done: bool
    text: str = ""
    button: str = ""
    link: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Checklist:
    """The list of one clinic for one person."""

    clinic: Clinic
    steps: list[Step]
    may_dismiss: bool

    @property
    def current(self) -> Step | None:
        """The first required step that is not done."""
        return next((step for step in self.steps if not step.done and not step.optional), None)

    @property
    def done_count(self) -> int:
        return sum(step.done for step in self.steps)


def build_checklist(request: HttpRequest) -> Checklist | None:
    """The list of the person's first clinic that is not through with it; None without such a clinic."""
    for membership in access.memberships(request):
        progress = get_onboarding_progress(membership.clinic)
        if progress is not None:
            owner = membership.role == Practitioner.Role.OWNER
            return Checklist(membership.clinic, _steps(membership, progress), owner)
    return None


def _steps(member: Practitioner, progress: OnboardingProgress) -> list[Step]:
    if not member.is_clinical:
        return _front_desk_steps(progress)
    return [
        *(_owner_steps(member, progress) if member.role == Practitioner.Role.OWNER else []),
        *_client_steps(progress),
    ]


def _owner_steps(owner: Practitioner, progress: OnboardingProgress) -> list[Step]:
    settings = reverse("plumbline:clinic_settings", args=[owner.clinic_id])
    return [
        Step(
            _("Say how to reach your clinic"),
            progress.has_contact_details,
            _("The phone is shown to a client who must stop; the address stands below every mail."),
            _("Open the settings"),
            settings,
        ),
        Step(
            _("Bring in a colleague"),
            progress.has_colleague,
            _("Practitioners see their own clients, the front desk sees names and no health data."),
            _("Invite a colleague"),
            _url_or_empty("team"),
            optional=True,
        ),
    ]


def _client_steps(progress: OnboardingProgress) -> list[Step]:
    return [
        Step(
            _("Invite your first client"),
            progress.has_client,
            _("They get a mail with a link and choose how to sign in."),
            _("Invite a client"),
            _url_or_empty("invite"),
        ),
        Step(
            _("Prescribe an exercise"),
            progress.has_prescription,
            _("Ask the screening questions, then set days and times."),
            _("Choose a client"),
            _url_or_empty("clients"),
        ),
        Step(
            _("The first reminder goes out"),
            progress.has_sent_reminder,
            _("By itself, at the hour that you set, once the client has accepted the invitation."),
        ),
        Step(
            _("The first answer comes back"),
            False,  # the first report ends the list
            _("The client reports pain before and after. Who needs a look then comes first on this page."),
        ),
    ]


def _front_desk_steps(progress: OnboardingProgress) -> list[Step]:
    return [
        Step(_("A practitioner invites the first client"), progress.has_client, _("Then you find the name here.")),
        Step(
            _("Look who registered on your public page"),
            False,
            _("They wait in a list until a practitioner decides."),
            _("Show the registrants"),
            _url_or_empty("registrants"),
        ),
    ]


def _url_or_empty(name: str) -> str:
    """The address of a page of this site; empty where the site has no such page."""
    try:
        return reverse(f"plumbline:{name}")
    except NoReverseMatch:
        return ""
