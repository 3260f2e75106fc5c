"""A site that stood before the plugin came: as startproject makes it, with users of its own who have no username."""

import os
from pathlib import Path

SECRET_KEY = "for tests alone"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bare.urls"
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("HOST_DATABASE", ":memory:")}}
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "people",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ruff: noqa: E402
# From here on README.md, word for word; tests/test_docs.py compares.
from clinic.conf import practitioner_templates

INSTALLED_APPS += [
    "unfold.apps.BasicAppConfig",  # below django.contrib.admin, so that your own admin stays as it is
    "rest_framework",
    "rest_framework.authtoken",
    "exercises",
    "clinic",
]
TEMPLATES += [practitioner_templates()]
PLUMBLINE_BASE_URL = "https://clinic.example"  # links in mail begin with it
LOGIN_URL = "/sign-in/"  # your own sign-in page, for clients and practitioners
PLUMBLINE_TWO_FACTOR = False  # to begin with; before real clients come: True, as docs/install.md says
REST_FRAMEWORK = {  # how programs and pages are known to the API
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
}

CELERY_BEAT_SCHEDULE = {
    "plan": {"task": "clinic.tasks.plan", "schedule": 20, "options": {"expires": 15}},
    "send": {"task": "clinic.tasks.send", "schedule": 20, "options": {"expires": 15}},
    "sweep": {"task": "clinic.tasks.sweep", "schedule": 60, "options": {"expires": 45}},
    "silence": {"task": "clinic.tasks.silence", "schedule": 900, "options": {"expires": 675}},
}
