"""All settings. Each is documented in docs/settings.md; nothing else reads them."""

from datetime import timedelta

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from opspanel import env
from opspanel.terms import Role

BASE_DIR = env.BASE_DIR
OPSPANEL_RUN_DIR = env.run_dir()
OPSPANEL_CONFIG = env.text("OPSPANEL_CONFIG", env.DEMO_PANEL_TOML)

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS", "")

# What the panel reads and where it keeps its own. Unset = that source is unconfigured.
REDIS_URL = env.address("REDIS_URL", "redis", "rediss", "unix")
NATS_URL = env.address("NATS_URL", "nats", "tls")
NATS_CREDENTIALS_FILE = env.optional("NATS_CREDENTIALS_FILE")
PROMETHEUS_URL = env.address("PROMETHEUS_URL", "http", "https")
PROMETHEUS_TOKEN = env.optional("PROMETHEUS_TOKEN")
PROMETHEUS_USERNAME = env.optional("PROMETHEUS_USERNAME")
PROMETHEUS_PASSWORD = env.optional("PROMETHEUS_PASSWORD")
PROMETHEUS_CA_FILE = env.existing_file("PROMETHEUS_CA_FILE")
# One for each webhook of panel.toml, which signs what it is told.
OPSPANEL_WEBHOOK_SECRETS = env.pairs("OPSPANEL_WEBHOOK_SECRETS")
NODE_TASKS_DATABASE_URL = env.address(
    "NODE_TASKS_DATABASE_URL", "postgres", "postgresql"
)
# Of the [[sources]] of panel.toml, each by its own name.
OPSPANEL_SOURCES = env.of_sources("OPSPANEL_SOURCE_")
DATABASE_URL = env.address("DATABASE_URL", "postgres", "postgresql")
if DATABASE_URL is None:
    message = "DATABASE_URL is not set. `make run` starts a Postgres of its own."
    raise ImproperlyConfigured(message)

DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_URL,
        engine="opspanel.database",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "connect_timeout": 2,
        "application_name": "opspanel",
        # For `prepared_cursor` of opspanel.database: Django's own cursors prepare nothing.
        "prepare_threshold": 5,
    }
)
# How long those who were let in before may read on while it does not answer.
OPSPANEL_DATABASE_GRACE_SECONDS = env.seconds(
    "OPSPANEL_DATABASE_GRACE_SECONDS", 300, most=3600
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "opspanel.apps.OpsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
]

MIDDLEWARE = [
    "opspanel.middleware.correlation_id",
    # Around all that answers by itself: redirects, static files, refusals.
    "opspanel.browser_policy.on_every_answer",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "opspanel.middleware.clean_headers",
    "opspanel.middleware.never_stored",
    "opspanel.middleware.never_hung",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opspanel.browser_policy.from_our_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "opspanel.access.sessions.limit_sessions",
    "opspanel.audit.actor.remember_request",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "opspanel.urls"
WSGI_APPLICATION = "opspanel.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["opspanel.templatetags.ops"],
            "libraries": {"static": "django.templatetags.static"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]

AUTH_USER_MODEL = "ops.User"
AUTHENTICATION_BACKENDS = [
    "opspanel.access.roles.RoleBackend",
    "opspanel.access.passwords.PasswordBackend",
]
PASSWORD_HASHERS = [
    "opspanel.access.passwords.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "ops:sign-in"
LOGIN_REDIRECT_URL = "ops:overview"
LOGOUT_REDIRECT_URL = "ops:sign-in"
CSRF_FAILURE_VIEW = "opspanel.views.errors.csrf_failure"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
]

# Accounts are made by `manage.py`, never by visitors; no mail is sent.
ACCOUNT_ADAPTER = "opspanel.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # opspanel.access.attempts counts, in Postgres
OPSPANEL_MFA_REQUIRED = env.flag("OPSPANEL_MFA_REQUIRED", default=True)
MFA_ADAPTER = "opspanel.access.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "opspanel.access.codes.CodeForm",
    "reauthenticate": "opspanel.access.codes.CodeAgainForm",
    "activate_totp": "opspanel.access.codes.FirstCodeForm",
    "authenticate_webauthn": "opspanel.access.passkeys.PasskeyForm",
    "login_webauthn": "opspanel.access.passkeys.PasskeyAloneForm",
    "reauthenticate_webauthn": "opspanel.access.passkeys.PasskeyAgainForm",
    "add_webauthn": "opspanel.access.passkeys.AddPasskeyForm",
}
MFA_RATE_LIMITS = False
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"

