"""One file for every environment; what differs comes from the environment (docs/settings.md)."""

from __future__ import annotations

from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from config.env import (
    BASE_DIR,
    LOOPBACK,
    cache_url,
    data_dir,
    database_url,
    env,
    exit_url,
    host_names,
    hours,
    languages,
    name_of_site,
    names_among,
    one_address,
    secret,
    time_zone,
    whole_number,
    yes_or_no,
)

django_stubs_ext.monkeypatch()  # Django's classes take type arguments at run time, too

# --- Where things are -------------------------------------------------------------------------------------------------

DATA_DIR = data_dir()
SECRET_KEY = secret("SECRET_KEY", DATA_DIR / "secrets" / "secret_key")
# The seal key joins anonymous posts to their authors. It never lies beside the data it seals: not in the database,
# not in a backup of it. Several keys, comma-separated: the first seals, all open.
SEAL_KEYS = [key.strip() for key in secret("SEAL_KEY", DATA_DIR / "secrets" / "seal_key").split(",")]

DEBUG = yes_or_no("DEBUG", default=False)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# --- Who may reach us, and how ----------------------------------------------------------------------------------------

ALLOWED_HOSTS = host_names("ALLOWED_HOSTS")
TLS_CERT_FILE: str = env.str("TLS_CERT", default="")  # paths of PEM files
TLS_KEY_FILE: str = env.str("TLS_KEY", default="")
# The address of the one reverse proxy in front, as we see it. Only then are X-Forwarded-For and -Proto believed.
TRUSTED_PROXY = one_address("TRUSTED_PROXY")
HTTPS = bool(TRUSTED_PROXY or (TLS_CERT_FILE and TLS_KEY_FILE))

if HTTPS:
    if TRUSTED_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
WORKER = yes_or_no("WORKER", default=True)  # the server runs the background work, too
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- The person's browser: nothing that finds them (safety.md B1-B6) --------------------------------------------------

SITE_NAME = name_of_site("SITE_NAME", default="Hearth")  # the title of every page; keep it dull
# Where the way out leads: a page that looks ordinary on any screen, with no query string (L3).
EXIT_URL = exit_url("EXIT_URL", default="https://www.bbc.com/weather")

_PREFIX = "__Host-" if HTTPS else ""
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = f"{_PREFIX}s"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_MINUTES = whole_number("SESSION_IDLE_MINUTES", default=30, least=1, most=720)
SESSION_COOKIE_AGE = 12 * 60 * 60  # the longest a visit can last, in seconds, however busy
CSRF_COOKIE_NAME = f"{_PREFIX}c"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None  # gone with the browser
CSRF_FAILURE_VIEW = "common.problems.csrf_failure"

# Not "no-referrer": browsers then send "Origin: null" with forms, and Django refuses those (B2).
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the admin's icons; a post can hold no image
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- The apps, top to bottom (ARCHITECTURE.md) ------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "moderation",
    "forum",
    "accounts",
    "crisis",
    "config.apps.HearthAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "drf_spectacular",
    "rest_framework",
]

MIDDLEWARE = [
    "common.privacy.PrivacyHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.leaving.AwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.sessions.IdleMiddleware",
    "accounts.api.plain_answers.PlainAnswersMiddleware",
    "config.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "common.problems.ProblemsMiddleware",
    "common.privacy.FetchMetadataMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]

# --- Data -------------------------------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": database_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'hearth.sqlite3'}")
}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        # Take the write lock at BEGIN: a read that turns into a write fails at once otherwise, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        # FULL: what was acknowledged survives a power cut. secure_delete: erased words leave the file.
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
            "PRAGMA temp_store=MEMORY;PRAGMA cache_size=-20000;PRAGMA journal_size_limit=67108864;"
        ),
    }
