"""docs/install.md, word for word: how the first clinic and its people get in."""

from django.contrib import admin

from clinic.models import Clinic, Practitioner

admin.site.register([Clinic, Practitioner])
