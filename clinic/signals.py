"""Announcements for a host project, sent after the commit; our own code connects to none.

Each carries ``sender`` (the model class) and the keyword named beside it.
"""

from django.dispatch import Signal

client_joined = Signal()  # client, user: an invited client set up sign-in
client_left = Signal()  # client, user, closed: a client left; closed: nothing else needs the sign-in, which is shut now
registrant_joined = Signal()  # registrant, user: somebody who registered confirmed the mail address
practitioner_joined = Signal()  # practitioner, user: somebody who works here got a sign-in
prescription_made = Signal()  # prescription
report_made = Signal()  # report
flag_raised = Signal()  # flag
flag_resolved = Signal()  # flag