else:
    _database["CONN_MAX_AGE"] = 0  # the pool keeps the connections
    _database["OPTIONS"] = {
        "pool": {
            "min_size": 1,
            "max_size": whole_number("DATABASE_POOL", default=8, least=1, most=1000),
            "timeout": 10,
        },
        "options": "-c statement_timeout=20000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nothing but counters lives in the cache, and only in memory (S1).
CACHES = {"default": cache_url("CACHE_URL", default="locmemcache://")}
if not CACHES["default"]["BACKEND"].endswith("LocMemCache"):
    CACHES["default"] |= {
        "BACKEND": "config.cache.SturdyRedisCache",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds
    }

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Accounts ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# allauth's backend alone: a second one would hash twice and tell by its time whether a name exists.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.NotTheNameValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 1000}},
]  # fmt: skip
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no third cookie (B4)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "forum:home"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_SESSION_REMEMBER = False  # no cookie outlives the browser
ACCOUNT_LOGOUT_REDIRECT_URL = "forum:home"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",  # of codes of a second factor; for passwords see accounts/guessing.py
    "signup": "20/h/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "manage_email": "1/h/user",
    "reset_password": "1/h/ip",
    "reset_password_from_key": "1/h/ip",
}
# A second step at sign-in, and passkeys: offered to everybody, asked of nobody but moderators.
# After how many hours a story that nobody has answered comes to the desk; 0 for never.
UNANSWERED_AFTER_HOURS = whole_number("UNANSWERED_AFTER_HOURS", default=6, least=0, most=720)
# From one network together, be it a house full of people: a refuge behind one address may want more.
WRITES_A_MINUTE = whole_number("WRITES_A_MINUTE", default=30, least=5, most=10_000)
# Of how many decided cases one is read by a second moderator who is not told what was decided; 0 for none.
SECOND_LOOK_ONE_IN = whole_number("SECOND_LOOK_ONE_IN", default=20, least=0, most=10_000)
MODERATORS_NEED_SECOND_FACTOR = yes_or_no(
    "MODERATORS_NEED_SECOND_FACTOR", default=HTTPS or any(host not in LOOPBACK for host in ALLOWED_HOSTS)
)
# The name that passkeys are made for. Not taken from the request, whose Host header anybody can write.
PASSKEY_DOMAIN: str = env.str("PASSKEY_DOMAIN", default=[*names_among(ALLOWED_HOSTS), "localhost"][0])
MFA_ADAPTER = "accounts.second_factors.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 0  # allauth remembers a used code for one period only; with more it could be used twice
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TRUST_ENABLED = False  # no cookie that outlives the browser
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.SecondStepAgainForm",
    "activate_totp": "accounts.forms.SetUpAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
    "login_webauthn": "accounts.forms.SignInWithPasskeyForm",
}

ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUSTED_PROXY else 0
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("browser", "app")
HEADLESS_ADAPTER = "accounts.adapter.HeadlessAdapter"
HEADLESS_SERVE_SPECIFICATION = False

# What is one person's own, app by app: for their copy, and when they leave (accounts/own_data.py). The account is last.
OWN_DATA = ["forum.services.own_data", "moderation.services.own_data", "accounts.services.own_data"]

# Before an account is made, accounts asks whether one may be, just now.
SIGN_UPS_ASK = "moderation.services.raid.may_sign_up"
# For how many days two of the team together may look up which account wrote something anonymous; 0: nobody ever.
UNMASKING_DAYS = whole_number("UNMASKING_DAYS", default=0, least=0, most=365)
# And when nobody of the team will be here for days, although it would be their hour (crisis/openness.py).
TEAM_ASKED_WHEN_BACK = "moderation.services.duty.all_back_on"

# Where staff pin a helpline, this says which place is meant: crisis does not know what a thread is.
CRISIS_PLACES = "forum.queries.place_to_pin"

# --- The forum --------------------------------------------------------------------------------------------------------

# Forum asks these, in order, before a post is saved; the strictest verdict counts (forum/screening.py).
FORUM_POST_SCREENERS = ["moderation.screening.screen"]
# Forum asks this one which kinds of help to offer somebody for what they wrote, at once.
FORUM_HELP_FINDER = "moderation.screening.help_for"
# And these, before anything is sent: what should its author look at once more (forum/draft_check.py)?
FORUM_DRAFT_CHECKERS = ["moderation.screening.identifying_details", "moderation.screening.broken_wishes"]
FORUM_PAGE_SIZE = whole_number("FORUM_PAGE_SIZE", default=50, least=1, most=100)  # as common/keyset.py allows

# --- The API ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "forum.api.authentication.ClaimCodeAuthentication",
        "forum.api.authentication.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],  # the services and queries decide
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.problems.api_exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS would describe our insides
    "URL_FORMAT_OVERRIDE": None,
    "STRICT_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hearth API",
    "DESCRIPTION": "Everything a page of the forum can do. Errors are RFC 9457 problems; lists are keyset-paged.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVERS": [],
    "ENUM_NAME_OVERRIDES": {
        "CaseState": "moderation.states.CaseState.choices",
        "Hidden": "forum.services.blocking.Hidden",
        "HoldKind": "moderation.models.HoldKind.choices",
        "PostState": "forum.states.PostState.choices",
        "ReactionKind": "forum.models.ReactionKind.choices",
        "ReplyLimit": "forum.models.ReplyLimit.choices",
        "ReplyWish": "forum.models.ReplyWish.choices",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api_schema.add_problem_responses",
        "config.api_schema.add_signing_in",
    ],
}

# --- Words ------------------------------------------------------------------------------------------------------------

# Each by its own name: who does not read ours finds theirs.
LANGUAGES = languages("LANGUAGES", known={"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch"})
LANGUAGE_CODE = LANGUAGES[0][0]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = time_zone("TIME_ZONE", default="UTC")
# When somebody of the team is usually here, in TIME_ZONE (crisis/opening_hours.py). Told to whoever may be in danger.
STAFFED_HOURS = hours("STAFFED_HOURS")

# --- Files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nobody can upload anything (J6)
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024  # bytes of a request's body

# --- Logs: no address, no agent, no path, no words (common/logs.py) ---------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"private": {"()": "common.logs.PrivateFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "private"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.security": {"level": "CRITICAL"},  # a line for every odd request would bury the rest
        "psycopg.pool": {"level": "ERROR"},  # it warns of every try while a database starts
        "hearth": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
