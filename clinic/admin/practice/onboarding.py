"""What to do first at a new clinic: the steps in words, each with its one button, for whoever is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from clinic.admin import access
from clinic.models import Clinic, Practitioner
from clinic.practice.onboarding import FirstSteps, first_steps


@dataclass(frozen=True)
class Step:
    """One line; ``link`` and ``button`` are empty where there is nothing to press."""

    title: str
    done: bool
    words: str = ""
    button: str = ""
    link: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Steps:
    """The list for one clinic."""

    clinic: Clinic
    steps: list[Step]
    may_put_away: bool

    @property
    def now(self) -> Step | None:
        """The one whose turn it is."""
        return next((step for step in self.steps if not step.done and not step.optional), None)

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)


def of(request: HttpRequest) -> Steps | None:
    """The steps of the first clinic of this person that is still at its beginning; None: there is none."""
    for membership in access.memberships(request):
        reached = first_steps(membership.clinic)
        if reached is not None:
            owner = membership.role == Practitioner.Role.OWNER
            return Steps(membership.clinic, _steps(membership, reached), owner)
    return None


def _steps(of: Practitioner, reached: FirstSteps) -> list[Step]:
    if not of.is_clinical:
        return _at_the_desk(reached)
    return [*(_of_the_owner(of, reached) if of.role == Practitioner.Role.OWNER else []), *_with_clients(reached)]


def _of_the_owner(owner: Practitioner, reached: FirstSteps) -> list[Step]:
    settings = reverse("plumbline:clinic_settings", args=[owner.clinic_id])
    return [
        Step(
            _("Say how to reach your clinic"),
            reached.reachable,
            _("The phone is shown to a client who must stop; the address stands below every mail."),
            _("Open the settings"),
            settings,
        ),
        Step(
            _("Bring in a colleague"),
            reached.colleague,
            _("Practitioners see their own clients, the front desk sees names and no health data."),
            _("Invite a colleague"),
            _where("team"),
            optional=True,
        ),
    ]


def _with_clients(reached: FirstSteps) -> list[Step]:
    return [
        Step(
            _("Invite your first client"),
            reached.invited,
            _("They get a mail with a link and choose how to sign in."),
            _("Invite a client"),
            _where("invite"),
        ),
        Step(
            _("Prescribe an exercise"),
            reached.prescribed,
            _("Ask the screening questions, then set days and times."),
            _("Choose a client"),
            _where("clients"),
        ),
        Step(
            _("The first reminder goes out"),
            reached.reminded,
            _("By itself, at the hour that you set, once the client has accepted the invitation."),
        ),
        Step(
            _("The first answer comes back"),
            False,  # once there is one, the list is over
            _("The client reports pain before and after. Who needs a look then comes first on this page."),
        ),
    ]


def _at_the_desk(reached: FirstSteps) -> list[Step]:
    return [
        Step(_("A practitioner invites the first client"), reached.invited, _("Then you find the name here.")),
        Step(
            _("Look who registered on your public page"),
            False,
            _("They wait in a list until a practitioner decides."),
            _("Show the registrants"),
            _where("registrants"),
        ),
    ]


def _where(name: str) -> str:
    """The address of a page of this site; empty where the site has no such page."""
    try:
        return reverse(f"plumbline:{name}")
    except NoReverseMatch:
        return ""
