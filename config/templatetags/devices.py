"""The filter ``device``: a session's user agent in words."""

from django import template

from clinic.accounts.devices import describe_device

register = template.Library()
register.filter("device", describe_device)
