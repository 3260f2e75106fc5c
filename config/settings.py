"""Settings of the runnable project: one file, driven by the environment, loud about a bad value.

The variables and their defaults are listed in docs/operations.md. Each has a safe default for the embedded run, which
needs no server: SQLite, a broker of files and mail into files, all under var/ (PLUMBLINE_VAR names another folder).
"""

import os
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from whitenoise.compress import Compressor

from clinic.conf import practitioner_templates
from config import environment, service_urls
from config.log_format import logging_settings

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PLUMBLINE_VAR") or ROOT / "var").absolute()

# --- What the environment decides
DEBUG = environment.flag(os.environ, "DEBUG", True)
_base = environment.base_url(os.environ)
BASE_URL = _base.geturl()
ALLOWED_HOSTS = environment.hosts(os.environ, _base)
TIME_ZONE = environment.time_zone(os.environ)
DATABASES = {"default": service_urls.database(os.environ, VAR)}
CELERY_BROKER_URL = service_urls.broker(os.environ)
globals().update(service_urls.email(os.environ, VAR))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = service_urls.mail_from(os.environ, _base)
SECRET_KEY = environment.secret_key(os.environ, DEBUG, VAR)
SECRET_KEY_FALLBACKS = environment.words(os.environ, "SECRET_KEY_FALLBACKS")
TRUST_PROXY = environment.flag(os.environ, "TRUST_PROXY", False)

# --- The project
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "unfold.apps.BasicAppConfig",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "exercises",
    "clinic",
    "config.apps.ProjectConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.csp.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.accounts.devices.LastSeenMiddleware",
    "config.accounts.language.AccountLanguageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PLUMBLINE_BASE_URL = BASE_URL
PLUMBLINE_METRICS_TOKEN = os.environ.get("PLUMBLINE_METRICS_TOKEN", "").strip()
PLUMBLINE_VAPID_PRIVATE_KEY, PLUMBLINE_VAPID_PUBLIC_KEY = environment.vapid_keys(os.environ, DEBUG, VAR)
PLUMBLINE_VAPID_CONTACT = os.environ.get("PLUMBLINE_VAPID_CONTACT", "").strip()
# Whoever sees health data shows a second factor; the demo, whose passwords are printed at every start, goes without.
PLUMBLINE_TWO_FACTOR = environment.flag(os.environ, "TWO_FACTOR", not DEBUG)
# The rate limits of sign-in count in the cache, so every web process must see the same one.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"}}
LOGGING = logging_settings(DEBUG)

USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [ROOT / "locale", ROOT / "clinic/locale"]  # the clinic's words before those of allauth

# --- Templates: the site's own engine, and the practitioner site's, where unfold's templates come before Django's
_site_engine = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [ROOT / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
            "django.template.context_processors.i18n",
            "config.accounts.context.account_context",
        ]
    },
}
TEMPLATES = [_site_engine, practitioner_templates([ROOT / "templates"])]

# --- Static files: found in place while DEBUG, hashed and compressed by collectstatic otherwise
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"] if (ROOT / "static").is_dir() else []
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Source maps are megabytes that only a developer's tools ask for; compressing them takes minutes.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
FILE_UPLOAD_PERMISSIONS = 0o600  # what a clinic uploads is served by the site alone

# --- Celery: ticks only; what is to be done stands in rows (the schedule itself is in config/celery.py)
CELERY_BROKER_TRANSPORT_OPTIONS = service_urls.broker_options(CELERY_BROKER_URL, VAR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: worker and beat outlast any outage of the broker
CELERY_BEAT_SCHEDULER = "config.beat:PromptScheduler"
CELERY_TASK_DEFAULT_QUEUE = "plumbline"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

# --- Accounts: a code by mail first, a password for those who want one, never a word about who has an account
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/portal/"
ACCOUNT_ADAPTER = "config.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "config.accounts.adapter.SignInForm",
    "request_login_code": "config.accounts.adapter.RequestCodeForm",
    "confirm_login_code": "config.accounts.adapter.CodeForm",
    "confirm_email_verification_code": "config.accounts.adapter.EmailCodeForm",
    "reauthenticate": "config.accounts.adapter.PasswordAgainForm",
    "change_password": "config.accounts.adapter.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
# Eight digits: easy on a phone's number pad, out of reach of five guesses.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": True, "length": 8}
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 60 * 60  # the page outlives its code, so that it can say so
# Beside allauth's own: nobody fills a stranger's mailbox from our page.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,3/m/key,10/h/key", "reset_password": "20/m/ip,3/m/key,10/h/key"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base.scheme
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ALLAUTH_TRUSTED_PROXY_COUNT = int(TRUST_PROXY)
MFA_ADAPTER = "config.accounts.passkeys.PasskeyAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Plumbline"
# Browsers allow passkeys over plain http on localhost alone, which is the embedded run.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# --- REST
REST_FRAMEWORK = {
    "NUM_PROXIES": int(TRUST_PROXY),  # whose word about a visitor's address is taken
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "clinic.api.problems.handle_exception",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Plumbline",
    "DESCRIPTION": "Clients, prescriptions, pain reports, flags and the worklist. Errors are RFC 9457 problem details.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Security: what a browser may load and send
PRACTITIONER_PATH = "/admin/"
_policy: dict[str, list[str]] = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _policy}
# unfold's Alpine evaluates the expressions in its attributes and sets inline styles; nothing outside its pages may.
PRACTITIONER_POLICY = {**_policy, "script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
# Only behind a proxy that sets this header itself on every request: anyone else could claim https with it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
# HSTS for subdomains and the redirect to https belong to the proxy, which knows what else lives on the domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