# Single sign-on: with an issuer, the next three are needed.
OPSPANEL_OIDC_ISSUER = env.issuer("OPSPANEL_OIDC_ISSUER")
_unset = None if OPSPANEL_OIDC_ISSUER else ""
OPSPANEL_OIDC_CLIENT_ID = env.text("OPSPANEL_OIDC_CLIENT_ID", _unset)
OPSPANEL_OIDC_CLIENT_SECRET = env.text("OPSPANEL_OIDC_CLIENT_SECRET", _unset)
OPSPANEL_OIDC_ROLES = env.mapping("OPSPANEL_OIDC_ROLES", *Role)
OPSPANEL_OIDC_NAME = env.text("OPSPANEL_OIDC_NAME", "single sign-on")
OPSPANEL_OIDC_SCOPES = env.listing("OPSPANEL_OIDC_SCOPES", "profile")
OPSPANEL_OIDC_GROUPS_CLAIM = env.text("OPSPANEL_OIDC_GROUPS_CLAIM", "groups")
OPSPANEL_OIDC_MFA_ACR = env.listing("OPSPANEL_OIDC_MFA_ACR", "")
OPSPANEL_OIDC_MFA_AMR = env.listing("OPSPANEL_OIDC_MFA_AMR", "")
OPSPANEL_OIDC_CA_FILE = env.existing_file("OPSPANEL_OIDC_CA_FILE")
SOCIALACCOUNT_ADAPTER = "opspanel.access.adapters.SocialAccountAdapter"
# Off: only the provider and the break-glass account open the panel.
OPSPANEL_LOCAL_SIGN_IN = env.flag("OPSPANEL_LOCAL_SIGN_IN", default=True)
OPSPANEL_BREAK_GLASS_ACCOUNT = env.text(
    "OPSPANEL_BREAK_GLASS_ACCOUNT", "" if OPSPANEL_LOCAL_SIGN_IN else None
)
if OPSPANEL_OIDC_ISSUER and not OPSPANEL_OIDC_ROLES:
    message = "OPSPANEL_OIDC_ROLES must give at least one group a role."
    raise ImproperlyConfigured(message)
if not (OPSPANEL_LOCAL_SIGN_IN or OPSPANEL_OIDC_ISSUER):
    message = (
        "OPSPANEL_LOCAL_SIGN_IN must be true where OPSPANEL_OIDC_ISSUER is not set."
    )
    raise ImproperlyConfigured(message)

FILE_UPLOAD_HANDLERS = ["opspanel.uploads.RefusedUploads"]
SESSION_ENGINE = "opspanel.access.session_store"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Off only for plain http on a person's own machine, as `make run` serves.
HTTPS = env.flag("OPSPANEL_HTTPS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SESSION_COOKIE_NAME = "__Host-ops_session" if HTTPS else "ops_session"
CSRF_COOKIE_NAME = "__Host-ops_csrf" if HTTPS else "ops_csrf"
WALL_COOKIE_NAME = "__Host-ops_wall" if HTTPS else "ops_wall"
PAIRING_COOKIE_NAME = "__Host-ops_pairing" if HTTPS else "ops_pairing"
SECURE_SSL_REDIRECT = HTTPS and env.flag("OPSPANEL_REDIRECT_TO_HTTPS", default=True)
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.flag("OPSPANEL_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
# Tells no other site anything, as "no-referrer" would. But under that one, browsers send
# `Origin: null` with our own forms too, and the CSRF check could not know them as ours.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# `frame-ancestors` says the same as the header that this asks for, to newer browsers.
SILENCED_SYSTEM_CHECKS = ["security.W002"]
CSP_REPORT_PATH = "/ops/csp-report"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    # A browser holds what a form is redirected to against this list, too.
    "form-action": [CSP.SELF, *map(env.origin, filter(None, [OPSPANEL_OIDC_ISSUER]))],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["htmx"],
    "report-uri": [CSP_REPORT_PATH],
}
if HTTPS:
    # Not over plain http: there a browser that knows it reports in neither way.
    SECURE_CSP["report-to"] = ["csp"]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.text("OPSPANEL_STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = None  # only what has its hash in its name may be kept
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "opspanel.bundles.BundledStorage"},
}

# Traces. `opspanel.telemetry` reads them itself, as services without settings do.
OTEL_EXPORTER_OTLP_ENDPOINT = env.otlp_endpoint()
OTEL_EXPORTER_OTLP_HEADERS = env.otlp_headers()
OPSPANEL_TRACE_RATIO = env.trace_ratio()
OPSPANEL_TRUST_TRACES = env.flag("OPSPANEL_TRUST_TRACES", default=False)

# The panel's own figures, for Prometheus.
OPSPANEL_METRICS_TOKEN = env.optional("OPSPANEL_METRICS_TOKEN")
PROMETHEUS_MULTIPROC_DIR = env.existing_folder("PROMETHEUS_MULTIPROC_DIR")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {"opspanel.tasks.collect": {"queue": "collect"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # it never gives up
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}

# Nothing leaves by a report of an exception, a task or a log line but through these.
DEFAULT_EXCEPTION_REPORTER = "opspanel.error_reports.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "opspanel.error_reports.ReporterFilter"
LOG_LEVEL = env.choice(
    "OPSPANEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "opspanel.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "opspanel.logs.LineHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # A line for every request to an upstream says nothing that the page does not.
    # Of a pipeline that ends with its connection, psycopg prints all that was in it.
    "loggers": {"httpx": {"level": "WARNING"}, "psycopg": {"level": "ERROR"}},
}
