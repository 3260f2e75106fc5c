"""Every page of the practitioner site: path, view and name."""

from __future__ import annotations

from clinic.admin.client import mail_preview, message, notes, reminders, resolve, rule_settings, rule_simulation
from clinic.admin.clients import csv_import, handover, invitations, invite, list as client_list, registrants
from clinic.admin.exercises import list as exercise_list, writing
from clinic.admin.practice import advice_texts, audit_log, rule_settings as clinic_rule_settings, settings, sites
from clinic.admin.prescribing import (
    amend,
    dose_templates,
    one as prescribing_one,
    several as prescribing_several,
    state,
)
from clinic.admin.team import members, profile, second_factor_reset
from clinic.admin.worklist import flag_statistics

MODULES = (
    *(client_list, mail_preview, reminders, rule_settings, rule_simulation, message, notes, resolve, flag_statistics),
    *(registrants, invite, csv_import, invitations, handover),
    *(prescribing_one, prescribing_several, amend, state, dose_templates, writing, exercise_list),
    *(profile, members, second_factor_reset, sites, settings, clinic_rule_settings, advice_texts, audit_log),
)
ROUTES = [route for module in MODULES for route in module.ROUTES]
