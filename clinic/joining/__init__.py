"""How a client comes in and is passed on: invited, imported, taken on, joined, withdrawn, handed over."""

from clinic.joining.accepting import InvitationOver, accept, sign_in_of, usable_invitation
from clinic.joining.handing_over import colleagues, hand_over, hand_over_all
from clinic.joining.importing import import_clients, look
from clinic.joining.inviting import (
    accept_registrant,
    accept_registrants,
    invite,
    invite_again,
    invite_all_again,
    withdraw_invitation,
    withdraw_invitations,
)
from clinic.joining.sending import compose, send_due

__all__ = [
    "InvitationOver",
    "accept",
    "accept_registrant",
    "accept_registrants",
    "colleagues",
    "compose",
    "hand_over",
    "hand_over_all",
    "import_clients",
    "invite",
    "invite_again",
    "invite_all_again",
    "look",
    "send_due",
    "sign_in_of",
    "usable_invitation",
    "withdraw_invitation",
    "withdraw_invitations",
]
