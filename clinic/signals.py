"""Signals for a host project, sent after the commit; our own code connects to none.

Each carries ``sender`` (the model class) and the keywords named beside it.
"""

from django.dispatch import Signal

client_joined = Signal()  # client, user: an invited client got a sign-in
client_left = Signal()  # client, user, closed: whether the sign-in was closed, as nothing else needs it
registrant_joined = Signal()  # registrant, user: a registrant confirmed the mail address
practitioner_joined = Signal()  # practitioner, user: a member of the team got a sign-in
prescription_made = Signal()  # prescription
report_made = Signal()  # report
flag_raised = Signal()  # flag
flag_resolved = Signal()  # flag
